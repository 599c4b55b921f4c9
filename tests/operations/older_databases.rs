//! An older database in the place of the one that was served, however it got there: it is not served by mistake. And what
//! only looks like it, a crash above all, stops nothing.

use std::path::{Path, PathBuf};

use countersign_tests::{Account, Deployment, Engine, Enrolled, Server, tools};

fn database(deployment: &Deployment) -> PathBuf {
    deployment.data_dir().join("countersign.db")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A consistent copy that SQLite's own shell makes.
fn copied_by_sqlite(from: &Path, to: &Path) {
    tools::run("sqlite3", "sqlite3", &[from.to_str().unwrap(), &format!(".backup {}", to.display())], b"");
}

/// It did not start, and says what to do.
#[track_caller]
fn is_refused(deployment: &Deployment, told: &str) {
    let refused = deployment.start_in_vain();
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.prose.contains(told) && refused.prose.contains("countersign restore"), "{}", refused.prose);
}

fn accounts(deployment: &Deployment) -> usize {
    deployment.run(&["account", "list", "--output", "json"]).expect(0).json()["items"].as_array().unwrap().len()
}

/// Some accounts, a copy of the database, and one account more.
fn with_a_copy() -> (Server, PathBuf) {
    let server = Deployment::on_sqlite().start();
    for _ in 0..3 {
        Account::create(server.deployment());
    }
    let copy = server.deployment().directory().join("copy.db");
    copied_by_sqlite(&database(server.deployment()), &copy);
    Account::create(server.deployment());
    (server, copy)
}

#[test]
fn a_copy_over_a_left_over_log_is_refused_and_restored() {
    let (server, copy) = with_a_copy();
    let deployment = server.kill();
    let file = database(&deployment);
    assert!(beside(&file, "-wal").metadata().unwrap().len() > 0, "the log is left over");
    std::fs::copy(&copy, &file).unwrap();
    let before = [std::fs::read(&file).unwrap(), std::fs::read(beside(&file, "-wal")).unwrap()];
    is_refused(&deployment, "write-ahead log");
    let mark = ["restore", "--mark", "--yes"];
    for command in [&["account", "list"][..], &["database", "migrate"], &["backup", "other.db"], &mark] {
        let refused = deployment.run(command).expect(1);
        assert!(refused.prose.contains("write-ahead log"), "{command:?}: {}", refused.prose);
    }
    let doctor = deployment.run(&["doctor"]).expect(1);
    assert!(doctor.results.contains("write-ahead log"), "{}", doctor.results);
    let after = [std::fs::read(&file).unwrap(), std::fs::read(beside(&file, "-wal")).unwrap()];
    assert!(before == after, "nothing opened it meanwhile");

    deployment.run(&["restore", "copy.db", "--yes"]).expect(0);
    assert!(!beside(&file, "-wal").exists() && !beside(&file, "-shm").exists());
    let server = deployment.start();
    assert_eq!(accounts(server.deployment()), 3, "the state of the copy");
}

#[test]
fn an_older_copy_over_a_later_log_is_refused_and_not_blended() {
    let (server, copy) = with_a_copy();
    let (deployment, _) = server.stop();
    let server = deployment.start();
    Account::create(server.deployment());
    let deployment = server.kill();
    std::fs::copy(&copy, database(&deployment)).unwrap();
    // Also where nothing is left of what the machine knew of the log.
    std::fs::remove_file(beside(&database(&deployment), "-shm")).unwrap();
    is_refused(&deployment, "write-ahead log");
}

#[test]
fn a_copy_in_place_of_a_database_that_was_closed_is_refused_until_it_is_marked() {
    let (server, copy) = with_a_copy();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let (deployment, _) = server.stop();
    std::fs::copy(&copy, database(&deployment)).unwrap();
    is_refused(&deployment, "older than the one that was served here");
    let doctor = deployment.run(&["doctor"]).expect(1);
    assert!(doctor.results.contains("older"), "{}", doctor.results);
    deployment.run(&["restore", "--mark", "--yes"]).expect(0);
    let (deployment, _) = deployment.start().stop();
    let server = deployment.start();
    assert_eq!(accounts(server.deployment()), 3);
    kim.recovery_code();
}

#[test]
fn copies_of_all_files_and_of_a_database_that_was_closed_before_are_refused_too() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let file = database(&deployment);
    let closed = std::fs::read(&file).unwrap();
    let server = deployment.start();
    Account::create(server.deployment());
    let served: Vec<(PathBuf, Vec<u8>)> = ["", "-wal"]
        .map(|it| beside(&file, it))
        .into_iter()
        .map(|it| (it.clone(), std::fs::read(it).unwrap()))
        .collect();
    let (deployment, _) = server.stop();
    std::fs::write(&file, &closed).unwrap();
    is_refused(&deployment, "older");
    // As they lay there while it was served.
    for (path, bytes) in &served {
        std::fs::write(path, bytes).unwrap();
    }
    is_refused(&deployment, "countersign restore");
}

