//! What is the adapter's own on SQLite: files, processes, damage. What every store must do is in `contract.rs`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_application::account::{Account, AccountFilter, AccountPart, AccountReads, Login};
use countersign_application::api_key::{ApiKey, ApiKeyName, ApiKeyReads, Scope};
use countersign_application::audit::{
    AcceptedBy, Actor, AuditDetails, AuditEvent, AuditFilter, AuditOutcome, AuditReads, AuditText, Event, EventKind,
    Purpose,
};
use countersign_application::core::{Counters, TotpParameters};
use countersign_application::policy::Preset;
use countersign_application::ports::{PersonReads, Sealed, Store, StoreError, TokenDigest};
use countersign_application::realm::{Realm, RealmReads, RealmSlug, StatisticsReads};
use countersign_application::second_factor::{
    AccountOverview, Authenticator, AuthenticatorName, AuthenticatorStatus, SecondFactorReads, TwoFactorStatus,
};
use countersign_application::verification::{Claim, Counted, Spends, Verdict};
use countersign_application::{AccountId, ApiKeyId, AuditEventId, AuthenticatorId, PageRequest, RealmId, Timestamp};
use countersign_persistence::{DatabaseUrl, OpenError, SeaStore, StoreOptions, migrate, schema_status};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

const NOW: Timestamp = Timestamp::from_micros(1_760_000_000_000_000);

fn url(directory: &tempfile::TempDir) -> String {
    format!("sqlite://{}", directory.path().join("countersign.db").display())
}

fn opening(url: &str) -> StoreOptions {
    StoreOptions::new(DatabaseUrl::parse(url).unwrap())
}

fn options(directory: &tempfile::TempDir) -> StoreOptions {
    opening(&url(directory)).creating()
}

async fn migrated(directory: &tempfile::TempDir) -> SeaStore {
    migrate(&options(directory)).await.unwrap();
    SeaStore::open(&options(directory)).await.unwrap()
}

/// A connection past the adapter, to damage what is stored.
async fn past_the_adapter(directory: &tempfile::TempDir) -> DatabaseConnection {
    Database::connect(url(directory)).await.unwrap()
}

fn a_realm() -> Realm {
    Realm {
        id: RealmId::new(NOW, 0, [1; 8]),
        slug: RealmSlug::default_realm(),
        issuer: "Example".to_owned(),
        policy: Preset::ALL[0].policy().unwrap(),
        version: 1,
        enforced_since: None,
        created_at: NOW,
    }
}

fn an_account(realm: &Realm, login: &str) -> Account {
    let mut random = [0; 8];
    for (place, byte) in login.bytes().enumerate() {
        random[place % 8] ^= byte;
    }
    Account::new(AccountId::new(NOW, 0, random), realm.id, Login::new(login).unwrap(), NOW)
}

fn an_authenticator(account: &Account) -> Authenticator {
    Authenticator {
        id: AuthenticatorId::new(NOW, 0, [7; 8]),
        account_id: account.id,
        name: AuthenticatorName::default(),
        status: AuthenticatorStatus::Active,
        issuer: "Example".to_owned(),
        parameters: TotpParameters::DEFAULT,
        sealed_secret: Sealed { key_id: "k1".to_owned(), bytes: vec![0, 1, 2, 255] },
        last_step: None,
        begun_by: None,
        replaces: None,
        created_at: NOW,
        expires_at: None,
        confirmed_at: Some(NOW),
        last_used_at: None,
    }
}

fn an_api_key(realm: &Realm) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(NOW, 0, [5; 8]),
        realm_id: realm.id,
        name: ApiKeyName::new("The shop").unwrap(),
        digest: TokenDigest([6; 32]),
        scopes: vec![Scope::Verify, Scope::Enroll],
        made_by_owner: true,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

/// A realm with an API key, and with an account that has an active authenticator.
async fn enrolled(store: &SeaStore) -> (Account, Authenticator) {
    let realm = a_realm();
    let account = an_account(&realm, "ada@example.org");
    let authenticator = an_authenticator(&account);
    let mut unit = store.begin().await.unwrap();
    unit.realms().insert(&realm).await.unwrap();
    unit.api_keys().insert(&an_api_key(&realm)).await.unwrap();
    unit.accounts().insert(&account).await.unwrap();
    unit.authenticators().insert(&authenticator).await.unwrap();
    unit.commit().await.unwrap();
    (account, authenticator)
}

