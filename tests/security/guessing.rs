use countersign_tests::account::{AUTHENTICATORS, text};
use countersign_tests::{Account, Client, Deployment, Enrolled, Realm, Server, Subject, all_at_once, unique};
use serde_json::json;

/// Gives five wrong codes, with fresh challenges.
fn guess_five_times(kim: &Enrolled, client: &Client) {
    let challenges = [kim.challenge(client), kim.challenge(client)];
    for (challenge, code) in challenges.iter().cycle().zip(kim.authenticator.wrong_codes(5)) {
        client.second_factor(challenge, &code).expect_problem(422, "invalid_code");
    }
}

#[test]
fn sixty_guesses_at_once_get_no_more_than_five_verdicts() {
    let server = Server::start();
    let client = server.client();
    let kim = Enrolled::create(server.deployment(), &client);
    let challenges: Vec<String> = (0..60).map(|_| kim.challenge(&client)).collect();
    let guesses = challenges.into_iter().zip(kim.authenticator.wrong_codes(60)).collect();
    let answers =
        all_at_once(guesses, |(challenge, code): (String, String)| server.client().second_factor(&challenge, &code));
    let verdicts = answers.iter().filter(|answer| answer.status == 422).count();
    assert!((1..=5).contains(&verdicts), "{verdicts} verdicts");
    for answer in answers.iter().filter(|answer| answer.status != 422) {
        assert!(matches!(answer.status, 401 | 429), "{}", answer.text());
        answer.check_problem();
    }
}

#[test]
fn sixty_guesses_at_one_challenge_get_no_more_than_five_verdicts() {
    let server = Server::start();
    let client = server.client();
    let kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    let answers =
        all_at_once(kim.authenticator.wrong_codes(60), |code| server.client().second_factor(&challenge, &code));
    let verdicts = answers.iter().filter(|answer| answer.status == 422).count();
    assert!((1..=5).contains(&verdicts), "{verdicts} verdicts");
    assert!(answers.iter().all(|answer| matches!(answer.status, 401 | 422 | 429)));
}

#[test]
fn while_an_account_waits_right_and_wrong_codes_get_the_same_answer() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenge = kim.challenge(&client);
    guess_five_times(&kim, &client);
    let wrong = client.second_factor(&challenge, &kim.authenticator.wrong_code());
    let right = client.second_factor(&challenge, &kim.authenticator.fresh_code());
    for answer in [&wrong, &right] {
        answer.clone().expect_problem(429, "too_many_attempts");
        let seconds = answer.body["retry_after_seconds"].as_u64().unwrap();
        assert_eq!(answer.header("retry-after"), seconds.to_string());
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
    let of = |answer: &countersign_tests::Answer| {
        let (status, mut body) = answer.anonymous();
        // A second may have passed between the two.
        body.as_object_mut().unwrap().remove("retry_after_seconds");
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        (status, body, names)
    };
    assert_eq!(of(&wrong), of(&right));
}

#[test]
fn a_challenge_dies_after_five_wrong_codes() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let (exhausted, other) = (kim.challenge(&client), kim.challenge(&client));
    for code in kim.authenticator.wrong_codes(5) {
        client.second_factor(&exhausted, &code).expect_problem(422, "invalid_code");
    }
    // Only the challenge is to be seen, not the wait.
    server.deployment().run(&["account", "unlock", &kim.account.login]).expect(0);
    let code = kim.authenticator.fresh_code();
    client.second_factor(&exhausted, &code).expect_problem(401, "invalid_challenge");
    client.second_factor(&other, &code).expect(200);
}

#[test]
fn one_count_of_failures_holds_for_every_place_where_a_code_is_taken() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let begun = kim.begin(&kim.session.clone());
    let confirm = format!("{AUTHENTICATORS}/{}/confirm", text(&begun["authenticator"]["id"]));
    let remove = format!("{AUTHENTICATORS}/{}/remove", kim.authenticator_id);
    let password = kim.account.password.clone();
    let wrong = kim.authenticator.wrong_code();
    let session = kim.session.clone();

    // Five failures in five places.
    kim.sign_in_with(&client, &wrong).expect_problem(422, "invalid_code");
    session.post(&confirm, json!({ "code": wrong })).expect_problem(422, "invalid_code");
    let both = json!({ "password": password, "code": wrong });
    session.post("/v1/account/two-factor/disable", both.clone()).expect_problem(422, "invalid_code");
    session.post(&remove, both).expect_problem(422, "invalid_code");
    let body = json!({ "password": "not the password", "code": wrong });
    session.post("/v1/account/two-factor/recovery-codes/regenerate", body).expect_problem(422, "invalid_proof");

    // Now every place waits, also with what is right.
    let right = kim.authenticator.fresh_code();
    kim.sign_in_with(&client, &right).expect_problem(429, "too_many_attempts");
    let both = json!({ "password": password, "code": right });
    for path in ["/v1/account/two-factor/disable", &remove] {
        session.post(path, both.clone()).expect_problem(429, "too_many_attempts");
    }
    for what in ["view", "regenerate"] {
        let path = format!("/v1/account/two-factor/recovery-codes/{what}");
        let answer = session.post(&path, both.clone());
        // There is nothing to view in this realm, whatever is given.
        let viewing = what == "view" && answer.code() == "recovery_codes_not_viewable";
        assert!(answer.code() == "too_many_attempts" || viewing, "{}", answer.text());
    }
    let body = json!({ "current_password": password, "new_password": unique::password(), "code": right });
    session.put("/v1/account/password", body).expect_problem(429, "too_many_attempts");
    session.post(&confirm, json!({ "code": right })).expect_problem(429, "too_many_attempts");
    session.post(AUTHENTICATORS, both).expect_problem(429, "too_many_attempts");
}

