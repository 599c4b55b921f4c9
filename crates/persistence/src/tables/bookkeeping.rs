//! What is written down of the database itself: it belongs to no realm, and is not copied to another database.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use countersign_application::Timestamp;
use countersign_application::ports::{StoreError, UnitOfWork};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::statements::{Guarded, insert, one, update};
use crate::store::SeaStore;

entity!(bookkeeping = "bookkeeping" {
    pub name: String,
    pub number: i64,
});

use bookkeeping::{Column, Entity};

/// What is written down. The migration has made a row for each.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// How often it was tried whether an SQLite file can be written.
    Probe,
    /// Which database it is: a random number from the first start on.
    Lineage,
    /// How often a node has noted that it serves the database. It only grows.
    Mark,
    /// When it was last backed up, as far as this program knows.
    LastBackup,
}

impl Entry {
    #[cfg(test)]
    pub(super) const ALL: [Self; 4] = [Self::Probe, Self::Lineage, Self::Mark, Self::LastBackup];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Lineage => "lineage",
            Self::Mark => "mark",
            Self::LastBackup => "last_backup",
        }
    }
}

/// How often it is tried to note something while others are in the way.
const TRIES: u32 = 5;

/// How far a database has come: what a copy of it that is older lags behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which database it is; zero for one that was never served.
    pub lineage: i64,
    /// How often it was noted that it is served.
    pub mark: i64,
}

async fn read(connection: &impl ConnectionTrait, entry: Entry) -> Result<i64, StoreError> {
    let number = one(connection, Entity::find_by_id(entry.name()), |row| Ok(row.number)).await?;
    number.ok_or_else(|| missing(entry))
}

fn missing(entry: Entry) -> StoreError {
    StoreError::Corrupt { table: "bookkeeping", column: "name", row: entry.name().to_owned() }
}

/// Adds one to a number. The row is locked by it until the unit of work ends.
pub(crate) async fn count(connection: &impl ConnectionTrait, entry: Entry) -> Result<(), StoreError> {
    let counted = update::<Entity>(entry.name()).col_expr(Column::Number, Expr::col(Column::Number).add(1_i64));
    if counted.verdict(connection).await? { Ok(()) } else { Err(missing(entry)) }
}

/// Writes a row that nobody else knows, and removes it: it stands in no other's way, and nothing is left of it.
pub(crate) async fn come_and_go(connection: &impl ConnectionTrait) -> Result<(), StoreError> {
    // Keyed by the system's random numbers, and another one each time.
    let name = format!("probe {:016x}", RandomState::new().build_hasher().finish());
    insert(connection, bookkeeping::Model { name: name.clone(), number: 0 }).await?;
    Entity::delete_many().filter(Column::Name.eq(name)).done(connection).await
}

impl SeaStore {
    /// How far the database has come.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let lineage = read(self.reading(), Entry::Lineage).await?;
        Ok(Standing { lineage, mark: read(self.reading(), Entry::Mark).await? })
    }

    /// Notes that the database is served, and makes that durable: its mark is one more than it was, and more than `beyond`. One
    /// that was never served becomes the database `lineage`.
    ///
    /// # Errors
    /// The database cannot be written; or nothing is known of what was written.
    pub async fn advance_mark(&self, lineage: i64, beyond: i64) -> Result<Standing, StoreError> {
        let mut tries = 1;
        loop {
            match self.advance_once(lineage, beyond).await {
                // Another node, which notes the same.
                Err(StoreError::Contention(_)) if tries < TRIES => tries += 1,
                advanced => return advanced,
            }
        }
    }

    async fn advance_once(&self, lineage: i64, beyond: i64) -> Result<Standing, StoreError> {
        let unit = self.begin_unit().await?;
        count(&unit, Entry::Mark).await?;
        update::<Entity>(Entry::Mark.name())
            .col_expr(Column::Number, Expr::value(beyond.saturating_add(1)))
            .filter(Column::Number.lte(beyond))
            .done(&unit)
            .await?;
        update::<Entity>(Entry::Lineage.name())
            .col_expr(Column::Number, Expr::value(lineage))
            .filter(Column::Number.eq(0_i64))
            .done(&unit)
            .await?;
        let standing = Standing { lineage: read(&unit, Entry::Lineage).await?, mark: read(&unit, Entry::Mark).await? };
        Box::new(unit).commit().await?;
        Ok(standing)
    }

    /// Notes that a backup was made.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn note_backup(&self, at: Timestamp) -> Result<(), StoreError> {
        let unit = self.begin_unit().await?;
        let noted = update::<Entity>(Entry::LastBackup.name()).col_expr(Column::Number, Expr::value(at.as_micros()));
        noted.done(&unit).await?;
        Box::new(unit).commit().await
    }

    /// When the last backup was made that this program knows of.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn last_backup(&self) -> Result<Option<Timestamp>, StoreError> {
        let at = read(self.reading(), Entry::LastBackup).await?;
        Ok((at > 0).then(|| Timestamp::from_micros(at)))
    }
}
