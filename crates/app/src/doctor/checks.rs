use std::os::unix::fs::MetadataExt;

use countersign_application::ports::{Clock, KeyCheck, KeyCheckReads, Store};
use countersign_application::realm::RealmReads;
use countersign_application::{NetworkDoubt, Timestamp, TrustedProxies};
use countersign_crypto::{KeyRing, KeyRingFault, SystemClock, verify_key_checks};
use countersign_persistence::{OpenError, Protection, SeaStore, StoreOptions};
use countersign_serving::{DescriptorLimit, descriptor_limit};

use super::report::Report;
use crate::deployment::store_options;
use crate::keys::names;
use crate::serve::{Exposure, limits_within, read_certificate};
use crate::settings::{PROTECT_THE_WAY, Settings};

const NOT_YET: &str = "nothing was set up yet";
const START: &str = "start `countersign serve`, or set COUNTERSIGN_DATA_DIR or COUNTERSIGN_DATABASE_URL to where the \
                     deployment is";

/// With fewer connections than this, an office full of people keeps others out.
const FEW_CONNECTIONS: usize = 512;

/// By how many seconds this machine's clock and the database server's may differ. Nodes that share a database must agree
/// on the time, and all of them are compared with the same server's.
const CLOCKS_APART: u64 = 5;

/// No clock that runs right can be before this program was written: 2026-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::from_unix_seconds(1_767_225_600);

pub(super) fn clock(report: &mut Report) {
    if SystemClock.now() >= EARLIEST {
        report.ok("clock", "the time of this machine is possible");
    } else {
        report.failure("clock", "the clock of this machine is wrong: no code can fit", "set the clock, with NTP");
    }
}

pub(super) fn listener(settings: &Settings, report: &mut Report) {
    let address = settings.listen;
    match Exposure::of(settings) {
        Exposure::Loopback if settings.trusted_proxies.is_empty() => report.ok(
            "listen",
            format!(
                "{address}: only this machine can reach it; if a reverse proxy on it does for others, name the proxy in \
                 trusted_proxies"
            ),
        ),
        Exposure::Loopback => report.ok("listen", format!("{address}: only this machine can reach it")),
        Exposure::Tls => report.ok("listen", format!("{address}: with TLS")),
        Exposure::BehindProxy => {
            report.ok("listen", format!("{address}: behind a trusted proxy, which must bring TLS"));
        }
        Exposure::Plain(_) => report.failure(
            "listen",
            format!("{address}: `countersign serve` refuses to take passwords from the network in the clear"),
            Exposure::REMEDY,
        ),
    }
    proxies(settings, report);
    if let (Some(certificate), Some(key)) = (&settings.tls_certificate_file, &settings.tls_key_file) {
        match read_certificate(certificate, key) {
            Ok(_) => report.ok("tls", "the certificate and its key can be read"),
            Err(error) => report.failure("tls", error.chain(), "both must be PEM files that this user may read"),
        }
    }
}

/// Whether the declared proxies can be proxies only.
fn proxies(settings: &Settings, report: &mut Report) {
    const ADVICE: &str = "name the addresses of the proxies only";
    for (network, doubt) in TrustedProxies(settings.trusted_proxies.clone()).doubts() {
        match doubt {
            NetworkDoubt::HoldsThePublic => report.failure(
                "trusted_proxies",
                format!("almost anyone in the world is in {network}, and may make up an address"),
                ADVICE,
            ),
            NetworkDoubt::HoldsNeighbors => {
                report.warning("trusted_proxies", format!("every machine in {network} may make up an address"), ADVICE);
            }
        }
    }
}

/// How many connections the system allows: what holds for this process, which may differ from what a service manager
/// gives the server.
pub(super) fn descriptors(settings: &Settings, report: &mut Report) {
    let DescriptorLimit { soft, hard } = descriptor_limit();
    let connections = limits_within(settings, hard).connections;
    let told =
        format!("up to {hard} open files here ({soft} before the start), and so {connections} connections at once");
    if connections < FEW_CONNECTIONS {
        report.warning("open files", told, "raise the hard limit: `ulimit -Hn`, LimitNOFILE= of systemd");
    } else {
        report.ok("open files", told);
    }
}

