//! Authenticators.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "authenticator")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub name: String,
    pub status: String,
    pub issuer: String,
    pub algorithm: String,
    pub digits: i64,
    pub period_seconds: i64,
    pub sealed_secret: Vec<u8>,
    pub sealed_key_id: String,
    pub last_step: Option<i64>,
    pub begun_by: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub confirmed_at: Option<i64>,
    pub last_used_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