/// The code of the present step and the next one, which the window has as well.
fn two_codes(kim: &Enrolled) -> String {
    kim.authenticator.settled_step();
    kim.authenticator.present_codes().join(" ")
}

#[test]
fn the_owner_signs_in_with_two_consecutive_codes_while_single_ones_wait() {
    let server = Server::start();
    let client = server.client();
    let kim = Enrolled::create(server.deployment(), &client);
    let before = kim.account.sign_in(&client).expect(200)["challenge"]["consecutive_codes_required"].clone();
    assert_eq!(before, json!(false));
    guess_five_times(&kim, &client);
    // It is said only after the password.
    let challenged = kim.account.sign_in(&client).expect(200);
    assert_eq!(challenged["challenge"]["consecutive_codes_required"], json!(true));
    let wrong_password = Account { password: "not the password".to_owned(), ..kim.account.clone() };
    let refused = wrong_password.sign_in(&client);
    assert!(!refused.text().contains("consecutive"), "{}", refused.text());
    for single in [kim.authenticator.wrong_code(), kim.authenticator.present_codes()[0].clone()] {
        let answer = kim.sign_in_with(&client, &single);
        assert_eq!(answer.body["consecutive_codes_required"], json!(true));
        answer.expect_problem(429, "too_many_attempts");
    }
    // Someone who has the password goes on with pairs and recovery codes as well.
    for _ in 0..30 {
        kim.sign_in_with(&client, "000000 000001").expect_problem(422, "invalid_code");
    }
    for number in 0..6 {
        kim.sign_in_with(&client, &format!("{number:016}"));
    }
    // The confirming code was that of an earlier step: both codes come after it.
    let codes = two_codes(&kim);
    let answers = [&codes, &codes].map(|codes| kim.sign_in_with(&client, codes));
    answers[0].clone().expect(200);
    answers[1].clone().expect_problem(422, "invalid_code");
}

#[test]
fn retries_of_an_accepted_code_keep_nobody_waiting() {
    let server = Server::start();
    let client = server.client();
    let realm = Realm::create(server.deployment(), "recommended");
    let key = realm.api_key(server.deployment(), &["verify", "enroll"]).client(&client);
    let mut kim = Subject::enroll(&key, "kim");
    let code = kim.authenticator.fresh_code();
    kim.verify(&key, &code).expect(200);
    for _ in 0..9 {
        let answer = kim.verify(&key, &code);
        assert_eq!(answer.body["reason"], json!("already_used"));
        answer.expect_problem(422, "invalid_code");
    }
    let wrong = kim.verify(&key, &kim.authenticator.wrong_code());
    assert_eq!(wrong.body["reason"], json!(null), "{}", wrong.text());
    wrong.expect_problem(422, "invalid_code");
    let next = kim.authenticator.fresh_code();
    kim.verify(&key, &next).expect(200);
}

#[test]
fn guessing_codes_keeps_neither_others_nor_recovery_codes_waiting() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let mut lee = Enrolled::create(server.deployment(), &client);
    guess_five_times(&kim, &client);
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&client, &code).expect_problem(429, "too_many_attempts");
    lee.sign_in(&client);
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect(200);
    // And the recovery code opened the door without calming the guesser down.
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&client, &code).expect_problem(429, "too_many_attempts");
}

#[test]
fn recovery_codes_cannot_be_guessed_without_waiting_either() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    let challenges: Vec<String> = (0..12).map(|_| kim.challenge(&client)).collect();
    let guesses = (0..12).map(|number| format!("{number:016}")).zip(challenges).collect();
    let answers =
        all_at_once(guesses, |(code, challenge): (String, String)| server.client().second_factor(&challenge, &code));
    let verdicts = answers.iter().filter(|answer| answer.status == 422).count();
    assert!((1..=5).contains(&verdicts), "{verdicts} verdicts");
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect_problem(429, "too_many_attempts");
    kim.sign_in(&client);
}

#[test]
fn failures_are_remembered_when_the_server_is_killed() {
    let server = Server::start();
    let client = server.client();
    let mut kim = Enrolled::create(server.deployment(), &client);
    guess_five_times(&kim, &client);
    let server = server.kill().start();
    let code = kim.authenticator.fresh_code();
    kim.sign_in_with(&server.client(), &code).expect_problem(429, "too_many_attempts");
}

#[test]
fn who_gives_wrong_passwords_has_to_wait_and_others_do_not() {
    let deployment = Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1");
    let server = deployment.start();
    let here = server.client().with_header("x-forwarded-for", "192.0.2.1");
    let elsewhere = server.client().with_header("x-forwarded-for", "198.51.100.1");
    let kim = Account::create(server.deployment());
    let guesser = Account { password: "not the password".to_owned(), ..kim.clone() };
    for _ in 0..10 {
        guesser.sign_in(&here).expect_problem(401, "invalid_credentials");
    }
    // The eleventh costs a second, the next two, and so on: by the fifteenth at the latest one came within the wait.
    let throttled = (11..=15).map(|_| guesser.sign_in(&here)).find(|answer| answer.status != 401);
    throttled.expect("a wait").expect_problem(429, "too_many_attempts");
    let right = kim.sign_in(&here);
    assert_eq!(right.body["retry_after_seconds"].to_string(), right.header("retry-after"));
    right.expect_problem(429, "too_many_attempts");
    kim.session(&elsewhere);
    Account::create(server.deployment()).session(&here);
}