pub(super) fn data_directory(settings: &Settings, report: &mut Report) {
    let path = settings.data_dir.display();
    match std::fs::metadata(&settings.data_dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            report.warning("data directory", format!("{NOT_YET} in {path}"), START);
        }
        Err(error) => report.failure(
            "data directory",
            format!("{path} cannot be looked at: {error}"),
            "run this as the user that runs the server",
        ),
        Ok(metadata) if !metadata.is_dir() => {
            report.failure("data directory", format!("{path} is not a directory"), "set `data_dir` to a directory");
        }
        Ok(metadata) if metadata.mode() & 0o077 != 0 => report.warning(
            "data directory",
            format!("{path} has mode {:04o} and so is open to others than its owner", metadata.mode() & 0o7777),
            format!("chmod 0700 {path}"),
        ),
        Ok(_) => report.ok("data directory", format!("{path}, for its owner only")),
    }
}

/// Looks at the key ring file; what it holds is compared with the database later.
pub(super) fn key_ring(settings: &Settings, report: &mut Report) -> Option<KeyRing> {
    let path = &settings.master_key_file;
    match crate::keys::load(settings) {
        Ok(ring) => {
            for warning in ring.warnings() {
                report.warning("key ring", warning.to_string(), "the server's user is the only one who needs it");
            }
            if settings.master_key.is_none() && path.starts_with(&settings.data_dir) {
                report.warning(
                    "key ring",
                    format!("{} is in the data directory: a backup of the data would contain the key", path.display()),
                    "move it out, and set `master_key_file` to its new place",
                );
            } else if ring.warnings().is_empty() {
                report.ok("key ring", format!("{} holds {} as its primary key", ring.source(), ring.primary().id()));
            }
            Some(ring)
        }
        // Whether it should be there, the database knows.
        Err(error) if matches!(error.fault, KeyRingFault::NotFound) => None,
        Err(error) => {
            report.failure("key ring", error.to_string(), "the server does not start without it");
            None
        }
    }
}

pub(super) async fn database(settings: &Settings, ring: Option<&KeyRing>, report: &mut Report) {
    if settings.database_url.engine().is_server() {
        way_to_server(settings, report);
    }
    // To open it would be to replay a log that is not its own.
    if let Err(error) = crate::deployment::enter(settings) {
        let advice = error.advice().unwrap_or(START).to_owned();
        return report.failure("database", error.chain(), advice);
    }
    let options = StoreOptions { connections: 1, ..store_options(settings) };
    match SeaStore::open(&options).await {
        Ok(store) => {
            if settings.database_url.engine().is_server() {
                server(settings, &store, report).await;
            }
            if schema(&store, report).await {
                logins(&store, report).await;
                keys(settings, &store, ring, report).await;
                age(settings, &store, report).await;
                super::storage::check(settings, &store, report).await;
                if ring.is_some()
                    && let Ok(ring) = crate::keys::load(settings)
                {
                    super::sealed::check(settings, &store, ring, report).await;
                }
                super::waits::check(&store, report).await;
                guessing(&store, report).await;
            }
            store.close().await;
        }
        Err(OpenError::Missing { .. }) => report.warning("database", format!("{NOT_YET}: there is no database"), START),
        Err(error) => {
            let advice = match &error {
                OpenError::Database(_) | OpenError::File { .. } if !settings.database_url.engine().is_server() => {
                    Some("it must be a file that the server's user may read and write")
                }
                OpenError::Database(_) => Some("see the log of the database server"),
                _ => None,
            };
            let told = crate::deployment::cannot_open(error);
            let advice = advice.or(told.advice()).unwrap_or("correct `database_url`").to_owned();
            report.failure("database", format!("{}: {}", settings.database_url, told.chain()), advice);
        }
    }
}

