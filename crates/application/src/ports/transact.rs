//! Running a unit of work: once, or again where another one was in the way.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::UseCaseError;
use crate::idempotency::Claimant;
use crate::ports::{Clock, Entropy, Store, StoreError, UnitOfWork};

/// The future of one attempt at a unit of work.
pub(crate) type Work<'u, T> = Pin<Box<dyn Future<Output = Result<T, UseCaseError>> + Send + 'u>>;

/// How often a contended unit of work is tried at most.
const TRIES: u32 = 8;

/// After how many seconds it is not tried again, however few the tries were: each may have waited in a queue already,
/// and whoever asked has an answer to expect.
const TRIED_FOR_SECONDS: u64 = 10;

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
    let last = clock.now().plus_seconds(TRIED_FOR_SECONDS);
    let mut tries = 1;
    loop {
        match attempt(store, claimant, &mut work).await {
            Err(UseCaseError::Store(StoreError::Contention(fault))) if tries < TRIES && clock.now() < last => {
                tracing::debug!(tries, error = %fault, "a contended unit of work is tried again");
                tokio::time::sleep(pause(entropy, tries)?).await;
                tries += 1;
            }
            result => return result,
        }
    }
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

/// 0 to 2^tries milliseconds, so that those who collided do not meet again.
fn pause(entropy: &dyn Entropy, tries: u32) -> Result<Duration, UseCaseError> {
    let mut random = [0_u8; 8];
    entropy.fill(&mut random)?;
    let longest_micros = 1_000_u64 << tries.min(10);
    Ok(Duration::from_micros(u64::from_le_bytes(random) % longest_micros))
}
