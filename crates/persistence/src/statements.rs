//! Statements as every table needs them: rows in, rows out, a page of them, a guarded change.
//!
//! They run over any connection, so that a unit of work and the store outside of it read alike.

use countersign_application::ports::StoreError;
use countersign_application::{Page, PageRequest};
use sea_orm::sea_query::{Condition, Expr, IntoCondition, LikeExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, DeleteMany, EntityTrait, Insert, IntoActiveModel, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, TryGetable, UpdateMany, Value,
};
use uuid::Uuid;

use crate::errors::{read_error, store_error};
use crate::many::Changes;
use crate::rows::Positioned;

/// A table whose rows belong to something, an account or a realm.
pub(crate) trait Owned: EntityTrait {
    /// The column that says to what.
    const OWNER: Self::Column;
}

/// A table's primary key: one column, in every table.
pub(crate) fn key<E: EntityTrait>() -> E::Column {
    #[expect(clippy::expect_used, reason = "the macro that makes every entity gives it one")]
    E::PrimaryKey::iter().next().expect("a primary key").into_column()
}

type ActiveModelOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// Adds a row. The error is the engine's, for whoever has to tell a conflict.
pub(crate) async fn try_insert<M>(connection: &impl ConnectionTrait, row: M) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<ActiveModelOf<M>>,
{
    Insert::<ActiveModelOf<M>>::one(row).exec_without_returning(connection).await.map(drop)
}

pub(crate) async fn insert<M>(connection: &impl ConnectionTrait, row: M) -> Result<(), StoreError>
where
    M: ModelTrait + IntoActiveModel<ActiveModelOf<M>>,
{
    try_insert(connection, row).await.map_err(store_error)
}

/// Adds rows, where there are any.
pub(crate) async fn insert_all<M: ModelTrait + Positioned>(
    connection: &impl ConnectionTrait,
    rows: &[M],
) -> Result<(), StoreError> {
    let mut changes = Changes::new(connection.get_database_backend());
    changes.add(rows.len(), |sql| {
        sql.insert(rows);
    });
    changes.make(connection).await.map(drop)
}

/// The row that a query finds, as what `read` makes of it. For queries by something unique, which need no limit: one that
/// is bound as a value costs SQLite a good part of the whole look-up.
pub(crate) async fn one<E: EntityTrait, T>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    read: impl FnOnce(E::Model) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    select.all(connection).await.map_err(read_error::<E>)?.pop().map(read).transpose()
}

/// All rows that a query finds.
pub(crate) async fn all<E: EntityTrait, T>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    read: impl FnMut(E::Model) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    select.all(connection).await.map_err(read_error::<E>)?.into_iter().map(read).collect()
}

/// A page of the rows that a query finds, the newest first: identifiers sort by time.
pub(crate) async fn page<E: EntityTrait, T>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    page: PageRequest,
    read: impl FnMut(E::Model) -> Result<T, StoreError>,
    id: impl Fn(&T) -> Uuid,
) -> Result<Page<T>, StoreError> {
    let select = select
        .apply_if(page.after, |select, after| select.filter(key::<E>().lt(after)))
        .order_by_desc(key::<E>())
        .limit(one_more(page));
    Ok(Page::from_overfull(all(connection, select, read).await?, page.limit, id))
}

/// The limit of a query for a page, by which is seen whether there is another one.
pub(crate) fn one_more(page: PageRequest) -> u64 {
    u64::from(page.limit) + 1
}

/// Whether a query finds a row.
pub(crate) async fn exists<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
) -> Result<bool, StoreError> {
    let select = select.select_only().expr(Expr::cust("1")).limit(1);
    Ok(connection.query_one(select.as_query()).await.map_err(store_error)?.is_some())
}

/// The keys of the rows that a query finds, at most so many.
pub(crate) async fn keys<E: EntityTrait, K: TryGetable>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    most: u64,
) -> Result<Vec<K>, StoreError> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let select = select.select_only().column(key::<E>()).limit(most);
    select.into_tuple::<K>().all(connection).await.map_err(read_error::<E>)
}

/// A change with its guards in its `WHERE`, never in a check before it: how many rows it changed is the verdict.
pub(crate) trait Guarded: QueryTrait<QueryStatement: Send> + Send + Sized {
    /// Makes it, and answers how many rows it changed.
    async fn rows(self, connection: &impl ConnectionTrait) -> Result<u64, StoreError> {
        let statement = self.into_query();
        Ok(connection.execute(&statement).await.map_err(store_error)?.rows_affected())
    }

    /// Makes it, and answers whether it changed the row that it is about.
    async fn verdict(self, connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
        Ok(self.rows(connection).await? == 1)
    }

    /// Makes it, whatever there is to change.
    async fn done(self, connection: &impl ConnectionTrait) -> Result<(), StoreError> {
        self.rows(connection).await.map(drop)
    }
}

impl<E: EntityTrait> Guarded for UpdateMany<E> {}
impl<E: EntityTrait> Guarded for DeleteMany<E> {}

/// A change of the row with this key.
pub(crate) fn update<E: EntityTrait>(id: impl Into<Value>) -> UpdateMany<E> {
    E::update_many().filter(key::<E>().eq(id))
}

/// Sets one column of the row with this key, whatever was there: when something was last used, for one.
pub(crate) async fn set<E, C>(
    connection: &impl ConnectionTrait,
    id: impl Into<Value>,
    column: C,
    value: impl Into<Value>,
) -> Result<(), StoreError>
where
    C: ColumnTrait<EntityName = E>,
    E: EntityTrait<Column = C>,
{
    update::<E>(id).col_expr(column, Expr::value(value)).done(connection).await
}

/// Removes a row of its owner, and no one else's.
pub(crate) async fn revoke<E: Owned>(
    connection: &impl ConnectionTrait,
    owner: Uuid,
    id: Uuid,
) -> Result<bool, StoreError> {
    E::delete_many().filter(key::<E>().eq(id)).filter(E::OWNER.eq(owner)).verdict(connection).await
}

/// Removes all rows of an owner.
pub(crate) async fn revoke_all<E: Owned>(connection: &impl ConnectionTrait, owner: Uuid) -> Result<(), StoreError> {
    E::delete_many().filter(E::OWNER.eq(owner)).done(connection).await
}

/// Removes the rows that have one of these values in a column, as far as `still` is true of them: another node may have
/// touched one meanwhile.
pub(crate) async fn remove<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    values: Vec<impl Into<Value>>,
    still: impl IntoCondition,
) -> Result<u64, StoreError> {
    if values.is_empty() {
        return Ok(0);
    }
    let still: Condition = still.into_condition();
    E::delete_many().filter(column.is_in(values)).filter(still).rows(connection).await
}

/// What stands before a wildcard that is to be taken for itself. Not a backslash: MySQL would take that for the
/// beginning of an escape in the statement's own text.
const ESCAPE: char = '!';

/// The pattern of texts that contain `part`, whatever is in it.
pub(crate) fn containing(part: &str) -> LikeExpr {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for character in part.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape(ESCAPE)
}
