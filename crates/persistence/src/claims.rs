//! Claims, settled many at a time: what [`UnitOfWork::settle`] does for one, with a statement a table for all of them.
//!
//! The verdict is the same guarded write: a row of `second_factor` that still has the revision that was seen. Who got it
//! is who is settled; nothing of the others is written. What is guarded besides cannot have changed without that
//! revision, but for a challenge that ended meanwhile: where such a guard fails, nothing of the whole is kept, and it is
//! settled again in halves, so that one fails alone.

use std::collections::HashSet;
use std::pin::Pin;
use std::time::{Duration, Instant};

use countersign_application::AccountId;
use countersign_application::audit::AuditLog as _;
use countersign_application::ports::{StoreError, UnitOfWork};
use countersign_application::verification::{ChallengeUse, Claim, Spends, Verdict};

use crate::connection::{SeaUnitOfWork, Writing};
use crate::lane::Serve;
use crate::statements::insert_all;
use crate::tables::{accounts, attempts, authenticators, challenges, second_factors, sessions, trusted_devices};

/// After this time in vain, a batch is not settled in halves any more: everyone in it has waited long enough.
const PATIENCE: Duration = Duration::from_secs(1);

/// What became of each of several claims.
type Verdicts = Vec<Result<Verdict, StoreError>>;

/// Settles claims.
pub(crate) struct Settling {
    writing: Writing,
}

impl Settling {
    pub(crate) fn new(writing: Writing) -> Self {
        Self { writing }
    }

    /// Settles claims in one unit of work.
    async fn together(&self, claims: &[Claim]) -> Result<Vec<Verdict>, Unsettled> {
        let mut unit = self.writing.begin().await.map_err(Unsettled::Split)?;
        let Some(verdicts) = settle_all(&mut unit, claims).await.map_err(Unsettled::Split)? else {
            return Err(Unsettled::Split(StoreError::Contention("a guard failed".into())));
        };
        // Whether a commit that failed was made durable is not known: nobody is settled a second time.
        Box::new(unit).commit().await.map_err(Unsettled::Unknown)?;
        Ok(verdicts)
    }

    /// Settles claims together, or in halves where that fails.
    fn settle<'s>(
        &'s self,
        claims: &'s [Claim],
        begun: Instant,
    ) -> Pin<Box<dyn Future<Output = Verdicts> + Send + 's>> {
        Box::pin(async move {
            if let [claim] = claims {
                let unit = self.writing.begin().await.map(Box::new);
                return vec![match unit {
                    Ok(unit) => unit.settle_alone(claim).await,
                    Err(error) => Err(error),
                }];
            }
            let error = match self.together(claims).await {
                Ok(verdicts) => return verdicts.into_iter().map(Ok).collect(),
                Err(Unsettled::Split(error)) if begun.elapsed() < PATIENCE => {
                    tracing::debug!(%error, claims = claims.len(), "claims are settled in halves");
                    let (first, second) = claims.split_at(claims.len() / 2);
                    let mut verdicts = self.settle(first, begun).await;
                    verdicts.extend(self.settle(second, begun).await);
                    return verdicts;
                }
                Err(Unsettled::Split(error) | Unsettled::Unknown(error)) => error,
            };
            tracing::warn!(%error, claims = claims.len(), "claims could not be settled");
            claims.iter().map(|_| Err(again(&error))).collect()
        })
    }
}

/// Why claims were not settled together.
enum Unsettled {
    /// Nothing of them was kept.
    Split(StoreError),
    /// It is not known whether they were.
    Unknown(StoreError),
}

/// The same error for everyone who was in it.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Contention(fault) => StoreError::Contention(fault.to_string().into()),
        other => StoreError::Unavailable(other.to_string().into()),
    }
}

impl Serve for Settling {
    type Ask = Claim;
    type Answer = Verdict;
    type About = AccountId;

    fn about(claim: &Claim) -> AccountId {
        claim.account
    }

    /// Whether no other guard of it is likely to fail than the one that all are decided by. Recovery codes that are
    /// unknown, and counters that an address shares with others, would make the whole of a batch fail at anyone's will.
    fn goes_together(claim: &Claim) -> bool {
        claim.counted.is_some()
            && claim.attempts.is_empty()
            && !claim.disables_authenticators
            && !matches!(claim.spends, Some(Spends::RecoveryCode { .. }))
    }

    async fn serve(&self, claims: Vec<Claim>) -> Verdicts {
        #[expect(clippy::disallowed_methods, reason = "it is a patience, not a time that anything is decided by")]
        self.settle(&claims, Instant::now()).await
    }
}

/// Settles claims of different accounts in a unit of work; `None` where a guard failed that is not asked one by one.
async fn settle_all(unit: &mut SeaUnitOfWork, claims: &[Claim]) -> Result<Option<Vec<Verdict>>, StoreError> {
    let counted = claims.iter().filter_map(|claim| Some((claim.account, claim.counted?))).collect();
    let unmoved: HashSet<AccountId> = second_factors::set_all_counters(unit, counted).await?.into_iter().collect();
    let settled: Vec<&Claim> = claims.iter().filter(|claim| unmoved.contains(&claim.account)).collect();

    let mut steps = Vec::new();
    let (mut spent, mut refused) = (Vec::new(), Vec::new());
    let (mut places, mut signed_in, mut new_sessions, mut devices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut events = Vec::new();
    for claim in &settled {
        if let Some(Spends::Step { authenticator, step }) = claim.spends {
            steps.push((claim.account, authenticator, step, claim.at));
        }
        match claim.challenge {
            Some(ChallengeUse::Spend { id, limit }) => spent.push((id, limit)),
            Some(ChallengeUse::CountRefusal { id, limit }) => refused.push((id, limit)),
            None => {}
        }
        places.extend(claim.known_place.as_ref().map(|place| (claim.account, place, claim.at)));
        if let Some(signs_in) = &claim.signs_in {
            signed_in.push((claim.account, claim.at));
            new_sessions.push(&signs_in.session);
            devices.extend(&signs_in.device);
        }
        events.extend(claim.events.iter().cloned());
    }

    let guarded = authenticators::accept_steps(unit, steps).await?
        && challenges::spend_all(unit, &spent).await?
        && challenges::record_failed_tries(unit, &refused).await?;
    if !guarded {
        return Ok(None);
    }
    if !places.is_empty() {
        attempts::note_known_places(unit, &places).await?;
    }
    if !signed_in.is_empty() {
        sessions::make_room_for_each(unit, signed_in.iter().map(|(account, _)| *account)).await?;
        insert_all(unit, new_sessions.into_iter().map(sessions::row_of).collect()).await?;
        insert_all(unit, devices.into_iter().map(trusted_devices::row_of).collect()).await?;
        accounts::record_sign_ins(unit, signed_in).await?;
    }
    if !events.is_empty() {
        unit.append(&events).await?;
    }
    let verdict = |claim: &Claim| if unmoved.contains(&claim.account) { Verdict::Settled } else { Verdict::Moved };
    Ok(Some(claims.iter().map(verdict).collect()))
}
