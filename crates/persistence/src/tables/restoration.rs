//! What a restored database no longer trusts.

use async_trait::async_trait;
use countersign_application::ports::StoreError;
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::restoration::{Distrust, Distrusted, RestorationStore};
use countersign_application::second_factor::AuthenticatorStatus;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::connection::SeaUnitOfWork;
use crate::errors::read_error;
use crate::statements::{Guarded, Owned};
use crate::tables::{
    account, authenticator, challenge, idempotency_claim, recovery_code_set, second_factor, session, trusted_device,
};

/// The accounts of a realm.
fn accounts(realm: &Realm) -> SelectStatement {
    Query::select()
        .column(account::Column::Id)
        .from(account::Entity)
        .and_where(account::Column::RealmId.eq(realm.id.as_uuid()))
        .to_owned()
}

/// Removes what belongs to the accounts of a realm.
async fn remove<E: Owned>(unit: &SeaUnitOfWork, realm: &Realm, which: Condition) -> Result<u64, StoreError> {
    E::delete_many().filter(E::OWNER.in_subquery(accounts(realm))).filter(which).rows(unit).await
}

/// Lets each authenticator accept only steps that begin later than `distrust` says.
async fn raise_steps(unit: &SeaUnitOfWork, realm: &Realm, distrust: &Distrust) -> Result<u64, StoreError> {
    use authenticator::Column::{AccountId, LastStep, PeriodSeconds};
    let periods: Vec<i64> = authenticator::Entity::find()
        .select_only()
        .column(PeriodSeconds)
        .distinct()
        .filter(AccountId.in_subquery(accounts(realm)))
        .into_tuple()
        .all(unit)
        .await
        .map_err(read_error::<authenticator::Entity>)?;
    let mut raised = 0;
    for period in periods {
        let step = distrust.last_step(u64::try_from(period).unwrap_or(1));
        let earlier = Condition::any().add(LastStep.is_null()).add(LastStep.lt(step));
        raised += authenticator::Entity::update_many()
            .col_expr(LastStep, Expr::value(step))
            .filter(PeriodSeconds.eq(period))
            .filter(AccountId.in_subquery(accounts(realm)))
            .filter(earlier)
            .rows(unit)
            .await?;
    }
    Ok(raised)
}

async fn take_back_guesses(unit: &SeaUnitOfWork, realm: &Realm, distrust: &Distrust) -> Result<(), StoreError> {
    use second_factor::Column::{AccountId, CodeSpent, CodeSpentSince, Revision};
    let spent = i64::from(distrust.guesses_spent);
    second_factor::Entity::update_many()
        .col_expr(CodeSpentSince, Expr::value(distrust.at.as_micros()))
        .col_expr(Revision, Expr::col(Revision).add(1_i64))
        .filter(AccountId.in_subquery(accounts(realm)))
        .done(unit)
        .await?;
    second_factor::Entity::update_many()
        .col_expr(CodeSpent, Expr::value(spent))
        .filter(AccountId.in_subquery(accounts(realm)))
        .filter(CodeSpent.lt(spent))
        .done(unit)
        .await
}

#[async_trait]
impl RestorationStore for SeaUnitOfWork {
    async fn distrust(&mut self, realm: &Realm, distrust: &Distrust) -> Result<Distrusted, StoreError> {
        let unit = &*self;
        let pending_codes = recovery_code_set::Column::Status.eq(RecoverySetStatus::Pending.as_str());
        let pending = authenticator::Column::Status.eq(AuthenticatorStatus::Pending.as_str());
        remove::<recovery_code_set::Entity>(unit, realm, pending_codes.into()).await?;
        let enrollments = remove::<authenticator::Entity>(unit, realm, pending.into()).await?;
        remove::<challenge::Entity>(unit, realm, Condition::all()).await?;
        let sessions = remove::<session::Entity>(unit, realm, Condition::all()).await?;
        let trusted_devices = remove::<trusted_device::Entity>(unit, realm, Condition::all()).await?;
        // They say what was answered, and belong to no realm.
        idempotency_claim::Entity::delete_many().done(unit).await?;

        let authenticators = raise_steps(unit, realm, distrust).await?;
        take_back_guesses(unit, realm, distrust).await?;
        account::Entity::update_many()
            .col_expr(
                account::Column::PasswordVersion,
                Expr::col(account::Column::PasswordVersion).add(distrust.password_versions),
            )
            .filter(account::Column::RealmId.eq(realm.id.as_uuid()))
            .done(unit)
            .await?;
        let mut recovery_sets = 0;
        if !distrust.keeps_recovery_codes {
            recovery_sets = recovery_code_set::Entity::update_many()
                .col_expr(recovery_code_set::Column::Status, Expr::value(RecoverySetStatus::Dormant.as_str()))
                .filter(recovery_code_set::Column::Status.eq(RecoverySetStatus::Active.as_str()))
                .filter(recovery_code_set::Column::AccountId.in_subquery(accounts(realm)))
                .rows(unit)
                .await?;
        }
        Ok(Distrusted { authenticators, recovery_sets, sessions, trusted_devices, enrollments })
    }
}
