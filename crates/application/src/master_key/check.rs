//! Whether what is sealed opens in the row where it stands.

use std::ops::ControlFlow;

use crate::master_key::{SealedKind, SealedPart, SealedPlace};
use crate::ports::SealerError;
use crate::{Application, RecoveryCodeSetId, UseCaseError};

/// How many rows are read at once.
const PIECE: u32 = 500;

/// Opens what is sealed, the oldest first, and keeps nothing of it; and sees whether there is the key of each set of recovery
/// codes.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckSealed {
    /// How many values of each kind at most; all where it is `None`.
    pub most: Option<u64>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct SealedFindings {
    /// How many values opened.
    pub opened: u64,
    /// Those that did not.
    pub broken: Vec<BrokenSeal>,
    /// Whether it was ended before everything was looked at.
    pub interrupted: bool,
}

/// A sealed value that does not open.
#[derive(Debug)]
pub struct BrokenSeal {
    /// In which table.
    pub table: &'static str,
    /// In the row with this identifier.
    pub row: String,
    /// Why.
    pub error: SealerError,
}

impl SealedFindings {
    fn note<T>(&mut self, table: &'static str, row: String, opened: Result<T, SealerError>) {
        match opened {
            Ok(_) => self.opened += 1,
            Err(error) => self.broken.push(BrokenSeal { table, row, error }),
        }
    }

    /// How many values were looked at.
    #[must_use]
    pub fn looked_at(&self) -> u64 {
        self.opened + self.broken.len() as u64
    }
}

/// Told how many values were looked at, it says whether to go on.
pub type GoesOn<'a> = &'a mut (dyn FnMut(u64) -> ControlFlow<()> + Send);

impl CheckSealed {
    /// What does not open is its outcome and no error.
    ///
    /// # Errors
    /// The store failed, or holds what cannot be.
    pub async fn execute(
        &self,
        application: &Application,
        goes_on: GoesOn<'_>,
    ) -> Result<SealedFindings, UseCaseError> {
        let mut findings = SealedFindings::default();
        for kind in SealedKind::ALL {
            self.look_at(application, kind, &mut findings, goes_on).await?;
        }
        if !findings.interrupted {
            missing_peppers(application, &mut findings).await?;
        }
        Ok(findings)
    }

    async fn look_at(
        &self,
        application: &Application,
        kind: SealedKind,
        findings: &mut SealedFindings,
        goes_on: GoesOn<'_>,
    ) -> Result<(), UseCaseError> {
        let mut left = self.most.unwrap_or(u64::MAX);
        let mut after: Option<SealedPlace> = None;
        while left > 0 && !findings.interrupted {
            let limit = PIECE.min(u32::try_from(left).unwrap_or(PIECE));
            let rows = application.store().list_sealed(&SealedPart { kind, except: None, after, limit }).await?;
            for row in &rows {
                let opened = match row.place.context() {
                    Some(context) => application.sealer().open(&context, &row.sealed).await.map(drop),
                    None => Err(SealerError::Broken),
                };
                findings.note(row.place.table(), row.place.row(), opened);
            }
            left -= rows.len() as u64;
            findings.interrupted = goes_on(findings.looked_at()).is_break();
            after = rows.last().map(|row| row.place);
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Nothing of a set is sealed, and yet no code of it is found without the key that it was made with.
async fn missing_peppers(application: &Application, findings: &mut SealedFindings) -> Result<(), UseCaseError> {
    let (store, digester) = (application.store(), application.recovery_digester());
    for used in store.count_key_uses().await?.into_iter().filter(|used| !digester.holds(&used.key_id)) {
        let mut after: Option<RecoveryCodeSetId> = None;
        loop {
            let sets = store.list_sets_of_key(&used.key_id, after, PIECE).await?;
            for set in &sets {
                let missing = SealerError::KeyMissing { key_id: used.key_id.clone() };
                findings.note("recovery_code_set", set.to_string(), Err::<(), _>(missing));
            }
            after = sets.last().copied();
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}
