use countersign_tests::account::{AUTHENTICATORS, text};
use countersign_tests::{Account, Client, Enrolled, Server, unique};
use serde_json::json;

/// What someone may still have in hand when a password or second factor changes.
struct Held {
    session: Client,
    challenge: String,
    device: String,
}

fn hold(kim: &mut Enrolled, client: &Client) -> Held {
    let body = json!({
        "challenge_token": kim.challenge(client), "code": kim.recovery_code(), "remember_device": true,
    });
    let signed_in = client.post("/v1/sign-in/second-factor", body).expect(200);
    let session = client.with_token(&text(&signed_in["session"]["token"]));
    assert!(session.is_signed_in());
    Held { session, challenge: kim.challenge(client), device: text(&signed_in["device_token"]) }
}

/// The session is ended, the challenge cannot be answered, and no device is trusted any more.
#[track_caller]
fn is_dead(held: &Held, kim: &mut Enrolled, client: &Client) {
    assert!(kim.session.is_signed_in(), "the session that made the change goes on");
    assert!(!held.session.is_signed_in());
    let code = kim.authenticator.fresh_code();
    client.second_factor(&held.challenge, &code).expect_problem(401, "invalid_challenge");
    assert_eq!(kim.session.get("/v1/account/trusted-devices").expect(200)["items"], json!([]));
}

#[track_caller]
fn is_not_trusted(device: &str, account: &Account, client: &Client) {
    let body = json!({ "login": account.login, "password": account.password, "device_token": device });
    assert_eq!(client.post("/v1/sign-in", body).expect(200)["status"], "second_factor_required");
}

#[test]
fn changing_the_password_ends_what_rests_on_the_old_one() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let held = hold(&mut kim, &client);
    let new = unique::password();
    let body = json!({
        "current_password": kim.account.password, "new_password": new, "code": kim.recovery_code(),
    });
    kim.session.put("/v1/account/password", body).expect(204);
    kim.account.password = new;
    is_dead(&held, &mut kim, &client);
    is_not_trusted(&held.device, &kim.account, &client);
}

#[test]
fn enabling_two_factor_ends_other_sessions() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let older = account.session(&client);
    let kim = account.enroll(&client);
    assert!(kim.session.is_signed_in() && !older.is_signed_in());
}

#[test]
fn adding_and_removing_an_authenticator_ends_what_rests_on_the_old_second_factor() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let held = hold(&mut kim, &client);
    let (second, _, _) = kim.add_authenticator(&kim.session.clone());
    is_dead(&held, &mut kim, &client);
    is_not_trusted(&held.device, &kim.account, &client);

    let held = hold(&mut kim, &client);
    let proof = json!({ "password": kim.account.password, "code": kim.recovery_code() });
    kim.session.post(&format!("{AUTHENTICATORS}/{second}/remove"), proof).expect(204);
    is_dead(&held, &mut kim, &client);
    is_not_trusted(&held.device, &kim.account, &client);
}

#[test]
fn disabling_two_factor_ends_what_rests_on_it() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let held = hold(&mut kim, &client);
    let session = kim.session.clone();
    kim.disable(&session);
    is_dead(&held, &mut kim, &client);
    // Nor does any of it come back to life with a new second factor.
    kim.add_authenticator(&session);
    is_not_trusted(&held.device, &kim.account, &client);
    let [code, _] = kim.authenticator.present_codes();
    client.second_factor(&held.challenge, &code).expect_problem(401, "invalid_challenge");
}

#[test]
fn the_old_secret_and_the_old_recovery_codes_are_dead_after_a_new_enrollment() {
    let server = Server::start();
    let client = server.client();
    let mut old = Enrolled::create(server.deployment(), &client);
    let session = old.session.clone();
    old.disable(&session);
    let mut new = old.account.clone().enroll(&client);
    assert_ne!(old.authenticator.secret(), new.authenticator.secret());
    let code = old.authenticator.fresh_code();
    new.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    let code = old.recovery_code();
    new.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    new.sign_in(&client);
    let code = new.recovery_code();
    new.sign_in_with(&client, &code).expect(200);
}
