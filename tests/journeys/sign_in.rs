use countersign_tests::account::text;
use countersign_tests::{Account, Enrolled, Server};
use serde_json::json;

#[test]
fn without_a_second_factor_the_password_is_enough() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let answer = account.sign_in(&server.client());
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.expect(200);
    assert_eq!(body["status"], "signed_in");
    let shown = &body["account"];
    assert_eq!((&shown["login"], &shown["realm"]), (&json!(account.login), &json!("default")));
    assert_eq!((&shown["role"], &shown["two_factor_enabled"]), (&json!("member"), &json!(false)));
    assert!(text(&body["session"]["token"]).starts_with("cs_session_"));
    let session = server.client().with_token(&text(&body["session"]["token"]));
    let mut account = session.get("/v1/account").expect(200);
    assert_eq!(account.as_object_mut().unwrap().remove("session").unwrap()["amr"], json!(["pwd"]));
    assert_eq!(account, *shown);
}

#[test]
fn with_a_second_factor_a_sign_in_takes_password_and_code() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);

    let answer = kim.account.sign_in(&client);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.expect(200);
    assert_eq!(body["status"], "second_factor_required");
    let challenge = &body["challenge"];
    assert_eq!(challenge["methods"], json!(["totp", "recovery_code"]));
    assert!(text(&challenge["token"]).starts_with("cs_challenge_"));
    assert!(challenge["expires_at"].is_string());
    assert_eq!(body.as_object().unwrap().len(), 2, "nothing else before the second factor: {body}");

    let code = kim.authenticator.fresh_code();
    let answer = client.second_factor(&text(&challenge["token"]), &code);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.expect(200);
    assert_eq!((&body["status"], &body["method"]), (&json!("signed_in"), &json!("totp")));
    assert_eq!(body["recovery_codes_remaining"], 10);
    assert!(body.get("device_token").is_none() && body.get("replacement_recovery_code").is_none(), "{body}");
    let session = client.with_token(&text(&body["session"]["token"]));
    assert_eq!(session.get("/v1/account").expect(200)["login"], kim.account.login);
    let used = &session.get("/v1/account/two-factor").expect(200)["authenticators"][0]["last_used_at"];
    assert!(used.is_string());
}

#[test]
fn a_code_may_be_typed_with_spaces_and_hyphens() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&client, &format!(" {} {}", &code[..3], &code[3..])).expect(200);
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&client, &format!("{}-{}", &code[..3], &code[3..])).expect(200);
}

#[test]
fn a_login_is_taken_in_any_case() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let loud = Account { login: account.login.to_uppercase(), ..account };
    loud.session(&client);
}

#[test]
fn signing_out_ends_this_session_and_no_other() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let (first, second) = (account.session(&client), account.session(&client));
    let answer = first.send("POST", "/v1/sign-out", None);
    assert_eq!((answer.status, answer.bytes.len()), (204, 0));
    first.get("/v1/account").expect_problem(401, "unauthenticated");
    assert!(second.is_signed_in());
}