#[test]
fn a_crash_stops_nothing_however_often_it_comes() {
    let mut deployment = Deployment::on_sqlite();
    for round in 0..5 {
        let server = deployment.start();
        Account::create(server.deployment());
        if round == 2 {
            // As a program that replicates the log folds it.
            let fold = "PRAGMA wal_checkpoint(PASSIVE)";
            tools::run("sqlite3", "sqlite3", &[database(server.deployment()).to_str().unwrap(), fold], b"");
            Account::create(server.deployment());
        }
        deployment = server.kill();
        if round == 3 {
            // After a power cut the index is gone, or from before.
            std::fs::remove_file(beside(&database(&deployment), "-shm")).unwrap();
        }
        deployment.run(&["account", "list"]).expect(0);
    }
    let server = deployment.start();
    assert_eq!(accounts(server.deployment()), 6);
}

#[test]
fn what_was_seen_may_be_lost_or_impossible_to_write() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let seen = beside(&deployment.key_file(), ".seen");
    assert!(seen.exists());
    std::fs::remove_file(&seen).unwrap();
    let (deployment, _) = deployment.start().stop();
    std::fs::write(&seen, "lineage 1\nmark").unwrap();
    let (deployment, _) = deployment.start().stop();
    // An empty one beside a key ring that was in use is refused, and taken when that was meant: what is said helps.
    std::fs::remove_file(database(&deployment)).unwrap();
    let ended = deployment.start_in_vain();
    assert!(ended.prose.contains(&format!("remove {}", seen.display())), "{}", ended.prose);
    std::fs::remove_file(&seen).unwrap();
    let (deployment, _) = deployment.start().stop();
    let deployment = deployment.with("SEEN_FILE", "/proc/nowhere/seen");
    let (_, log) = deployment.start().stop();
    assert!(log.contains("seen_file"), "{log}");
}

#[test]
fn a_database_that_went_back_while_it_was_served_stays_refused_until_it_is_marked() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let server = deployment.start();
    server.deployment().change("UPDATE bookkeeping SET number = number - 1 WHERE name = 'mark'");
    let (deployment, log) = server.stop();
    assert!(log.contains("older than it was") && log.contains("restore --mark"), "{log}");
    is_refused(&deployment, "older");
    // However far others bring it.
    deployment.change("UPDATE bookkeeping SET number = number + 100 WHERE name = 'mark'");
    is_refused(&deployment, "older");
    deployment.run(&["restore", "--mark", "--yes"]).expect(0);
    drop(deployment.start());
}

#[test]
fn an_older_database_is_refused_before_its_schema_is_changed() {
    let (server, copy) = with_a_copy();
    let (deployment, _) = server.stop();
    std::fs::copy(&copy, database(&deployment)).unwrap();
    deployment.change("DELETE FROM seaql_migrations");
    is_refused(&deployment, "older than the one that was served here");
    assert_eq!(deployment.query("SELECT COUNT(*) FROM seaql_migrations").trim(), "0");
}

#[test]
fn what_was_seen_and_cannot_be_read_is_told() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let seen = beside(&deployment.key_file(), ".seen");
    std::fs::remove_file(&seen).unwrap();
    std::fs::create_dir(&seen).unwrap();
    let doctor = deployment.run(&["doctor"]);
    assert!(doctor.results.contains("what was seen of the database cannot be read"), "{}", doctor.results);
    let (_, log) = deployment.start().stop();
    assert!(log.contains("what was seen of the database cannot be read"), "{log}");
}

fn a_server_that_went_back_is_refused_with_a_way_on(engine: Engine) {
    let (deployment, _) = Deployment::on(&engine.administration()).start().stop();
    let dump = String::from_utf8(deployment.database().unwrap().dump()).unwrap();
    let (deployment, _) = deployment.start().stop();
    let node = deployment.node();
    let (node, _) = node.start().stop();
    let standby = engine.administration().create_empty_database();
    standby.query(&dump);
    let deployment = deployment.with("DATABASE_URL", &standby.url());
    is_refused(&deployment, "--keep-recovery-codes");
    deployment.run(&["restore", "--mark", "--keep-recovery-codes", "--yes"]).expect(0);
    let (_deployment, _) = deployment.start().stop();
    // What one node has marked, the others serve.
    drop(node.with("DATABASE_URL", &standby.url()).start());
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn a_postgresql_standby_that_lacked_the_last_moments_is_refused_with_a_way_on() {
    a_server_that_went_back_is_refused_with_a_way_on(Engine::Postgres);
}

#[test]
#[ignore = "needs MariaDB; tests/run starts one"]
fn a_mariadb_standby_that_lacked_the_last_moments_is_refused_with_a_way_on() {
    a_server_that_went_back_is_refused_with_a_way_on(Engine::MariaDb);
}
