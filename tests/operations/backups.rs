//! Backups, and what opens after one was restored: nothing that was used before.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_tests::account::text;
use countersign_tests::{Client, Deployment, Engine, Enrolled, Realm, Server, tools};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::readiness::Locker;

const BEFORE: [&str; 2] = ["backup", "before.db"];

fn database(deployment: &Deployment) -> PathBuf {
    deployment.data_dir().join("countersign.db")
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What someone used after a backup was made.
struct Used {
    code: String,
    recovery_code: String,
    session: Client,
}

/// Signs in with a code and with a recovery code.
fn uses_both(kim: &mut Enrolled, client: &Client) -> Used {
    let code = kim.authenticator.fresh_code();
    let body = kim.sign_in_with(client, &code).expect(200);
    let recovery_code = kim.recovery_code();
    kim.sign_in_with(client, &recovery_code).expect(200);
    Used { code, recovery_code, session: client.with_token(&text(&body["session"]["token"])) }
}

/// Nothing of it opens anything, and neither do other recovery codes; the next code does, and with it new recovery codes.
fn opens_nothing_again(kim: &mut Enrolled, used: &Used, server: &Server) {
    let client = server.client();
    assert!(!client.with_token(used.session.token()).is_signed_in(), "sessions have ended");
    kim.sign_in_with(&client, &used.code).expect_problem(422, "invalid_code");
    kim.sign_in_with(&client, &used.recovery_code).expect_problem(422, "invalid_code");
    let unused = kim.recovery_code();
    kim.sign_in_with(&client, &unused).expect_problem(422, "invalid_code");

    // Steps of phones that are ahead are out of use as well.
    let step = kim.authenticator.settled_step();
    kim.authenticator.spent(step + 1);
    let session = kim.sign_in(&client);
    let proof = json!({ "password": kim.account.password, "code": kim.authenticator.fresh_code() });
    let issued = session.post("/v1/account/two-factor/recovery-codes/regenerate", proof).expect(200);
    let code = text(&issued["recovery_codes"][0]);
    kim.sign_in_with(&client, &code).expect(200);

    let events = server.deployment().run(&["audit", "list", "--event", "database.restored"]).expect(0).json();
    let event = &events["items"][0];
    assert_eq!((&event["actor"]["kind"], &event["outcome"]), (&json!("operator"), &json!("success")), "{events}");
    assert_eq!(event["details"]["recovery_sets"], "1", "{event}");
}

#[test]
fn a_restored_backup_opens_nothing_that_was_used_since() {
    let server = Deployment::on_sqlite().start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let backup = server.deployment().run(&BEFORE).expect(0).json();
    let used = uses_both(&mut kim, &server.client());
    let file = server.deployment().directory().join("before.db");
    assert_eq!((mode(&file), backup["accounts"].as_u64()), (0o600, Some(1)), "{backup}");
    assert_eq!(backup["bytes"].as_u64(), Some(std::fs::metadata(&file).unwrap().len()));

    let (deployment, _) = server.stop();
    deployment.run(&["restore", "before.db"]).expect(2);
    let restored = deployment.run(&["restore", "before.db", "--yes"]).expect(0);
    let view = restored.json();
    assert_eq!(view["realms"][0]["recovery_sets"], 1, "{view}");
    let aside = PathBuf::from(text(&view["set_aside"]));
    assert!(aside.exists(), "the database before is kept");
    assert_eq!(mode(&database(&deployment)), 0o600);
    assert!(file.exists(), "the backup stays as it is");

    let server = deployment.start();
    opens_nothing_again(&mut kim, &used, &server);
}

fn a_dump_that_was_marked_opens_nothing_that_was_used_since(engine: Engine) {
    let server = Deployment::on(&engine.administration()).start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let dump = String::from_utf8(server.deployment().database().unwrap().dump()).unwrap();
    let refused = server.deployment().run(&BEFORE).expect(1);
    assert!(refused.prose.contains("restore --mark"), "{}", refused.prose);
    let used = uses_both(&mut kim, &server.client());
    let (deployment, _) = server.stop();
    let loaded = engine.administration().create_empty_database();
    loaded.query(&dump);
    let deployment = deployment.with("DATABASE_URL", &loaded.url());
    let refused = deployment.run(&["restore", "before.db", "--yes"]).expect(2);
    assert!(refused.prose.contains("--mark"), "{}", refused.prose);
    let marked = deployment.run(&["restore", "--mark", "--yes"]).expect(0).json();
    assert_eq!(marked["realms"][0]["recovery_sets"], 1, "{marked}");
    // Once more does no harm.
    deployment.run(&["restore", "--mark", "--yes"]).expect(0);

    let client_database = loaded.query("SELECT COUNT(*) FROM session");
    assert_eq!(client_database.trim(), "0");
    loaded.query(
        "DELETE FROM audit_event WHERE event = 'database.restored' AND details LIKE '%\"recovery_sets\":\"0\"%'",
    );
    let server = deployment.start();
    let doctor = server.deployment().run(&["doctor", "--output", "json"]).json();
    let writing = doctor["checks"].as_array().unwrap().iter().find(|it| it["check"] == "writing").unwrap();
    assert_eq!(writing["status"], "ok", "{writing}");
    opens_nothing_again(&mut kim, &used, &server);
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn a_dump_of_postgresql_that_was_marked_opens_nothing_that_was_used_since() {
    a_dump_that_was_marked_opens_nothing_that_was_used_since(Engine::Postgres);
}

#[test]
#[ignore = "needs MariaDB; tests/run starts one"]
fn a_dump_of_mariadb_that_was_marked_opens_nothing_that_was_used_since() {
    a_dump_that_was_marked_opens_nothing_that_was_used_since(Engine::MariaDb);
}

/// Accounts are made while backups are; each backup is whole, and knows each account that was there before it began.
#[test]
fn backups_are_whole_while_others_write() {
    let server = Deployment::on_sqlite().start();
    let (client, over) = (server.client(), Arc::new(AtomicBool::new(false)));
    let key = Realm::create(server.deployment(), "recommended").api_key(server.deployment(), &["verify", "enroll"]).key;
    let writing = {
        let (client, over) = (client.with_token(&key), Arc::clone(&over));
        std::thread::spawn(move || {
            let mut made = 0_u32;
            while !over.load(Ordering::Relaxed) {
                client.post(&format!("/v1/subjects/s{made}/authenticators"), json!({})).expect(201);
                made += 1;
            }
            made
        })
    };
    let mut last = 0;
    for number in 0..5 {
        let name = format!("backup-{number}.db");
        let told = server.deployment().run(&["backup", &name]).expect(0).json();
        let accounts = told["accounts"].as_u64().unwrap();
        assert!(accounts >= last, "{accounts} after {last}");
        last = accounts;
        let file = server.deployment().directory().join(&name);
        let say = |sql: &str| {
            let said = tools::run("sqlite3", "sqlite3", &["-readonly", file.to_str().unwrap(), sql], b"");
            String::from_utf8(said).unwrap().trim().to_owned()
        };
        assert_eq!((say("PRAGMA integrity_check"), say("PRAGMA journal_mode")), ("ok".to_owned(), "delete".to_owned()));
        assert_eq!(say("SELECT COUNT(*) FROM account"), accounts.to_string());
        assert_eq!(say("SELECT COUNT(*) FROM session"), "0", "what is of no use later is not in it");
    }
    over.store(true, Ordering::Relaxed);
    assert!(writing.join().unwrap() > 0);
    let left: Vec<_> = std::fs::read_dir(server.deployment().directory())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_backup_replaces_nothing_unless_told_to_and_is_the_same_kind_of_file_then() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let file = deployment.directory().join("before.db");
    std::fs::write(&file, "precious").unwrap();
    let refused = deployment.run(&BEFORE).expect(1);
    assert!(refused.prose.contains("--overwrite"), "{}", refused.prose);
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    deployment.run(&["backup", "before.db", "--overwrite"]).expect(0);
    assert_eq!(mode(&file), 0o600);
    deployment.run(&["backup", "nowhere/before.db"]).expect(1);
    deployment.run(&["backup", database(&deployment).to_str().unwrap()]).expect(2);
    let without_key = deployment.with("MASTER_KEY_FILE", "/nowhere.key");
    let refused = without_key.run(&["backup", "second.db"]).expect(1);
    assert!(refused.prose.contains("key ring"), "{}", refused.prose);
    assert!(!without_key.directory().join("second.db").exists(), "what could not be checked got no name");
}

#[test]
fn a_backup_is_not_served_by_copying_it() {
    let server = Deployment::on_sqlite().start();
    server.deployment().run(&BEFORE).expect(0);
    let (deployment, _) = server.stop();
    std::fs::copy(deployment.directory().join("before.db"), database(&deployment)).unwrap();
    for command in [&["serve"][..], &["account", "list"], &["database", "migrate"], &["doctor"]] {
        let refused = deployment.run(command);
        assert!([1, 4].contains(&refused.code), "{refused:?}");
        let said = format!("{}{}", refused.prose, refused.results);
        assert!(said.contains("restore"), "{command:?}: {said}");
    }
    // It is where it belongs by now: marking makes it whole.
    deployment.run(&["restore", "--mark", "--yes"]).expect(0);
    drop(deployment.start());
}

#[test]
fn nothing_is_restored_under_a_server_or_from_what_is_no_backup() {
    let server = Deployment::on_sqlite().start();
    server.deployment().run(&BEFORE).expect(0);
    let refused = server.deployment().run(&["restore", "before.db", "--yes"]).expect(1);
    assert!(refused.prose.contains("in use"), "{}", refused.prose);

    let (other, _) = Deployment::on_sqlite().start().stop();
    let (deployment, _) = server.stop();
    let there = std::fs::read(database(&deployment)).unwrap();
    let directory = deployment.directory();
    other.run(&["backup", directory.join("others.db").to_str().unwrap()]).expect(0);
    std::fs::write(directory.join("text.db"), "not a database, but long enough to look at").unwrap();
    std::fs::write(directory.join("empty.db"), "").unwrap();
    tools::run("sqlite3", "sqlite3", &[directory.join("foreign.db").to_str().unwrap(), "CREATE TABLE a (b)"], b"");
    let newer = directory.join("newer.db");
    std::fs::copy(directory.join("before.db"), &newer).unwrap();
    tools::run("sqlite3", "sqlite3", &[newer.to_str().unwrap(), "INSERT INTO seaql_migrations VALUES ('m9', 0)"], b"");
    let torn = std::fs::read(directory.join("before.db")).unwrap();
    std::fs::write(directory.join("torn.db"), &torn[..torn.len() / 2]).unwrap();
    for (file, code) in [
        ("nowhere.db", 3),
        ("text.db", 1),
        ("empty.db", 1),
        ("foreign.db", 1),
        ("newer.db", 4),
        ("torn.db", 1),
        ("others.db", 1),
    ] {
        let refused = deployment.run(&["restore", file, "--yes"]).expect(code);
        assert!(refused.prose.contains("error: "), "{file}: {}", refused.prose);
        assert_eq!(std::fs::read(database(&deployment)).unwrap(), there, "{file}: nothing was touched");
    }
    let left: Vec<_> = std::fs::read_dir(deployment.data_dir())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("restor"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    drop(deployment.start());
}

#[test]
fn a_restore_that_was_interrupted_is_not_served_half() {
    let server = Deployment::on_sqlite().start();
    server.deployment().run(&BEFORE).expect(0);
    let (deployment, _) = server.stop();
    // As it is between the old database and the new one.
    let file = database(&deployment);
    std::fs::rename(&file, file.with_extension("db.restoring")).unwrap();
    let refused = deployment.start_in_vain();
    assert!(refused.code == 1 && refused.prose.contains("interrupted"), "{refused:?}");
    assert!(!file.exists(), "and no new one was made");
    let refused = deployment.run(&["restore", "--mark", "--yes"]).expect(1);
    assert!(refused.prose.contains("countersign.db.restoring"), "{}", refused.prose);
    assert!(!file.exists());
    deployment.run(&["restore", "before.db", "--yes"]).expect(0);
    drop(deployment.start());
}

#[test]
fn a_backup_and_the_key_ring_are_all_that_a_new_machine_needs() {
    let server = Deployment::on_sqlite().start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    server.deployment().run(&BEFORE).expect(0);
    let (old, _) = server.stop();
    let new = Deployment::on_sqlite();
    for (from, to) in
        [(old.directory().join("before.db"), new.directory().join("before.db")), (old.key_file(), new.key_file())]
    {
        std::fs::copy(from, to).unwrap();
    }
    let restored = new.run(&["restore", "before.db", "--yes"]).expect(0).json();
    assert!(restored["set_aside"].is_null(), "{restored}");
    assert_eq!((mode(&new.data_dir()), mode(&database(&new))), (0o700, 0o600));
    let server = new.start();
    let code = kim.recovery_code();
    kim.sign_in_with(&server.client(), &code).expect_problem(422, "invalid_code");
}

#[test]
fn a_backup_replaces_no_file_of_the_deployment_by_whatever_path() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let (file, data) = (database(&deployment), deployment.data_dir());
    let before = std::fs::read(&file).unwrap();
    let (linked, hard) = (deployment.directory().join("linked"), deployment.directory().join("hard.db"));
    symlink(&data, &linked).unwrap();
    std::fs::hard_link(&file, &hard).unwrap();
    let around = data.join("..").join(data.file_name().unwrap());
    for other in [
        around.join("countersign.db"),
        linked.join("countersign.db"),
        hard,
        linked.join("countersign.db-wal"),
        around.join("countersign.db-shm"),
        around.join("countersign.db.lock"),
        deployment.key_file(),
        deployment.key_file().with_extension("key.seen"),
    ] {
        let refused = deployment.run(&["backup", other.to_str().unwrap(), "--overwrite"]).expect(2);
        assert!(refused.prose.contains("belongs to it"), "{}: {}", other.display(), refused.prose);
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}

#[test]
fn a_backup_with_a_log_of_its_own_is_read_and_stays_as_it_is() {
    let server = Deployment::on_sqlite().start();
    countersign_tests::Account::create(server.deployment());
    let deployment = server.kill();
    let files = ["copy.db", "copy.db-wal"].map(|name| deployment.directory().join(name));
    for (name, to) in ["countersign.db", "countersign.db-wal"].iter().zip(&files) {
        std::fs::copy(deployment.data_dir().join(name), to).unwrap();
    }
    let read = || files.each_ref().map(|file| std::fs::read(file).unwrap());
    let before = read();
    assert!(!before[1].is_empty());
    let restored = deployment.run(&["restore", "copy.db", "--yes"]).expect(0).json();
    assert_eq!(restored["accounts"], 1, "what the log holds is in it: {restored}");
    assert!(read() == before, "the backup stays as it is");
}

#[test]
fn what_killed_backups_have_left_is_removed_and_what_is_worked_on_stays() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let part = |name: &str| deployment.directory().join(name);
    for name in ["before.db.4194399.part", "before.db.4194399.part-journal", "before.db.mine.part", "after.db.1.part"] {
        std::fs::write(part(name), "left").unwrap();
    }
    let held = std::fs::File::create(part("before.db.4194398.part")).unwrap();
    held.lock().unwrap();
    deployment.run(&BEFORE).expect(0);
    assert!(!part("before.db.4194399.part").exists() && !part("before.db.4194399.part-journal").exists());
    for name in ["before.db.4194398.part", "before.db.mine.part", "after.db.1.part"] {
        assert!(part(name).exists(), "{name}");
    }
}

#[test]
fn a_signal_ends_what_comes_after_the_copy_as_well() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let locker = Locker::lock(&database(&deployment));
    let backup = deployment.command(&BEFORE).spawn().unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !deployment.directory().join("before.db").exists() {
        assert!(std::time::Instant::now() < deadline, "there is no backup");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    kill_process(Pid::from_child(&backup), Signal::INT).unwrap();
    let output = backup.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("it was interrupted"), "the backup is good: {said}");
    drop(locker);
}

/// Somebody else, whom only root can give files to.
const NOBODY: u32 = 65_534;

#[test]
fn run_by_root_files_are_given_to_the_servers_user_and_nothing_that_was_planted_is() {
    let server = Deployment::on_sqlite().start();
    server.deployment().run(&BEFORE).expect(0);
    let (deployment, _) = server.stop();
    let (file, data) = (database(&deployment), deployment.data_dir());
    if chown(&data, Some(NOBODY), Some(NOBODY)).is_err() {
        return;
    }
    chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
    let (lock, seen) = (data.join("countersign.db.lock"), deployment.key_file().with_extension("key.seen"));
    let target = deployment.directory().join("target");
    std::fs::write(&target, "precious").unwrap();
    std::fs::remove_file(&lock).unwrap();
    symlink(&target, &lock).unwrap();
    for command in [&["account", "list"][..], &["restore", "before.db", "--yes"]] {
        let refused = deployment.run(command).expect(1);
        assert!(refused.prose.contains("countersign.db.lock"), "{}", refused.prose);
        assert_eq!(target.metadata().unwrap().uid(), 0);
    }
    std::fs::remove_file(&lock).unwrap();
    deployment.run(&["restore", "before.db", "--yes"]).expect(0);
    for path in [&file, &lock, &seen] {
        assert_eq!(path.metadata().unwrap().uid(), NOBODY, "{}", path.display());
    }
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");

    // Without a hold, a restore would not know of whoever works on it.
    chown(&lock, Some(0), Some(0)).unwrap();
    for path in [deployment.directory(), &deployment.key_file()] {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let mut list = deployment.command(&["account", "list"]);
    std::os::unix::process::CommandExt::uid(&mut list, NOBODY);
    let output = list.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("countersign.db.lock"), "{said}");
}
