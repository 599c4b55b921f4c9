//! The one connection that writes, and how units of work share a commit.
//!
//! SQLite admits one writer at a time, and each commit waits for the disk. Units of work therefore take turns on one
//! connection; those that are waiting when one ends join its transaction, each behind a savepoint of its own, and one
//! commit makes all of them durable:
//!
//! ```text
//! alone:      BEGIN IMMEDIATE · work · COMMIT
//! together:   BEGIN IMMEDIATE · work · SAVEPOINT · work · RELEASE · SAVEPOINT · work · RELEASE · COMMIT
//! ```
//!
//! None of them is told that it was committed before that commit returned. When it fails, all of them failed, and
//! nothing of them was ever visible from outside.
//!
//! The statements above are sent as they stand, and SQLite's own answer is what counts. The libraries' transactions keep
//! a count of their own of how deep they are; where SQLite has rolled back by itself (a full disk), or a request was given
//! up at the wrong moment, that count is wrong, and a commit that did nothing would be called a success.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_application::ports::StoreError;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::sqlite;
use super::sqlite_thread::{FileThread, ServeOn};
use crate::connection::to_its_end;
use crate::errors::store_error;
use crate::lane::{Lanes, Serve};

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const JOIN: &str = "SAVEPOINT unit_of_work";
const RELEASE: &str = "RELEASE unit_of_work";
const LEAVE: &str = "ROLLBACK TO unit_of_work; RELEASE unit_of_work";

/// How a shared commit ended; `None` until it did. The fault itself goes to the log: it belongs to no one of them.
type Outcome = Option<bool>;

/// What whoever has the turn finds.
#[derive(Default)]
struct Slot {
    /// The pinned connection. sea-orm pins a connection only within a transaction of its own: this one was committed as
    /// soon as it began, and is never used as one again.
    connection: Option<Arc<DatabaseTransaction>>,
    /// Where finished units of work wait to be committed: the transaction is open.
    shared: Option<watch::Sender<Outcome>>,
}

impl Slot {
    async fn connection(&mut self, pool: &DatabaseConnection) -> Result<Arc<DatabaseTransaction>, DbErr> {
        if let Some(connection) = &self.connection {
            return Ok(Arc::clone(connection));
        }
        let pinned = pool.begin().await?;
        pinned.execute_unprepared(COMMIT).await?;
        let pinned = Arc::new(pinned);
        self.connection = Some(Arc::clone(&pinned));
        Ok(pinned)
    }

    /// Ends whatever is open; those who share it are told that it failed.
    async fn abandon(&mut self, connection: &DatabaseTransaction) {
        // Nothing may be open any more: SQLite ends a transaction by itself on some errors.
        let _ = connection.execute_unprepared(ROLLBACK).await;
        if let Some(shared) = self.shared.take() {
            shared.send_replace(Some(false));
        }
    }

    async fn end(&mut self, connection: &DatabaseTransaction) -> Result<(), DbErr> {
        let committed = connection.execute_unprepared(COMMIT).await;
        if committed.is_err() {
            self.abandon(connection).await;
        } else if let Some(shared) = self.shared.take() {
            shared.send_replace(Some(true));
        }
        committed.map(|_| ())
    }

    /// Commits what has come together, where it was not committed already; those who share it are told the outcome.
    async fn commit_shared(&mut self, connection: &DatabaseTransaction) {
        if self.shared.is_none() {
            return;
        }
        if let Err(error) = self.end(connection).await {
            tracing::warn!(%error, "a commit of several units of work failed");
        }
    }
}

/// The connection that writes. Whoever holds the slot's lock has the turn; tokio's lock is handed over in the order of
/// asking.
#[derive(Clone)]
pub(crate) struct Writer {
    pool: DatabaseConnection,
    /// For work that is known beforehand.
    whole: FileThread,
    slot: Arc<Mutex<Slot>>,
    waiting: Arc<AtomicUsize>,
}

