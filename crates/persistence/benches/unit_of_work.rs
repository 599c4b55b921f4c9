//! How many durable verifications a second the store takes: lock, claim, audit event, commit, each for another account.
//!
//! `cargo bench -p countersign-persistence`. The figures of one run compare with each other only.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement is read on the terminal")]
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use countersign_application::account::{Account, Login};
use countersign_application::audit::{AcceptedBy, Actor, AuditDetails, AuditEvent, AuditOutcome, Event, ProvenAct};
use countersign_application::core::TotpParameters;
use countersign_application::policy::Preset;
use countersign_application::ports::{Sealed, Store};
use countersign_application::realm::{Realm, RealmSlug};
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStatus, SecondFactorReads,
};
use countersign_application::{AccountId, AuditEventId, AuthenticatorId, RealmId, Timestamp};
use countersign_persistence::{DatabaseUrl, SeaStore, StoreOptions, migrate};

const NOW: Timestamp = Timestamp::from_micros(1_760_000_000_000_000);
const ACCOUNTS: u64 = 1_000;
const UNITS: usize = 5_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let directory = tempfile::tempdir_in(std::env::current_dir().unwrap()).unwrap();
    let options = StoreOptions::new(DatabaseUrl::of_file(&directory.path().join("bench.db"))).creating();
    migrate(&options).await.unwrap();
    let store = Arc::new(SeaStore::open(&options).await.unwrap());
    let enrolled = Arc::new(enroll(&*store).await);

    sync_baseline(directory.path());
    for tasks in [1, 16, 64] {
        run("durable verification", tasks, &store, &enrolled, Act::Verify).await;
    }
    sync_baseline(directory.path());
    for tasks in [1, 16, 64] {
        run("second factor read", tasks, &store, &enrolled, Act::Read).await;
    }
}

/// What a bare sync costs on this disk now, in a file that grows and in one that is written over, as a write-ahead log
/// is: without it no rate above says anything of the store.
fn sync_baseline(directory: &std::path::Path) {
    use std::io::{Seek, SeekFrom, Write};
    const SYNCS: u32 = 500;
    let mut file = std::fs::File::create(directory.join("sync")).unwrap();
    for name in ["grows", "is written over"] {
        file.seek(SeekFrom::Start(0)).unwrap();
        let start = Instant::now();
        for _ in 0..SYNCS {
            file.write_all(&[1; 8 * 4_096]).unwrap();
            file.sync_all().unwrap();
        }
        println!("32 KiB and a sync, in a file that {name}: {:?} each", start.elapsed() / SYNCS);
    }
}

#[derive(Clone, Copy)]
enum Act {
    Verify,
    Read,
}

async fn run(name: &str, tasks: usize, store: &Arc<SeaStore>, enrolled: &Arc<Vec<(Realm, Account)>>, act: Act) {
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let running: Vec<_> = (0..tasks)
        .map(|_| {
            let (store, enrolled, next) = (Arc::clone(store), Arc::clone(enrolled), Arc::clone(&next));
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= UNITS {
                        return times;
                    }
                    let (realm, account) = &enrolled[number % enrolled.len()];
                    let begun = Instant::now();
                    match act {
                        Act::Verify => verify(&*store, realm, account).await,
                        Act::Read => drop(store.find_second_factor(account.id).await.unwrap().unwrap()),
                    }
                    times.push(begun.elapsed());
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in running {
        times.extend(task.await.unwrap());
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort();
    let (middle, tail) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{name}, {tasks:2} tasks: {rate:7.0}/s, median {middle:?}, 99th percentile {tail:?}");
}

/// A step for each claim: later than all before it.
static STEP: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

async fn verify(store: &dyn Store, realm: &Realm, account: &Account) {
    let step = STEP.fetch_add(1, Ordering::Relaxed);
    let event = AuditEvent {
        id: AuditEventId::new(NOW, 0, step.to_be_bytes()),
        at: NOW,
        event: Event::SecondFactorAccepted {
            purpose: ProvenAct::SignIn.into(),
            code: AcceptedBy::Totp {
                authenticator_id: AuthenticatorId::from_uuid(account.id.as_uuid()),
                drift_steps: 0,
            },
        },
        realm_id: realm.id,
        realm: realm.slug.clone(),
        account_id: Some(account.id),
        login: Some(account.login.as_str().to_owned()),
        actor: Actor::Account(account.id),
        ip: Some("192.0.2.1".to_owned()),
        user_agent: Some("bench".to_owned()),
        client_stated: false,
        sign_in: None,
        outcome: AuditOutcome::Success,
        further: AuditDetails::new(),
    };
    let mut unit = store.begin().await.unwrap();
    unit.second_factors().lock(account.id).await.unwrap().unwrap();
    let id = AuthenticatorId::from_uuid(account.id.as_uuid());
    // A thousand accounts lie between two claims of one: none overtakes the other, so that each must be accepted. What
    // is refused would write less and look fast.
    assert!(unit.authenticators().accept_step(account.id, id, step, NOW).await.unwrap());
    unit.audit_log().append(&[event]).await.unwrap();
    unit.commit().await.unwrap();
}

async fn enroll(store: &dyn Store) -> Vec<(Realm, Account)> {
    let realm = Realm {
        id: RealmId::new(NOW, 0, [1; 8]),
        slug: RealmSlug::default_realm(),
        issuer: "Bench".to_owned(),
        policy: Preset::RECOMMENDED.policy().unwrap(),
        version: 1,
        enforced_since: None,
        created_at: NOW,
    };
    let mut unit = store.begin().await.unwrap();
    unit.realms().insert(&realm).await.unwrap();
    let mut enrolled = Vec::new();
    for number in 0..ACCOUNTS {
        let (id, login) = (AccountId::new(NOW, 0, number.to_be_bytes()), format!("account{number}@example.org"));
        let account = Account::new(id, realm.id, Login::new(&login).unwrap(), NOW);
        unit.accounts().insert(&account).await.unwrap();
        let authenticator = Authenticator {
            id: AuthenticatorId::from_uuid(account.id.as_uuid()),
            account_id: account.id,
            name: AuthenticatorName::default(),
            status: AuthenticatorStatus::Active,
            issuer: "Bench".to_owned(),
            parameters: TotpParameters::DEFAULT,
            sealed_secret: Sealed { key_id: "k1".to_owned(), bytes: vec![7; 96] },
            last_step: None,
            begun_by: None,
            replaces: None,
            created_at: NOW,
            expires_at: None,
            confirmed_at: Some(NOW),
            last_used_at: None,
        };
        unit.authenticators().insert(&authenticator).await.unwrap();
        enrolled.push((realm.clone(), account));
    }
    unit.commit().await.unwrap();
    enrolled
}
