//! Keys of logins that an older rule made ([`Login::KEY_RULE`]), made anew.
//!
//! It goes through the accounts in pieces, oldest first, each piece in a transaction of its own; an account's row says by
//! which rule its key was made, so that an interruption costs nothing. Where two accounts' logins are one by the present
//! rule, the older account gets the key and the other one keeps its own: both are still found by what their owners type
//! ([`Login::older_key_of`]), and both are named in the log, until an administrator gives one of them another login.

use countersign_application::account::Login;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use crate::engine::WRITING;
use crate::tables::account::{Column, Entity};

/// Accounts a piece.
const PIECE: u64 = 500;

type Row = (Uuid, Uuid, String, String, Option<String>);

pub(crate) async fn make_anew(pool: &DatabaseConnection) -> Result<(), DbErr> {
    let (mut after, mut kept, mut changed) = (None, 0_usize, 0_usize);
    loop {
        let transaction = pool.begin_with_options(WRITING).await?;
        let rows = piece(&transaction, after).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.0);
        let mut as_they_are = Vec::new();
        for (id, realm, login, key, subject) in &rows {
            let wanted = match subject {
                Some(subject) => Login::subject_key(subject),
                None => Login::key_of(login),
            };
            // Nobody could type what nothing is left of.
            let is_key = (1..=Login::MAX_KEY_CHARS).contains(&wanted.chars().count());
            if wanted == *key {
                as_they_are.push(*id);
            } else if !is_key || is_taken(&transaction, *realm, &wanted).await? {
                kept += 1;
                tracing::warn!(account = %id, "by the present rule this account's login is none, or another one's; rename it");
            } else {
                change(&transaction, *id, &wanted).await?;
                changed += 1;
            }
        }
        if !as_they_are.is_empty() {
            let update = Entity::update_many().col_expr(Column::LoginKeyRule, Expr::value(Login::KEY_RULE));
            update.filter(Column::Id.is_in(as_they_are)).exec(&transaction).await?;
        }
        transaction.commit().await?;
    }
    if kept + changed > 0 {
        tracing::info!(changed, kept, "logins are compared by the present rule");
    }
    Ok(())
}

/// How many accounts have kept a key of an older rule.
pub(crate) async fn count_kept<C: ConnectionTrait>(connection: &C) -> Result<u64, DbErr> {
    Entity::find().filter(Column::LoginKeyRule.lt(Login::KEY_RULE)).count(connection).await
}

async fn piece(transaction: &DatabaseTransaction, after: Option<Uuid>) -> Result<Vec<Row>, DbErr> {
    let mut select = Entity::find()
        .select_only()
        .columns([Column::Id, Column::RealmId, Column::Login, Column::LoginKey, Column::Subject])
        .filter(Column::LoginKeyRule.lt(Login::KEY_RULE));
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    select.order_by_asc(Column::Id).limit(PIECE).into_tuple().all(transaction).await
}

async fn is_taken(transaction: &DatabaseTransaction, realm: Uuid, key: &str) -> Result<bool, DbErr> {
    let same = Entity::find().filter(Column::RealmId.eq(realm)).filter(Column::LoginKey.eq(key));
    Ok(same.count(transaction).await? > 0)
}

async fn change(transaction: &DatabaseTransaction, id: Uuid, key: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LoginKey, Expr::value(key))
        .col_expr(Column::LoginKeyRule, Expr::value(Login::KEY_RULE))
        .filter(Column::Id.eq(id))
        .exec(transaction)
        .await?;
    Ok(())
}
