//! Who has to have a second factor, from when on, and what they may do until they have one.

use countersign_core::Timestamp;
use countersign_policy::{Policy, RequiredFor};

use crate::UseCaseError;
use crate::account::{Account, Role};
use crate::ports::UnitOfWork;
use crate::realm::Realm;

/// Whether a second factor is required of this account: by its own mark, else by its role.
#[must_use]
pub fn two_factor_is_required(policy: &Policy, account: &Account) -> bool {
    two_factor_is_required_of(policy, account.role, account.two_factor_required)
}

/// The same, for accounts of this role and mark.
#[must_use]
pub fn two_factor_is_required_of(policy: &Policy, role: Role, mark: Option<bool>) -> bool {
    mark.unwrap_or(match policy.enforcement.required_for {
        RequiredFor::Nobody => false,
        RequiredFor::Owners => role.administers_everyone(),
        RequiredFor::Admins => role != Role::Member,
        RequiredFor::Everyone => true,
    })
}

/// What the account may do now: nobody administers without a second factor that is required of them, also while there is
/// time left to enroll. Whoever is promoted without one becomes an administrator by enrolling.
#[must_use]
pub fn effective_role(policy: &Policy, account: &Account) -> Role {
    if two_factor_is_required(policy, account) && !account.two_factor_enabled() { Role::Member } else { account.role }
}

/// Until when the account has to enroll: `None` where nothing is required of it, it has a second factor, or its grace
/// period has not begun. The period begins with whatever makes the rule apply to someone who is signed in, else with the
/// first sign-in, and is never renewed.
#[must_use]
pub fn enrollment_deadline(policy: &Policy, account: &Account) -> Option<Timestamp> {
    if !two_factor_is_required(policy, account) || account.two_factor_enabled() {
        return None;
    }
    account.grace_started_at.map(|started| grace_end(policy, started))
}

/// When a grace period that began at `started` ends.
pub(crate) fn grace_end(policy: &Policy, started: Timestamp) -> Timestamp {
    started.plus_seconds(u64::from(policy.enforcement.grace_days) * 86_400)
}

/// Begins the grace period of an account as it is from now on, where a second factor is required of it and missing; answers
/// since when it runs. The account's second factor is locked.
pub(crate) async fn begin_grace(
    unit: &mut dyn UnitOfWork,
    realm: &Realm,
    account: &Account,
    at: Timestamp,
) -> Result<Option<Timestamp>, UseCaseError> {
    if account.two_factor_enabled() || !two_factor_is_required(&realm.policy, account) {
        return Ok(None);
    }
    if account.grace_started_at.is_none() {
        unit.accounts().start_grace(account.id, at).await?;
    }
    Ok(Some(account.grace_started_at.unwrap_or(at)))
}
