use std::collections::BTreeMap;

use countersign_tests::account::{confirm, text};
use countersign_tests::database_server::Administration;
use countersign_tests::subject::Subject;
use countersign_tests::{Account, Answer, Authenticator, Client, Enrolled, Nodes, Realm, all_at_once};

use crate::three;

on_both_engines!(
    of_thirty_identical_codes_at_once_over_three_nodes_one_is_accepted,
    of_thirty_identical_recovery_codes_at_once_over_three_nodes_one_is_accepted,
    of_thirty_answers_to_one_challenge_over_three_nodes_one_makes_a_session,
    of_thirty_confirmations_at_once_over_three_nodes_one_is_accepted,
    of_thirty_verifications_of_a_subject_over_three_nodes_one_is_accepted,
    of_thirty_requests_with_one_key_over_three_nodes_one_is_carried_out,
    sixty_guesses_at_once_over_three_nodes_get_no_more_than_five_verdicts,
    sixty_guesses_at_few_challenges_over_three_nodes_get_no_more_than_five_verdicts,
    guesses_of_recovery_codes_over_three_nodes_get_no_more_than_five_verdicts,
);

/// How often each status came, with its code.
fn tally(answers: &[Answer]) -> BTreeMap<(u16, &str), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry((answer.status, answer.code())).or_default() += 1;
    }
    tally
}

/// Exactly one was accepted; the others were refused in one of these ways, and in no other: an overloaded server, or a
/// database that gave up, is no refusal.
#[track_caller]
fn one_of(answers: &[Answer], refusals: &[(u16, &str)]) {
    let tally = tally(answers);
    assert_eq!(tally.get(&(200, "")), Some(&1), "{tally:?}");
    assert!(tally.keys().all(|kind| *kind == (200, "") || refusals.contains(kind)), "{tally:?}");
}

const WRONG: (u16, &str) = (422, "invalid_code");
const WAIT: (u16, &str) = (429, "too_many_attempts");
const SPENT: (u16, &str) = (401, "invalid_challenge");

fn sessions(enrolled: &Enrolled) -> usize {
    enrolled.session.get("/v1/account/sessions").expect(200)["items"].as_array().unwrap().len()
}

/// A client and a challenge for each of `count` answers, over all nodes.
fn challenges(nodes: &Nodes, kim: &Enrolled, count: usize) -> Vec<(Client, String)> {
    nodes.spread(count).into_iter().map(|client| (client.clone(), kim.challenge(&client))).collect()
}

fn of_thirty_identical_codes_at_once_over_three_nodes_one_is_accepted(server: &Administration) {
    let nodes = three(server);
    let mut kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    let challenges = challenges(&nodes, &kim, 30);
    let code = kim.authenticator.fresh_code();
    let answers = all_at_once(challenges, |(client, challenge)| client.second_factor(&challenge, &code));
    one_of(&answers, &[WRONG, WAIT]);
    assert_eq!(sessions(&kim), 2, "the one that enrolled, and the one that was signed in");
}

fn of_thirty_identical_recovery_codes_at_once_over_three_nodes_one_is_accepted(server: &Administration) {
    let nodes = three(server);
    let mut kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    let code = kim.recovery_code();
    let spellings = [code.clone(), code.replace('-', ""), code.to_lowercase(), code.replace('-', " ")];
    let tries: Vec<_> = challenges(&nodes, &kim, 30).into_iter().zip(spellings.into_iter().cycle()).collect();
    let answers = all_at_once(tries, |((client, challenge), code)| client.second_factor(&challenge, &code));
    one_of(&answers, &[WRONG, WAIT]);
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["recovery_codes"]["remaining"], 9);
    assert_eq!(sessions(&kim), 2, "the one that enrolled, and the one that was signed in");
}

fn of_thirty_answers_to_one_challenge_over_three_nodes_one_makes_a_session(server: &Administration) {
    let nodes = three(server);
    let mut kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    let challenge = kim.challenge(&nodes.server(0).client());
    let totp = kim.authenticator.fresh_code();
    let codes: Vec<String> = (0..20).map(|_| totp.clone()).chain(kim.recovery_codes.iter().cloned()).collect();
    let tries: Vec<_> = nodes.spread(30).into_iter().zip(codes).collect();
    let answers = all_at_once(tries, |(client, code)| client.second_factor(&challenge, &code));
    one_of(&answers, &[WRONG, WAIT, SPENT]);
    assert_eq!(sessions(&kim), 2, "the one that enrolled, and the one that was signed in");
    // Who lost the race for the challenge lost no recovery code by it.
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    let left = if winner.body["method"] == "recovery_code" { 9 } else { 10 };
    let state = kim.session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["recovery_codes"]["remaining"], left);
}

