//! Reads outside of units of work.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::health::Health;
use crate::timed::Timed;

/// The connections that read. A read whose connection turns out to be gone is tried once more, on one that is alive.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    connections: Timed<DatabaseConnection>,
    health: Health,
}

impl Reading {
    pub(super) fn new(connections: Timed<DatabaseConnection>, health: Health) -> Self {
        Self { connections, health }
    }

    /// The connections themselves.
    pub(crate) fn pool(&self) -> &DatabaseConnection {
        self.connections.untimed()
    }
}

#[async_trait]
impl ConnectionTrait for Reading {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    /// Nothing is executed outside of units of work; were it, it would be tried once.
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.connections.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connections.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.connections.query_one_raw(statement.clone()).await {
            Err(error) if self.health.is_broken_by(&error) => self.connections.query_one_raw(statement).await,
            result => result,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self.connections.query_all_raw(statement.clone()).await {
            Err(error) if self.health.is_broken_by(&error) => self.connections.query_all_raw(statement).await,
            result => result,
        }
    }
}
