//! The hold: a code of what came out of a session a short while ago is no proof for turning off what was there before.
//!
//! Whoever sits in someone's session could otherwise make a factor of their own there, and turn off the owner's with it
//! before the owner notices. A new authenticator therefore has to wait, whatever was given for it. Recovery codes that
//! were made or viewed with a code of what was there before stand in its place, and are as good as it at once; those that
//! the password alone yielded wait as well. What is as old as what is turned off may turn it off at any time: the
//! authenticator that was enrolled first can be removed at once with a code of its own, and so can one that came later.

use countersign_core::Timestamp;

use crate::AuthenticatorId;
use crate::realm::Realm;
use crate::second_factor::SecondFactor;
use crate::verification::CodeFinding;

/// What an act turns off, for which a code has to be old enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TurnsOff {
    /// Nothing that was there.
    Nothing,
    /// This authenticator.
    Authenticator(AuthenticatorId),
    /// The second factor as a whole, or the password beside it.
    Everything,
}

impl TurnsOff {
    /// From when on what was found proves that this may be turned off; `None` where it does already.
    pub(crate) fn held_until(
        self,
        realm: &Realm,
        factor: &SecondFactor,
        finding: &CodeFinding,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let came_out_at = match finding {
            CodeFinding::Step { authenticator_id, .. } => factor.authenticator(*authenticator_id)?.confirmed_at?,
            CodeFinding::Recovery { set_id, .. } => {
                factor.recovery_sets.iter().find(|set| set.id == *set_id)?.unproven_at?
            }
            CodeFinding::Wrong { .. } | CodeFinding::Repeated { .. } | CodeFinding::Throttled(_) => return None,
        };
        let until = came_out_at.plus_seconds(u64::from(realm.policy.proofs.hold_hours) * 3_600);
        let is_meant = |id: AuthenticatorId| match self {
            Self::Nothing => false,
            Self::Authenticator(meant) => id == meant,
            Self::Everything => true,
        };
        let was_there_before = factor
            .active()
            .any(|one| is_meant(one.id) && one.confirmed_at.is_none_or(|confirmed_at| confirmed_at < came_out_at));
        (was_there_before && now < until).then_some(until)
    }
}
