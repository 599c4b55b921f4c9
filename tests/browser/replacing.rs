//! Replacing a phone in one act, and trying out a recovery code.

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Authenticator, Enrolled, Realm, Server};

use crate::without_browser::{at_the_pages, begin_further, between};

/// Begins a replacement, and answers its address and the new app.
#[track_caller]
fn begin(jar: &mut Jar, fields: &[(&str, &str)]) -> (String, Authenticator) {
    let begun = jar.post("/security/replace", fields);
    assert_eq!(begun.status, 303, "{}", begun.text());
    let address = begun.header("location").to_owned();
    let page = jar.get(&address).text();
    (address, Authenticator::new(&between(&page, "id=\"secret\">", "<").replace(' ', "")))
}

/// The identifier of the one authenticator on the page for replacing it.
fn only(jar: &mut Jar) -> String {
    let page = jar.get("/security/replace").text();
    between(&page, "name=\"replaces\" value=\"", "\"").to_owned()
}

fn signs_in(server: &Server, account: &Account, code: &str) -> bool {
    let challenge = account.challenge(&server.client());
    let body = serde_json::json!({"challenge_token": challenge, "code": code});
    server.client().post("/v1/sign-in/second-factor", body).status == 200
}

#[test]
fn a_phone_is_replaced_in_one_act_and_works_until_then() {
    let server = Server::start();
    for most in ["authenticators.max_per_account=1", "authenticators.max_per_account=5"] {
        let realm = Realm::create_with(server.deployment(), "recommended", &[most]);
        let mut kim = Enrolled::create_in(server.deployment(), &server.client(), &realm);
        let mut jar = at_the_pages(&server, &mut kim);
        let old = only(&mut jar);
        let proof = kim.recovery_code();
        let mut fields = vec![("replaces", &*old), ("name", "New phone"), ("proof_code", &*proof)];
        // What was typed stays where something is missing, and no code is spent by that.
        let refused = jar.post("/security/replace", &fields);
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("value=\"New phone\""), "{}", refused.text());
        fields.push(("proof_password", &kim.account.password));
        let (address, mut app) = begin(&mut jar, &fields);
        let page = jar.get(&address).text();
        assert!(page.contains("stops working"), "{page}");
        assert!(signs_in(&server, &kim.account, &kim.authenticator.fresh_code()), "{most}: the old one until then");
        assert!(!signs_in(&server, &kim.account, &app.code_of(app.settled_step())), "{most}: the new one from then on");
        let confirmed = jar.post(&address, &[("code", &app.fresh_code())]);
        assert_eq!((confirmed.status, confirmed.header("location")), (303, "/security"), "{}", confirmed.text());
        let page = jar.follow(&confirmed).text();
        assert!(page.contains("old one does not work any more") && page.contains("New phone"), "{page}");
        assert!(!signs_in(&server, &kim.account, &kim.authenticator.fresh_code()), "{most}: the old one is gone");
        assert!(signs_in(&server, &kim.account, &app.fresh_code()), "{most}: the new one");
        // Back to it, or in another tab: it is done.
        let again = jar.get(&address);
        assert_eq!((again.status, again.header("location")), (303, "/security"));
    }
}

#[test]
fn of_several_authenticators_the_one_that_goes_is_chosen() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = at_the_pages(&server, &mut kim);
    let old = only(&mut jar);
    let code = kim.recovery_code();
    let (address, mut second) = begin_further(&mut jar, &kim.account, &code);
    jar.post(&address, &[("code", &second.fresh_code())]);
    let page = jar.get("/security/replace").text();
    assert_eq!(page.matches("type=\"radio\" name=\"replaces\"").count(), 2, "{page}");
    let proof = kim.recovery_code();
    let password = kim.account.password.clone();
    let without = [("proof_password", &*password), ("proof_code", &*proof)];
    let refused = jar.post("/security/replace", &without);
    assert!(refused.status == 422 && refused.text().contains("Choose which authenticator goes"), "{}", refused.text());
    let chosen = [without[0], without[1], ("replaces", &*old)];
    let (address, mut third) = begin(&mut jar, &chosen);
    jar.post(&address, &[("code", &third.fresh_code())]);
    assert!(!signs_in(&server, &kim.account, &kim.authenticator.fresh_code()), "the chosen one is gone");
    assert!(signs_in(&server, &kim.account, &second.fresh_code()), "the other one stays");
    // One that is gone cannot be replaced once more; nobody else's either.
    let lee = Enrolled::create(server.deployment(), &server.client());
    let of_lee = lee.session.get("/v1/account/two-factor").expect(200);
    let of_lee = of_lee["authenticators"][0]["id"].as_str().unwrap().to_owned();
    for id in [&old, &of_lee] {
        let proof = kim.recovery_code();
        let fields = [without[0], ("proof_code", &*proof), ("replaces", &**id)];
        let refused = jar.post("/security/replace", &fields);
        assert!(refused.status == 422 && refused.text().contains("not active any more"), "{}", refused.text());
    }
    assert!(signs_in(&server, &lee.account, &lee.recovery_codes[0]));
}

#[test]
fn a_recovery_code_is_tried_out_and_not_used_up() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let mut jar = at_the_pages(&server, &mut kim);
    let page = jar.get("/security/recovery-codes").text();
    assert!(page.contains("/security/recovery-codes/test"), "{page}");
    let code = kim.recovery_code();
    for _ in 0..2 {
        let tried = jar.post("/security/recovery-codes/test", &[("code", &code.to_lowercase().replace('-', " "))]);
        assert_eq!(tried.status, 200, "{}", tried.text());
        assert!(tried.text().contains("This code is right"), "{}", tried.text());
        assert!(!tried.text().contains(&code), "it is not shown again");
    }
    let wrong: String = code.chars().rev().collect();
    let tried = jar.post("/security/recovery-codes/test", &[("code", &wrong)]);
    assert!(tried.status == 422 && tried.text().contains("none of your unused codes"), "{}", tried.text());
    let tried = jar.post("/security/recovery-codes/test", &[("code", "123456")]);
    assert!(tried.status == 422 && tried.text().contains("does not look like"), "{}", tried.text());
    assert!(signs_in(&server, &kim.account, &code));
    let tried = jar.post("/security/recovery-codes/test", &[("code", &code)]);
    assert_eq!(tried.status, 422, "it is used now");
}
