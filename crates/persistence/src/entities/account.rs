//! Accounts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub realm_id: Uuid,
    pub login: String,
    pub login_key: String,
    pub role: String,
    pub password_hash: Option<String>,
    pub password_version: i64,
    pub disabled_at: Option<i64>,
    pub last_sign_in_at: Option<i64>,
    pub created_at: i64,
    pub subject: Option<String>,
    pub grace_started_at: Option<i64>,
    pub two_factor_required: Option<bool>,
    pub password_change_required: bool,
    pub login_key_rule: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