/// The first claim of the account, of this step.
fn a_claim(account: &Account, authenticator: &Authenticator, step: u64) -> Claim {
    let counted = Some(Counted { seen: 0, counters: Counters::default() });
    let spends = Some(Spends::Step { authenticator: authenticator.id, step });
    Claim { counted, spends, ..Claim::nothing(account.id, NOW) }
}

async fn accept(store: &SeaStore, account: AccountId, id: AuthenticatorId, step: u64) -> Result<bool, StoreError> {
    let mut unit = store.begin().await?;
    unit.second_factors().lock(account).await?;
    let accepted = unit.authenticators().accept_step(account, id, step, NOW).await?;
    unit.commit().await?;
    Ok(accepted)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_claims_at_the_same_time_succeeds_and_survives_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;

    let claims = (0..32).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { accept(&store, account.id, authenticator.id, 58_666_666).await.unwrap() })
    });
    let mut accepted = 0;
    for claim in claims.collect::<Vec<_>>() {
        accepted += u32::from(claim.await.unwrap());
    }
    assert_eq!(accepted, 1);
    store.close().await;

    let reopened = SeaStore::open(&opening(&url(&directory))).await.unwrap();
    let whole = reopened.find_second_factor(account.id).await.unwrap().unwrap();
    assert_eq!(whole.authenticators[0].last_step, Some(58_666_666));
    assert_eq!(whole.authenticators[0].sealed_secret, authenticator.sealed_secret);
    assert!(!accept(&reopened, account.id, authenticator.id, 58_666_666).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_file_share_the_verdict() {
    let directory = tempfile::tempdir().unwrap();
    let stores = [migrated(&directory).await, SeaStore::open(&options(&directory)).await.unwrap()];
    let (account, authenticator) = enrolled(&stores[0]).await;

    let claims = (0..32_usize).map(|place| {
        let store = stores[place % 2].clone();
        tokio::spawn(async move {
            loop {
                match accept(&store, account.id, authenticator.id, 5).await {
                    Err(StoreError::Contention(_)) => {}
                    verdict => break verdict.unwrap(),
                }
            }
        })
    });
    let mut accepted = 0;
    for claim in claims.collect::<Vec<_>>() {
        accepted += u32::from(claim.await.unwrap());
    }
    assert_eq!(accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_a_realm_in_two_processes_one_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let stores = [migrated(&directory).await, SeaStore::open(&options(&directory)).await.unwrap()];
    enrolled(&stores[0]).await;
    let seen = stores[0].find_realm(&RealmSlug::default_realm()).await.unwrap().unwrap();

    let changes = (0..16_usize).map(|place| {
        let store = stores[place % 2].clone();
        let changed = Realm { issuer: format!("Issuer {place}"), ..seen.clone() };
        tokio::spawn(async move {
            loop {
                let mut unit = match store.begin().await {
                    Err(StoreError::Contention(_)) => continue,
                    begun => begun.unwrap(),
                };
                if !unit.realms().update(&changed).await.unwrap() {
                    return None;
                }
                unit.commit().await.unwrap();
                return Some(changed.issuer);
            }
        })
    });
    let mut accepted = Vec::new();
    for change in changes.collect::<Vec<_>>() {
        accepted.extend(change.await.unwrap());
    }
    let left = stores[1].list_realms().await.unwrap();
    assert_eq!(accepted, [left[0].issuer.clone()]);
    assert_eq!((left.len(), left[0].version), (1, seen.version + 1));
}

#[tokio::test]
async fn a_list_does_not_pass_over_what_it_cannot_understand() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, _) = enrolled(&store).await;
    past_the_adapter(&directory).await.execute_unprepared("DELETE FROM second_factor").await.unwrap();
    let listed = store.list_accounts(account.realm_id, &AccountFilter::default(), NOW, &AccountPart::first()).await;
    assert!(matches!(listed, Err(StoreError::Corrupt { table: "second_factor", .. })), "{listed:?}");
}

