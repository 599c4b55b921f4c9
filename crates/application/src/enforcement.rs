//! Who has to have a second factor, and from when on.

use countersign_core::{Policy, RequiredFor, Timestamp};

use crate::{Account, Role};

/// Whether the policy requires a second factor of accounts of this role.
#[must_use]
pub fn two_factor_is_required(policy: &Policy, role: Role) -> bool {
    match policy.enforcement.required_for {
        RequiredFor::Nobody => false,
        RequiredFor::Admins => role != Role::Member,
        RequiredFor::Everyone => true,
    }
}

/// Until when the account has to enroll: `None` where nothing is required of it, it has a second factor, or its grace
/// period has not begun. The period is counted from its first sign-in under the rule, and never renewed.
#[must_use]
pub fn enrollment_deadline(policy: &Policy, account: &Account) -> Option<Timestamp> {
    if !two_factor_is_required(policy, account.role) || account.two_factor_enabled() {
        return None;
    }
    account.grace_started_at.map(|started| grace_end(policy, started))
}

/// When a grace period that began at `started` ends.
pub(crate) fn grace_end(policy: &Policy, started: Timestamp) -> Timestamp {
    started.plus_seconds(u64::from(policy.enforcement.grace_days) * 86_400)
}
