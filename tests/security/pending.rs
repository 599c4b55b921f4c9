use countersign_tests::account::{AUTHENTICATORS, confirm, text};
use countersign_tests::{Account, Authenticator, Enrolled, Server};
use serde_json::json;

#[test]
fn a_pending_enrollment_gates_nothing() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let session = account.session(&client);
    account.begin(&session);
    let other = account.session(&client);
    assert_eq!(other.get("/v1/account").expect(200)["two_factor_enabled"], false);
    assert!(session.is_signed_in());
}

#[test]
fn a_pending_authenticator_satisfies_nothing() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let begun = kim.begin(&kim.session.clone());
    let mut pending = Authenticator::new(&text(&begun["secret"]));
    let code = pending.fresh_code();
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    let regenerate = "/v1/account/two-factor/recovery-codes/regenerate";
    let proof = json!({ "password": kim.account.password, "code": code });
    kim.session.post(regenerate, proof.clone()).expect_problem(422, "invalid_code");
    kim.session.post("/v1/account/two-factor/disable", proof).expect_problem(422, "invalid_code");
}

#[test]
fn an_active_authenticator_does_not_confirm_a_pending_one() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let begun = kim.begin(&kim.session.clone());
    let code = kim.authenticator.fresh_code();
    confirm(&kim.session, &text(&begun["authenticator"]["id"]), &code).expect_problem(422, "invalid_code");
    confirm(&kim.session, &kim.authenticator_id, &code).expect_problem(409, "no_pending_enrollment");
}

#[test]
fn beginning_again_leaves_the_active_authenticator_working_and_the_older_pending_one_dead() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let (older, newer) = (kim.begin(&kim.session.clone()), kim.begin(&kim.session.clone()));
    assert_ne!(older["secret"], newer["secret"]);
    kim.sign_in(&client);

    let id = text(&older["authenticator"]["id"]);
    let code = Authenticator::new(&text(&older["secret"])).fresh_code();
    confirm(&kim.session, &id, &code).expect_problem(409, "no_pending_enrollment");
    kim.session.get(&format!("{AUTHENTICATORS}/{id}/qr-code")).expect_problem(404, "not_found");
    confirm(&kim.session, &text(&newer["authenticator"]["id"]), &code).expect_problem(422, "invalid_code");
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");

    let code = Authenticator::new(&text(&newer["secret"])).fresh_code();
    confirm(&kim.session, &text(&newer["authenticator"]["id"]), &code).expect(200);
    kim.sign_in(&client);
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect(200);
}

#[test]
fn a_qr_code_is_shown_to_the_session_that_began_until_the_confirmation() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let (session, other) = (account.session(&client), account.session(&client));
    let begun = account.begin(&session);
    let id = text(&begun["authenticator"]["id"]);
    let path = format!("{AUTHENTICATORS}/{id}/qr-code");
    other.get(&path).expect_problem(404, "not_found");
    session.get(&path).expect(200);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    confirm(&session, &id, &code).expect(200);
    session.get(&path).expect_problem(404, "not_found");
}
