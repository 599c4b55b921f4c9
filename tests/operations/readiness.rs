//! What stands in the way of a write is told: by `/health/ready`, in the log, and by `doctor`, with what to do.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use countersign_tests::{Client, Deployment, Engine, Enrolled, Server, tools};
use serde_json::Value;

fn database(deployment: &Deployment) -> PathBuf {
    deployment.data_dir().join("countersign.db")
}

/// What the doctor found of a check: its status, and all that it says.
fn found(deployment: &Deployment, check: &str) -> (String, String) {
    let report = deployment.run(&["doctor", "--output", "json"]).json();
    let all = report["checks"].as_array().unwrap();
    let finding = all.iter().find(|it| it["check"] == check).unwrap_or(&Value::Null);
    (finding["status"].as_str().unwrap_or_default().to_owned(), finding.to_string())
}

fn readiness(client: &Client) -> u16 {
    client.get("/health/ready").status
}

/// Asks until the answer is `status`: an answer is given to others for a second.
#[track_caller]
fn becomes(client: &Client, status: u16) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while readiness(client) != status {
        assert!(Instant::now() < deadline, "readiness is not {status}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Its log says so, once it has come through.
#[track_caller]
fn tells(server: &Server, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !server.log().contains(text) {
        assert!(Instant::now() < deadline, "it does not say {text:?}: {}", server.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// SQLite's own shell, which keeps a database locked until it is dropped.
pub(super) struct Locker(Child);

impl Locker {
    pub(super) fn lock(file: &Path) -> Self {
        let mut shell = Command::new("sqlite3")
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sqlite3 runs (Debian package sqlite3)");
        let input = shell.stdin.as_mut().unwrap();
        input.write_all(b".timeout 10000\nBEGIN IMMEDIATE;\nSELECT 'locked';\n").unwrap();
        input.flush().unwrap();
        let mut said = [0; 6];
        std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut said).unwrap();
        assert_eq!(&said, b"locked");
        Self(shell)
    }
}

impl Drop for Locker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_lock_that_is_held_from_outside_is_told_and_passes() {
    let server = Deployment::on_sqlite().start();
    let client = server.client();
    becomes(&client, 200);
    let locker = Locker::lock(&database(server.deployment()));
    becomes(&client, 503);
    tells(&server, "keeps the database locked");
    let (status, told) = found(server.deployment(), "writing");
    assert!(status == "failure" && told.contains("locked"), "{told}");
    drop(locker);
    becomes(&client, 200);
    assert_eq!(found(server.deployment(), "writing").0, "ok");
}

#[test]
fn a_flood_of_questions_costs_few_writes() {
    let server = Deployment::on_sqlite().start();
    let client = server.client();
    let began = Instant::now();
    for _ in 0..300 {
        assert_eq!(readiness(&client), 200);
    }
    let seconds = began.elapsed().as_secs() + 2;
    let written: u64 =
        server.deployment().query("SELECT number FROM bookkeeping WHERE name = 'probe'").trim().parse().unwrap();
    assert!((1..=seconds).contains(&written), "{written} writes in {seconds} s");
}

/// A file system of so many KiB; `None` where this user may not mount one.
struct TinyDisk(PathBuf);

impl TinyDisk {
    fn at(path: &Path, kib: u32) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let size = format!("size={kib}k,mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output().unwrap();
        mounted.status.success().then(|| Self(path.to_owned()))
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_told_and_passes() {
    let deployment = Deployment::on_sqlite();
    let Some(disk) = TinyDisk::at(&deployment.data_dir(), 4_096) else {
        eprintln!("only root can make a small disk: left to `a_file_that_cannot_grow_is_told_and_passes`");
        return;
    };
    let server = deployment.start();
    let client = server.client();
    becomes(&client, 200);
    let filler = disk.0.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 1_024]).is_ok() {}
    drop(file);
    becomes(&client, 503);
    tells(&server, "full");
    let (status, told) = found(server.deployment(), "writing");
    assert!(status == "failure" && told.contains("make room"), "{told}");
    assert_eq!(found(server.deployment(), "free space").0, "failure");
    let backup = server.deployment().run(&["backup", disk.0.join("copy.db").to_str().unwrap()]).expect(1);
    assert!(backup.prose.contains("room"), "{}", backup.prose);
    std::fs::remove_file(filler).unwrap();
    becomes(&client, 200);
    let _ = server.kill();
}

#[test]
fn a_file_that_may_not_be_written_is_told() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let file = database(&deployment);
    let everyone = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    for path in [deployment.directory(), &deployment.data_dir()] {
        everyone(path, 0o755);
    }
    everyone(&file, 0o444);
    everyone(&deployment.key_file(), 0o444);
    let mut doctor = deployment.command(&["doctor", "--output", "json"]);
    if rustix::process::geteuid().is_root() {
        // Root may write everything.
        std::os::unix::process::CommandExt::uid(&mut doctor, 65_534);
    }
    let output = doctor.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("write") && said.contains("failure"), "{said}");
}

#[test]
fn a_damaged_file_and_swapped_rows_are_found_by_name() {
    let server = Deployment::on_sqlite().start();
    let (ada, bob) = (
        Enrolled::create(server.deployment(), &server.client()),
        Enrolled::create(server.deployment(), &server.client()),
    );
    assert_eq!(found(server.deployment(), "sealed rows").0, "ok");
    let (deployment, _) = server.stop();
    deployment.change(
        "CREATE TEMP TABLE s AS SELECT id, sealed_secret FROM authenticator; \
         UPDATE authenticator SET sealed_secret = (SELECT sealed_secret FROM s WHERE s.id <> authenticator.id)",
    );
    let (status, told) = found(&deployment, "sealed rows");
    assert_eq!(status, "failure", "{told}");
    for id in [&ada.authenticator_id, &bob.authenticator_id] {
        assert!(told.contains(&format!("authenticator {id}")), "{id}: {told}");
    }
    deployment.run(&["doctor"]).expect(1);

    // The page of an index: what is asked for by key is still found.
    let page: usize = deployment
        .query("SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_event_realm_id_event_id'")
        .trim()
        .parse()
        .unwrap();
    let file = database(&deployment);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[(page - 1) * 4_096 + 200..page * 4_096].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let (status, told) = found(&deployment, "database file");
    assert!(status == "failure" && told.contains("damaged") && told.contains("countersign restore"), "{told}");
    let backup = deployment.run(&["backup", "damaged.db"]).expect(1);
    assert!(backup.prose.contains("damaged"), "{}", backup.prose);
    assert!(!deployment.directory().join("damaged.db").exists(), "and no backup is made of it");
}

#[test]
fn files_that_others_can_read_are_told() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    assert_eq!(found(&deployment, "file modes").0, "ok");
    for (path, mode, wanted) in [
        (database(&deployment), 0o644, "warning"),
        (deployment.key_file(), 0o644, "warning"),
        (database(&deployment), 0o666, "failure"),
    ] {
        let before = std::fs::metadata(&path).unwrap().permissions();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let (status, told) = found(&deployment, "file modes");
        assert!(status == wanted && told.contains(path.to_str().unwrap()) && told.contains("chmod"), "{told}");
        std::fs::set_permissions(&path, before).unwrap();
    }
}

#[test]
fn backups_that_others_can_read_are_told() {
    let deployment = Deployment::on_sqlite();
    let directory = deployment.directory().join("backups");
    let (deployment, _) = deployment.with("BACKUP_DIR", directory.to_str().unwrap()).start().stop();
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("mine.db");
    std::fs::write(&file, "").unwrap();
    for (path, closed, open) in [(&directory, 0o700, 0o755), (&file, 0o600, 0o644)] {
        let set = |mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        set(open);
        let told = deployment.run(&["doctor"]).results;
        assert!(told.contains(&format!("chmod 0{closed:o} {}", path.display())), "{told}");
        set(closed);
    }
    assert_eq!(found(&deployment, "file modes").0, "ok");
}

#[test]
fn the_doctor_runs_nothing_by_the_path() {
    let (deployment, _) = Deployment::on_sqlite().start().stop();
    let planted = deployment.directory().join("timedatectl");
    std::fs::write(&planted, "#!/bin/sh\n: > \"$0.ran\"\n").unwrap();
    std::fs::set_permissions(&planted, std::fs::Permissions::from_mode(0o755)).unwrap();
    deployment.command(&["doctor"]).env("PATH", deployment.directory()).output().unwrap();
    assert!(!deployment.directory().join("timedatectl.ran").exists());
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn a_node_that_was_stopped_while_it_wrote_keeps_no_other_from_being_ready() {
    let server = Deployment::on(&Engine::Postgres.administration()).start();
    let url = server.deployment().database().unwrap().url();
    let mut shell = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--dbname", &url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql runs (Debian package postgresql-client)");
    let input = shell.stdin.as_mut().unwrap();
    input.write_all(b"BEGIN; UPDATE bookkeeping SET number = number; SELECT 'locked';\n").unwrap();
    input.flush().unwrap();
    std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut [0; 6]).unwrap();
    let client = server.client();
    for _ in 0..3 {
        assert_eq!(readiness(&client), 200);
        std::thread::sleep(Duration::from_millis(1_100));
    }
    shell.kill().unwrap();
    shell.wait().unwrap();
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn a_standby_is_told() {
    let server = Deployment::on(&Engine::Postgres.administration()).start();
    let client = server.client();
    becomes(&client, 200);
    let database = server.deployment().database().unwrap();
    // All that a client sees of a standby.
    database.query(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name()));
    database.cut_connections();
    becomes(&client, 503);
    tells(&server, "read-only transaction");
    let (status, told) = found(server.deployment(), "writing");
    assert!(status == "failure" && told.contains("primary"), "{told}");
}