#[tokio::test]
async fn an_enrollment_is_pending_until_it_expires() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;
    let expires_at = NOW.plus_seconds(600);
    let pending = |number: u8| Authenticator {
        id: AuthenticatorId::new(NOW, 0, [number; 8]),
        status: AuthenticatorStatus::Pending,
        expires_at: Some(expires_at),
        confirmed_at: None,
        ..authenticator.clone()
    };
    let mut unit = store.begin().await.unwrap();
    unit.authenticators().remove_all(account.id).await.unwrap();
    // Two at once are still one account.
    unit.authenticators().insert(&pending(1)).await.unwrap();
    unit.authenticators().insert(&pending(2)).await.unwrap();
    unit.commit().await.unwrap();

    let last = Timestamp::from_micros(expires_at.as_micros() - 1);
    for (now, status, count) in [(last, TwoFactorStatus::Pending, 1), (expires_at, TwoFactorStatus::Disabled, 0)] {
        assert_eq!(store.count_pending(account.realm_id, now).await.unwrap(), count);
        for asked in TwoFactorStatus::ALL {
            let filter = AccountFilter { two_factor: Some(*asked), ..AccountFilter::default() };
            let page = store.list_accounts(account.realm_id, &filter, now, &AccountPart::first()).await.unwrap();
            let found: Vec<_> = page.items.iter().map(AccountOverview::two_factor).collect();
            assert_eq!(found, if *asked == status { vec![status] } else { vec![] }, "{asked}");
        }
    }
}

