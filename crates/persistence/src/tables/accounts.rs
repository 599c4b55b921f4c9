//! Accounts.

use async_trait::async_trait;
use countersign_application::account::{
    Account, AccountFilter, AccountPage, AccountPart, AccountReads, AccountStore, Login, PasswordHash, Role,
};
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::second_factor::{AccountOverview, SecondFactorState};
use countersign_application::{AccountId, RealmId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, JoinType, QueryFilter,
    QueryResult, QuerySelect, QueryTrait, RelationDef, Select,
};

use crate::connection::SeaUnitOfWork;
use crate::errors::{insert_error, read_error, store_error};
use crate::many::{Changes, Kind};
use crate::rows::{Row, instant, micros};
use crate::statements::{Guarded, exists, set, try_insert, update};
use crate::store::SeaStore;
use crate::tables::{account_lists, attempt, authenticators, second_factor, second_factors};

entity!(account = "account" of RealmId {
    pub id: Uuid,
    pub realm_id: Uuid,
    pub login: String,
    pub login_key: String,
    pub role: String,
    pub password_hash: Option<String>,
    pub password_version: i64,
    pub disabled_at: Option<i64>,
    pub last_sign_in_at: i64,
    pub created_at: i64,
    pub subject: Option<String>,
    pub grace_started_at: Option<i64>,
    pub two_factor_required: Option<bool>,
    pub password_change_required: bool,
    pub login_key_rule: i64,
});

use account::{Column, Entity};

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
    joined(row.account, row.two_factor_enabled_at)
}

/// An account from its row, and since when its second factor is on.
pub(super) fn joined(row: account::Model, two_factor_enabled_at: Option<i64>) -> Result<Account, StoreError> {
    let read = Row::new("account", row.id);
    Ok(Account {
        id: AccountId::from_uuid(row.id),
        realm_id: RealmId::from_uuid(row.realm_id),
        login: read.parsed("login", Login::stored(row.login, row.login_key))?,
        role: read.parsed("role", Role::from_name(&row.role))?,
        password_hash: row.password_hash.map(PasswordHash::new),
        password_version: row.password_version,
        disabled_at: instant(row.disabled_at),
        last_sign_in_at: instant(Some(row.last_sign_in_at).filter(|at| *at != account_lists::NEVER)),
        created_at: Timestamp::from_micros(row.created_at),
        subject: row.subject,
        two_factor_required: row.two_factor_required,
        password_change_required: row.password_change_required,
        grace_started_at: instant(row.grace_started_at),
        two_factor_enabled_at: instant(two_factor_enabled_at),
    })
}

/// How an account's second factor is joined to it.
pub(super) fn to_second_factor() -> RelationDef {
    Entity::belongs_to(second_factor::Entity).from(Column::Id).to(second_factor::Column::AccountId).into()
}

fn select() -> Select<Entity> {
    Entity::find()
        .column_as(second_factor::Column::EnabledAt, "two_factor_enabled_at")
        .join(JoinType::LeftJoin, to_second_factor())
}

fn select_login(realm: RealmId, login_key: &str) -> Select<Entity> {
    select().filter(Column::RealmId.eq(realm.as_uuid())).filter(Column::LoginKey.eq(login_key))
}

const STATE: &str = "f_";
const PENDING: &str = "enrollment_pending";

/// Selects accounts with what an administrator sees of them.
fn select_overview(now: Timestamp) -> Select<Entity> {
    let pending = Expr::col((Entity, Column::Id)).in_subquery(authenticators::enrolling(now));
    let select = select().expr_as(pending, PENDING);
    second_factor::Column::iter()
        .fold(select, |select, column| select.column_as(column, format!("{STATE}{}", column.as_str())))
}

fn overview_from_row(row: &QueryResult) -> Result<AccountOverview, StoreError> {
    let account = Projected::from_query_result(row, "").map_err(read_error::<Entity>)?;
    let state = second_factor::Model::from_query_result(row, STATE).map_err(read_error::<second_factor::Entity>)?;
    Ok(AccountOverview {
        account: from_row(account)?,
        state: second_factors::from_row(&state)?,
        enrollment_pending: row.try_get("", PENDING).map_err(store_error)?,
    })
}

async fn find(connection: &impl ConnectionTrait, select: Select<Entity>) -> Result<Option<Account>, StoreError> {
    let rows = select.into_model::<Projected>().all(connection).await;
    rows.map_err(read_error::<Entity>)?.pop().map(from_row).transpose()
}

#[async_trait]
impl AccountReads for SeaStore {
    async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        find(self.reading(), select().filter(Column::Id.eq(id.as_uuid()))).await
    }

    async fn find_account_by_login(&self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError> {
        find(self.reading(), select_login(realm, login_key)).await
    }

    async fn list_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        part: &AccountPart,
    ) -> Result<AccountPage, StoreError> {
        let select = account_lists::part(account_lists::fitting(select_overview(now), realm, filter, now), part);
        let rows = self.reading().query_all(select.as_query()).await.map_err(store_error)?;
        Ok(part.of_overfull(rows.iter().map(overview_from_row).collect::<Result<_, _>>()?))
    }

    async fn count_listed_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        most: u32,
    ) -> Result<u32, StoreError> {
        account_lists::count(self.reading(), realm, filter, now, most).await
    }
}