fn of_thirty_confirmations_at_once_over_three_nodes_one_is_accepted(server: &Administration) {
    let nodes = three(server);
    let account = Account::create(nodes.deployment());
    let session = account.session(&nodes.rotating());
    let begun = account.begin(&session);
    let id = text(&begun["authenticator"]["id"]);
    let code = Authenticator::new(&text(&begun["secret"])).fresh_code();
    let answers = all_at_once(nodes.spread(30), |client| confirm(&client.with_token(session.token()), &id, &code));
    let accepted: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(accepted.len(), 1, "{:?}", tally(&answers));
    assert!(answers.iter().all(|answer| answer.status < 500), "{:?}", tally(&answers));
    // The recovery codes that were shown are those that hold.
    let state = session.get("/v1/account/two-factor").expect(200);
    assert_eq!(state["recovery_codes"]["remaining"], 10);
    let client = nodes.rotating();
    client.second_factor(&account.challenge(&client), &text(&accepted[0].body["recovery_codes"][0])).expect(200);
}

fn of_thirty_verifications_of_a_subject_over_three_nodes_one_is_accepted(server: &Administration) {
    let nodes = three(server);
    let realm = Realm::create(nodes.deployment(), "recommended");
    let key = realm.api_key(nodes.deployment(), &["verify", "enroll"]);
    let mut subject = Subject::enroll(&key.client(&nodes.rotating()), "user-7");
    let code = subject.authenticator.fresh_code();
    let answers = all_at_once(nodes.spread(30), |client| subject.verify(&key.client(&client), &code));
    one_of(&answers, &[WRONG, WAIT]);
}

fn of_thirty_requests_with_one_key_over_three_nodes_one_is_carried_out(server: &Administration) {
    let nodes = three(server);
    let mut kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    let challenge = kim.challenge(&nodes.server(0).client());
    let code = kim.authenticator.fresh_code();
    let answers = all_at_once(nodes.spread(30), |client| {
        client.with_header("idempotency-key", "k").second_factor(&challenge, &code)
    });
    for answer in &answers {
        assert_eq!((answer.status, answer.text()), (200, answers[0].text()), "{:?}", tally(&answers));
    }
    assert_eq!(sessions(&kim), 2, "the one that enrolled, and the one that was signed in");
}

/// No more verdicts than one node gives, and clean refusals for all others.
#[track_caller]
fn five_verdicts_at_most(answers: &[Answer]) {
    let tally = tally(answers);
    let verdicts = tally.get(&WRONG).copied().unwrap_or_default();
    assert!((1..=5).contains(&verdicts), "{verdicts} verdicts: {tally:?}");
    assert!(tally.keys().all(|kind| [WRONG, WAIT, SPENT].contains(kind)), "{tally:?}");
    answers.iter().for_each(Answer::check_problem);
}

fn sixty_guesses_at_once_over_three_nodes_get_no_more_than_five_verdicts(server: &Administration) {
    let nodes = three(server);
    let kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    let guesses: Vec<_> = challenges(&nodes, &kim, 60).into_iter().zip(kim.authenticator.wrong_codes(60)).collect();
    let answers = all_at_once(guesses, |((client, challenge), code)| client.second_factor(&challenge, &code));
    five_verdicts_at_most(&answers);
}

fn sixty_guesses_at_few_challenges_over_three_nodes_get_no_more_than_five_verdicts(server: &Administration) {
    let nodes = three(server);
    let kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    // Two challenges of each node, each guessed at by all nodes.
    let open = challenges(&nodes, &kim, 6).into_iter().map(|(_, challenge)| challenge);
    let open: Vec<String> = open.flat_map(|challenge| std::iter::repeat_n(challenge, 10)).collect();
    let guesses: Vec<_> = nodes.spread(60).into_iter().zip(open).zip(kim.authenticator.wrong_codes(60)).collect();
    let answers = all_at_once(guesses, |((client, challenge), code)| client.second_factor(&challenge, &code));
    five_verdicts_at_most(&answers);
}

fn guesses_of_recovery_codes_over_three_nodes_get_no_more_than_five_verdicts(server: &Administration) {
    let nodes = three(server);
    let mut kim = Enrolled::create(nodes.deployment(), &nodes.rotating());
    let guesses: Vec<_> = challenges(&nodes, &kim, 18).into_iter().zip(0..).collect();
    let answers = all_at_once(guesses, |((client, challenge), number)| {
        client.second_factor(&challenge, &format!("{number:016}"))
    });
    five_verdicts_at_most(&answers);
    let code = kim.recovery_code();
    for client in nodes.clients() {
        kim.sign_in_with(&client, &code).expect_problem(429, "too_many_attempts");
    }
    kim.sign_in(&nodes.rotating());
}
