//! What a store keeps of idempotency keys.

use async_trait::async_trait;

use crate::IdempotencyClaimId;
use crate::idempotency::{IdempotencyClaim, IdempotencyDigest};
use crate::ports::{Sealed, StoreError};

/// Reads claims of idempotency keys.
#[async_trait]
pub trait IdempotencyReads {
    /// The claim that is found under a digest, whether or not it still holds
    /// (`an_idempotency_claim_is_read_as_it_was_written`).
    async fn find_idempotency_claim(&self, digest: &IdempotencyDigest) -> Result<Option<IdempotencyClaim>, StoreError>;
}

/// Changes claims of idempotency keys.
#[async_trait]
pub trait IdempotencyStore: Send {
    /// Claims the key of a digest, and answers whether the claim is held: by this unit of work, or by an earlier one with
    /// the same identifier.
    ///
    /// - MUST answer `true` for one identifier of any number that claim the same digest, on every node
    ///   (`an_idempotency_key_is_claimed_once_under_contention`).
    /// - MUST answer `true` again for the identifier that holds it, and `false` for any other
    ///   (`an_idempotency_key_stays_with_the_first`).
    /// - MUST put the claim in the place of one that expired at or before `claim.claimed_at`, or that expires after
    ///   [`IdempotencyClaim::latest_end`] (`an_expired_idempotency_claim_makes_room`).
    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError>;
    /// Keeps the answer of a claim; `false` when it is not held with this identifier, or has an answer
    /// (`an_answer_is_kept_once_and_by_its_holder_only`).
    async fn keep_answer(
        &mut self,
        digest: &IdempotencyDigest,
        id: IdempotencyClaimId,
        answer: &Sealed,
    ) -> Result<bool, StoreError>;
    /// Gives a claim back; `false` when it is not held with this identifier (`an_idempotency_key_stays_with_the_first`).
    async fn release(&mut self, digest: &IdempotencyDigest, id: IdempotencyClaimId) -> Result<bool, StoreError>;
}