#[tokio::test]
async fn a_drift_is_found_in_its_column_and_nowhere_else() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;
    let accepted = |drift_steps: Option<i8>, purpose: &str| Event::SecondFactorAccepted {
        purpose: Purpose::Stated(AuditText::new(purpose)),
        code: drift_steps.map_or(AcceptedBy::RecoveryCode, |drift_steps| AcceptedBy::Totp {
            authenticator_id: authenticator.id,
            drift_steps,
        }),
    };
    let text = |name: &str, text: &str| AuditDetails::from([(name.to_owned(), text.to_owned())]);
    let none = AuditDetails::new;
    let events = [
        (accepted(Some(1), "a"), none()),
        (accepted(Some(-1), "a"), none()),
        (accepted(Some(10), "a"), none()),
        (accepted(None, "a"), text("driftXsteps", "1")),
        (accepted(None, r#""drift_steps":"1""#), none()),
        (accepted(None, "a"), text("note", r#"\","drift_steps":"1"#)),
        (accepted(Some(1), "%"), text("z", "%")),
        // What a newer version means by it nobody knows here.
        (accepted(None, "a"), text("drift_steps", "about 1")),
    ];
    let events: Vec<AuditEvent> = (0_u8..)
        .zip(events)
        .map(|(number, (event, further))| AuditEvent {
            id: AuditEventId::new(NOW, 0, [number; 8]),
            at: NOW,
            event,
            realm_id: account.realm_id,
            realm: RealmSlug::default_realm(),
            account_id: Some(account.id),
            login: None,
            actor: Actor::Operator,
            ip: None,
            user_agent: None,
            client_stated: false,
            sign_in: None,
            outcome: AuditOutcome::Success,
            further,
        })
        .collect();
    let mut unit = store.begin().await.unwrap();
    unit.audit_log().append(&events).await.unwrap();
    unit.commit().await.unwrap();
    let drifts = store.count_drift(account.realm_id, NOW).await.unwrap();
    assert_eq!(drifts, [(-1, 1), (1, 2), (10, 1)].into());
    let columns = "SELECT COUNT(*) FROM audit_event WHERE method IS NOT NULL AND purpose IS NOT NULL \
                   AND details NOT LIKE '%\"method\"%' AND details NOT LIKE '%\"purpose\"%'";
    let past = past_the_adapter(&directory).await;
    let row = past.query_one_raw(sea_orm::Statement::from_string(past.get_database_backend(), columns)).await.unwrap();
    assert_eq!(row.unwrap().try_get_by_index::<i64>(0).unwrap(), 8);
    let mut listed = store.list_audit_events(&AuditFilter::default(), PageRequest::first()).await.unwrap().items;
    listed.reverse();
    assert_eq!(listed, events);
}

/// During a rolling upgrade the nodes of the old version list what those of the new one did.
#[tokio::test]
async fn events_of_a_newer_version_are_listed_as_what_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, _) = enrolled(&store).await;
    let past = past_the_adapter(&directory).await;
    for (number, event, method, details) in [
        (1, "passkey.added", "NULL", r#"{"credential":"x"}"#),
        (2, "second_factor.accepted", "'passkey'", r#"{"credential":"x"}"#),
        (3, "password.changed", "NULL", r#"{"strength":"4"}"#),
    ] {
        let id = AuditEventId::new(NOW, 0, [number; 8]).as_uuid().simple();
        let realm = account.realm_id.as_uuid().simple();
        let insert = format!(
            "INSERT INTO audit_event (id, occurred_at, event, realm_id, realm, actor_kind, outcome, method, details) VALUES \
             (X'{id}', {}, '{event}', X'{realm}', 'default', 'operator', 'success', {method}, '{details}')",
            NOW.as_micros()
        );
        past.execute_unprepared(&insert).await.unwrap();
    }
    let listed = store.list_audit_events(&AuditFilter::default(), PageRequest::first()).await.unwrap().items;
    let told: Vec<_> = listed.iter().map(|it| (it.event.clone(), it.details())).collect();
    let unknown = |name: &str| Event::Unknown { name: name.to_owned() };
    let details = |details: &[(&str, &str)]| -> AuditDetails {
        details.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    assert_eq!(
        told,
        [
            (Event::PasswordChanged, details(&[("strength", "4")])),
            (unknown("second_factor.accepted"), details(&[("credential", "x"), ("method", "passkey")])),
            (unknown("passkey.added"), details(&[("credential", "x")])),
        ]
    );
    let accepted = store.count_events(account.realm_id, &[EventKind::SecondFactorAccepted], NOW).await.unwrap();
    assert_eq!(accepted.iter().map(|it| it.count).sum::<u64>(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_in_another_process_is_contention_and_readers_never_wait() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;
    let other = SeaStore::open(&options(&directory)).await.unwrap();

    let mut holder = other.begin().await.unwrap();
    holder.accounts().record_sign_in(account.id, NOW).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(1), store.find_account(account.id));
    assert_eq!(read.await.unwrap().unwrap().unwrap().last_sign_in_at, None);
    let refused = accept(&store, account.id, authenticator.id, 5).await;
    assert!(matches!(refused, Err(StoreError::Contention(_))), "{refused:?}");

    drop(holder);
    assert!(accept(&store, account.id, authenticator.id, 5).await.unwrap());
    assert_eq!(store.find_account(account.id).await.unwrap().unwrap().last_sign_in_at, None, "it was rolled back");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_wait_for_a_writer_in_another_process_and_people_are_found_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;
    let other = SeaStore::open(&options(&directory)).await.unwrap();

    let holder = other.begin().await.unwrap();
    let claim = a_claim(&account, &authenticator, 5);
    let claiming = tokio::spawn({
        let store = store.clone();
        async move { store.claim(&claim).await }
    });
    let key = an_api_key(&a_realm());
    for _ in 0..100 {
        let read = store.find_asked_about(&key.digest, account.login.key());
        let read = tokio::time::timeout(Duration::from_secs(1), read).await.unwrap().unwrap().unwrap();
        assert_eq!(read.found.unwrap().1.authenticators[0].last_step, None);
    }
    assert!(!claiming.is_finished());
    drop(holder);
    assert_eq!(claiming.await.unwrap().unwrap(), Verdict::Settled);
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    assert_eq!((factor.state.revision, factor.authenticators[0].last_step), (1, Some(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_a_closed_store_is_told_so() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;
    store.close().await;
    let claim = a_claim(&account, &authenticator, 5);
    let key = an_api_key(&a_realm());
    for _ in 0..3 {
        let found = tokio::time::timeout(Duration::from_secs(5), store.find_asked_about(&key.digest, "ada")).await;
        assert!(matches!(found, Ok(Err(StoreError::Unavailable(_)))), "{found:?}");
        let settled = tokio::time::timeout(Duration::from_secs(5), store.claim(&claim)).await;
        assert!(matches!(settled, Ok(Err(StoreError::Unavailable(_)))), "{settled:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_in_the_same_process_waits_its_turn_and_not_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(migrated(&directory).await);
    let holder = store.begin().await.unwrap();
    let waiting = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.begin().await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(holder);
    assert!(waiting.await.unwrap().is_ok());

    let _holder = store.begin().await.unwrap();
    assert!(matches!(store.begin().await.map(drop), Err(StoreError::Contention(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_of_work_that_is_cancelled_anywhere_leaves_the_store_usable() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, authenticator) = enrolled(&store).await;
    let mut step = 0;
    for micros in (0..4_000).step_by(50) {
        step += 1;
        let claim = accept(&store, account.id, authenticator.id, step);
        let _ = tokio::time::timeout(Duration::from_micros(micros), claim).await;
    }
    assert!(accept(&store, account.id, authenticator.id, step + 1).await.unwrap());
}

#[tokio::test]
async fn a_missing_file_is_made_only_where_that_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let refused = SeaStore::open(&opening(&url(&directory))).await;
    assert!(matches!(refused, Err(OpenError::Missing { .. })), "{refused:?}");
    assert!(matches!(schema_status(&options(&directory)).await, Err(OpenError::Missing { .. })));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);

    let nowhere = opening("sqlite:///nowhere/at/all.db").creating();
    assert!(matches!(SeaStore::open(&nowhere).await, Err(OpenError::File { .. })));
}

#[tokio::test]
async fn opening_does_not_migrate_and_migrating_twice_does_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = SeaStore::open(&options(&directory)).await.unwrap();
    let pending = store.schema_status().await.unwrap().pending;
    assert!(!pending.is_empty());
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))), "without a schema it is of no use");

    let (first, second) = (options(&directory), options(&directory));
    let (first, second) = tokio::join!(migrate(&first), migrate(&second));
    let mut applied = [first.unwrap(), second.unwrap()];
    applied.sort();
    assert_eq!(applied, [vec![], pending], "one of the two did it all");
    assert!(schema_status(&options(&directory)).await.unwrap().is_current());
    store.ping().await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_not_migrated() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)";
    past_the_adapter(&directory).await.execute_unprepared(newer).await.unwrap();
    assert!(store.schema_status().await.unwrap().is_newer());
    assert!(matches!(migrate(&options(&directory)).await, Err(OpenError::Newer { .. })));
}

#[tokio::test]
async fn what_is_no_database_is_said_to_be_none() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("countersign.db"), [b'x'; 8_192]).unwrap();
    let refused = SeaStore::open(&options(&directory)).await;
    assert!(matches!(refused, Err(OpenError::Database(_))), "{refused:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    enrolled(&store).await;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name());
    }
    names.sort();
    assert_eq!(names, ["countersign.db", "countersign.db-shm", "countersign.db-wal"]);
    store.close().await;
    assert!(!Path::new(&format!("{}-wal", directory.path().join("countersign.db").display())).exists());
}

#[tokio::test]
async fn every_connection_is_set_up_as_it_must_be() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let (account, _) = enrolled(&store).await;
    // Foreign keys: an authenticator of nobody's is refused.
    let mut unit = store.begin().await.unwrap();
    let nobody = Account { id: AccountId::new(NOW, 3, [9; 8]), ..account.clone() };
    // With an identifier of its own: one that is taken would be refused for that.
    let orphan = Authenticator { id: AuthenticatorId::new(NOW, 1, [8; 8]), ..an_authenticator(&nobody) };
    let refused = unit.authenticators().insert(&orphan).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(unit);
    // The cascade: nothing of a deleted account is left.
    let mut unit = store.begin().await.unwrap();
    assert!(unit.accounts().delete(account.id).await.unwrap());
    unit.commit().await.unwrap();
    assert!(store.find_second_factor(account.id).await.unwrap().is_none());
    let left = past_the_adapter(&directory).await;
    let select = "SELECT (SELECT COUNT(*) FROM authenticator) + (SELECT COUNT(*) FROM second_factor) AS n";
    let statement = sea_orm::Statement::from_string(left.get_database_backend(), select);
    let row = left.query_one_raw(statement).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 0);
}

#[tokio::test]
async fn a_lock_without_its_row_locks_nothing_and_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    store.begin().await.unwrap().key_checks().lock().await.unwrap();
    past_the_adapter(&directory).await.execute_unprepared("DELETE FROM named_lock").await.unwrap();
    let refused = store.begin().await.unwrap().key_checks().lock().await;
    assert!(matches!(refused, Err(StoreError::Corrupt { table: "named_lock", .. })), "{refused:?}");
}

#[tokio::test]
async fn values_that_cannot_be_right_are_named_and_never_replaced() {
    for (damage, table, column) in [
        ("UPDATE realm SET policy = '{\"totp\": 5}'", "realm", "policy"),
        ("UPDATE realm SET slug = 'default', policy = 'x'", "realm", "policy"),
        ("UPDATE account SET role = 'root'", "account", "role"),
        ("UPDATE account SET login = ''", "account", "login"),
        ("UPDATE account SET login_key = ''", "account", "login"),
        ("UPDATE authenticator SET status = 'Active'", "authenticator", "status"),
        ("UPDATE authenticator SET algorithm = 'sha1'", "authenticator", "algorithm"),
        ("UPDATE authenticator SET digits = 9", "authenticator", "digits"),
        ("UPDATE authenticator SET period_seconds = 0", "authenticator", "period_seconds"),
        ("UPDATE authenticator SET last_step = -1", "authenticator", "last_step"),
        ("UPDATE authenticator SET last_step = 'soon'", "authenticator", "last_step"),
        ("UPDATE authenticator SET begun_by = x'00'", "authenticator", "begun_by"),
        ("UPDATE authenticator SET replaces = x'00'", "authenticator", "replaces"),
        ("UPDATE account SET subject = 'u', login = ''", "account", "login"),
        ("UPDATE api_key SET scopes = 'verify root'", "api_key", "scopes"),
        ("UPDATE api_key SET scopes = 'verify,enroll'", "api_key", "scopes"),
        ("UPDATE api_key SET name = ''", "api_key", "name"),
        ("UPDATE second_factor SET code_failures = -1", "second_factor", "code_failures"),
        ("UPDATE second_factor SET enabled_at = 'now'", "second_factor", "enabled_at"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let store = migrated(&directory).await;
        let (account, _) = enrolled(&store).await;
        past_the_adapter(&directory).await.execute_unprepared(damage).await.unwrap();
        let error = match table {
            "realm" => store.find_realm(&RealmSlug::default_realm()).await.map(drop),
            "account" => store.find_account(account.id).await.map(drop),
            "api_key" => store.find_api_key(&TokenDigest([6; 32])).await.map(drop),
            _ => store.find_second_factor(account.id).await.map(drop),
        };
        match error {
            Err(StoreError::Corrupt { table: t, column: c, .. }) => assert_eq!((t, c), (table, column), "{damage}"),
            other => panic!("{damage}: {other:?}"),
        }
    }
}

/// Accounts whose keys an older rule made, among them two that are one by the present rule, and a subject.
#[tokio::test]
async fn keys_of_an_older_rule_are_made_anew_and_nobody_loses_theirs() {
    let directory = tempfile::tempdir().unwrap();
    let store = migrated(&directory).await;
    let realm = a_realm();
    let mut unit = store.begin().await.unwrap();
    unit.realms().insert(&realm).await.unwrap();
    let mut ids = Vec::new();
    for (number, login) in ["first", "second", "third", "fourth", "fifth"].into_iter().enumerate() {
        let id = AccountId::new(NOW.plus_seconds(number as u64), 0, [7; 8]);
        let subject = (login == "fifth").then(|| "fifth".to_owned());
        unit.accounts().insert(&Account { id, subject, ..an_account(&realm, login) }).await.unwrap();
        ids.push(id);
    }
    unit.commit().await.unwrap();
    let past = past_the_adapter(&directory).await;
    for (before, login, key) in [
        ("first", "ΝΙΚΟΣ", "νικοσ"),
        ("second", "νίκος", "νίκος"),
        ("third", "STRASSE", "strasse"),
        ("fourth", "straße", "straße"),
    ] {
        let sql = format!(
            "UPDATE account SET login = '{login}', login_key = '{key}', login_key_rule = 1 WHERE login = '{before}'"
        );
        past.execute_unprepared(&sql).await.unwrap();
    }
    let subject = "UPDATE account SET login_key = 'subject fifth', login_key_rule = 1 WHERE login = 'fifth'";
    past.execute_unprepared(subject).await.unwrap();

    // Twice: what was done is not done again, and what could not be done is still told.
    for _ in 0..2 {
        assert_eq!(migrate(&options(&directory)).await.unwrap(), Vec::<String>::new());
        assert_eq!(store.older_login_keys().await.unwrap(), 1);
        for (key, id) in [
            (Login::key_of("νικος"), ids[0]),
            (Login::key_of("ΝΊΚΟΣ"), ids[1]),
            (Login::key_of("Straße"), ids[2]),
            (Login::older_key_of("Straße").unwrap(), ids[3]),
            (Login::subject_key("fifth"), ids[4]),
        ] {
            let found = store.find_account_by_login(realm.id, &key).await.unwrap();
            assert_eq!(found.map(|account| account.id), Some(id), "{key:?}");
        }
    }

    // Once one of the two has another login, the other one gets its key.
    let mut unit = store.begin().await.unwrap();
    unit.accounts().rename(ids[2], &Login::new("street").unwrap()).await.unwrap();
    unit.commit().await.unwrap();
    migrate(&options(&directory)).await.unwrap();
    assert_eq!(store.older_login_keys().await.unwrap(), 0);
    let found = store.find_account_by_login(realm.id, &Login::key_of("STRASSE")).await.unwrap();
    assert_eq!(found.map(|account| account.id), Some(ids[3]));
}
