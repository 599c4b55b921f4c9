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
use countersign_application::session::Session;
use countersign_application::verification::{ChallengeUse, Claim, Counted, Spends, Verdict};
use rusqlite::TransactionBehavior;
use sea_orm::{DbBackend, Statement};
use tokio::runtime::Handle;

use crate::connection::Writing;
use crate::errors::{Unmade, file_error};
use crate::lane::{Lanes, Serve};
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

    /// Settles claims in one unit of work, those alone whose account has not moved.
    async fn together(&self, claims: &[Claim]) -> Result<Vec<Verdict>, Unsettled> {
        match &self.writing {
            Writing::InTurns(writer) => {
                let all = claims.to_vec();
                let settled = writer.run_whole(move |connection| settle_in(connection, &all)).await;
                match settled.map_err(Unsettled::Unknown)?? {
                    Some(verdicts) => Ok(verdicts),
                    // Another process is writing: units of work know how to wait for it.
                    None => self.step_by_step(claims).await,
                }
            }
            Writing::AtOnce { pool, limit, health } => {
                if self.writing.backend() == DbBackend::Postgres {
                    let work = all_of(claims).map_err(Unsettled::Split)?;
                    match Writing::run_whole(pool, *limit, health, work).await {
                        Ok(()) => return Ok(vec![Verdict::Settled; claims.len()]),
                        Err(Unmade::Again(error)) => {
                            tracing::debug!(%error, claims = claims.len(), "claims are settled step by step");
                        }
                        Err(Unmade::Unknown(error)) => return Err(Unsettled::Unknown(error)),
                    }
                }
                self.step_by_step(claims).await
            }
        }
    }

    async fn step_by_step(&self, claims: &[Claim]) -> Result<Vec<Verdict>, Unsettled> {
        let unit = self.writing.begin().await.map_err(Unsettled::Split)?;
        let unmoved = second_factors::set_all_counters(&unit, counted(claims)).await.map_err(Unsettled::Split)?;
        let unmoved: HashSet<AccountId> = unmoved.into_iter().collect();
        if !unmoved.is_empty() {
            let mut changes = Changes::new(self.writing.backend());
            add_changes(&mut changes, claims.iter().filter(|claim| unmoved.contains(&claim.account)))
                .map_err(Unsettled::Split)?;
            if !changes.make(&unit).await.map_err(Unsettled::Split)? {
                return Err(guard_failed());
            }
            // Whether a commit that failed was made durable is not known: nobody is settled a second time.
            Box::new(unit).commit().await.map_err(Unsettled::Unknown)?;
        }
        Ok(verdicts(claims, &unmoved))
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
            unsettled(claims, &error)
        })
    }
}

fn unsettled(claims: &[Claim], error: &StoreError) -> Verdicts {
    tracing::warn!(%error, claims = claims.len(), "claims could not be settled");
    claims.iter().map(|_| Err(again(error))).collect()
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

    fn begin(lane: Lanes<Self>, runtime: Handle) {
        let Writing::InTurns(writer) = lane.serve().writing.clone() else {
            runtime.spawn(lane.run());
            return;
        };
        writer.begin_lane(lane, runtime, |connection, claims| {
            if !claims.iter().all(Self::goes_together) {
                return None;
            }
            match settle_in(connection, claims) {
                Ok(verdicts) => Some(verdicts?.into_iter().map(Ok).collect()),
                // In halves.
                Err(Unsettled::Split(_)) => None,
                Err(Unsettled::Unknown(error)) => Some(unsettled(claims, &error)),
            }
        });
    }

    async fn serve(&self, claims: Vec<Claim>) -> Verdicts {
        #[expect(clippy::disallowed_methods, reason = "it is a patience, not a time that anything is decided by")]
        self.settle(&claims, Instant::now()).await
    }
}

/// Settles claims on a connection that has a thread of its own, those alone whose account has not moved. `None` where
/// another process has the lock.
fn settle_in(connection: &mut rusqlite::Connection, claims: &[Claim]) -> Result<Option<Vec<Verdict>>, Unsettled> {
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let unit = match begun.map_err(file_error) {
        Ok(unit) => unit,
        Err(StoreError::Contention(_)) => return Ok(None),
        Err(error) => return Err(Unsettled::Split(error)),
    };
    let unmoved = second_factors::set_counters_in(&unit, &counted(claims)).map_err(Unsettled::Split)?;
    if !unmoved.is_empty() {
        let mut changes = Changes::new(DbBackend::Sqlite);
        add_changes(&mut changes, claims.iter().filter(|claim| unmoved.contains(&claim.account)))
            .map_err(Unsettled::Split)?;
        if !changes.make_in(&unit).map_err(Unsettled::Split)? {
            return Err(guard_failed());
        }
        unit.commit().map_err(|error| Unsettled::Unknown(file_error(error)))?;
    }
    Ok(Some(verdicts(claims, &unmoved)))
}

/// For PostgreSQL, one statement that settles all claims or fails.
fn all_of(claims: &[Claim]) -> Result<Statement, StoreError> {
    let mut changes = Changes::new(DbBackend::Postgres);
    let counted = counted(claims);
    changes.add(counted.len(), |sql| second_factors::set_counters(sql, &counted));
    add_changes(&mut changes, claims.iter())?;
    Ok(changes.all_or_nothing())
}

fn counted(claims: &[Claim]) -> Vec<(AccountId, Counted)> {
    claims.iter().filter_map(|claim| Some((claim.account, claim.counted?))).collect()
}

fn verdicts(claims: &[Claim], unmoved: &HashSet<AccountId>) -> Vec<Verdict> {
    let verdict = |claim: &Claim| if unmoved.contains(&claim.account) { Verdict::Settled } else { Verdict::Moved };
    claims.iter().map(verdict).collect()
}

fn guard_failed() -> Unsettled {
    Unsettled::Split(StoreError::Contention("a guard failed".into()))
}

/// Adds all that claims of different accounts change beside their counters.
fn add_changes<'c>(changes: &mut Changes, claims: impl Iterator<Item = &'c Claim>) -> Result<(), StoreError> {
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
    authenticators::accept_steps(changes, &steps);
    challenges::spend_all(changes, &spent);
    challenges::record_failed_tries(changes, &refused);
    attempts::note_known_places(changes, &places);
    let signing_in: Vec<AccountId> = signed_in.iter().map(|(account, _)| *account).collect();
    sessions::make_room_for_each(changes, &signing_in, Session::MOST_OF_AN_ACCOUNT - 1);
    changes.add(new_sessions.len(), |sql| {
        sql.insert(&new_sessions);
    });
    changes.add(devices.len(), |sql| {
        sql.insert(&devices);
    });
    accounts::record_sign_ins(changes, &signed_in);
    changes.add(events.len(), |sql| {
        sql.insert(&events);
    });
    Ok(())
}
