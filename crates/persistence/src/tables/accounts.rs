//! Accounts.

use async_trait::async_trait;
use countersign_application::ports::{AccountFilter, AccountReads, AccountStore, Conflict, PasswordHash, StoreError};
use countersign_application::{
    Account, AccountId, Login, Page, PageRequest, RealmId, Role, SecondFactorState, Timestamp,
};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Insert, JoinType, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, Select,
};

use crate::entities::account::{self, Column, Entity};
use crate::entities::second_factor;
use crate::faults::{fault, insert_fault, read_fault};
use crate::rows::{Row, instant, micros};
use crate::store::SeaStore;
use crate::tables::second_factors;
use crate::unit_of_work::SeaUnitOfWork;

/// What stands before a wildcard that is to be taken for itself. Not a backslash: MySQL would take that for the
/// beginning of an escape in the statement's own text.
const ESCAPE: char = '!';

/// An account with what it shows of its second factor.
struct Projected {
    account: account::Model,
    two_factor_enabled_at: Option<i64>,
}

impl FromQueryResult for Projected {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            account: account::Model::from_query_result(row, prefix)?,
            two_factor_enabled_at: row.try_get(prefix, "two_factor_enabled_at")?,
        })
    }
}

fn from_row(row: Projected) -> Result<Account, StoreError> {
    let Projected { account: row, two_factor_enabled_at } = row;
    let name = Row::new("account", row.id);
    Ok(Account {
        id: AccountId::from_uuid(row.id),
        realm_id: RealmId::from_uuid(row.realm_id),
        login: name.understood("login", Login::new(&row.login).ok())?,
        role: name.understood("role", Role::from_name(&row.role))?,
        password_hash: row.password_hash.map(PasswordHash::new),
        password_version: row.password_version,
        disabled_at: instant(row.disabled_at),
        last_sign_in_at: instant(row.last_sign_in_at),
        created_at: Timestamp::from_micros(row.created_at),
        two_factor_enabled_at: instant(two_factor_enabled_at),
    })
}

fn select() -> Select<Entity> {
    let second_factor =
        Entity::belongs_to(second_factor::Entity).from(Column::Id).to(second_factor::Column::AccountId).into();
    Entity::find()
        .column_as(second_factor::Column::EnabledAt, "two_factor_enabled_at")
        .join(JoinType::LeftJoin, second_factor)
}

async fn find<C: ConnectionTrait>(connection: &C, select: Select<Entity>) -> Result<Option<Account>, StoreError> {
    let row = select.into_model::<Projected>().one(connection).await;
    row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
}

/// The pattern of texts that contain `part`, whatever is in it.
fn containing(part: &str) -> LikeExpr {
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

#[async_trait]
impl AccountReads for SeaStore {
    async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        find(self.reading(), select().filter(Column::Id.eq(id.as_uuid()))).await
    }

    async fn find_account_by_login(&self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError> {
        let select = select().filter(Column::RealmId.eq(realm.as_uuid())).filter(Column::LoginKey.eq(login_key));
        find(self.reading(), select).await
    }

    async fn list_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let mut select = select().filter(Column::RealmId.eq(realm.as_uuid()));
        if let Some(role) = filter.role {
            select = select.filter(Column::Role.eq(role.as_str()));
        }
        if let Some(query) = filter.query.as_deref().map(Login::key_of).filter(|query| !query.is_empty()) {
            select = select.filter(Expr::col((Entity, Column::LoginKey)).like(containing(&query)));
        }
        if let Some(after) = page.after {
            select = select.filter(Column::Id.gt(after));
        }
        let select = select.order_by_asc(Column::Id).limit(u64::from(page.limit) + 1);
        let rows = select.into_model::<Projected>().all(self.reading()).await.map_err(read_fault::<Entity>)?;
        let accounts = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
        Ok(Page::from_overfull(accounts, page.limit, |account: &Account| account.id.as_uuid()))
    }
}

#[async_trait]
impl AccountStore for SeaUnitOfWork {
    async fn insert(&mut self, account: &Account) -> Result<(), StoreError> {
        let row = account::Model {
            id: account.id.as_uuid(),
            realm_id: account.realm_id.as_uuid(),
            login: account.login.as_str().to_owned(),
            login_key: account.login.key().to_owned(),
            role: account.role.as_str().to_owned(),
            password_hash: account.password_hash.as_ref().map(|hash| hash.as_str().to_owned()),
            password_version: account.password_version,
            disabled_at: micros(account.disabled_at),
            last_sign_in_at: micros(account.last_sign_in_at),
            created_at: account.created_at.as_micros(),
        };
        Insert::<account::ActiveModel>::one(row).exec_without_returning(self.connection()).await.map_err(|error| {
            insert_fault(error, "account.login_key", "uq_account_realm_id_login_key", Conflict::Login)
        })?;
        second_factors::insert(self.connection(), &SecondFactorState::new(account.id)).await
    }

    async fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        find(self.connection(), select().filter(Column::Id.eq(id.as_uuid()))).await
    }

    async fn change_password(&mut self, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(hash.as_str()))
            .col_expr(Column::PasswordVersion, Expr::col(Column::PasswordVersion).add(1_i64))
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn rehash_password(
        &mut self,
        id: AccountId,
        seen_version: i64,
        hash: &PasswordHash,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(hash.as_str()))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::PasswordVersion.eq(seen_version))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn record_sign_in(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastSignInAt, Expr::value(at.as_micros()))
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn delete(&mut self, id: AccountId) -> Result<bool, StoreError> {
        // The foreign keys take everything else of the account along.
        let deleted = Entity::delete_by_id(id.as_uuid()).exec(self.connection()).await.map_err(fault)?;
        Ok(deleted.rows_affected == 1)
    }
}
