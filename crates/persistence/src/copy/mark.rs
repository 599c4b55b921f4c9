//! The mark of a database into which a copy has not finished: a table of its own, made before the first row is copied and
//! dropped after the last one was compared.
//!
//! A table, because it is seen even by what knows nothing of its content, and because every engine makes and drops one
//! whole or not at all. Its one row says what is copied.

use countersign_application::Timestamp;
use countersign_migrations::{IntoSchemaManagerConnection, has_table};
use sea_orm::sea_query::{ColumnDef, Query, Table};
use sea_orm::{ConnectionTrait, DbErr};

const MARK: &str = "unfinished_copy";
const SOURCE: &str = "source";
const STARTED_AT: &str = "started_at";

/// What an unfinished copy is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The identity of its source.
    pub(super) source: String,
    pub(super) started_at: Timestamp,
}

/// Whether a copy into a database has not finished.
pub(crate) async fn is_unfinished<'c, C>(database: &'c C) -> Result<bool, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    has_table(database, MARK).await
}

/// Marks a database. A mark without its row is one whose making was interrupted: nothing was copied yet.
pub(super) async fn set<'c, C>(database: &'c C, mark: &Mark) -> Result<(), DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if !is_unfinished(database).await? {
        let mut source = ColumnDef::new(SOURCE);
        let mut started_at = ColumnDef::new(STARTED_AT);
        let table = Table::create()
            .table(MARK)
            .col(source.string_len(64).not_null().primary_key())
            .col(started_at.big_integer().not_null())
            .to_owned();
        database.execute(&table).await?;
    }
    let row = Query::insert()
        .into_table(MARK)
        .columns([SOURCE, STARTED_AT])
        .values_panic([mark.source.as_str().into(), mark.started_at.as_micros().into()])
        .to_owned();
    database.execute(&row).await?;
    Ok(())
}

/// The mark of a database that has one, and its row.
pub(super) async fn find<'c, C>(database: &'c C) -> Result<Option<Mark>, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if !is_unfinished(database).await? {
        return Ok(None);
    }
    let select = Query::select().columns([SOURCE, STARTED_AT]).from(MARK).to_owned();
    let Some(row) = database.query_one(&select).await? else { return Ok(None) };
    let started_at: i64 = row.try_get_by_index(1)?;
    Ok(Some(Mark { source: row.try_get_by_index(0)?, started_at: Timestamp::from_micros(started_at) }))
}

pub(super) async fn remove(database: &impl ConnectionTrait) -> Result<(), DbErr> {
    database.execute(&Table::drop().table(MARK).to_owned()).await?;
    Ok(())
}
