use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign_tests::{Account, Client, Server};
use serde_json::json;

/// What `act` sees while so many others do something in a loop.
fn while_others<T>(number: usize, other: impl Fn() + Sync, act: impl FnOnce() -> T) -> T {
    let (stop, busy) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..number {
            scope.spawn(|| {
                busy.fetch_add(1, Ordering::Relaxed);
                while !stop.load(Ordering::Relaxed) {
                    other();
                }
            });
        }
        while busy.load(Ordering::Relaxed) < number {
            std::thread::yield_now();
        }
        let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        stop.store(true, Ordering::Relaxed);
        seen.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Signs in again and again; each time it has to succeed, and not late.
fn signs_in(account: &Account, client: &Client) {
    for _ in 0..5 {
        let begun = Instant::now();
        account.sign_in(client).expect(200);
        assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    }
}

#[test]
fn one_member_with_eighty_connections_leaves_the_others_their_turns() {
    let server = Server::start();
    let client = server.client();
    let (member, owner) = (Account::create(server.deployment()), Account::create(server.deployment()));
    owner.session(&client);
    while_others(80, || drop(member.sign_in(&server.client())), || signs_in(&owner, &client));

    let member = member.enroll(&client);
    let body = json!({ "password": member.account.password });
    let regenerate = || {
        let path = "/v1/account/two-factor/recovery-codes/regenerate";
        drop(member.session.post(path, body.clone()));
    };
    while_others(80, regenerate, || signs_in(&owner, &client));
}

#[test]
fn a_flood_of_unknown_logins_from_the_same_address_leaves_an_owner_their_turns() {
    let server = Server::start();
    let client = server.client();
    let (known, new) = (Account::create(server.deployment()), Account::create(server.deployment()));
    known.session(&client);
    let flood = || drop(Account::unknown().sign_in(&server.client()));
    while_others(40, flood, || {
        signs_in(&known, &client);
        // Also someone who was never signed in here before.
        signs_in(&new, &client);
    });
}

#[test]
fn a_password_that_is_slow_to_judge_is_judged_for_nobody_without_proof() {
    let server = Server::start();
    let client = server.client();
    let member = Account::create(server.deployment());
    let session = member.session(&client);
    // Every character of it stands for several.
    let slow = "4@8({[<3691!|70$5+%2".repeat(4)[..64].to_owned();
    let health = || {
        let begun = Instant::now();
        client.get("/health/live").expect(200);
        begun.elapsed()
    };
    let body = json!({ "current_password": "not the password", "new_password": slow });
    let judge = || drop(session.put("/v1/account/password", body.clone()));
    let slowest = while_others(6, judge, || (0..20).map(|_| health()).max().unwrap());
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    session.put("/v1/account/password", body.clone()).check_problem();
}
