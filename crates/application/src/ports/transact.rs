//! Running a unit of work: once, or again where another one was in the way.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::idempotency::Claimant;
use crate::ports::{Clock, Entropy, Store, StoreError, StoreFault, UnitOfWork};
use crate::verification::{Claim, Verdict};
use crate::{Timestamp, UseCaseError};

/// The future of one attempt at a unit of work.
pub(crate) type Work<'u, T> = Pin<Box<dyn Future<Output = Result<T, UseCaseError>> + Send + 'u>>;

/// How often a contended unit of work is tried at most.
const TRIES: u32 = 8;

/// How often a claim is decided at most. Of those that meet at one account one is settled at a time, and the others find
/// that it moved: so many may meet there.
const CLAIM_TRIES: u32 = 40;

/// After how many seconds it is not tried again, however few the tries were: each may have waited in a queue already,
/// and whoever asked has an answer to expect.
const TRIED_FOR_SECONDS: u64 = 10;

/// Tries at something that others may be in the way of: a bounded number, with growing pauses of random length.
pub(crate) struct Tries<'a> {
    clock: &'a dyn Clock,
    entropy: &'a dyn Entropy,
    tries: u32,
    most: u32,
    /// A pause is at most two to the power of this milliseconds long.
    steepest: u32,
    last: Timestamp,
}

impl<'a> Tries<'a> {
    fn new(clock: &'a dyn Clock, entropy: &'a dyn Entropy, most: u32, steepest: u32) -> Self {
        Self { clock, entropy, tries: 1, most, steepest, last: clock.now().plus_seconds(TRIED_FOR_SECONDS) }
    }

    /// Tries at settling a claim.
    pub(crate) fn of_claim(clock: &'a dyn Clock, entropy: &'a dyn Entropy) -> Self {
        Self::new(clock, entropy, CLAIM_TRIES, 4)
    }

    /// Waits for the next try, or gives up for `fault`.
    pub(crate) async fn again(&mut self, fault: impl Into<StoreFault>) -> Result<(), UseCaseError> {
        let fault = fault.into();
        if self.tries >= self.most || self.clock.now() >= self.last {
            return Err(StoreError::Contention(fault).into());
        }
        tracing::debug!(tries = self.tries, error = %fault, "what others were in the way of is tried again");
        tokio::time::sleep(pause(self.entropy, self.tries.min(self.steepest))?).await;
        self.tries += 1;
        Ok(())
    }
}

/// Runs `work` in a unit of work: commits on `Ok`, rolls back on `Err`, and tries again on contention, a bounded number
/// of times with growing, jittered pauses. A denial is an `Ok`: its counter and its audit event are the point.
///
/// Where the request has an idempotency key, the unit of work claims it first.
///
/// The lifetime `'env` on the trait object lets the work borrow from its surroundings.
pub(crate) async fn transact<'env, T, F>(
    store: &dyn Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    claimant: Option<&Claimant>,
    mut work: F,
) -> Result<T, UseCaseError>
where
    T: Send,
    F: for<'u> FnMut(&'u mut (dyn UnitOfWork + 'env)) -> Work<'u, T> + Send,
{
    let mut tries = Tries::new(clock, entropy, TRIES, 10);
    loop {
        match attempt(store, claimant, &mut work).await {
            Err(UseCaseError::Store(StoreError::Contention(fault))) => tries.again(fault).await?,
            result => return result,
        }
    }
}

/// Settles a claim in a unit of work that claims the idempotency key of its request first.
pub(crate) async fn claim_under(
    claimant: &Claimant,
    store: &dyn Store,
    claim: &Claim,
) -> Result<Verdict, UseCaseError> {
    let mut unit = store.begin().await?;
    claimant.claim(unit.as_mut()).await?;
    claimant.carries_out();
    let verdict = unit.settle(claim).await?;
    if verdict == Verdict::Settled {
        claimant.conclude(unit.as_mut()).await?;
        unit.commit().await?;
        claimant.committed();
    }
    Ok(verdict)
}

async fn attempt<'env, T, F>(store: &dyn Store, claimant: Option<&Claimant>, work: &mut F) -> Result<T, UseCaseError>
where
    F: for<'u> FnMut(&'u mut (dyn UnitOfWork + 'env)) -> Work<'u, T> + Send,
{
    let mut unit = store.begin().await?;
    if let Some(claimant) = claimant {
        claimant.claim(unit.as_mut()).await?;
    }
    let value = work(unit.as_mut()).await?;
    if let Some(claimant) = claimant {
        claimant.conclude(unit.as_mut()).await?;
    }
    unit.commit().await?;
    if let Some(claimant) = claimant {
        claimant.committed();
    }
    Ok(value)
}

/// 0 to 2^exponent milliseconds, so that those who collided do not meet again.
fn pause(entropy: &dyn Entropy, exponent: u32) -> Result<Duration, UseCaseError> {
    let mut random = [0_u8; 8];
    entropy.fill(&mut random)?;
    let longest_micros = 1_000_u64 << exponent;
    Ok(Duration::from_micros(u64::from_le_bytes(random) % longest_micros))
}