fn login_error(error: DbErr) -> StoreError {
    insert_error(error, "account.login_key", "uq_account_realm_id_login_key", Conflict::Login)
}

/// Notes when each of these accounts was signed in to last.
pub(crate) fn record_sign_ins(changes: &mut Changes, signed_in: &[(AccountId, Timestamp)]) {
    let rows = signed_in.iter().map(|(id, at)| [id.as_uuid().into(), at.as_micros().into()]).collect();
    let columns = [("whose", Kind::Identifier), ("signed_in_at", Kind::Integer)];
    changes.add(signed_in.len(), |sql| {
        sql.update("account", "last_sign_in_at = v.signed_in_at", columns, rows, "t.id = v.whose");
    });
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
            last_sign_in_at: micros(account.last_sign_in_at).unwrap_or(account_lists::NEVER),
            created_at: account.created_at.as_micros(),
            subject: account.subject.clone(),
            grace_started_at: micros(account.grace_started_at),
            two_factor_required: account.two_factor_required,
            password_change_required: account.password_change_required,
            login_key_rule: Login::KEY_RULE,
        };
        try_insert(self, row).await.map_err(login_error)?;
        second_factors::insert(self, &SecondFactorState::new(account.id)).await
    }

    async fn find_by_login(&mut self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError> {
        find(self, select_login(realm, login_key)).await
    }

    async fn is_any_in(&mut self, realm: RealmId) -> Result<bool, StoreError> {
        exists(self, Entity::find().filter(Column::RealmId.eq(realm.as_uuid()))).await
    }

    async fn has_owner_beside(&mut self, realm: RealmId, account: AccountId) -> Result<bool, StoreError> {
        let others = Entity::find()
            .filter(Column::RealmId.eq(realm.as_uuid()))
            .filter(Column::Role.is_in([Role::Owner, Role::Operator].map(Role::as_str)))
            .filter(Column::DisabledAt.is_null())
            .filter(Column::Id.ne(account.as_uuid()));
        exists(self, others).await
    }

    async fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        find(self, select().filter(Column::Id.eq(id.as_uuid()))).await
    }

    async fn change_password(&mut self, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError> {
        update::<Entity>(id.as_uuid())
            .col_expr(Column::PasswordHash, Expr::value(hash.as_str()))
            .col_expr(Column::PasswordVersion, Expr::col(Column::PasswordVersion).add(1_i64))
            .done(self)
            .await
    }

    async fn rehash_password(
        &mut self,
        id: AccountId,
        seen_version: i64,
        hash: &PasswordHash,
    ) -> Result<(), StoreError> {
        update::<Entity>(id.as_uuid())
            .col_expr(Column::PasswordHash, Expr::value(hash.as_str()))
            .filter(Column::PasswordVersion.eq(seen_version))
            .done(self)
            .await
    }

    async fn rename(&mut self, id: AccountId, login: &Login) -> Result<(), StoreError> {
        let update = update::<Entity>(id.as_uuid())
            .col_expr(Column::Login, Expr::value(login.as_str()))
            .col_expr(Column::LoginKey, Expr::value(login.key()))
            .col_expr(Column::LoginKeyRule, Expr::value(Login::KEY_RULE));
        update.exec(self).await.map(drop).map_err(login_error)
    }

    async fn set_role(&mut self, id: AccountId, role: Role) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::Role, role.as_str()).await
    }

    async fn set_disabled(&mut self, id: AccountId, since: Option<Timestamp>) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::DisabledAt, micros(since)).await
    }

    async fn set_two_factor_required(&mut self, id: AccountId, required: Option<bool>) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::TwoFactorRequired, required).await
    }

    async fn set_password_change_required(&mut self, id: AccountId, required: bool) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::PasswordChangeRequired, required).await
    }

    async fn start_grace(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError> {
        update::<Entity>(id.as_uuid())
            .col_expr(Column::GraceStartedAt, Expr::value(at.as_micros()))
            .filter(Column::GraceStartedAt.is_null())
            .done(self)
            .await
    }

    async fn record_sign_in(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::LastSignInAt, at.as_micros()).await
    }

    async fn delete(&mut self, id: AccountId) -> Result<bool, StoreError> {
        // Counters are of logins that there are not as well, and hang on nothing.
        attempt::Entity::delete_many().filter(attempt::Column::AccountId.eq(id.as_uuid())).done(self).await?;
        // The foreign keys take everything else of the account along.
        Entity::delete_many().filter(Column::Id.eq(id.as_uuid())).verdict(self).await
    }
}
