//! The tables, and how one is read and written without knowing which it is.

use sea_orm::sea_query::{Expr, Func, Query};
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, Iterable, ModelTrait,
    QueryFilter, QueryOrder, QuerySelect, Value,
};

use super::CopyError;
use super::digest::size_of_row;
use crate::statements::key;
use crate::tables::{
    account, api_key, attempt, audit_event, authenticator, challenge, idempotency_claim, key_check, realm,
    realm_appearance, recovery_code, recovery_code_set, second_factor, session, trusted_device,
};

/// How many rows are held at once.
pub(super) const BATCH: u64 = 1_000;

/// How many bytes of rows go into one statement, roughly: less than what servers take by default (16 MiB).
const STATEMENT_BYTES: usize = 1 << 20;

/// A table. Its primary key is one column: an identifier or a digest, which all engines sort by their bytes, or a text,
/// which they do not.
pub(crate) trait Table: EntityTrait<Model: IntoActiveModel<Self::ActiveModel> + Send + Sync> {
    fn name() -> &'static str {
        Self::default().table_name()
    }
}

impl<E: EntityTrait<Model: IntoActiveModel<E::ActiveModel> + Send + Sync>> Table for E {}

/// What is done with every table.
pub(crate) trait ForEachTable {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError>;
}

/// Does it with every table, each after those that its foreign keys lead to. Locks are left out: the migration makes
/// them, and what they count is of their own database.
pub(crate) async fn for_each_table(work: &mut impl ForEachTable) -> Result<(), CopyError> {
    work.table::<realm::Entity>().await?;
    work.table::<realm_appearance::Entity>().await?;
    work.table::<account::Entity>().await?;
    work.table::<second_factor::Entity>().await?;
    work.table::<authenticator::Entity>().await?;
    work.table::<recovery_code_set::Entity>().await?;
    work.table::<recovery_code::Entity>().await?;
    work.table::<challenge::Entity>().await?;
    work.table::<session::Entity>().await?;
    work.table::<trusted_device::Entity>().await?;
    work.table::<attempt::Entity>().await?;
    work.table::<idempotency_claim::Entity>().await?;
    work.table::<key_check::Entity>().await?;
    work.table::<api_key::Entity>().await?;
    work.table::<audit_event::Entity>().await
}

/// The names of all tables.
pub(super) async fn names() -> Result<Vec<&'static str>, CopyError> {
    struct Names(Vec<&'static str>);
    impl ForEachTable for Names {
        async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
            self.0.push(E::name());
            Ok(())
        }
    }
    let mut names = Names(Vec::new());
    for_each_table(&mut names).await?;
    Ok(names.0)
}

/// Whether a table's primary key is a text. Such a table is small, and is read whole.
pub(super) fn has_text_key<E: Table>() -> bool {
    matches!(key::<E>().def().get_column_type(), ColumnType::String(_) | ColumnType::Text)
}

/// A row's primary key.
pub(super) fn key_of<E: Table>(row: &E::Model) -> Value {
    row.get(key::<E>())
}

/// How many rows a table has.
pub(super) async fn count<E: Table>(database: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let count = Query::select().expr(Func::count(Expr::col(key::<E>()))).from(E::default()).to_owned();
    let row = database.query_one(&count).await?;
    let rows: i64 = row.ok_or_else(|| DbErr::Custom("no count".to_owned()))?.try_get_by_index(0)?;
    u64::try_from(rows).map_err(|_| DbErr::Custom("a count below zero".to_owned()))
}

/// Whether a table has a row.
pub(super) async fn has_rows<E: Table>(database: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let one = Query::select().column(key::<E>()).from(E::default()).limit(1).to_owned();
    Ok(database.query_one(&one).await?.is_some())
}

/// The greatest primary key of a table.
pub(super) async fn greatest_key<E: Table>(database: &impl ConnectionTrait) -> Result<Option<Value>, DbErr> {
    let last = E::find().order_by_desc(key::<E>()).limit(1).one(database).await?;
    Ok(last.map(|row| key_of::<E>(&row)))
}

/// The rows behind a primary key in the order of primary keys: [`BATCH`] of them at most, or all where the key is a text.
pub(super) async fn rows_after<E: Table>(
    database: &impl ConnectionTrait,
    after: Option<Value>,
) -> Result<Vec<E::Model>, DbErr> {
    let key = key::<E>();
    if has_text_key::<E>() {
        if after.is_some() {
            return Ok(Vec::new());
        }
        let mut rows = E::find().all(database).await?;
        rows.sort_by_key(|row| match row.get(key) {
            Value::String(Some(text)) => text.into_bytes(),
            _ => Vec::new(),
        });
        return Ok(rows);
    }
    let mut rows = E::find();
    if let Some(after) = after {
        rows = rows.filter(key.gt(after));
    }
    rows.order_by_asc(key).limit(BATCH).all(database).await
}

/// Inserts rows, in as few statements as the engine takes them.
pub(super) async fn insert<E: Table>(database: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<(), DbErr> {
    let most = rows_in_a_statement::<E>(database.get_database_backend());
    let (mut statement, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let size = size_of_row::<E>(&row);
        if statement.len() == most || (bytes + size > STATEMENT_BYTES && !statement.is_empty()) {
            E::insert_many(std::mem::take(&mut statement)).exec_without_returning(database).await?;
            bytes = 0;
        }
        statement.push(row.into_active_model());
        bytes += size;
    }
    if !statement.is_empty() {
        E::insert_many(statement).exec_without_returning(database).await?;
    }
    Ok(())
}

/// As many rows as an engine takes parameters for.
fn rows_in_a_statement<E: Table>(backend: DbBackend) -> usize {
    let parameters = if backend == DbBackend::Sqlite { 32_766 } else { 65_535 };
    parameters / E::Column::iter().count().max(1)
}