fn metrics(server: &Server) -> String {
    let url = format!("http://{}/metrics", server.address());
    String::from_utf8(tools::run("curl", "curl", &["--silent", "--show-error", &url], b"")).unwrap()
}

fn backups_in(directory: &Path) -> Vec<String> {
    let files = std::fs::read_dir(directory).into_iter().flatten();
    let mut names: Vec<String> = files.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_server_makes_backups_and_keeps_as_many_as_it_should() {
    let deployment = Deployment::on_sqlite();
    let directory = deployment.directory().join("backups");
    std::fs::create_dir(&directory).unwrap();
    for name in ["countersign-20250101T000000Z.db", "countersign-20250102T000000Z.db", "mine.db"] {
        std::fs::write(directory.join(name), "old").unwrap();
    }
    let deployment = deployment.with("METRICS_PUBLIC", "true").with("BACKUP_KEPT", "2");
    let (deployment, _) = deployment.start().stop();
    assert_eq!(found(&deployment, "backup").0, "warning", "there is none yet");
    let server = deployment.with("BACKUP_DIR", directory.to_str().unwrap()).start();
    tells(&server, "a backup was made");
    let deadline = Instant::now() + Duration::from_secs(20);
    while backups_in(&directory).len() > 3 {
        assert!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    let names = backups_in(&directory);
    assert_eq!((&*names[0], &*names[2]), ("countersign-20250102T000000Z.db", "mine.db"), "{names:?}");
    let metrics = metrics(&server);
    assert!(metrics.contains("countersign_backups_total{outcome=\"success\"} 1"), "{metrics}");
    assert!(metrics.contains("countersign_backup_age_seconds "), "{metrics}");
    assert_eq!(found(server.deployment(), "backup").0, "ok");
    let file = directory.join(&names[1]);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (deployment, _) = server.stop();
    deployment.run(&["restore", file.to_str().unwrap(), "--yes"]).expect(0);
}

#[test]
fn a_backup_that_fails_is_told_and_takes_nothing_away() {
    let deployment = Deployment::on_sqlite();
    let directory = deployment.directory().join("backups");
    std::fs::write(&directory, "a file where the directory should be").unwrap();
    let server = deployment.with("METRICS_PUBLIC", "true").with("BACKUP_DIR", directory.to_str().unwrap()).start();
    tells(&server, "no backup could be made");
    assert!(metrics(&server).contains("countersign_backups_total{outcome=\"failure\"} 1"));
    assert_eq!(readiness(&server.client()), 200);
    assert_eq!(std::fs::read(&directory).unwrap(), b"a file where the directory should be");
}

/// Another port by which the server on `port` is reached.
fn forwarded(port: u16) -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let own = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            let ways = [(client.try_clone(), server.try_clone()), (Ok(server), Ok(client))];
            for (mut from, mut to) in ways.map(|(from, to)| (from.unwrap(), to.unwrap())) {
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
    own
}

#[test]
#[ignore = "needs PostgreSQL; tests/run starts one"]
fn what_stands_before_postgresql_is_told() {
    let (deployment, _) = Deployment::on(&Engine::Postgres.administration()).start().stop();
    assert_eq!(found(&deployment, "database pooler").0, "", "nothing stands in between");
    let url = deployment.database().unwrap().url();
    let (before, rest) = url.rsplit_once(':').unwrap();
    let (port, rest) = rest.split_once('/').unwrap();
    let url = format!("{before}:{}/{rest}", forwarded(port.parse().unwrap()));
    let (status, told) = found(&deployment.with("DATABASE_URL", &url), "database pooler");
    assert!(status == "ok" && told.contains("PgBouncer") && told.contains(port), "{told}");
}
