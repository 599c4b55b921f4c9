//! The rows that changes of a second factor lock.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub enabled_at: Option<i64>,
    pub version: i64,
    pub revision: i64,
    pub code_failures: i64,
    pub code_blocked_until: Option<i64>,
    pub recovery_failures: i64,
    pub recovery_blocked_until: Option<i64>,
    pub code_spent: i64,
    pub code_spent_since: Option<i64>,
    pub consecutive_failures: i64,
    pub consecutive_spent: i64,
    pub consecutive_spent_since: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
