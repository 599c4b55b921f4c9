//! How many authenticators there may be: one rule for beginning and for confirming.

use crate::AuthenticatorId;
use crate::caller::Caller;
use crate::second_factor::SecondFactor;

/// Whether another authenticator may be there once the one that it replaces is gone.
pub(super) fn has_room(caller: &Caller, factor: &SecondFactor, replaces: Option<AuthenticatorId>) -> bool {
    let most = caller.realm.policy.authenticators.max_per_account as usize;
    factor.active().count() - usize::from(factor.replaced(replaces).is_some()) < most
}
