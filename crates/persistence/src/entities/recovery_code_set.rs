//! Sets of recovery codes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code_set")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub status: String,
    pub authenticator_id: Option<Uuid>,
    pub pattern: String,
    pub alphabet: String,
    pub salt: Vec<u8>,
    pub key_id: String,
    pub viewable: bool,
    pub issued_at: i64,
    pub total: i64,
    pub unproven_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
