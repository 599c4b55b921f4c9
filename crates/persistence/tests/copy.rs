//! Copies of a deployment from one database to another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a failed test is a panic; the copies between engines are timed by the real clock"
)]

mod databases;

use std::ops::ControlFlow;
use std::time::Instant;

use async_trait::async_trait;
use countersign_application::Timestamp;
use countersign_application::account::AccountReads;
use countersign_application::appearance::{Accent, Appearance, Logo};
use countersign_application::core::Throttle;
use countersign_application::idempotency::IdempotencyClaim;
use countersign_application::ports::{Sealed, Store, StoreError};
use countersign_application::realm::RealmReads;
use countersign_persistence::{
    Copied, CopyError, CopyObserver, CopyPhase, CopySide, CopyStep, OpenError, SeaStore, StoreOptions, copy_database,
    migrate, schema_status,
};
use countersign_testing::{
    NOW, a_challenge, a_key_check, a_realm, a_recovery_set, a_session, a_trusted_device, an_account, an_api_key,
    an_authenticator, an_event, an_idempotency_claim, seconds, the_default_realm,
};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};

use databases::{Server, TestDatabase, opening};

/// More than a batch, and no multiple of one.
const EVENTS: usize = 2_345;

const STARTED: Timestamp = seconds(3_600);

/// A database on any engine, gone in the end.
enum Place {
    File(tempfile::TempDir),
    OnServer(TestDatabase),
}

impl Place {
    fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    async fn on(server: Server) -> Self {
        Self::OnServer(TestDatabase::empty(server).await)
    }

    fn options(&self) -> StoreOptions {
        opening(&self.url()).creating()
    }

    fn url(&self) -> String {
        match self {
            Self::File(directory) => format!("sqlite://{}", directory.path().join("countersign.db").display()),
            Self::OnServer(database) => database.url(),
        }
    }

    /// A deployment with something in every table.
    async fn filled(self) -> Self {
        migrate(&self.options()).await.unwrap();
        let store = self.open().await;
        fill(&store).await;
        store.close().await;
        self
    }

    async fn open(&self) -> SeaStore {
        SeaStore::open(&self.options()).await.unwrap()
    }

    /// Runs SQL past the adapter.
    async fn run(&self, sql: &str) {
        let database = Database::connect(self.url()).await.unwrap();
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }
}

