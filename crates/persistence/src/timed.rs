//! Statements over a network: they run to their end, and nobody waits for them for ever.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

/// A connection, or several, to a server.
///
/// Each statement runs in a task of its own. A request that is given up in the middle of a statement does not end it: the
/// MySQL driver would leave the rest of the answer unread and take it for the answer to the next statement, which decides
/// something else. And a statement is not waited for longer than a limit: a server that the network no longer reaches says
/// nothing until the operating system gives up, which takes it many minutes.
#[derive(Debug)]
pub(crate) struct Timed<C> {
    connection: Arc<C>,
    /// `None` where there is no network and the driver minds who is waiting: on SQLite.
    limit: Option<Duration>,
}

impl<C> Clone for Timed<C> {
    fn clone(&self) -> Self {
        Self { connection: Arc::clone(&self.connection), limit: self.limit }
    }
}

impl<C: Send + Sync + 'static> Timed<C> {
    pub(crate) fn new(connection: C, limit: Option<Duration>) -> Self {
        Self { connection: Arc::new(connection), limit }
    }

    /// The connection, and how long it is waited for; `None` while a statement that took too long still runs on it.
    pub(crate) fn into_parts(self) -> Option<(C, Option<Duration>)> {
        Some((Arc::into_inner(self.connection)?, self.limit))
    }

    pub(crate) fn untimed(&self) -> &C {
        &self.connection
    }

    async fn run<T, W>(&self, work: impl FnOnce(Arc<C>) -> W + Send) -> Result<T, DbErr>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, DbErr>> + Send + 'static,
    {
        let work = work(Arc::clone(&self.connection));
        match self.limit {
            None => work.await,
            Some(limit) => to_its_end(limit, work).await?,
        }
    }
}

/// Runs something that must not be given up half way, and waits for it only so long.
pub(crate) async fn to_its_end<T: Send + 'static>(
    limit: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, DbErr> {
    match tokio::time::timeout(limit, tokio::spawn(work)).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(internal("a statement's task ended early".to_owned())),
        Err(_) => Err(internal(format!("the database did not answer within {} s", limit.as_secs()))),
    }
}

fn internal(what: String) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(what))
}

#[async_trait]
impl<C: ConnectionTrait + Send + Sync + 'static> ConnectionTrait for Timed<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(|connection| async move { connection.execute_raw(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = sql.to_owned();
        self.run(|connection| async move { connection.execute_unprepared(&sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(|connection| async move { connection.query_one_raw(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(|connection| async move { connection.query_all_raw(statement).await }).await
    }
}
