//! The database that is copied to.

use countersign_application::Timestamp;
use countersign_migrations::has_table;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionTrait};

use super::mark::{self, Mark};
use super::tables::{ForEachTable, Table, for_each_table, has_rows};
use super::{CopyError, CopySide, opened};
use crate::engine::{Connections, WRITING, migrate};
use crate::{SchemaStatus, StoreOptions};

/// The database that is copied to.
pub(super) struct Target {
    connections: Connections,
}

impl Target {
    /// Opens it, as it is.
    pub(super) async fn open(options: &StoreOptions) -> Result<Self, CopyError> {
        Ok(Self { connections: opened(CopySide::Target, Connections::open(options).await)? })
    }

    pub(super) fn pool(&self) -> &DatabaseConnection {
        self.connections.writing.pool()
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.pool().begin_with_options(WRITING).await
    }

    /// Makes it ready for the rows of a source and marks it; or finds that it is, from when on it answers then.
    pub(super) async fn claim(
        &self,
        options: &StoreOptions,
        source: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, CopyError> {
        let failed = || CopyError::of(CopySide::Target);
        if let Some(mark) = mark::find(self.pool()).await.map_err(failed())? {
            if mark.source != source {
                return Err(CopyError::OtherCopy);
            }
            let status = SchemaStatus::of(self.pool()).await.map_err(failed())?;
            if !status.is_current() {
                return Err(CopyError::Schema { side: CopySide::Target, status });
            }
            return Ok(Some(mark.started_at));
        }
        // Before it is changed in any way: it may be someone's deployment.
        self.require_empty().await?;
        if !mark::is_unfinished(self.pool()).await.map_err(failed())? {
            opened(CopySide::Target, migrate(options).await)?;
        }
        mark::set(self.pool(), &Mark { source: source.to_owned(), started_at: now }).await.map_err(failed())?;
        // A server may have started on it before it was marked.
        if let Err(not_empty) = self.require_empty().await {
            mark::remove(self.pool()).await.map_err(failed())?;
            return Err(not_empty);
        }
        Ok(None)
    }

    async fn require_empty(&self) -> Result<(), CopyError> {
        for_each_table(&mut Emptiness(self.pool())).await
    }

    /// Ends the copy: from now on it may be served.
    pub(super) async fn release(&self) -> Result<(), CopyError> {
        mark::remove(self.pool()).await.map_err(CopyError::of(CopySide::Target))
    }

    pub(super) async fn close(self) {
        self.connections.close().await;
    }
}

/// Refuses where a table of any age has rows.
struct Emptiness<'a>(&'a DatabaseConnection);

impl ForEachTable for Emptiness<'_> {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
        let found = async { Ok(has_table(self.0, E::name()).await? && has_rows::<E>(self.0).await?) };
        match found.await.map_err(CopyError::at(CopySide::Target, E::name()))? {
            true => Err(CopyError::TargetNotEmpty { table: E::name() }),
            false => Ok(()),
        }
    }
}
