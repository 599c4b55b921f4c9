//! What is the adapter's own on a server: connections, time limits, several nodes that migrate. What every store must do is
//! in `contract.rs`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a failed test is a panic")]

mod databases;

use std::sync::Arc;
use std::time::Duration;

use countersign_application::account::AccountReads;
use countersign_application::ports::{Store, StoreError};
use countersign_persistence::{OpenError, SeaStore, StoreOptions, migrate, schema_status};
use countersign_testing::{NOW, a_realm, an_account, keep};
use databases::{Server, TestDatabase, opening};
use sea_orm::{ConnectionTrait, Statement};

/// Makes the tests of each server, which are named after it.
macro_rules! on_each_server {
    ($($test:ident)+) => {
        mod postgresql {$(
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs PostgreSQL; tests/run starts one"]
            async fn $test() {
                super::$test(super::Server::Postgres).await;
            }
        )+}
        mod mariadb {$(
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs MariaDB; tests/run starts one"]
            async fn $test() {
                super::$test(super::Server::MariaDb).await;
            }
        )+}
    };
}

on_each_server! {
    opening_does_not_migrate_and_of_many_nodes_one_does
    a_database_of_a_newer_program_is_not_migrated
    what_refuses_a_connection_is_told_apart
    whoever_waits_too_long_for_a_row_is_contended
    what_is_locked_by_one_name_is_free_by_another
    a_statement_that_takes_too_long_is_ended
    a_unit_of_work_whose_connection_was_cut_was_never_there
    a_unit_of_work_that_is_given_up_anywhere_leaves_the_store_usable
    every_connection_reads_what_is_committed
}

/// Time limits that a test can wait for.
fn impatient(database: &TestDatabase) -> StoreOptions {
    StoreOptions { statement_timeout: Duration::from_secs(2), ..database.options() }
}

async fn opening_does_not_migrate_and_of_many_nodes_one_does(server: Server) {
    let database = TestDatabase::empty(server).await;
    let store = SeaStore::open(&database.options()).await.unwrap();
    let pending = store.schema_status().await.unwrap().pending;
    assert!(!pending.is_empty());
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))), "without a schema it is of no use");

    let mut nodes = Vec::new();
    for _ in 0..8 {
        let options = database.options();
        nodes.push(tokio::spawn(async move { migrate(&options).await.unwrap() }));
    }
    let mut applied = Vec::new();
    for node in nodes {
        applied.push(node.await.unwrap());
    }
    applied.sort();
    assert_eq!(applied.pop(), Some(pending), "one of the nodes did it all");
    assert!(applied.iter().all(Vec::is_empty));
    assert!(schema_status(&database.options()).await.unwrap().is_current());
    store.ping().await.unwrap();
}

async fn a_database_of_a_newer_program_is_not_migrated(server: Server) {
    let database = TestDatabase::migrated(server).await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)";
    database.past_the_adapter().await.execute_unprepared(newer).await.unwrap();
    assert!(schema_status(&database.options()).await.unwrap().is_newer());
    assert!(matches!(migrate(&database.options()).await, Err(OpenError::Newer { .. })));
}

async fn what_refuses_a_connection_is_told_apart(server: Server) {
    let database = TestDatabase::empty(server).await;
    let url = database.url();
    let missing = SeaStore::open(&opening(&format!("{url}_that_nobody_made"))).await;
    assert!(!matches!(missing, Ok(_) | Err(OpenError::Unreachable(_))), "{missing:?}");
    // A port that nobody listens on: the listener is closed again.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (scheme, _) = url.split_once("://").unwrap();
    let gone = SeaStore::open(&opening(&format!("{scheme}://somebody@{free}/cs"))).await;
    assert!(matches!(gone, Err(OpenError::Unreachable(_))), "{gone:?}");
    // Someone who accepts and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://somebody@{}/cs", silent.local_addr().unwrap());
    let options = StoreOptions { connect_timeout: Duration::from_millis(300), ..opening(&url) };
    let unanswered = SeaStore::open(&options).await;
    assert!(matches!(unanswered, Err(OpenError::Unreachable(_))), "{unanswered:?}");
}

async fn whoever_waits_too_long_for_a_row_is_contended(server: Server) {
    let database = TestDatabase::migrated(server).await;
    let store = SeaStore::open(&impatient(&database)).await.unwrap();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(&store, &[&realm, &account]).await;
    let mut holder = store.begin().await.unwrap();
    holder.second_factors().lock(account.id).await.unwrap();
    let mut other = store.begin().await.unwrap();
    let refused = other.second_factors().lock(account.id).await;
    assert!(matches!(refused, Err(StoreError::Contention(_))), "{refused:?}");
    // And it is not committed as if nothing had happened.
    assert!(other.commit().await.is_err());
    drop(holder);
    let mut next = store.begin().await.unwrap();
    assert!(next.second_factors().lock(account.id).await.unwrap().is_some());
    next.commit().await.unwrap();
}

