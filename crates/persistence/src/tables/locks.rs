//! Locks by name, for what has no row of its own to lock, or not yet.

use countersign_application::ports::StoreError;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::statements::{Guarded, update};

entity!(named_lock = "named_lock" {
    pub name: String,
    pub turns: i64,
});

use named_lock::{Column, Entity};

/// What is locked. The migration has made a row for each.
#[derive(Clone, Copy)]
pub(super) enum Lock {
    /// The records of master keys, of which there may be none yet.
    KeyChecks,
    /// Who the owners of a realm are: that is said by many rows.
    Owners,
    /// How realms look, of which there may be no row yet.
    Appearances,
}

impl Lock {
    #[cfg(test)]
    pub(super) const ALL: [Self; 3] = [Self::KeyChecks, Self::Owners, Self::Appearances];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KeyChecks => "key_checks",
            Self::Owners => "owners",
            Self::Appearances => "appearances",
        }
    }
}

/// Keeps everyone else who locks the same waiting until the unit of work ends. What follows reads what the last holder
/// committed.
///
/// A write is the one row lock that every engine has; and it changes the row, because the nodes of a Galera cluster find
/// out at the commit, by the rows that were changed, that two of them held the same lock.
pub(super) async fn lock(connection: &impl ConnectionTrait, lock: Lock) -> Result<(), StoreError> {
    let turn = update::<Entity>(lock.name()).col_expr(Column::Turns, Expr::col(Column::Turns).add(1_i64));
    if turn.verdict(connection).await? {
        return Ok(());
    }
    Err(StoreError::Corrupt { table: "named_lock", column: "name", row: lock.name().to_owned() })
}
