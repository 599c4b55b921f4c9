use countersign_tests::account::{AUTHENTICATORS, text};
use countersign_tests::{Enrolled, Server};
use serde_json::json;

#[test]
fn what_belongs_to_another_account_is_not_found() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let mut lee = Enrolled::create(server.deployment(), &client);

    let body = json!({
        "challenge_token": kim.challenge(&client), "code": kim.recovery_code(), "remember_device": true,
    });
    client.post("/v1/sign-in/second-factor", body).expect(200);
    let first = |path: &str| text(&kim.session.get(path).expect(200)["items"][0]["id"]);
    let (session, device) = (first("/v1/account/sessions"), first("/v1/account/trusted-devices"));
    let begun = kim.begin(&kim.session.clone());
    let pending = text(&begun["authenticator"]["id"]);
    let active = kim.authenticator_id.clone();

    let stranger = lee.session.clone();
    stranger.delete(&format!("/v1/account/sessions/{session}")).expect_problem(404, "not_found");
    stranger.delete(&format!("/v1/account/trusted-devices/{device}")).expect_problem(404, "not_found");
    for id in [&active, &pending] {
        let path = format!("{AUTHENTICATORS}/{id}");
        stranger.patch(&path, json!({ "name": "Mine" })).expect_problem(404, "not_found");
        stranger.get(&format!("{path}/qr-code")).expect_problem(404, "not_found");
        let proof = json!({ "password": lee.account.password, "code": lee.authenticator.fresh_code() });
        stranger.post(&format!("{path}/remove"), proof).expect_problem(404, "not_found");
        let code = countersign_tests::Authenticator::new(&text(&begun["secret"])).fresh_code();
        let confirmed = stranger.post(&format!("{path}/confirm"), json!({ "code": code }));
        confirmed.expect_problem(409, "no_pending_enrollment");
    }

    // Nothing of it was touched.
    let sessions = kim.session.get("/v1/account/sessions").expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
    let devices = kim.session.get("/v1/account/trusted-devices").expect(200);
    assert_eq!(devices["items"].as_array().unwrap().len(), 1);
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    let names: Vec<_> = state["authenticators"].as_array().unwrap().iter().map(|it| text(&it["name"])).collect();
    assert!(names.len() == 2 && !names.contains(&"Mine".to_owned()), "{names:?}");
}
