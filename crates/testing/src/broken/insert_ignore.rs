//! Inserts a row for each claim, and takes the conflict with one that is there already for success.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest, IdempotencyStore};
use countersign_application::ports::{Sealed, StoreError, UnitOfWork};
use countersign_application::recovery::{RecoveryCodeSet, RecoveryCodeStore, RecoveryDigest, SealedRecoveryCode};
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStore, SecondFactor, SecondFactorState, SecondFactorStore,
};
use countersign_application::sign_in::{Challenge, ChallengeStore};
use countersign_application::{AccountId, AuthenticatorId, ChallengeId, IdempotencyClaimId, RecoveryCodeSetId};
use countersign_core::{Counters, Timestamp};

use super::{left_to_memory, wrapped_unit_of_work};
use crate::memory::MemoryUnitOfWork;

/// The claims of challenges and enrollments, which leave nothing else to conflict with.
#[derive(Clone, Default)]
struct Claims(Arc<Mutex<BTreeSet<uuid::Uuid>>>);

impl Claims {
    /// Inserts the row of a claim that succeeded; a claim whose row is there succeeds as well.
    fn insert_ignore(&self, id: uuid::Uuid, succeeded: bool) -> bool {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if succeeded {
            rows.insert(id);
        }
        rows.contains(&id)
    }
}

pub(super) fn wrap() -> impl Fn(MemoryUnitOfWork) -> Box<dyn UnitOfWork> + Send + Sync + 'static {
    let claims = Claims::default();
    move |inner| Box::new(Unit { inner, claims: claims.clone(), acts: 0 })
}

struct Unit {
    inner: MemoryUnitOfWork,
    claims: Claims,
    acts: usize,
}

wrapped_unit_of_work!(Unit);

left_to_memory! { SecondFactorStore via second_factors {
        lock(account: AccountId) -> Option<SecondFactorState>;
        load(account: AccountId) -> Option<SecondFactor>;
        set_counters(account: AccountId, seen: i64, counters: &Counters) -> bool;
        set_enabled(account: AccountId, since: Option<Timestamp>) -> ();
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
        let there_already = self.inner.state.authenticators.get(&id).is_some_and(|it| {
            it.account_id == account && it.is_active() && it.last_step == Some(step)
        });
        Ok(there_already || self.inner.authenticators().accept_step(account, id, step, at).await?)
    }

    async fn activate(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let activated = self.inner.authenticators().activate(account, id, step, at).await?;
        Ok(self.claims.insert_ignore(id.as_uuid(), activated))
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
        let there_already = state.redeemable_set(account, set)
            && state.recovery_codes.iter().any(|row| {
                row.set == set && row.code.digest == *digest && row.used_at.is_some()
            });
        Ok(there_already || self.inner.recovery_codes().redeem(account, set, digest, at).await?)
    }
}

left_to_memory! { ChallengeStore via challenges {
        insert(challenge: &Challenge) -> ();
        record_failed_try(id: ChallengeId, limit: u32) -> bool;
        remove_all(account: AccountId) -> ();
    }

    async fn spend(&mut self, id: ChallengeId, limit: u32) -> Result<bool, StoreError> {
        let spent = self.inner.challenges().spend(id, limit).await?;
        Ok(self.claims.insert_ignore(id.as_uuid(), spent))
    }
}

left_to_memory! { IdempotencyStore via idempotency {
        keep_answer(digest: &IdempotencyDigest, id: IdempotencyClaimId, answer: &Sealed) -> bool;
        release(digest: &IdempotencyDigest, id: IdempotencyClaimId) -> bool;
    }

    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError> {
        self.inner.idempotency().claim(claim).await?;
        Ok(true)
    }
}
