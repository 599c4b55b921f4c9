//! The key ring: rotated, rewrapped, retired and checked while servers run.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign_tests::account::text;
use countersign_tests::database_server::Administration;
use countersign_tests::{Deployment, Engine, Enrolled, Server};
use serde_json::{Value, json};

/// The key of a state, as `key list` has it.
#[track_caller]
fn key(deployment: &Deployment, state: &str) -> Value {
    let list = deployment.run(&["key", "list"]).expect(0).json();
    let found = list["items"].as_array().unwrap().iter().find(|item| item["state"] == state);
    found.unwrap_or_else(|| panic!("no key is {state}: {list}")).clone()
}

#[track_caller]
fn wait_for(server: &Server, told: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !server.log().contains(told) {
        assert!(Instant::now() < deadline, "it does not say {told:?}:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Rotated, rewrapped and retired under a server that is told nothing: nobody notices, but for those whose recovery codes go.
#[test]
fn a_key_is_rotated_and_retired_while_the_server_goes_on() {
    let server = Deployment::on_sqlite().start();
    let deployment = server.deployment();
    let mut kim = Enrolled::create(deployment, &server.client());
    let old = text(&key(deployment, "primary")["id"]);
    assert_eq!(key(deployment, "primary")["recovery_sets"], 1);
    deployment.run(&["key", "retire", &old, "--yes"]).expect(1);
    deployment.run(&["key", "retire", "0123456789abcdef", "--yes"]).expect(3);

    let rotated = deployment.run(&["key", "rotate"]).expect(0).json();
    let new = text(&rotated["key"]);
    assert_ne!(old, new);
    let sealed = key(deployment, "decrypt-only")["sealed"].as_u64().unwrap();
    assert!(sealed >= 1);
    let refused = deployment.run(&["key", "retire", &old, "--yes"]).expect(1);
    assert!(refused.prose.contains("1 authenticators") && refused.prose.contains("key rewrap"), "{}", refused.prose);
    let rewrapped = deployment.run(&["key", "rewrap"]).expect(0).json();
    assert_eq!((&rewrapped["resealed"], &rewrapped["left"]), (&json!(sealed), &json!(0)), "{rewrapped}");
    assert_eq!(deployment.run(&["key", "rewrap"]).expect(0).json()["resealed"], 0);

    // At once, and without a word to the server: it meets a key that it does not know, and looks.
    kim.sign_in(&server.client());
    let code = kim.recovery_code();
    kim.sign_in_with(&server.client(), &code).expect(200);
    let mut eve = Enrolled::create(deployment, &server.client());
    assert_eq!(key(deployment, "primary")["recovery_sets"], 1, "new ones are made with the new key");

    let refused = deployment.run(&["key", "retire", &old, "--yes"]).expect(1);
    assert!(refused.prose.contains("1 sets of recovery codes"), "{}", refused.prose);
    assert!(refused.prose.contains("--void-recovery-codes"), "{}", refused.prose);
    deployment.run(&["key", "retire", &old, "--void-recovery-codes"]).expect(2);
    let retired = deployment.run(&["key", "retire", &old, "--void-recovery-codes", "--yes"]).expect(0).json();
    assert_eq!(retired["recovery_sets_voided"], 1);
    assert_eq!(key(deployment, "retired")["id"], old.as_str());

    let client = server.client();
    let code = kim.recovery_code();
    kim.sign_in_with(&client, &code).expect_problem(422, "invalid_code");
    let session = kim.sign_in(&client);
    let proof = json!({ "password": kim.account.password, "code": kim.authenticator.fresh_code() });
    let issued = session.post("/v1/account/two-factor/recovery-codes/regenerate", proof).expect(200);
    kim.sign_in_with(&client, &text(&issued["recovery_codes"][0])).expect(200);
    let code = eve.recovery_code();
    eve.sign_in_with(&client, &code).expect(200);

    for (event, sets) in [("key.rotated", None), ("key.retired", Some("1"))] {
        let events = deployment.run(&["audit", "list", "--event", event]).expect(0).json();
        let [event] = &events["items"].as_array().unwrap()[..] else { panic!("{events}") };
        assert_eq!(event["actor"]["kind"], "operator");
        assert_eq!(event["details"]["recovery_sets"].as_str(), sets, "{event}");
    }
    let check = deployment.run(&["key", "check"]).expect(0).json();
    assert_eq!((&check["complete"], &check["faults"]), (&json!(true), &json!([])));

    // A retired key may go from the ring altogether; and who has it as the primary one does not start.
    let (deployment, _) = server.stop();
    let ring = std::fs::read_to_string(deployment.key_file()).unwrap();
    let without: Vec<&str> = ring.split("[[key]]").filter(|part| !part.contains(&old)).collect();
    put(&deployment.key_file(), &without.join("[[key]]"));
    let server = deployment.start();
    kim.sign_in(&server.client());
    let (deployment, _) = server.stop();
    let swapped = ring.replace("\"primary\"", "\"was\"").replace("\"retired\"", "\"primary\"");
    put(&deployment.key_file(), &swapped.replace("\"was\"", "\"decrypt-only\""));
    let ended = deployment.start_in_vain();
    assert!(ended.prose.contains(&old) && ended.prose.contains("was retired"), "{}", ended.prose);
}

fn put(file: &Path, text: &str) {
    std::fs::remove_file(file).unwrap();
    std::fs::write(file, text).unwrap();
}

/// Whatever is wrong with a row, `key check` names it, all of them at once, and nothing else.
#[test]
fn each_row_that_does_not_open_is_named() {
    let server = Deployment::on_sqlite().start();
    let people: Vec<Enrolled> = (0..6).map(|_| Enrolled::create(server.deployment(), &server.client())).collect();
    let (deployment, _) = server.stop();
    let other = text(&deployment.run(&["key", "add"]).expect(0).json()["key"]);
    let good = deployment.run(&["key", "check"]).expect(0).json();
    assert!(good["opened"].as_u64().unwrap() >= 6, "{good}");

    let id = |login: &str, table: &str| {
        let sql = format!(
            "SELECT lower(hex(t.id)) FROM {table} t JOIN account a ON a.id = t.account_id WHERE a.login = '{login}'"
        );
        let hex = deployment.query(&sql).trim().to_owned();
        assert_eq!(hex.len(), 32, "{hex}");
        hex
    };
    let rows: Vec<String> = people.iter().map(|it| id(&it.account.login, "authenticator")).collect();
    let secret = |row: &str| {
        let sql = format!("SELECT hex(sealed_secret) FROM authenticator WHERE hex(id) = upper('{row}')");
        deployment.query(&sql).trim().to_owned()
    };
    let set = |row: &str, what: &str| {
        deployment.change(&format!("UPDATE authenticator SET {what} WHERE hex(id) = upper('{row}')"));
    };
    let (first, second, mut tampered) = (secret(&rows[0]), secret(&rows[1]), secret(&rows[2]));
    set(&rows[0], &format!("sealed_secret = X'{second}'"));
    set(&rows[1], &format!("sealed_secret = X'{first}'"));
    let at = tampered.len() - 1;
    let flipped = if tampered.ends_with('0') { "1" } else { "0" };
    tampered.replace_range(at.., flipped);
    set(&rows[2], &format!("sealed_secret = X'{tampered}'"));
    set(&rows[3], &format!("sealed_key_id = '{other}'"));
    set(&rows[4], "sealed_key_id = '0000000000000000'");
    set(&rows[5], "digits = 8");
    let codes = id(&people[0].account.login, "recovery_code_set");
    deployment
        .change(&format!("UPDATE recovery_code_set SET key_id = '1111111111111111' WHERE hex(id) = upper('{codes}')"));

    let check = deployment.run(&["key", "check"]).expect(1).json();
    let mut named: Vec<(String, String)> = check["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (text(&fault["row"]).replace('-', ""), text(&fault["fault"])))
        .collect();
    named.sort();
    let mut expected: Vec<String> = rows.clone();
    expected.push(codes.clone());
    expected.sort();
    assert_eq!(named.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>(), expected, "{check}");
    let told = |row: &str| named.iter().find(|(named, _)| named == row).map(|(_, fault)| fault.clone()).unwrap();
    for row in [0, 1, 2, 3, 5] {
        assert!(told(&rows[row]).contains("does not open"), "{}", told(&rows[row]));
    }
    assert!(told(&rows[4]).contains("0000000000000000 is not in the key ring"));
    assert!(told(&codes).contains("1111111111111111 is not in the key ring"));
    assert_eq!(key(&deployment, "missing")["sealed"], 1);
    // Rewrapping leaves alone what it cannot open.
    let rewrapped = deployment.run(&["key", "rewrap"]).expect(1).json();
    assert_eq!(rewrapped["faults"].as_array().unwrap().len(), 2, "{rewrapped}");
}

/// What lies on disk is taken over when it is a later state of the same ring, and never otherwise.
#[test]
fn a_broken_or_foreign_key_ring_is_not_taken_over() {
    let server = Deployment::on_sqlite().start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let file = server.deployment().key_file();
    let right = std::fs::read_to_string(&file).unwrap();
    put(&file, &right[..right.len() / 2]);
    server.hang_up();
    wait_for(&server, "the one before is kept: the key ring");
    kim.sign_in(&server.client());

    std::fs::remove_file(&file).unwrap();
    server.deployment().run(&["key", "create", file.to_str().unwrap()]).expect(0);
    server.hang_up();
    wait_for(&server, "it lacks a key that is in use here");
    kim.sign_in(&server.client());

    put(&file, &right);
    let added = text(&server.deployment().run(&["key", "add"]).expect(0).json()["key"]);
    server.hang_up();
    wait_for(&server, &format!("{added} decrypt-only"));
    kim.sign_in(&server.client());
}

fn nodes_rotate_one_after_the_other(administration: &Administration) {
    let first = Deployment::on(administration).start();
    let second = first.deployment().node().start();
    let mut people: Vec<Enrolled> = (0..4).map(|_| Enrolled::create(first.deployment(), &first.client())).collect();
    let refused = first.deployment().run(&["key", "rotate"]).expect(1);
    assert!(refused.prose.contains("key add"), "{}", refused.prose);
    let hand_out = || {
        std::fs::remove_file(second.deployment().key_file()).unwrap();
        std::fs::copy(first.deployment().key_file(), second.deployment().key_file()).unwrap();
        second.hang_up();
    };
    let old = text(&key(first.deployment(), "primary")["id"]);
    let added = text(&first.deployment().run(&["key", "add"]).expect(0).json()["key"]);
    hand_out();
    wait_for(&second, &added);
    first.deployment().run(&["key", "rotate"]).expect(2);
    assert_eq!(first.deployment().run(&["key", "rotate", "--yes"]).expect(0).json()["key"], added.as_str());

    // The second node still seals under the old key, and opens what the first one seals.
    let mut eve = Enrolled::create(first.deployment(), &second.client());
    eve.sign_in(&first.client());
    // People sign in at both nodes while everything is sealed anew.
    std::thread::scope(|scope| {
        let signing: Vec<_> = people
            .iter_mut()
            .enumerate()
            .map(|(index, kim)| {
                let client = if index % 2 == 0 { first.client() } else { second.client() };
                scope.spawn(move || (0..2).for_each(|_| drop(kim.sign_in(&client))))
            })
            .collect();
        while signing.iter().any(|it| !it.is_finished()) {
            first.deployment().run(&["key", "rewrap"]).expect(0);
        }
        signing.into_iter().for_each(|it| it.join().unwrap());
    });
    hand_out();
    wait_for(&second, &format!("{added} primary"));
    first.deployment().run(&["key", "rewrap"]).expect(0);
    assert_eq!(key(first.deployment(), "decrypt-only")["sealed"], 0);
    first.deployment().run(&["key", "retire", &old, "--void-recovery-codes", "--yes"]).expect(0);
    people.push(eve);
    people.iter_mut().for_each(|it| drop(it.sign_in(&second.client())));
    first.deployment().run(&["key", "check"]).expect(0);
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn nodes_on_postgresql_rotate_one_after_the_other() {
    nodes_rotate_one_after_the_other(&Engine::Postgres.administration());
}

#[test]
#[ignore = "needs MariaDB; tests/run starts one"]
fn nodes_on_mariadb_rotate_one_after_the_other() {
    nodes_rotate_one_after_the_other(&Engine::MariaDb.administration());
}

/// An empty database beside a key ring that was in use is a database that is missing.
#[test]
fn an_empty_database_beside_a_used_key_ring_is_no_new_installation() {
    let server = Deployment::on_sqlite().start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let (deployment, _) = server.stop();
    let aside = deployment.directory().join("aside");
    std::fs::rename(deployment.data_dir(), &aside).unwrap();
    let ended = deployment.start_in_vain();
    for told in ["is empty", "COUNTERSIGN_DATA_DIR", "countersign restore"] {
        assert!(ended.prose.contains(told), "{told}: {}", ended.prose);
    }
    std::fs::remove_dir_all(deployment.data_dir()).unwrap();
    std::fs::rename(&aside, deployment.data_dir()).unwrap();
    kim.sign_in(&deployment.start().client());
}

/// A key ring is made for wherever it is to be kept, and never over another one.
#[test]
fn a_key_ring_is_made_for_a_file_or_the_environment() {
    let deployment = Deployment::on_sqlite();
    let made = deployment.run(&["key", "create"]).expect(0);
    let material = std::fs::read_to_string(deployment.key_file()).unwrap();
    let material = text(&json!(material.lines().find_map(|line| line.strip_prefix("material = ")).unwrap()));
    let material = material.trim_matches('"');
    assert!(!made.results.contains(material) && !made.prose.contains(material));
    let refused = deployment.run(&["key", "create"]).expect(1);
    assert!(refused.prose.contains("exists already"), "{}", refused.prose);

    let printed = deployment.run(&["key", "create", "-"]).expect(0).results;
    assert!(printed.contains("[[key]]"));
    let ring = deployment.key_file();
    let deployment = deployment.with("MASTER_KEY", &printed);
    let server = deployment.start();
    wait_for(&server, "COUNTERSIGN_MASTER_KEY, which child processes inherit");
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    kim.sign_in(&server.client());
    let (deployment, _) = server.stop();
    let both = deployment.with("MASTER_KEY_FILE", ring.to_str().unwrap());
    let ended = both.run(&["key", "list"]).expect(2);
    assert!(ended.prose.contains("COUNTERSIGN_MASTER_KEY"), "{}", ended.prose);
}
