use std::time::{Duration, Instant};

use countersign_tests::{Account, Answer, Client, Server, unique};

fn timed(account: &Account, client: &Client) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = account.sign_in(client);
    (answer, begun.elapsed())
}

/// How far apart the quickest answers are. What the server itself takes is the quickest: whatever else runs on the machine
/// only adds to the others.
fn ratio(one: &[Duration], other: &[Duration]) -> f64 {
    let quickest = |times: &[Duration]| times.iter().min().map_or(f64::NAN, Duration::as_secs_f64);
    quickest(one) / quickest(other)
}

/// As alike as what takes the same work is on a busy machine.
fn are_alike(one: &[Duration], other: &[Duration]) -> bool {
    (0.75..=1.25).contains(&ratio(one, other))
}

/// An unknown login and a wrong password are refused by the same answer after the same work. That the work is the same
/// shows from outside in the time alone. Argon2id dominates it: a login that were refused without it would be refused
/// in a tenth of the time. The quickest of tries that alternate are compared within 25 %, far narrower than what a missing
/// or a second computation would make, for as many tries as it takes until both had a quiet moment.
#[test]
fn an_unknown_login_and_a_wrong_password_cannot_be_told_apart() {
    let server = Server::start();
    let client = server.client();
    // Few tries for each known login, and fewer than a hundred from this address: nobody has to wait.
    let known: Vec<Account> =
        (0..5).map(|_| Account { password: unique::password(), ..Account::create(server.deployment()) }).collect();
    let warm_up = Account::unknown();
    let (expected, _) = timed(&warm_up, &client);
    expected.clone().expect_problem(401, "invalid_credentials");

    let (mut wrong_passwords, mut unknown_logins) = (Vec::new(), Vec::new());
    for round in 0..48 {
        if round >= 10 && are_alike(&unknown_logins, &wrong_passwords) {
            break;
        }
        let stranger = Account::unknown();
        for (account, times) in [(&known[round % 5], &mut wrong_passwords), (&stranger, &mut unknown_logins)] {
            let (answer, time) = timed(account, &client);
            assert_eq!(answer.anonymous(), expected.anonymous());
            let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(names(&answer), names(&expected));
            times.push(time);
        }
    }
    let apart = ratio(&unknown_logins, &wrong_passwords);
    assert!(are_alike(&unknown_logins, &wrong_passwords), "the quickest refusals are {apart} apart");
}

#[test]
fn an_unknown_realm_is_refused_like_an_unknown_login() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let wrong = Account { password: unique::password(), ..account.clone() }.sign_in(&client);
    for realm in ["nowhere", "NOT A SLUG"] {
        let body = serde_json::json!({ "login": account.login, "password": account.password, "realm": realm });
        assert_eq!(client.post("/v1/sign-in", body).anonymous(), wrong.anonymous());
    }
}
