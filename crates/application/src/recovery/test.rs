//! Trying out whether a recovery code was written down right.

use countersign_core::Attempt;
use secrecy::{ExposeSecret, SecretString};

use crate::audit::{Event, ProvenAct};
use crate::caller::Caller;
use crate::verification::{CodeFinding, CodeVerdict, ProofDenial};
use crate::{Application, UseCaseError};

/// Tells the caller whether what was written down is one of the unused recovery codes. It spends none. A wrong one counts as it
/// does wherever a recovery code is given, and a right one gives nothing back of what was counted.
#[derive(Clone, Debug)]
pub struct TestRecoveryCode {
    /// What was written down.
    pub code: SecretString,
}

/// What may come of it.
#[derive(Debug, PartialEq, Eq)]
pub enum TestRecoveryCodeOutcome {
    /// It is one of the unused codes.
    Good,
    /// It is none of them: mistyped, used, or of an older set.
    Unknown,
    /// It does not look like one; nothing was counted.
    Malformed,
    /// There are no recovery codes, or the second factor is not on.
    NoRecoveryCodes,
    /// It was not looked at, because of earlier failures.
    Denied(ProofDenial),
}

impl TestRecoveryCode {
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<TestRecoveryCodeOutcome, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        let set = match (caller.realm.policy.recovery_format(), factor.active_recovery_set()) {
            (Some(_), Some(set)) if factor.state.is_enabled() => set,
            _ => return Ok(TestRecoveryCodeOutcome::NoRecoveryCodes),
        };
        let Some(code) = set.format.parse(self.code.expose_secret()) else {
            return Ok(TestRecoveryCodeOutcome::Malformed);
        };
        let origin = caller.guesses_from();
        let (is_good, finding) = match application.digest_typed(&caller.realm, &factor, origin, &code, now).await? {
            Ok((set, digest)) => {
                let unused = application.store().list_unused_recovery_codes(set.id).await?;
                (unused.iter().any(|one| one.digest == digest), CodeFinding::UNKNOWN_RECOVERY_CODE)
            }
            Err(finding) => (false, finding),
        };
        let finding = &finding;
        application
            .transact(|unit| {
                Box::pin(async move {
                    let factor = caller.lock(unit).await?;
                    let mut settlement = caller.settlement(application, &factor, ProvenAct::TestRecoveryCode, now);
                    if is_good {
                        // Whoever failed meanwhile keeps everybody waiting: then right and wrong get one answer here too.
                        settlement.lock_attempts(unit, Some(Attempt::RecoveryCode)).await?;
                        if let Some(denial) = settlement.wait(Attempt::RecoveryCode) {
                            return Ok(TestRecoveryCodeOutcome::Denied(denial));
                        }
                        // Who learns that a list is good leaves a trace of it.
                        settlement.record.succeeded(Event::RecoveryCodeTested)?;
                        settlement.record.append(unit).await?;
                        return Ok(TestRecoveryCodeOutcome::Good);
                    }
                    let verdict = settlement.code(unit, finding).await?;
                    settlement.record.append(unit).await?;
                    Ok(match verdict {
                        CodeVerdict::Throttled(throttled) => TestRecoveryCodeOutcome::Denied(throttled.into()),
                        CodeVerdict::Rejected { .. } | CodeVerdict::Accepted(_) => TestRecoveryCodeOutcome::Unknown,
                    })
                })
            })
            .await
    }
}
