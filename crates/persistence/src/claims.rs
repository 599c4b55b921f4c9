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
use countersign_application::ports::{StoreError, UnitOfWork};
use countersign_application::verification::{ChallengeUse, Claim, Spends, Verdict};
use sea_orm::ConnectionTrait as _;

use crate::connection::{SeaUnitOfWork, Writing};
use crate::lane::Serve;
use crate::many::Changes;
use crate::tables::authenticators::{self, Accepting};
use crate::tables::{accounts, attempts, audit_events, challenges, second_factors, sessions, trusted_devices};

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
        let counted = claims.iter().filter_map(|claim| Some((claim.account, claim.counted?))).collect();
        let (unit, unmoved) =
            second_factors::begin_with_counters(&self.writing, counted).await.map_err(Unsettled::Split)?;
        let unmoved: HashSet<AccountId> = unmoved.into_iter().collect();
        let settled: Vec<&Claim> = claims.iter().filter(|claim| unmoved.contains(&claim.account)).collect();
        if !settled.is_empty() {
            let mut unit = unit;
            if !settle_all(&mut unit, &settled).await.map_err(Unsettled::Split)? {
                return Err(Unsettled::Split(StoreError::Contention("a guard failed".into())));
            }
            // Whether a commit that failed was made durable is not known: nobody is settled a second time.
            Box::new(unit).commit().await.map_err(Unsettled::Unknown)?;
        }
        let verdict = |claim: &Claim| if unmoved.contains(&claim.account) { Verdict::Settled } else { Verdict::Moved };
        Ok(claims.iter().map(verdict).collect())
    }

    /// Settles a claim in a unit of work of its own, step by step.
    async fn alone(&self, claim: &Claim) -> Result<Verdict, StoreError> {
        Box::new(self.writing.begin().await?).settle_alone(claim).await
    }

    /// Settles claims together, or in halves where that fails.
    fn settle<'s>(
        &'s self,
        claims: &'s [Claim],
        begun: Instant,
    ) -> Pin<Box<dyn Future<Output = Verdicts> + Send + 's>> {
        Box::pin(async move {
            if let [claim] = claims
                && !Self::goes_together(claim)
            {
                return vec![self.alone(claim).await];
            }
            let error = match self.together(claims).await {
                Ok(verdicts) => return verdicts.into_iter().map(Ok).collect(),
                Err(Unsettled::Split(error)) if begun.elapsed() < PATIENCE => {
                    tracing::debug!(%error, claims = claims.len(), "claims are settled in halves");
                    if let [claim] = claims {
                        return vec![self.alone(claim).await];
                    }
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

/// Settles claims of different accounts whose counters are set already; `false` where a guard failed that is not asked one
/// by one.
async fn settle_all(unit: &mut SeaUnitOfWork, claims: &[&Claim]) -> Result<bool, StoreError> {
    let mut steps = Vec::new();
    let (mut spent, mut refused) = (Vec::new(), Vec::new());
    let (mut places, mut signed_in, mut new_sessions, mut devices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut events = Vec::new();
    for claim in claims {
        if let Some(Spends::Step { authenticator: id, step }) = claim.spends {
            steps.push(Accepting { account: claim.account, id, step, at: claim.at });
        }
        match claim.challenge {
            Some(ChallengeUse::Spend { id, limit }) => spent.push((id, limit)),
            Some(ChallengeUse::CountRefusal { id, limit }) => refused.push((id, limit)),
            None => {}
        }
        places.extend(claim.known_place.as_ref().map(|place| (claim.account, place, claim.at)));
        if let Some(signs_in) = &claim.signs_in {
            signed_in.push((claim.account, claim.at));
            new_sessions.push(sessions::row_of(&signs_in.session));
            devices.extend(signs_in.device.as_ref().map(trusted_devices::row_of));
        }
        events.extend(audit_events::rows_of(&claim.events)?);
    }
    if !places.is_empty() {
        attempts::note_known_places(unit, &places).await?;
    }
    if !signed_in.is_empty() {
        sessions::make_room_for_each(unit, signed_in.iter().map(|(account, _)| *account)).await?;
    }
    let mut changes = Changes::new(unit.get_database_backend());
    if !authenticators::accept_steps(&mut changes, &steps) {
        return Ok(false);
    }
    challenges::spend_all(&mut changes, &spent);
    challenges::record_failed_tries(&mut changes, &refused);
    changes.add(new_sessions.len(), |sql| {
        sql.insert(&new_sessions);
    });
    changes.add(devices.len(), |sql| {
        sql.insert(&devices);
    });
    accounts::record_sign_ins(&mut changes, &signed_in);
    changes.add(events.len(), |sql| {
        sql.insert(&events);
    });
    changes.make(unit).await
}
