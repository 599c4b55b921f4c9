use countersign_tests::account::text;
use countersign_tests::{Client, Enrolled, Server};
use serde_json::{Value, json};

/// Signs in with a recovery code and has the browser trusted; answers its token.
fn trust(kim: &mut Enrolled, client: &Client) -> String {
    let body = json!({
        "challenge_token": kim.challenge(client),
        "code": kim.recovery_code(),
        "remember_device": true,
    });
    let token = text(&client.post("/v1/sign-in/second-factor", body).expect(200)["device_token"]);
    assert!(token.starts_with("cs_device_"));
    token
}

fn sign_in_from(kim: &Enrolled, client: &Client, device: &str) -> Value {
    let body = json!({ "login": kim.account.login, "password": kim.account.password, "device_token": device });
    client.post("/v1/sign-in", body).expect(200)
}

#[test]
fn a_trusted_device_skips_the_second_factor_until_it_is_revoked() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let device = trust(&mut kim, &client);

    let signed_in = sign_in_from(&kim, &client, &device);
    assert_eq!(signed_in["status"], "signed_in");
    let session = client.with_token(&text(&signed_in["session"]["token"]));
    kim.challenge(&client);

    let devices = session.get("/v1/account/trusted-devices").expect(200);
    assert_eq!(devices["items"].as_array().unwrap().len(), 1);
    assert_eq!(devices["items"][0]["user_agent"], "countersign-tests");
    assert!(devices["items"][0]["last_used_at"].is_string());
    let id = text(&devices["items"][0]["id"]);
    session.delete(&format!("/v1/account/trusted-devices/{id}")).expect(204);
    session.delete(&format!("/v1/account/trusted-devices/{id}")).expect_problem(404, "not_found");

    assert_eq!(sign_in_from(&kim, &client, &device)["status"], "second_factor_required");
    assert_eq!(session.get("/v1/account/trusted-devices").expect(200)["items"], json!([]));
}

#[test]
fn a_device_is_trusted_only_on_request_and_only_for_its_account() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let code = kim.recovery_code();
    assert!(kim.sign_in_with(&client, &code).expect(200).get("device_token").is_none());
    let device = trust(&mut kim, &client);
    let lee = Enrolled::create(server.deployment(), &client);
    assert_eq!(sign_in_from(&lee, &client, &device)["status"], "second_factor_required");
    assert_eq!(sign_in_from(&lee, &client, "cs_device_nonsense")["status"], "second_factor_required");
}

#[test]
fn a_trusted_device_does_not_stand_in_for_the_password() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let device = trust(&mut kim, &client);
    let body = json!({ "login": kim.account.login, "password": "not the password", "device_token": device });
    client.post("/v1/sign-in", body).expect_problem(401, "invalid_credentials");
}
