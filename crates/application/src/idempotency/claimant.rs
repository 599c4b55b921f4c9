//! The claim of a request that is under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::UseCaseError;
use crate::idempotency::IdempotencyClaim;
use crate::ports::UnitOfWork;

/// The claim of a request that is under way, and what became of it.
#[derive(Debug)]
pub(crate) struct Claimant {
    pub(crate) claim: IdempotencyClaim,
    /// Whether the present unit of work carries something out.
    carries_out: AtomicBool,
    held: AtomicBool,
    lost: AtomicBool,
}

impl Claimant {
    pub(crate) fn new(claim: IdempotencyClaim) -> Arc<Self> {
        let no = || AtomicBool::new(false);
        Arc::new(Self { claim, carries_out: no(), held: no(), lost: no() })
    }

    /// Whether something was carried out under the claim, and committed.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Whether another request held the claim, so that nothing was carried out.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    pub(crate) fn carries_out(&self) {
        self.carries_out.store(true, Ordering::Release);
    }

    /// The first act of each unit of work. Before anything is looked at: whoever comes second must learn nothing of what
    /// they sent, since nothing of it is counted.
    pub(crate) async fn claim(&self, unit: &mut dyn UnitOfWork) -> Result<(), UseCaseError> {
        self.carries_out.store(false, Ordering::Release);
        if unit.idempotency().claim(&self.claim).await? {
            return Ok(());
        }
        self.lost.store(true, Ordering::Release);
        Err(UseCaseError::Repeated)
    }

    /// The last act of each unit of work: gives the claim back where nothing was carried out, so that the same request
    /// may be sent again.
    pub(crate) async fn conclude(&self, unit: &mut dyn UnitOfWork) -> Result<(), UseCaseError> {
        if !self.carries_out.load(Ordering::Acquire) && !self.is_held() {
            unit.idempotency().release(&self.claim.digest, self.claim.id).await?;
        }
        Ok(())
    }

    /// The unit of work was committed.
    pub(crate) fn committed(&self) {
        if self.carries_out.load(Ordering::Acquire) {
            self.held.store(true, Ordering::Release);
        }
    }
}