/// What protects the data on their way to a database server.
fn way_to_server(settings: &Settings, report: &mut Report) {
    let protection = settings.database_url.protection();
    let place = &settings.database_url;
    if let Some(path) = &settings.database_password_file {
        report.ok("database password", format!("it is the one in {}", path.display()));
    }
    match protection.weakness() {
        Some(weakness) => report.warning("database tls", format!("{place}: {weakness}"), PROTECT_THE_WAY),
        None if protection == Protection::Local => {
            report.ok("database tls", format!("{place}: the way to it does not leave this machine"));
        }
        None => report.ok("database tls", format!("{place}: only over TLS, and the server proves who it is")),
    }
}

/// What a server says of itself.
async fn server(settings: &Settings, store: &SeaStore, report: &mut Report) {
    match store.server_version().await {
        Ok(version) => report.ok(
            "database server",
            format!(
                "{version} at {}; up to {} connections, {} s to connect, {} s for a statement",
                settings.database_url,
                settings.database_connections,
                settings.database_connect_seconds.as_secs(),
                settings.database_statement_seconds.as_secs(),
            ),
        ),
        Err(error) => silent("database server", error, report),
    }
    pooler(settings, store, report).await;
    let before = SystemClock.now();
    let asked = store.server_clock().await;
    let after = SystemClock.now();
    match asked {
        Ok(Some(there)) => {
            // It was asked at some moment in between.
            let apart = there.seconds_until(before).max(after.seconds_until(there));
            if apart > CLOCKS_APART {
                report.warning(
                    "database clock",
                    format!("the clocks of this machine and of the database server differ by {apart} s"),
                    "set both with NTP, and those of all nodes: they must agree on the time",
                );
            } else {
                report.ok("database clock", "it agrees with the clock of this machine");
            }
        }
        Ok(None) => {}
        Err(error) => silent("database clock", error, report),
    }
}

/// A pooler between this program and PostgreSQL is seen by the port on which PostgreSQL itself was reached.
async fn pooler(settings: &Settings, store: &SeaStore, report: &mut Report) {
    let Some(named) = settings.database_url.postgres_port() else { return };
    match store.postgres_port().await {
        Ok(Some(reached)) if reached != i32::from(named) => report.ok(
            "database pooler",
            format!(
                "`database_url` names port {named}, and PostgreSQL was reached on {}: something stands in between. If it is \
                 PgBouncer, let it pool sessions; with transactions it must be 1.21 or later, with max_prepared_statements",
                if reached == 0 { "a socket".to_owned() } else { format!("port {reached}") },
            ),
        ),
        Ok(_) => {}
        Err(error) => silent("database pooler", error, report),
    }
}

fn silent(check: &'static str, error: OpenError, report: &mut Report) {
    report.failure(check, crate::deployment::cannot_open(error).chain(), "see the log of the database server");
}

/// Whether the schema can be read by this program.
async fn schema(store: &SeaStore, report: &mut Report) -> bool {
    match store.schema_status().await {
        Ok(status) if status.is_newer() => {
            let message = format!("a newer version has migrated it (unknown: {})", status.unknown.join(", "));
            report.failure("database", message, "use that version of countersign, or a newer one");
            false
        }
        Ok(status) if status.applied.is_empty() => {
            report.warning("database", format!("{NOT_YET}: the database is empty"), START);
            false
        }
        Ok(status) if !status.pending.is_empty() => {
            let message = format!("the schema is older than this program ({} pending)", status.pending.len());
            report.failure("database", message, "run `countersign database migrate`, or restart the server");
            false
        }
        Ok(_) => match store.ping().await {
            Ok(()) => {
                report.ok("database", "it answers, and its schema is up to date");
                true
            }
            Err(error) => {
                report.failure("database", format!("it does not answer: {error}"), "see the server's log");
                false
            }
        },
        Err(error) => {
            let error = crate::deployment::cannot_open(error);
            report.failure("database", error.chain(), "see whether it is a database of Countersign");
            false
        }
    }
}

