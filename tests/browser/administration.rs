use countersign_tests::account::text;
use countersign_tests::browser::{Element, Visitor};
use countersign_tests::{Account, Enrolled, Realm, Server, unique};

/// An administrator of the default realm at work, and the server.
fn at_work(role: &str) -> (Server, Account, Visitor) {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &unique::login(), role);
    let visitor = Visitor::of(&server);
    visitor.sign_in(&lee);
    (server, lee, visitor)
}

/// Searches for an account and opens it.
fn open_account(visitor: &Visitor, login: &str) {
    visitor.open("/admin/accounts");
    visitor.browser.find("[name=query]").fill(login);
    visitor.follow("form[role=search] [type=submit]");
    let found = visitor.browser.all("main tbody th a");
    let logins: Vec<String> = found.iter().map(Element::text).collect();
    assert_eq!(logins, [login]);
    visitor.leave(|| found[0].click());
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_administrator_finds_someone_and_turns_two_factor_off_with_a_reason() {
    let (server, lee, visitor) = at_work("admin");
    let kim = Enrolled::create(server.deployment(), &server.client());
    Account::create(server.deployment());
    open_account(&visitor, &kim.account.login);
    visitor.follow("a[href$='/disable-two-factor']");
    visitor.prove(&lee.password, || panic!("no code: two-factor is off here"));
    visitor.fill("reason", "lost the phone, seen in person");
    visitor.send();
    assert!(visitor.notice().contains(&kim.account.login), "{}", visitor.browser.text());
    assert!(!kim.session.is_signed_in());
    kim.account.session(&server.client());

    visitor.open("/admin/audit-events?event=two_factor.disabled");
    let rows = visitor.browser.all("main tbody tr");
    assert_eq!(rows.len(), 1);
    let row = rows[0].text();
    for part in [&*kim.account.login, &*lee.login, "lost the phone, seen in person"] {
        assert!(row.contains(part), "{part}: {row}");
    }
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn accounts_are_searched_by_login_role_and_two_factor() {
    let (server, lee, visitor) = at_work("owner");
    let kim = Enrolled::create(server.deployment(), &server.client());
    let other = Account::create(server.deployment());
    let found = |role: &str, two_factor: &str| -> Vec<String> {
        visitor.open("/admin/accounts");
        visitor.choose("role", role);
        visitor.choose("two_factor", two_factor);
        visitor.follow("form[role=search] [type=submit]");
        let mut logins: Vec<String> = visitor.browser.all("main tbody th a").iter().map(Element::text).collect();
        logins.sort();
        logins
    };
    assert_eq!(found("", "enabled"), std::slice::from_ref(&kim.account.login));
    assert_eq!(found("owner", ""), [lee.login]);
    let mut members = vec![kim.account.login, other.login];
    members.sort();
    assert_eq!(found("member", ""), members);
    assert_eq!(found("owner", "enabled"), Vec::<String>::new());
    assert!(visitor.browser.has("main .empty"), "it says that there is none");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn accounts_are_filtered_by_state_sorted_counted_and_turned_both_ways() {
    let (server, lee, visitor) = at_work("owner");
    for number in 0..60 {
        Account::named(server.deployment(), "default", &format!("user{number:02}@example.org"), "member");
    }
    let logins = || -> Vec<String> { visitor.browser.all("main tbody th a").iter().map(Element::text).collect() };
    visitor.open("/admin/accounts");
    visitor.choose("sort", "login_desc");
    visitor.choose("state", "never_signed_in");
    visitor.follow("form[role=search] [type=submit]");
    let first = logins();
    assert_eq!((first.len(), &*first[0], &*first[49]), (50, "user59@example.org", "user10@example.org"));
    assert_eq!(visitor.browser.find("#account-count").text(), "60 accounts");
    visitor.follow("main .pager [rel=next]");
    assert_eq!(logins().len(), 10);
    assert!(!visitor.browser.has("main .pager [rel=next]"));
    visitor.follow("main .pager [rel=prev]");
    assert_eq!(logins(), first);
    assert_eq!(visitor.browser.find("[name=state]").value(), "never_signed_in", "the filters are kept");
    visitor.open("/admin/accounts?state=active&role=owner");
    assert_eq!(logins(), [lee.login]);
    assert_eq!(visitor.browser.find("#account-count").text(), "One account");
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_administrator_ends_someones_wait() {
    let (server, _lee, visitor) = at_work("admin");
    let kim = Enrolled::create(server.deployment(), &server.client());
    let client = server.client();
    let challenges = [kim.challenge(&client), kim.challenge(&client)];
    for (challenge, code) in challenges.iter().cycle().zip(kim.authenticator.wrong_codes(5)) {
        client.second_factor(challenge, &code).expect_problem(422, "invalid_code");
    }
    client.second_factor(&challenges[0], "111111").expect_problem(429, "too_many_attempts");
    open_account(&visitor, &kim.account.login);
    visitor.follow("form[action$='/unlock'] button");
    assert!(visitor.notice().contains(&kim.account.login), "{}", visitor.browser.text());
    assert!(!visitor.browser.has("form[action$='/unlock']"));
    let fresh = kim.challenge(&client);
    client.second_factor(&fresh, &kim.authenticator.wrong_code()).expect_problem(422, "invalid_code");
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn roles_are_given_and_accounts_disabled_enabled_and_deleted() {
    let (server, lee, visitor) = at_work("owner");
    let kim = Account::create(server.deployment());
    let confirm = || {
        visitor.prove(&lee.password, || panic!("no code: two-factor is off here"));
        visitor.send();
        assert!(!visitor.notice().is_empty(), "{}", visitor.browser.text());
    };
    open_account(&visitor, &kim.login);
    visitor.choose("role", "admin");
    visitor.follow("form[action$='/role'] [type=submit]");
    confirm();
    assert_eq!(kim.session(&server.client()).get("/v1/account").expect(200)["role"], "admin");
    visitor.follow("main a[href$='/disable']");
    confirm();
    kim.sign_in(&server.client()).expect(401);
    visitor.follow("main a[href$='/enable']");
    confirm();
    kim.session(&server.client());
    visitor.follow("main a[href$='/delete']");
    visitor.fill("reason", "left the company");
    confirm();
    kim.sign_in(&server.client()).expect(401);
    visitor.open(&format!("/admin/accounts?query={}", kim.login.replace('@', "%40")));
    assert!(!visitor.browser.has("main tbody th a"));
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_account_is_added_and_gets_another_password() {
    let (server, lee, visitor) = at_work("admin");
    let mut kim = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };
    visitor.open("/admin/accounts");
    visitor.follow("main a[href='/admin/accounts/new']");
    for (login, password, field) in
        [(&*lee.login, &*kim.password, "login"), ("a:b", &kim.password, "login"), (&*kim.login, "short", "password")]
    {
        visitor.fill("login", login);
        visitor.fill("password", password);
        visitor.fill("proof_password", &lee.password);
        visitor.send();
        assert!(visitor.browser.has(&format!("#{field}-error")), "{login} {password}: {}", visitor.browser.text());
        assert_eq!(visitor.browser.find("[name=login]").value(), login);
    }
    visitor.fill("login", &kim.login);
    visitor.fill("password", &kim.password);
    visitor.tick("password_stays");
    visitor.fill("proof_password", &lee.password);
    visitor.send();
    assert!(visitor.notice().contains(&kim.login), "{}", visitor.browser.text());
    let session = kim.session(&server.client());
    assert_eq!(session.get("/v1/account").expect(200)["role"], "member");

    let forgotten = std::mem::replace(&mut kim.password, unique::password());
    visitor.follow("main a[href$='/password']");
    visitor.fill("password", &kim.password);
    visitor.fill("proof_password", "not the password");
    visitor.send();
    assert!(visitor.browser.find("#proof_password-error").is_shown());
    assert!(session.is_signed_in());
    visitor.fill("password", &kim.password);
    visitor.fill("proof_password", &lee.password);
    visitor.tick("password_stays");
    visitor.send();
    assert!(visitor.notice().contains(&kim.login), "{}", visitor.browser.text());
    assert!(!session.is_signed_in(), "whoever was signed in is signed out");
    kim.session(&server.client());
    Account { password: forgotten, ..kim }.sign_in(&server.client()).expect(401);
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn the_policy_is_changed_field_by_field_and_the_audit_trail_shows_it() {
    let (server, lee, visitor) = at_work("owner");
    visitor.open("/admin/policy");
    visitor.fill("totp.digits", "8");
    visitor.choose("recovery_codes.after_use", "replace");
    visitor.follow(".save-bar [type=submit]");
    // Each change is told before it is made, and a browser left open makes none.
    let told = visitor.browser.text();
    assert!(told.contains("totp.digits") && told.contains("recovery_codes.after_use"), "{told}");
    visitor.fill("proof_password", "not the password");
    visitor.send();
    assert!(visitor.browser.find("#proof_password-error").is_shown());
    visitor.fill("proof_password", &lee.password);
    visitor.send();
    assert!(!visitor.notice().is_empty(), "{}", visitor.browser.text());
    let shown = server.deployment().run(&["realm", "show", "--realm", "default", "--output", "json"]).expect(0).json();
    assert_eq!(
        (&shown["policy"]["totp"]["digits"], &shown["policy"]["recovery_codes"]["after_use"]),
        (&8.into(), &"replace".into())
    );
    visitor.open("/admin/policy");
    assert_eq!(visitor.browser.find("[name='totp.digits']").value(), "8");
    assert!(visitor.browser.all("tr.is-changed").len() == 2, "what differs from the preset stands out");

    // What the browser would refuse, the server refuses as well, and says at which field.
    visitor.browser.execute("for (const it of document.forms) it.noValidate = true");
    visitor.fill("totp.digits", "9");
    visitor.follow(".save-bar [type=submit]");
    assert!(visitor.browser.find("#totp-digits-error").is_shown());
    assert_eq!(visitor.browser.find("[name='totp.digits']").value(), "9", "what was typed can be mended");

    visitor.open("/admin/audit-events?event=policy.changed");
    let rows = visitor.browser.all("main tbody tr");
    assert_eq!(rows.len(), 1, "{}", visitor.browser.text());
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn who_saves_a_policy_that_someone_changed_meanwhile_is_asked_to_look_again() {
    let (server, lee, visitor) = at_work("owner");
    let meanwhile = |setting: &str| {
        server.deployment().run(&["realm", "set-policy", "--realm", "default", setting]).expect(0);
    };
    meanwhile("throttle.free_failures=5");
    visitor.open("/admin/policy");
    meanwhile("totp.digits=7");
    visitor.fill("throttle.free_failures", "3");
    visitor.follow(".save-bar [type=submit]");
    assert_eq!(visitor.errors().len(), 1);
    let arguments = ["realm", "show", "--realm", "default", "--output", "json"];
    let shown = server.deployment().run(&arguments).expect(0).json();
    let policy = &shown["policy"];
    assert_eq!((&policy["totp"]["digits"], &policy["throttle"]["free_failures"]), (&7.into(), &5.into()));
    // What was typed is still there, on what holds now.
    assert_eq!(visitor.browser.find("[name='throttle.free_failures']").value(), "3");
    visitor.follow(".save-bar [type=submit]");
    // Or while it is being confirmed.
    meanwhile("totp.digits=8");
    visitor.fill("proof_password", &lee.password);
    visitor.send();
    assert_eq!(visitor.errors().len(), 1, "{}", visitor.browser.text());
    assert_eq!(visitor.browser.find("[name='throttle.free_failures']").value(), "3");
    visitor.follow(".save-bar [type=submit]");
    visitor.fill("proof_password", &lee.password);
    visitor.send();
    let shown = server.deployment().run(&arguments).expect(0).json();
    let policy = &shown["policy"];
    assert_eq!((&policy["totp"]["digits"], &policy["throttle"]["free_failures"]), (&8.into(), &3.into()));
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_preset_is_chosen_as_a_whole() {
    let (server, lee, visitor) = at_work("owner");
    visitor.open("/admin/policy");
    visitor.browser.find("[name=preset][value=dqos]").click();
    visitor.follow("main form:has([name=preset]) [type=submit]");
    // "You see what changes before it is saved."
    assert_eq!(count_of(&server), 10);
    visitor.fill("proof_password", &lee.password);
    visitor.send();
    assert!(!visitor.notice().is_empty(), "{}", visitor.browser.text());
    assert_eq!(count_of(&server), 8);
}

fn count_of(server: &Server) -> u64 {
    let shown = server.deployment().run(&["realm", "show", "--realm", "default", "--output", "json"]).expect(0).json();
    shown["policy"]["recovery_codes"]["count"].as_u64().unwrap()
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_api_key_is_shown_once_and_opens_nothing_when_it_is_revoked() {
    let (server, lee, visitor) = at_work("owner");
    visitor.open("/admin/api-keys");
    visitor.fill("name", "Web shop");
    visitor.browser.find("[name=scope][value=verify]").click();
    visitor.prove(&lee.password, || panic!("no code: two-factor is off here"));
    visitor.send();
    let key = visitor.browser.find("#key").text();
    assert!(key.starts_with("cs_key_"), "{key}");
    visitor.browser.find("[data-copy='#key']").click();
    assert_eq!(visitor.browser.clipboard(), key);
    let client = server.client().with_token(&key);
    let verified = countersign_tests::subject::verify(&client, "nobody", "000000");
    assert_ne!(verified.status, 401, "{}", verified.text());
    // Loading the page again makes no second key, and loses nothing.
    visitor.browser.reload();
    assert_eq!(visitor.browser.find("#key").text(), key);
    visitor.send();
    visitor.expect_at("/admin/api-keys");
    assert!(visitor.browser.text().contains("Web shop") && !visitor.browser.html().contains(&key));
    visitor.follow("main a[href$='/revoke']");
    visitor.prove(&lee.password, || panic!("no code: two-factor is off here"));
    visitor.send();
    assert!(visitor.notice().contains("Web shop"), "{}", visitor.browser.text());
    countersign_tests::subject::verify(&client, "nobody", "000000").expect_problem(401, "unauthenticated");
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn a_member_sees_nothing_of_the_administration() {
    let (server, _kim, visitor) = at_work("member");
    assert!(!visitor.browser.has("a[href^='/admin/']"));
    let owner = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let id = text(&owner.session(&server.client()).get("/v1/account").expect(200)["id"]);
    let account = format!("/admin/accounts/{id}");
    let delete = format!("{account}/delete");
    for path in [
        "/admin/accounts",
        "/admin/policy",
        "/admin/audit-events",
        "/admin/statistics",
        "/admin/api-keys",
        &account,
        &delete,
    ] {
        visitor.open(path);
        assert!(visitor.heading().contains("may not see"), "{path}: {}", visitor.browser.text());
        assert!(!visitor.browser.text().contains(&owner.login), "{path}");
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_administrator_acts_neither_on_owners_nor_on_the_own_account_nor_in_another_realm() {
    let (server, lee, visitor) = at_work("admin");
    let owner = Account::named(server.deployment(), "default", &unique::login(), "owner");
    for login in [&owner.login, &lee.login] {
        open_account(&visitor, login);
        assert!(!visitor.browser.has("main a[href$='/disable']") && !visitor.browser.has("main a[href$='/delete']"));
        let account = visitor.path();
        for what in ["/delete", "/disable", "/role?role=member"] {
            visitor.open(&format!("{account}{what}"));
            let refused = !visitor.browser.has("main form.form") || {
                visitor.prove(&lee.password, String::new);
                visitor.send();
                visitor.notice().is_empty()
            };
            assert!(refused, "{login} {what}: {}", visitor.browser.text());
        }
    }
    owner.session(&server.client());
    let realm = Realm::create(server.deployment(), "recommended");
    let stranger = Account::create_in(server.deployment(), &realm);
    let id = text(&stranger.session(&server.client()).get("/v1/account").expect(200)["id"]);
    visitor.open(&format!("/admin/accounts/{id}"));
    assert!(!visitor.browser.text().contains(&stranger.login));
    assert!(visitor.heading().contains("nothing here"), "{}", visitor.browser.text());
}
