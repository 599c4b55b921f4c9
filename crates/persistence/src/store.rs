//! The store.

use async_trait::async_trait;
use countersign_application::ports::{Store, StoreError, UnitOfWork};
use countersign_migrations::SchemaStatus;
use sea_orm::{DatabaseConnection, EntityTrait, QuerySelect};

use crate::entities::realm;
use crate::faults::fault;
use crate::sqlite::{self, Connections};
use crate::unit_of_work::SeaUnitOfWork;
use crate::writer::Writer;
use crate::{OpenError, StoreOptions};

/// The store in an SQL database.
///
/// Reads go over connections that cannot write. Units of work take their turn on the one connection that writes, and
/// those that wait for it share a commit; who waits longer than 5 seconds gets [`StoreError::Contention`].
#[derive(Clone, Debug)]
pub struct SeaStore {
    reading: DatabaseConnection,
    writer: Writer,
}

impl SeaStore {
    /// Opens a store. It may be empty or have an older schema: [`Self::schema_status`] tells.
    ///
    /// # Errors
    /// The URL is not usable, there is no such file and none was to be made, or it is no database.
    pub async fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        let Connections { writing, reading } = sqlite::open(options).await?;
        Ok(Self { reading, writer: Writer::new(writing) })
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
        self.writer.close().await;
        for connection in [self.reading(), self.writing()] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "a database connection did not close");
            }
        }
    }

    pub(crate) fn reading(&self) -> &DatabaseConnection {
        &self.reading
    }

    pub(crate) fn writing(&self) -> &DatabaseConnection {
        self.writer.pool()
    }
}

#[async_trait]
impl Store for SeaStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(SeaUnitOfWork::new(self.writer.begin().await?)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // Reads a page of the file: a connection alone says nothing about it.
        let probe = realm::Entity::find().select_only().column(realm::Column::Id).limit(1);
        probe.into_tuple::<uuid::Uuid>().one(self.reading()).await.map_err(fault)?;
        Ok(())
    }
}