impl Writer {
    /// `pool` holds one connection.
    pub(crate) fn new(pool: DatabaseConnection, whole: FileThread) -> Self {
        Self { pool, whole, slot: Arc::default(), waiting: Arc::default() }
    }

    pub(crate) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// Where work runs that is known beforehand.
    pub(crate) fn thread(&self) -> &FileThread {
        &self.whole
    }

    /// Gives the connection back to its pool, once the turns that are under way have ended.
    pub(crate) async fn close(&self) {
        self.slot.lock().await.connection = None;
        self.whole.close().await;
    }

    /// Waits for the turn and begins a unit of work: of a transaction of its own, or as part of one that is waiting to
    /// be committed.
    pub(crate) async fn begin(&self) -> Result<Turn, StoreError> {
        let slot = self.turn().await?;
        // A task of its own: where the request is given up, a whole turn is dropped and never half a beginning.
        to_its_end(None, self.clone().begin_in(slot)).await.map_err(store_error)
    }

    async fn begin_in(self, mut slot: OwnedMutexGuard<Slot>) -> Result<Turn, DbErr> {
        let connection = slot.connection(&self.pool).await?;
        let begin = if slot.shared.is_some() { JOIN } else { BEGIN };
        let begun = connection.execute_unprepared(begin).await;
        // Where it failed, the turn is dropped: what was begun is undone, and not what others did.
        let turn = Turn { connection, open: Some((slot, self)) };
        begun.map(|_| turn)
    }

    /// Waits for the turn, and runs work that is known beforehand on a connection of its own. It makes its own transaction:
    /// what was waiting to be committed is committed before.
    pub(crate) async fn run_whole<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut rusqlite::Connection) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut slot = self.turn().await?;
        if slot.shared.is_some() {
            let writer = self.clone();
            slot = to_its_end(None, async move {
                let connection = slot.connection(&writer.pool).await?;
                slot.commit_shared(&connection).await;
                Ok(slot)
            })
            .await
            .map_err(store_error)?;
        }
        let run = self.whole.run(move |connection| {
            let _turn = slot;
            work(connection)
        });
        run.await
    }

    /// Runs a lane of such work, a batch in each turn. Where somebody else has the turn, a task waits for it.
    pub(crate) fn begin_lane<S: Serve>(&self, lane: Lanes<S>, runtime: Handle, serve: ServeOn<S>) {
        let Some(turn) = Arc::clone(&self.slot).try_lock_owned().ok().filter(|slot| slot.shared.is_none()) else {
            runtime.spawn(lane.run_once_as_task());
            return;
        };
        self.whole.begin_lane(lane, runtime, turn, serve);
    }

    async fn turn(&self) -> Result<OwnedMutexGuard<Slot>, StoreError> {
        let queued = Queued::new(&self.waiting);
        let slot = tokio::time::timeout(sqlite::PATIENCE, Arc::clone(&self.slot).lock_owned())
            .await
            .map_err(|elapsed| StoreError::Contention(Box::new(elapsed)))?;
        drop(queued);
        Ok(slot)
    }

    /// Waits for the turn behind everyone who is waiting already, and commits what has come together until then.
    async fn commit_shared(self, connection: Arc<DatabaseTransaction>) {
        self.slot.lock().await.commit_shared(&connection).await;
    }
}

/// Counts who waits for the turn, also when the waiting is given up.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One unit of work's turn. Dropped without commit, its work is rolled back, and that of others in the same transaction
/// is not.
pub(crate) struct Turn {
    connection: Arc<DatabaseTransaction>,
    /// `None` once the turn has ended.
    open: Option<(OwnedMutexGuard<Slot>, Writer)>,
}

impl Turn {
    pub(crate) fn connection(&self) -> &Arc<DatabaseTransaction> {
        &self.connection
    }

