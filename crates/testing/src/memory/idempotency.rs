//! Claims of idempotency keys.

use async_trait::async_trait;
use countersign_application::IdempotencyClaimId;
use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest, IdempotencyReads, IdempotencyStore};
use countersign_application::ports::{Sealed, StoreError};

use super::{MemoryStore, State};

#[async_trait]
impl IdempotencyReads for MemoryStore {
    async fn find_idempotency_claim(&self, digest: &IdempotencyDigest) -> Result<Option<IdempotencyClaim>, StoreError> {
        Ok(self.read().idempotency_claims.get(digest).cloned())
    }
}

#[async_trait]
impl IdempotencyStore for State {
    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError> {
        let holder = self.idempotency_claims.entry(claim.digest).or_insert_with(|| claim.clone());
        if holder.makes_room_for(claim) {
            *holder = claim.clone();
        }
        Ok(holder.id == claim.id)
    }

    async fn keep_answer(
        &mut self,
        digest: &IdempotencyDigest,
        id: IdempotencyClaimId,
        answer: &Sealed,
    ) -> Result<bool, StoreError> {
        match self.idempotency_claims.get_mut(digest) {
            Some(claim) if claim.id == id && claim.answer.is_none() => {
                claim.answer = Some(answer.clone());
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn release(&mut self, digest: &IdempotencyDigest, id: IdempotencyClaimId) -> Result<bool, StoreError> {
        let held = self.idempotency_claims.get(digest).is_some_and(|claim| claim.id == id);
        if held {
            self.idempotency_claims.remove(digest);
        }
        Ok(held)
    }
}