async fn what_is_locked_by_one_name_is_free_by_another(server: Server) {
    let database = TestDatabase::migrated(server).await;
    let store = SeaStore::open(&impatient(&database)).await.unwrap();
    let realm = a_realm();
    keep(&store, &[&realm]).await;
    let mut holder = store.begin().await.unwrap();
    holder.realms().lock_owners(realm.id).await.unwrap();
    let mut free = store.begin().await.unwrap();
    free.appearances().lock(realm.id).await.unwrap();
    free.key_checks().lock().await.unwrap();
    let mut waiting = store.begin().await.unwrap();
    let refused = waiting.realms().lock_owners(realm.id).await;
    assert!(matches!(refused, Err(StoreError::Contention(_))), "{refused:?}");
    free.commit().await.unwrap();
    holder.commit().await.unwrap();
    let mut next = store.begin().await.unwrap();
    next.realms().lock_owners(realm.id).await.unwrap();
}

async fn a_statement_that_takes_too_long_is_ended(server: Server) {
    let database = TestDatabase::migrated(server).await;
    let store = SeaStore::open(&impatient(&database)).await.unwrap();
    let realm = a_realm();
    keep(&store, &[&realm]).await;
    // Someone works on the whole table, past the adapter: a read has to wait for it, and gives up.
    let other = database.past_the_adapter().await;
    let transaction = sea_orm::TransactionTrait::begin(&other).await.unwrap();
    let lock = match server {
        Server::Postgres => "LOCK TABLE account IN ACCESS EXCLUSIVE MODE",
        Server::MariaDb => "LOCK TABLES account WRITE",
    };
    transaction.execute_unprepared(lock).await.unwrap();
    let read = store.find_account(an_account(&realm, "ada").id);
    let refused = tokio::time::timeout(Duration::from_secs(4), read).await.expect("it gives up in time");
    assert!(matches!(refused, Err(StoreError::Contention(_) | StoreError::Unavailable(_))), "{refused:?}");
    if server == Server::MariaDb {
        transaction.execute_unprepared("UNLOCK TABLES").await.unwrap();
    }
    drop(transaction);
    assert!(store.find_account(an_account(&realm, "ada").id).await.unwrap().is_none());
}

async fn a_unit_of_work_whose_connection_was_cut_was_never_there(server: Server) {
    let database = TestDatabase::migrated(server).await;
    let store = SeaStore::open(&database.options()).await.unwrap();
    let realm = a_realm();
    keep(&store, &[&realm]).await;
    let (cut, kept) = (an_account(&realm, "cut"), an_account(&realm, "kept"));
    let mut unit = store.begin().await.unwrap();
    unit.accounts().insert(&cut).await.unwrap();
    cut_all_others(&database, server).await;
    assert!(unit.commit().await.is_err());
    assert!(store.find_account(cut.id).await.unwrap().is_none());
    keep(&store, &[&kept]).await;
    assert!(store.find_account(kept.id).await.unwrap().is_some());
}

async fn cut_all_others(database: &TestDatabase, server: Server) {
    let connection = database.past_the_adapter().await;
    match server {
        Server::Postgres => {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            connection.query_all_raw(Statement::from_string(sea_orm::DbBackend::Postgres, cut)).await.unwrap();
        }
        Server::MariaDb => {
            let others = "SELECT id FROM information_schema.processlist \
                          WHERE db = DATABASE() AND id <> CONNECTION_ID()";
            let others = Statement::from_string(sea_orm::DbBackend::MySql, others);
            for row in connection.query_all_raw(others).await.unwrap() {
                let id: i64 = row.try_get_by_index(0).unwrap();
                connection.execute_unprepared(&format!("KILL {id}")).await.unwrap();
            }
        }
    }
}

async fn a_unit_of_work_that_is_given_up_anywhere_leaves_the_store_usable(server: Server) {
    let database = TestDatabase::migrated(server).await;
    // Few connections, so that those that were given up are used again.
    let store = Arc::new(SeaStore::open(&StoreOptions { connections: 2, ..database.options() }).await.unwrap());
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(&*store, &[&realm, &account]).await;
    let claim = |store: Arc<SeaStore>, id| async move {
        let mut unit = store.begin().await?;
        unit.second_factors().lock(id).await?;
        unit.accounts().record_sign_in(id, NOW).await?;
        unit.commit().await
    };
    for micros in (0..6_000).step_by(50) {
        let claim = claim(Arc::clone(&store), account.id);
        let _ = tokio::time::timeout(Duration::from_micros(micros), claim).await;
    }
    claim(Arc::clone(&store), account.id).await.unwrap();
    assert_eq!(store.find_account(account.id).await.unwrap().unwrap().last_sign_in_at, Some(NOW));
}

/// Whatever the server's own default is.
async fn every_connection_reads_what_is_committed(server: Server) {
    let database = TestDatabase::migrated(server).await;
    if server == Server::Postgres {
        let serializable = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', \
                            current_database()); END $$";
        database.past_the_adapter().await.execute_unprepared(serializable).await.unwrap();
    }
    let store = SeaStore::open(&database.options()).await.unwrap();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(&store, &[&realm]).await;
    let mut unit = store.begin().await.unwrap();
    assert!(unit.accounts().find(account.id).await.unwrap().is_none());
    keep(&store, &[&account]).await;
    assert!(unit.accounts().find(account.id).await.unwrap().is_some());
}