    /// Ends the turn and waits until the work is durable.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let Some((slot, writer)) = self.open.take() else { return Ok(()) };
        let connection = Arc::clone(&self.connection);
        match to_its_end(None, finish(slot, writer, connection)).await.map_err(store_error)? {
            None => Ok(()),
            Some(mut outcome) => {
                let ended = outcome.wait_for(Option::is_some).await.is_ok_and(|ended| *ended == Some(true));
                if ended { Ok(()) } else { Err(StoreError::Unavailable("a shared commit failed".into())) }
            }
        }
    }
}

/// Ends a turn: commits it, or leaves it to a shared commit, whose outcome is to be waited for.
async fn finish(
    mut slot: OwnedMutexGuard<Slot>,
    writer: Writer,
    connection: Arc<DatabaseTransaction>,
) -> Result<Option<watch::Receiver<Outcome>>, DbErr> {
    if let Some(shared) = &slot.shared {
        let outcome = shared.subscribe();
        if let Err(error) = connection.execute_unprepared(RELEASE).await {
            slot.abandon(&connection).await;
            return Err(error);
        }
        return Ok(Some(outcome));
    }
    if writer.waiting.load(Ordering::Relaxed) == 0 {
        // Nobody to share with.
        return slot.end(&connection).await.map(|()| None);
    }
    let (sender, outcome) = watch::channel(None);
    slot.shared = Some(sender);
    tokio::spawn(writer.commit_shared(connection));
    Ok(Some(outcome))
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some((mut slot, _)) = self.open.take() else { return };
        let connection = Arc::clone(&self.connection);
        let undo = async move {
            let alone = slot.shared.is_none();
            if alone || connection.execute_unprepared(LEAVE).await.is_err() {
                slot.abandon(&connection).await;
            }
        };
        // Without a runtime the process is ending, and SQLite rolls back what was not committed.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(undo);
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Statement};

    use super::*;
    use crate::connection::Writing;
    use crate::engine::Connections;
    use crate::{DatabaseUrl, StoreOptions};

    struct Place {
        writer: Writer,
        reading: DatabaseConnection,
        _directory: tempfile::TempDir,
    }

    impl Place {
        async fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let url = DatabaseUrl::of_file(&directory.path().join("writer.db"));
            let opened = Connections::open(&StoreOptions::new(url).creating()).await.unwrap();
            let (writing, reading) = (opened.writing.pool().clone(), opened.reading.pool().clone());
            writing.execute_unprepared("CREATE TABLE parent (id INTEGER PRIMARY KEY)").await.unwrap();
            let child = "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id))";
            writing.execute_unprepared(child).await.unwrap();
            let Writing::InTurns(writer) = opened.writing else { unreachable!("a file has one writer") };
            Self { writer, reading, _directory: directory }
        }

        /// A turn, and the next one, which was waiting before the first is committed: they share a commit.
        async fn two_turns(&self) -> (Turn, tokio::task::JoinHandle<Turn>) {
            let first = self.writer.begin().await.unwrap();
            let writer = self.writer.clone();
            let second = tokio::spawn(async move { writer.begin().await.unwrap() });
            while self.writer.waiting.load(Ordering::Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            (first, second)
        }

        /// Work that waits for a shared commit, and the turn that shares it.
        async fn shared(&self, work: &str) -> (tokio::task::JoinHandle<Result<(), StoreError>>, Turn) {
            let (first, second) = self.two_turns().await;
            run(&first, work).await;
            (tokio::spawn(first.commit()), second.await.unwrap())
        }

        async fn count(&self, table: &str) -> i64 {
            let statement = Statement::from_string(DbBackend::Sqlite, format!("SELECT COUNT(*) FROM {table}"));
            self.reading.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
        }
    }

    async fn run(turn: &Turn, sql: &str) {
        turn.connection().execute_unprepared(sql).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_that_shares_a_commit_is_not_acknowledged_before_it() {
        let place = Place::new().await;
        let (first, second) = place.shared("INSERT INTO parent VALUES (1)").await;
        run(&second, "INSERT INTO parent VALUES (2)").await;
        assert!(!first.is_finished(), "its transaction is still open");
        assert_eq!(place.count("parent").await, 0, "and nothing of it is seen");
        second.commit().await.unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(place.count("parent").await, 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_that_is_given_up_takes_nothing_else_with_it() {
        let place = Place::new().await;
        let (first, second) = place.shared("INSERT INTO parent VALUES (1)").await;
        run(&second, "INSERT INTO parent VALUES (2)").await;
        drop(second);
        first.await.unwrap().unwrap();
        assert_eq!(place.count("parent").await, 1);

        let (first, second) = place.two_turns().await;
        run(&first, "INSERT INTO parent VALUES (3)").await;
        drop(first);
        let second = second.await.unwrap();
        run(&second, "INSERT INTO parent VALUES (4)").await;
        second.commit().await.unwrap();
        assert_eq!(place.count("parent WHERE id = 3").await, 0);
        assert_eq!(place.count("parent").await, 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_is_told_that_a_failed_commit_succeeded() {
        let place = Place::new().await;
        let (first, second) = place.shared("INSERT INTO parent VALUES (1)").await;
        // A foreign key that is checked only by the commit makes it fail.
        run(&second, "PRAGMA defer_foreign_keys = ON").await;
        run(&second, "INSERT INTO child VALUES (1, 42)").await;
        assert!(second.commit().await.is_err());
        assert!(first.await.unwrap().is_err());
        assert_eq!((place.count("parent").await, place.count("child").await), (0, 0));
        let next = place.writer.begin().await.unwrap();
        run(&next, "INSERT INTO parent VALUES (2)").await;
        next.commit().await.unwrap();
        assert_eq!(place.count("parent").await, 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_request_that_is_given_up_leaves_no_transaction_open() {
        let place = Place::new().await;
        let (first, second) = place.shared("INSERT INTO parent VALUES (1)").await;
        first.abort();
        drop(second);
        // Nobody waits for it any more; it is committed all the same, or the database would stay locked.
        while place.count("parent").await == 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_request_that_is_given_up_while_it_begins_takes_nothing_with_it() {
        let place = Place::new().await;
        for round in 0..100 {
            let (first, second) = place.two_turns().await;
            run(&first, &format!("INSERT INTO parent VALUES ({round})")).await;
            let first = tokio::spawn(first.commit());
            // Given up in any state: waiting, beginning, or begun.
            for _ in 0..round % 7 {
                tokio::task::yield_now().await;
            }
            second.abort();
            drop(second);
            first.await.unwrap().unwrap();
            assert_eq!(place.count("parent").await, round + 1, "what was acknowledged is there");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn after_a_full_disk_nothing_is_acknowledged_that_is_not_there() {
        let place = Place::new().await;
        let small = place.writer.begin().await.unwrap();
        run(&small, "CREATE TABLE heap (bytes BLOB)").await;
        small.commit().await.unwrap();
        let (first, second) = place.two_turns().await;
        run(&first, "INSERT INTO parent VALUES (1)").await;
        let first = tokio::spawn(first.commit());
        let second = second.await.unwrap();
        run(&second, "PRAGMA max_page_count = 10").await;
        let full = second.connection().execute_unprepared("INSERT INTO heap VALUES (zeroblob(1000000))").await;
        assert!(full.is_err());
        let acknowledged = second.commit().await.is_ok();
        let first = first.await.unwrap().is_ok();
        assert_eq!(place.count("parent").await, i64::from(first));
        assert!(!acknowledged || first);
        // And from then on all is well again.
        for id in 10..13 {
            let next = place.writer.begin().await.unwrap();
            run(&next, &format!("INSERT INTO parent VALUES ({id})")).await;
            drop(next);
            let next = place.writer.begin().await.unwrap();
            run(&next, &format!("INSERT INTO parent VALUES ({})", id + 100)).await;
            next.commit().await.unwrap();
        }
        assert_eq!(place.count("parent WHERE id >= 10").await, 3);
    }
}