/// How likely it is, in each realm, that someone who has a password guesses a code.
async fn guessing(store: &SeaStore, report: &mut Report) {
    let realms = match store.list_realms().await {
        Ok(realms) => realms,
        Err(error) => return report.failure("guessing", format!("the realms cannot be read: {error}"), "see the log"),
    };
    for realm in realms {
        let unknown: Vec<&str> = realm.policy.unknown_keys().keys().map(String::as_str).collect();
        if !unknown.is_empty() {
            let keys = unknown.join(", ");
            let told = format!("realm {}: its policy has keys that this version does not obey: {keys}", realm.slug);
            report.warning("policies", told, "a newer version has set them; bring every node to that version");
        }
        let odds = realm.policy.guessing_odds();
        let told = format!(
            "realm {}: at most {} guesses a year at the codes of an account, of which one is right with {odds}",
            realm.slug, odds.guesses,
        );
        if odds.exceed_a_percent() {
            let advice = "set totp.skew_steps to 1 or totp.digits to 7; docs/guessing.md has the arithmetic";
            report.warning("guessing", told, advice);
        } else {
            report.ok("guessing", told);
        }
    }
}

/// Whether the database is the one that was served last.
async fn age(settings: &Settings, store: &SeaStore, report: &mut Report) {
    let standing = match store.standing().await {
        Ok(standing) => standing,
        Err(error) => {
            return report.failure("older database", format!("its mark cannot be read: {error}"), "see the log");
        }
    };
    match crate::seen::is_older(settings, standing) {
        Ok(true) => report.failure(
            "older database",
            "the database is older than the one that was served here: codes that were used since would be good once more",
            "if a backup was copied into its place, stop all nodes and run `countersign restore --mark`",
        ),
        Ok(false) => report.ok("older database", "it is not older than what this node has seen of it"),
        Err(error) => report.warning("older database", error.chain(), error.advice().unwrap_or_default().to_owned()),
    }
}

/// Whether two accounts' logins are one by the present rule.
async fn logins(store: &SeaStore, report: &mut Report) {
    match store.older_login_keys().await {
        Ok(0) => report.ok("logins", "no two accounts of a realm have logins that are compared as one"),
        Ok(number) => {
            let message = format!(
                "{number} accounts have a login that is compared as another account's; they still sign in by their own \
                 spelling"
            );
            report.warning(
                "logins",
                message,
                "see which in the log of the last start; `countersign account rename` one of each",
            );
        }
        Err(error) => silent("logins", error, report),
    }
}

async fn keys(settings: &Settings, store: &SeaStore, ring: Option<&KeyRing>, report: &mut Report) {
    let checks = match store.list_key_checks().await {
        Ok(checks) => checks,
        Err(error) => return report.failure("keys", format!("the records cannot be read: {error}"), "see the log"),
    };
    went_backward(&checks, report);
    let Some(ring) = ring else {
        if checks.is_empty() {
            report.warning("keys", format!("{NOT_YET}: there is no master key"), START);
        } else {
            let path = settings.master_key_file.display();
            report.failure(
                "keys",
                format!("the database was sealed with master key {}, and {path} does not give it", names(&checks)),
                if settings.database_url.engine().is_server() {
                    "copy the key ring of another node there, restore it from your backup of keys, or set \
                     COUNTERSIGN_MASTER_KEY_FILE to where it is"
                } else {
                    "restore the key ring from your backup of keys, or set COUNTERSIGN_MASTER_KEY_FILE to where it is"
                },
            );
        }
        return;
    };
    match verify_key_checks(ring, &checks) {
        Ok(_) if checks.is_empty() => {
            report.warning("keys", "nothing was sealed yet", "start `countersign serve`");
        }
        Ok(_) => report.ok("keys", "the key ring opens what is sealed in the database"),
        Err(error) => report.failure("keys", error.to_string(), "the server does not start with this key ring"),
    }
}

/// A clock that shows a time before the deployment was made has gone backward.
fn went_backward(checks: &[KeyCheck], report: &mut Report) {
    let now = SystemClock.now();
    if checks.iter().any(|check| check.created_at > now) {
        report.failure(
            "clock",
            "the clock of this machine shows a time before this deployment was made",
            "set the clock, with NTP",
        );
    }
}
