use countersign_tests::{Account, Client, Deployment, Enrolled, Server, unique};

fn behind(server: &Server, address: &str) -> Client {
    server.client().with_header("x-forwarded-for", address)
}

fn wrong(account: &Account) -> Account {
    Account { password: unique::password(), ..account.clone() }
}

/// An office, a proxy that nobody declared, an application that relays sign-ins: everyone has one address.
#[test]
fn whoever_fails_much_behind_an_address_keeps_nobody_else_there_from_signing_in() {
    let server = Server::start();
    let client = server.client();
    let owner = Account::create(server.deployment());
    for _ in 0..130 {
        Account::unknown().sign_in(&client).expect_problem(401, "invalid_credentials");
    }
    owner.session(&client);
    // And it goes on.
    for _ in 0..10 {
        Account::unknown().sign_in(&client);
        owner.session(&client);
    }
}

#[test]
fn wrong_recovery_codes_of_some_keep_nobody_behind_the_same_address_from_theirs() {
    let server = Server::start();
    let client = server.client();
    for _ in 0..5 {
        let own = Enrolled::create(server.deployment(), &client);
        for number in 0..5 {
            own.sign_in_with(&client, &format!("{number:016}"));
        }
    }
    let mut third = Enrolled::create(server.deployment(), &client);
    let code = third.recovery_code();
    third.sign_in_with(&client, &code).expect(200);
}

/// NIST SP 800-63B-4, section 3.2.2. The same for a login that there is and for one that there is not.
#[test]
fn a_hundred_wrong_passwords_are_evaluated_for_one_login_over_all_networks() {
    let server = Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1").start();
    let account = Account::create(server.deployment());
    let (home, later) = (behind(&server, "192.0.2.1"), behind(&server, "2001:db8:ffff::1"));
    account.session(&home);
    let mut last = Vec::new();
    for login in [&account.login, &Account::unknown().login] {
        let mut evaluated = 0;
        for number in 0..140 {
            let guess = wrong(&Account { login: login.clone(), ..account.clone() });
            let answer = guess.sign_in(&behind(&server, &format!("2001:db8:0:{number:x}::1")));
            evaluated += usize::from(answer.status == 401);
            if number == 139 {
                last.push(answer);
            }
        }
        assert_eq!(evaluated, 100, "{login}");
    }
    for answer in &last {
        answer.clone().expect_problem(429, "too_many_attempts");
        assert_eq!(answer.anonymous(), last[0].anonymous());
    }
    account.sign_in(&later).expect_problem(429, "too_many_attempts");
    // The owner is not locked out: not where they were signed in before, and nowhere once an administrator helps.
    account.session(&home);
    server.deployment().run(&["account", "unlock", &account.login]).expect(0);
    account.session(&later);
}

#[test]
fn an_operator_lists_and_clears_the_networks_that_wait() {
    let server = Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1").start();
    let account = Account::create(server.deployment());
    let here = behind(&server, "2001:db8:7:7::9");
    // Until the wait is long enough for what is looked at during it.
    while wrong(&account).sign_in(&here).body["retry_after_seconds"].as_u64() < Some(8) {}
    let list = server.deployment().run(&["throttle", "list", "--output", "json"]).expect(0).json();
    let items = list["items"].as_array().unwrap();
    let waits = |items: &[serde_json::Value]| {
        items.iter().any(|item| item["network"] == "2001:db8:7:7::/64" && item["login"] == account.login.as_str())
    };
    assert!(waits(items), "{list}");
    // Another address of the same network.
    server.deployment().run(&["throttle", "clear", "2001:db8:7:7::1"]).expect(0);
    let list = server.deployment().run(&["throttle", "list", "--output", "json"]).expect(0).json();
    assert!(!waits(list["items"].as_array().unwrap()), "{list}");
    account.session(&here);
    server.deployment().run(&["throttle", "clear"]).expect(2);
}
