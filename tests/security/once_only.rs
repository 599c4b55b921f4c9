use std::collections::BTreeMap;

use countersign_tests::account::{AUTHENTICATORS, confirm, text};
use countersign_tests::{Account, Answer, Authenticator, Enrolled, Server, all_at_once};
use serde_json::json;

/// How often each status came, with its code.
fn tally(answers: &[Answer]) -> BTreeMap<(u16, &str), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry((answer.status, answer.code())).or_default() += 1;
    }
    tally
}

#[test]
fn the_confirming_code_is_spent_by_the_confirmation() {
    let server = Server::start();
    let client = server.client();
    let account = Account::create(server.deployment());
    let session = account.session(&client);
    let begun = account.begin(&session);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    confirm(&session, &text(&begun["authenticator"]["id"]), &code).expect(200);
    client.second_factor(&account.challenge(&client), &code).expect_problem(422, "invalid_code");
}

#[test]
fn a_code_works_once_however_and_wherever_it_is_given() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&client, &code).expect(200);
    for again in [code.clone(), format!(" {} {}", &code[..3], &code[3..])] {
        kim.sign_in_with(&client, &again).expect_problem(422, "invalid_code");
    }
    let regenerate = "/v1/account/two-factor/recovery-codes/regenerate";
    let password = kim.account.password.clone();
    let proof = json!({ "password": password, "code": code });
    kim.session.post(regenerate, proof.clone()).expect_problem(422, "invalid_code");
    kim.session.post("/v1/account/two-factor/disable", proof).expect_problem(422, "invalid_code");
    // And the other way round: what was a proof is spent for sign-in. A success begins the count of failures anew.
    let code = kim.authenticator.fresh_code();
    kim.session.post(regenerate, json!({ "password": password, "code": code })).expect(200);
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
}

#[test]
fn an_older_code_of_the_window_is_spent_by_a_newer_one() {
    let server = Server::start();
    let client = server.client();
    let kim = Enrolled::create(server.deployment(), &client);
    let [present, next] = kim.authenticator.present_codes();
    kim.sign_in_with(&client, &next).expect(200);
    kim.sign_in_with(&client, &present).expect_problem(422, "invalid_code");
}

#[test]
fn of_forty_identical_codes_at_once_one_is_accepted() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenges: Vec<String> = (0..40).map(|_| kim.challenge(&client)).collect();
    let code = kim.authenticator.fresh_code();
    let answers = all_at_once(challenges, |challenge| server.client().second_factor(&challenge, &code));
    let tally = tally(&answers);
    assert_eq!(tally.get(&(200, "")), Some(&1), "{tally:?}");
    let refused = |code| tally.get(&code).copied().unwrap_or_default();
    let (rejected, throttled) = (refused((422, "invalid_code")), refused((429, "too_many_attempts")));
    assert_eq!(rejected + throttled, 39, "{tally:?}");
    // The session that enrolled, and the one that was signed in.
    let sessions = kim.session.get("/v1/account/sessions").expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
}

#[test]
fn an_accepted_code_stays_spent_when_the_server_is_killed() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let (codes, recovery_code) =
        ([kim.authenticator.fresh_code(), kim.authenticator.fresh_code()], kim.recovery_code());
    kim.sign_in_with(&client, &codes[0]).expect(200);
    kim.sign_in_with(&client, &recovery_code).expect(200);
    let accepted = kim.sign_in_with(&client, &codes[1]).expect(200);

    let server = server.kill().start();
    let client = server.client();
    let session = client.with_token(&text(&accepted["session"]["token"]));
    assert!(session.is_signed_in(), "what was answered was kept");
    for code in &codes {
        kim.sign_in_with(&client, code).expect_problem(422, "invalid_code");
    }
    kim.sign_in_with(&client, &recovery_code).expect_problem(422, "invalid_code");
}

#[test]
fn one_challenge_answered_rightly_twenty_times_at_once_makes_one_session() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    let totp = kim.authenticator.fresh_code();
    let codes: Vec<String> = (0..10).map(|_| totp.clone()).chain(kim.recovery_codes.iter().cloned()).collect();
    let answers = all_at_once(codes, |code| server.client().second_factor(&challenge, &code));
    let tally = tally(&answers);
    assert_eq!(tally.get(&(200, "")), Some(&1), "{tally:?}");

    let sessions = kim.session.get("/v1/account/sessions").expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2, "the enrolling one and one more");
    // Who lost the race for the challenge lost no recovery code by it.
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    let left = if winner.body["method"] == "recovery_code" { 9 } else { 10 };
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["recovery_codes"]["remaining"], left);
}

#[test]
fn a_spent_challenge_opens_nothing() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    client.second_factor(&challenge, &kim.authenticator.fresh_code()).expect(200);
    let answer = client.second_factor(&challenge, &kim.authenticator.fresh_code());
    answer.expect_problem(401, "invalid_challenge");
}

#[test]
fn a_recovery_code_works_once_in_any_spelling() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect(200);
    for again in [code.clone(), code.replace('-', ""), code.to_lowercase(), code.replace('-', " ").to_lowercase()] {
        kim.sign_in_with(&client, &again).expect_problem(422, "invalid_code");
    }
}

#[test]
fn of_twenty_identical_recovery_codes_at_once_one_is_accepted() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenges: Vec<String> = (0..20).map(|_| kim.challenge(&client)).collect();
    let code = kim.recovery_code();
    let spellings = [code.clone(), code.replace('-', ""), code.to_lowercase(), code.replace('-', " ")];
    let tries = challenges.into_iter().zip(spellings.into_iter().cycle()).collect();
    let answers =
        all_at_once(tries, |(challenge, code): (String, String)| server.client().second_factor(&challenge, &code));
    let tally = tally(&answers);
    assert_eq!(tally.get(&(200, "")), Some(&1), "{tally:?}");
    let unexpected = tally.keys().any(|(status, _)| ![200, 422, 429].contains(status));
    assert!(!unexpected, "{tally:?}");
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["recovery_codes"]["remaining"], 9);
}

#[test]
fn of_twenty_confirmations_at_once_one_is_accepted() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let session = account.session(&server.client());
    let begun = account.begin(&session);
    let id = text(&begun["authenticator"]["id"]);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    let answers = all_at_once(vec![(); 20], |()| confirm(&session, &id, &code));
    let tally = tally(&answers);
    assert_eq!(tally.get(&(200, "")), Some(&1), "{tally:?}");
    let confirmed = answers.iter().find(|answer| answer.status == 200).unwrap();
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!((&state["enabled"], &state["recovery_codes"]["remaining"]), (&json!(true), &json!(10)));
    // The recovery codes that were shown are those that hold.
    let code = text(&confirmed.body["recovery_codes"][0]);
    let client = server.client();
    client.second_factor(&account.challenge(&client), &code).expect(200);
    assert_eq!(session.get(&format!("{AUTHENTICATORS}/{id}/qr-code")).status, 404);
}