async fn fill(store: &SeaStore) {
    let realm = the_default_realm();
    let other = a_realm();
    let mut unit = store.begin().await.unwrap();
    unit.realms().insert(&realm).await.unwrap();
    unit.realms().insert(&other).await.unwrap();
    for key in ["2026-b", "2026-a", "2026-C"] {
        unit.key_checks().insert(&a_key_check(key, NOW)).await.unwrap();
    }
    unit.api_keys().insert(&an_api_key(&other)).await.unwrap();
    let logo = Logo::new("<svg>é</svg>".into()).ok();
    let appearance = Appearance { logo, accent: Accent::new("#0a7d55").ok(), ..Appearance::default() };
    unit.appearances().set(other.id, &appearance, NOW).await.unwrap();
    let mut first = None;
    for login in ["ada@example.org", "Jürgen", "李", "zoë 🦊"] {
        let account = an_account(&realm, login);
        unit.accounts().insert(&account).await.unwrap();
        unit.authenticators().insert(&an_authenticator(&account)).await.unwrap();
        let (set, codes) = a_recovery_set(&account);
        unit.recovery_codes().insert(&set, &codes).await.unwrap();
        unit.challenges().insert(&a_challenge(&account)).await.unwrap();
        unit.sessions().insert(&a_session(&account)).await.unwrap();
        unit.trusted_devices().insert(&a_trusted_device(&account)).await.unwrap();
        first.get_or_insert(account);
    }
    let blocked = Throttle { failures_in_a_row: 7, blocked_until: Some(seconds(60)) };
    for key in [[0; 32], [0x7f; 32], [0x80; 32], [0xff; 32]] {
        unit.attempts().lock(&key, NOW).await.unwrap();
        unit.attempts().set(&key, &blocked.into(), NOW).await.unwrap();
    }
    let answer = Some(Sealed { key_id: "2026-a".to_owned(), bytes: vec![0, 0xff] });
    let answered = IdempotencyClaim { answer, ..an_idempotency_claim() };
    for claim in [answered, an_idempotency_claim()] {
        assert!(unit.idempotency().claim(&claim).await.unwrap());
    }
    let account = first.unwrap();
    let events: Vec<_> = (0..EVENTS).map(|_| an_event(&realm, &account)).collect();
    for events in events.chunks(500) {
        unit.audit_log().append(events).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// Lets the copy go on.
struct Watching;

#[async_trait(?Send)]
impl CopyObserver for Watching {
    async fn step(&mut self, step: CopyStep) -> ControlFlow<()> {
        assert!(step.done <= step.total, "{step:?}");
        ControlFlow::Continue(())
    }
}

/// Ends the copy where it has come to some table and number of rows.
struct Until(&'static str, u64);

#[async_trait(?Send)]
impl CopyObserver for Until {
    async fn step(&mut self, step: CopyStep) -> ControlFlow<()> {
        if step.table == self.0 && step.done >= self.1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Runs SQL in a database once the comparison begins.
struct Meddling<'a>(&'a Place, Option<&'static str>);

#[async_trait(?Send)]
impl CopyObserver for Meddling<'_> {
    async fn step(&mut self, step: CopyStep) -> ControlFlow<()> {
        if step.phase == CopyPhase::Verifying
            && let Some(sql) = self.1.take()
        {
            self.0.run(sql).await;
        }
        ControlFlow::Continue(())
    }
}

async fn copy(from: &Place, to: &Place) -> Result<Copied, CopyError> {
    copy_with(from, to, &mut Watching).await
}

async fn copy_with(from: &Place, to: &Place, observer: &mut dyn CopyObserver) -> Result<Copied, CopyError> {
    copy_database(&from.options(), &to.options(), STARTED, observer).await
}

async fn is_whole(copied: &Copied, to: &Place) {
    let rows = |table: &str| copied.tables.iter().find(|digest| digest.table == table).unwrap().rows;
    assert_eq!(copied.tables.len(), 15);
    for (table, wanted) in [("realm", 2), ("account", 4), ("recovery_code", 40), ("key_check", 3), ("attempt", 4)] {
        assert_eq!(rows(table), wanted, "{table}");
    }
    assert_eq!(rows("audit_event"), EVENTS as u64);
    let empty: Vec<_> = copied.tables.iter().filter(|digest| digest.rows == 0).collect();
    assert!(empty.is_empty(), "every table takes part: {empty:?}");
    assert!(schema_status(&to.options()).await.unwrap().is_current(), "it is served again");
    let store = to.open().await;
    let realm = store.find_realm(&countersign_application::realm::RealmSlug::default_realm()).await.unwrap().unwrap();
    assert!(store.find_account_by_login(realm.id, "jürgen").await.unwrap().is_some());
    store.close().await;
}

async fn copies(from: Place, to: Place) {
    let from = from.filled().await;
    let copied = copy(&from, &to).await.unwrap();
    assert_eq!(copied.resumed, None);
    is_whole(&copied, &to).await;
    // There and back again: nothing is lost on either way.
    let back = Place::file();
    assert_eq!(copy(&to, &back).await.unwrap().tables, copied.tables);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_every_row_of_every_table() {
    copies(Place::file(), Place::file()).await;
}

async fn resumes(from: Place, to: Place) {
    let from = from.filled().await;
    for (table, rows) in
        [("realm", 0), ("session", 1), ("audit_event", 1_100), ("audit_event", 2_100), ("key_check", 0)]
    {
        let interrupted = copy_with(&from, &to, &mut Until(table, rows)).await.unwrap_err();
        assert!(matches!(interrupted, CopyError::Interrupted), "{interrupted:?}");
        assert!(matches!(SeaStore::open(&to.options()).await.unwrap_err(), OpenError::UnfinishedCopy));
    }
    let copied = copy(&from, &to).await.unwrap();
    assert_eq!(copied.resumed, Some(STARTED));
    is_whole(&copied, &to).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_copy_goes_on_where_it_ended() {
    resumes(Place::file(), Place::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_opens_a_database_whose_copy_has_not_finished() {
    let (from, to, third) = (Place::file().filled().await, Place::file(), Place::file());
    copy_with(&from, &to, &mut Until("account", 0)).await.unwrap_err();
    assert!(matches!(SeaStore::open(&to.options()).await.unwrap_err(), OpenError::UnfinishedCopy));
    assert!(matches!(migrate(&to.options()).await.unwrap_err(), OpenError::UnfinishedCopy));
    assert!(matches!(schema_status(&to.options()).await.unwrap_err(), OpenError::UnfinishedCopy));
    assert!(matches!(copy(&to, &third).await.unwrap_err(), CopyError::SourceUnfinished));
    // The source is as it was.
    from.open().await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_not_resumed_from_elsewhere() {
    let (from, other, to) = (Place::file().filled().await, Place::file().filled().await, Place::file());
    copy_with(&from, &to, &mut Until("session", 0)).await.unwrap_err();
    assert!(matches!(copy(&other, &to).await.unwrap_err(), CopyError::OtherCopy));
    is_whole(&copy(&from, &to).await.unwrap(), &to).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_holds_something_is_not_copied_to() {
    let (from, to) = (Place::file().filled().await, Place::file().filled().await);
    let refused = copy(&from, &to).await.unwrap_err();
    assert!(matches!(refused, CopyError::TargetNotEmpty { table: "realm" }), "{refused:?}");
    to.open().await.close().await;
    assert!(matches!(copy(&from, &from).await.unwrap_err(), CopyError::SamePlace));

    // What was copied once is a deployment.
    let to = Place::file();
    copy(&from, &to).await.unwrap();
    assert!(matches!(copy(&from, &to).await.unwrap_err(), CopyError::TargetNotEmpty { .. }));
    to.open().await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_deployment_of_this_version_is_copied() {
    let (from, to) = (Place::file(), Place::file());
    from.made_empty().await;
    let refused = copy(&from, &to).await.unwrap_err();
    assert!(matches!(refused, CopyError::Schema { side: CopySide::Source, .. }), "{refused:?}");
    let from = from.filled().await;
    from.run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)").await;
    let refused = copy(&from, &to).await.unwrap_err();
    assert!(matches!(&refused, CopyError::Schema { status, .. } if status.is_newer()), "{refused:?}");
    let missing = copy(&Place::file(), &to).await.unwrap_err();
    assert!(
        matches!(missing, CopyError::Open { side: CopySide::Source, source: OpenError::Missing { .. } }),
        "{missing:?}"
    );
    let Place::File(directory) = &to else { unreachable!("a file") };
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "nothing was made");
}

impl Place {
    /// Makes the file, with nothing in it.
    async fn made_empty(&self) {
        self.open().await.close().await;
    }
}

async fn notices(from: Place, to: Place, meddling: &'static str, table: &str) {
    let from = from.filled().await;
    let error = copy_with(&from, &to, &mut Meddling(&to, Some(meddling))).await.unwrap_err();
    let told = error.to_string();
    let CopyError::Different(different) = error else { panic!("{told}") };
    let [different] = &different[..] else { panic!("{different:?}") };
    assert_eq!(different.source.table, table);
    assert!(told.contains(table), "{told}");
    assert!(matches!(SeaStore::open(&to.options()).await.unwrap_err(), OpenError::UnfinishedCopy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_not_the_same_is_found() {
    for (meddling, table) in [
        ("UPDATE authenticator SET last_step = last_step - 1 WHERE name <> ''", "authenticator"),
        ("UPDATE recovery_code SET used_at = 5 WHERE position = 3", "recovery_code"),
        ("UPDATE account SET login = 'Juergen' WHERE login = 'Jürgen'", "account"),
        ("UPDATE second_factor SET enabled_at = NULL, revision = 99", "second_factor"),
        ("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)", "audit_event"),
        ("DELETE FROM audit_event", "audit_event"),
        ("UPDATE realm_appearance SET logo = NULL", "realm_appearance"),
        ("DELETE FROM key_check WHERE key_id = '2026-C'", "key_check"),
        ("INSERT INTO attempt (key, failures, touched_at) VALUES (x'00ff', 1, 2)", "attempt"),
    ] {
        notices(Place::file(), Place::file(), meddling, table).await;
    }
}

/// A server that runs on the source cannot change it, and can read it.
async fn keeps_writers_out(from: Place) {
    struct Writing<'a>(&'a SeaStore, Option<Result<(), StoreError>>);

    #[async_trait(?Send)]
    impl CopyObserver for Writing<'_> {
        async fn step(&mut self, step: CopyStep) -> ControlFlow<()> {
            if step.phase == CopyPhase::Verifying && self.1.is_none() {
                let written = async {
                    let mut unit = self.0.begin().await?;
                    unit.realms().insert(&a_realm()).await?;
                    unit.commit().await
                };
                self.1 = Some(written.await);
                assert!(self.0.find_realm(&countersign_application::realm::RealmSlug::default_realm()).await.is_ok());
            }
            ControlFlow::Continue(())
        }
    }

    let from = from.filled().await;
    let running = from.open().await;
    let mut writing = Writing(&running, None);
    let copied = copy_with(&from, &Place::file(), &mut writing).await.unwrap();
    let refused = writing.1.unwrap();
    assert!(matches!(refused, Err(StoreError::Contention(_) | StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(copied.tables[0].rows, 2);
    // Afterwards it can.
    let mut unit = running.begin().await.unwrap();
    unit.realms().insert(&a_realm()).await.unwrap();
    unit.commit().await.unwrap();
    running.close().await;
}

/// A transaction that has changed something and does not end keeps the copy from beginning.
async fn waits_for_writers(from: Place) {
    let from = from.filled().await;
    // Not a store's: it would be ended as one that rests for too long.
    let writing = Database::connect(from.url()).await.unwrap();
    let change = writing.begin().await.unwrap();
    change.execute_unprepared("UPDATE realm SET version = version + 1").await.unwrap();
    let waited = Instant::now();
    let refused = copy(&from, &Place::file()).await.unwrap_err();
    assert!(matches!(refused, CopyError::SourceInUse(_)), "{refused:?}");
    assert!((8..20).contains(&waited.elapsed().as_secs()), "{:?}", waited.elapsed());
    change.rollback().await.unwrap();
    writing.close().await.unwrap();
    copy(&from, &Place::file()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_to_the_source_meanwhile() {
    keeps_writers_out(Place::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_written_to_is_not_copied() {
    waits_for_writers(Place::file()).await;
}

mod between_engines {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
    async fn a_copy_has_every_row_of_every_table() {
        copies(Place::file(), Place::on(Server::Postgres).await).await;
        copies(Place::file(), Place::on(Server::MariaDb).await).await;
        copies(Place::on(Server::Postgres).await, Place::on(Server::MariaDb).await).await;
        copies(Place::on(Server::MariaDb).await, Place::on(Server::Postgres).await).await;
        copies(Place::on(Server::MariaDb).await, Place::file()).await;
        copies(Place::on(Server::Postgres).await, Place::file()).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
    async fn an_interrupted_copy_goes_on_where_it_ended() {
        resumes(Place::file(), Place::on(Server::Postgres).await).await;
        resumes(Place::on(Server::Postgres).await, Place::on(Server::MariaDb).await).await;
        resumes(Place::on(Server::MariaDb).await, Place::on(Server::Postgres).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
    async fn a_row_that_is_not_the_same_is_found() {
        let (postgres, mariadb) = (Place::on(Server::Postgres).await, Place::on(Server::MariaDb).await);
        let removed = "DELETE FROM key_check WHERE key_id = '2026-C'";
        notices(Place::file(), postgres, removed, "key_check").await;
        let changed = "UPDATE account SET login = 'jürgen' WHERE login = 'Jürgen'";
        notices(Place::file(), mariadb, changed, "account").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
    async fn nobody_writes_to_the_source_meanwhile() {
        keeps_writers_out(Place::on(Server::Postgres).await).await;
        keeps_writers_out(Place::on(Server::MariaDb).await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs PostgreSQL and MariaDB; tests/run starts them"]
    async fn a_source_that_is_written_to_is_not_copied() {
        let (postgres, mariadb) = (Place::on(Server::Postgres).await, Place::on(Server::MariaDb).await);
        tokio::join!(waits_for_writers(postgres), waits_for_writers(mariadb));
    }
}
