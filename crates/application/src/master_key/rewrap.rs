//! Sealing under the primary key what other keys sealed.

use std::collections::BTreeMap;

use crate::master_key::{BrokenSeal, GoesOn, SealedKind, SealedPart, SealedPlace, SealedRow};
use crate::ports::{Sealed, SealerError};
use crate::{Application, UseCaseError};

/// How many values are changed in one unit of work: nobody who signs in waits for longer than that takes.
const PIECE: u32 = 50;

/// Seals under the primary key what is sealed under another one, piece by piece, while nodes serve. What is not under the primary
/// key is what is left to do: ended early, it goes on where it was.
#[derive(Clone, Copy, Debug, Default)]
pub struct RewrapSealed;

/// What became of it.
#[derive(Debug, Default)]
pub struct Rewrapped {
    /// How many values are under the primary key now that were not.
    pub resealed: u64,
    /// How many went or changed meanwhile, and were left alone.
    pub passed: u64,
    /// Those that do not open, and were left as they are.
    pub broken: Vec<BrokenSeal>,
    /// Whether it was ended before all was done.
    pub interrupted: bool,
}

impl Rewrapped {
    fn looked_at(&self) -> u64 {
        self.resealed + self.passed + self.broken.len() as u64
    }
}

impl RewrapSealed {
    /// What does not open is its outcome and no error.
    ///
    /// # Errors
    /// A port failed. What was sealed anew until then stays so.
    pub async fn execute(&self, application: &Application, goes_on: GoesOn<'_>) -> Result<Rewrapped, UseCaseError> {
        let primary = application.recovery_digester().primary_key_id();
        let mut done = Rewrapped::default();
        for kind in SealedKind::ALL {
            let mut after: Option<SealedPlace> = None;
            while !done.interrupted {
                let part = SealedPart { kind, except: Some(&primary), after, limit: PIECE };
                let rows = application.store().list_sealed(&part).await?;
                after = rows.last().map(|row| row.place);
                if after.is_none() {
                    break;
                }
                piece(application, rows, &mut done).await?;
                done.interrupted = goes_on(done.looked_at()).is_break();
                // Whoever waits comes first.
                tokio::task::yield_now().await;
            }
        }
        Ok(done)
    }
}

async fn piece(application: &Application, rows: Vec<SealedRow>, done: &mut Rewrapped) -> Result<(), UseCaseError> {
    let mut anew: Vec<(SealedRow, Sealed)> = Vec::with_capacity(rows.len());
    for row in rows {
        let resealed = match row.place.context() {
            Some(context) => match application.sealer().open(&context, &row.sealed).await {
                Ok(opened) => Ok(application.sealer().seal(&context, &opened).await?),
                Err(error) => Err(error),
            },
            None => Err(SealerError::Broken),
        };
        match resealed {
            Ok(sealed) => anew.push((row, sealed)),
            Err(error) => {
                done.broken.push(BrokenSeal { table: row.place.table(), row: row.place.row(), error });
            }
        }
    }
    let anew = &anew;
    let resealed = application
        .transact(|unit| {
            Box::pin(async move {
                let mut resealed = 0;
                for (row, sealed) in anew {
                    resealed += u64::from(unit.master_keys().reseal(row, sealed).await?);
                }
                Ok(resealed)
            })
        })
        .await?;
    done.resealed += resealed;
    done.passed += anew.len() as u64 - resealed;
    Ok(())
}

/// What is not sealed under the primary key.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountUnderOtherKeys;

impl CountUnderOtherKeys {
    /// How many values, by the key that they are sealed under.
    ///
    /// # Errors
    /// The store failed.
    pub async fn execute(&self, application: &Application) -> Result<BTreeMap<String, u64>, UseCaseError> {
        let primary = application.recovery_digester().primary_key_id();
        let uses = application.store().count_key_uses().await?;
        let others = uses.into_iter().filter(|used| used.key_id != primary && used.sealed() > 0);
        Ok(others.map(|used| (used.key_id.clone(), used.sealed())).collect())
    }
}
