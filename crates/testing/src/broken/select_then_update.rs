//! Reads first, writes later, and holds nothing in between.

use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest, IdempotencyStore};
use countersign_application::ports::{Sealed, StoreError, UnitOfWork};
use countersign_application::recovery::{RecoveryCodeSet, RecoveryCodeStore, RecoveryDigest, SealedRecoveryCode};
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStatus, AuthenticatorStore, SecondFactor, SecondFactorState,
    SecondFactorStore,
};
use countersign_application::sign_in::{Challenge, ChallengeStore};
use countersign_application::{AccountId, AuthenticatorId, ChallengeId, IdempotencyClaimId, RecoveryCodeSetId};
use countersign_core::{Counters, Timestamp};

use super::{left_to_memory, wrapped_unit_of_work};
use crate::memory::MemoryUnitOfWork;

pub(super) fn wrap(inner: MemoryUnitOfWork) -> Box<dyn UnitOfWork> {
    Box::new(Unit { inner, acts: 0 })
}

struct Unit {
    inner: MemoryUnitOfWork,
    acts: usize,
}

wrapped_unit_of_work!(Unit);

impl Unit {
    /// Between its read and its write others come by; only what this unit of work changed or locked before keeps them
    /// away, as on a database.
    async fn between_read_and_write(&mut self) {
        if self.acts == 1 {
            self.inner.let_others_pass().await;
        }
    }
}

left_to_memory! { SecondFactorStore via second_factors {
        lock(account: AccountId) -> Option<SecondFactorState>;
        load(account: AccountId) -> Option<SecondFactor>;
        set_enabled(account: AccountId, since: Option<Timestamp>) -> ();
    }

    async fn set_counters(&mut self, account: AccountId, seen: i64, counters: &Counters) -> Result<bool, StoreError> {
        let good = self.inner.state.second_factors.get(&account).is_some_and(|it| it.revision == seen);
        self.between_read_and_write().await;
        if let Some(state) = self.inner.state.second_factors.get_mut(&account).filter(|_| good) {
            state.revision = seen + 1;
            state.counters = *counters;
        }
        Ok(good)
    }
}

left_to_memory! { AuthenticatorStore via authenticators {
        insert(authenticator: &Authenticator) -> ();
        rename(account: AccountId, id: AuthenticatorId, name: &AuthenticatorName) -> bool;
        remove(account: AccountId, id: AuthenticatorId) -> bool;
        disable_all(account: AccountId) -> u64;
        remove_pending(account: AccountId) -> ();
        remove_all(account: AccountId) -> ();
    }

    async fn accept_step(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let good = self.inner.state.authenticators.get(&id).is_some_and(|it| {
            it.account_id == account && it.is_active() && it.last_step.is_none_or(|last| last < step)
        });
        self.between_read_and_write().await;
        if let Some(authenticator) = self.inner.state.authenticators.get_mut(&id).filter(|_| good) {
            authenticator.last_step = Some(step);
            authenticator.last_used_at = Some(at);
        }
        Ok(good)
    }

    async fn activate(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let pending = self.inner.state.authenticators.get(&id);
        let good = pending.is_some_and(|it| it.account_id == account && it.is_pending_at(at));
        self.between_read_and_write().await;
        if let Some(authenticator) = self.inner.state.authenticators.get_mut(&id).filter(|_| good) {
            authenticator.status = AuthenticatorStatus::Active;
            authenticator.last_step = Some(step);
            authenticator.expires_at = None;
            authenticator.replaces = None;
            authenticator.confirmed_at = Some(at);
            authenticator.last_used_at = Some(at);
        }
        Ok(good)
    }
}

left_to_memory! { RecoveryCodeStore via recovery_codes {
        insert(set: &RecoveryCodeSet, codes: &[SealedRecoveryCode]) -> ();
        activate(account: AccountId, set: RecoveryCodeSetId) -> ();
        add_code(set: RecoveryCodeSetId, code: &SealedRecoveryCode) -> ();
        count_unused(set: RecoveryCodeSetId) -> u32;
        note_unproven(account: AccountId, set: RecoveryCodeSetId, at: Timestamp) -> ();
        make_dormant(account: AccountId) -> ();
        remove_all(account: AccountId) -> ();
    }

    async fn redeem(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        digest: &RecoveryDigest,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let state = &self.inner.state;
        let good = state.redeemable_set(account, set)
            && state.recovery_codes.iter().any(|row| {
                row.set == set && row.code.digest == *digest && row.used_at.is_none()
            });
        self.between_read_and_write().await;
        for row in &mut self.inner.state.recovery_codes {
            if good && row.set == set && row.code.digest == *digest {
                row.used_at = Some(at);
            }
        }
        Ok(good)
    }
}

left_to_memory! { ChallengeStore via challenges {
        insert(challenge: &Challenge) -> ();
        remove_all(account: AccountId) -> ();
    }

    async fn record_failed_try(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let read = self.inner.state.challenges.get(&id).map(|challenge| challenge.failed_tries);
        let Some(failed_tries) = read.filter(|tries| *tries < limit) else { return Ok(false) };
        self.between_read_and_write().await;
        if let Some(challenge) = self.inner.state.challenges.get_mut(&id) {
            challenge.failed_tries = failed_tries + 1;
        }
        Ok(true)
    }

    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let good = self.inner.state.challenges.get(&id).is_some_and(|challenge| challenge.failed_tries < limit);
        self.between_read_and_write().await;
        if good {
            self.inner.state.challenges.remove(&id);
        }
        Ok(good)
    }
}

left_to_memory! { IdempotencyStore via idempotency {
        keep_answer(digest: &IdempotencyDigest, id: IdempotencyClaimId, answer: &Sealed) -> bool;
        release(digest: &IdempotencyDigest, id: IdempotencyClaimId) -> bool;
    }

    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError> {
        let holder = self.inner.state.idempotency_claims.get(&claim.digest);
        let (free, own) = (
            holder.is_none_or(|it| it.makes_room_for(claim)),
            holder.is_some_and(|it| it.id == claim.id),
        );
        self.between_read_and_write().await;
        if free {
            self.inner.state.idempotency_claims.insert(claim.digest, claim.clone());
        }
        Ok(free || own)
    }
}
