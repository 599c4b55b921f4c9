//! The store.

use async_trait::async_trait;
use countersign_application::ports::{Store, StoreError, UnitOfWork};
use countersign_migrations::SchemaStatus;
use sea_orm::{DatabaseConnection, EntityTrait, QuerySelect, TransactionTrait};

use crate::entities::realm;
use crate::faults::fault;
use crate::sqlite::{self, Connections};
use crate::unit_of_work::SeaUnitOfWork;
use crate::{OpenError, StoreOptions};

/// The store in an SQL database.
///
/// Reads go over connections that cannot write. Units of work take their turn on the one connection that writes; who
/// waits longer than 5 seconds gets [`StoreError::Contention`].
#[derive(Clone, Debug)]
pub struct SeaStore {
    connections: Connections,
}

impl SeaStore {
    /// Opens a store. It may be empty or have an older schema: [`Self::schema_status`] tells.
    ///
    /// # Errors
    /// The URL is not usable, there is no such file and none was to be made, or it is no database.
    pub async fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        Ok(Self { connections: sqlite::open(options).await? })
    }

    /// How the schema compares with this program's. Changes nothing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn schema_status(&self) -> Result<SchemaStatus, OpenError> {
        Ok(SchemaStatus::of(self.reading()).await?)
    }

    /// Closes all connections, once what is under way has ended. The last process to close a file folds its
    /// write-ahead log into it.
    pub async fn close(&self) {
        for connection in [self.reading(), self.writing()] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "a database connection did not close");
            }
        }
    }

    pub(crate) fn reading(&self) -> &DatabaseConnection {
        &self.connections.reading
    }

    pub(crate) fn writing(&self) -> &DatabaseConnection {
        &self.connections.writing
    }
}

#[async_trait]
impl Store for SeaStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let transaction = self.writing().begin_with_options(sqlite::WRITING).await.map_err(fault)?;
        Ok(Box::new(SeaUnitOfWork::new(transaction)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // Reads a page of the file: a connection alone says nothing about it.
        let probe = realm::Entity::find().select_only().column(realm::Column::Id).limit(1);
        probe.into_tuple::<uuid::Uuid>().one(self.reading()).await.map_err(fault)?;
        Ok(())
    }
}
