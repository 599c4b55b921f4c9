//! Marking a database that was restored.

use countersign_core::CODE_BUDGET;

use crate::administration::Administrator;
use crate::audit::{AuditScene, Event};
use crate::realm::RealmSlug;
use crate::restoration::{Distrust, Distrusted};
use crate::{Application, UseCaseError};

/// More changes of a password than there were since any backup: links that were made for one of them stay void.
const PASSWORD_VERSIONS: i64 = 1_000_000;

/// Each account keeps the guesses at a code that are free in a row: whoever types one that is refused, as those of the first
/// minute are, gets in with the next. Whatever was guessed since the backup, a restore adds no more than these.
const GUESSES_LEFT: u32 = 4;

/// Puts out of use, in every realm, what may have been used since the backup that the database was restored from. Steps up to
/// now are spent, recovery codes have to be made anew, and nobody is signed in.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkRestored {
    /// Leaves recovery codes good: for a database that lost seconds and not days, and an operator who knows that nobody used
    /// one meanwhile.
    pub keeps_recovery_codes: bool,
}

/// What was put out of use in a realm.
#[derive(Clone, Debug)]
pub struct MarkedRealm {
    /// In which.
    pub realm: RealmSlug,
    /// How much.
    pub distrusted: Distrusted,
}

impl MarkRestored {
    /// Answers what was put out of use, by realm. May be run again: what is out of use stays so.
    ///
    /// # Errors
    /// A port failed. Realms that were marked until then stay marked.
    pub async fn execute(&self, application: &Application) -> Result<Vec<MarkedRealm>, UseCaseError> {
        let now = application.now();
        let mut marked = Vec::new();
        for realm in application.store().list_realms().await? {
            let distrust = Distrust {
                at: now,
                steps_ahead: realm.policy.totp.skew_steps,
                guesses_spent: CODE_BUDGET.failures - GUESSES_LEFT,
                password_versions: PASSWORD_VERSIONS,
                keeps_recovery_codes: self.keeps_recovery_codes,
            };
            let operator = Administrator::operator(realm);
            let (realm, distrust) = (&operator.realm, &distrust);
            let actor = &operator.authority.actor();
            let origin = &operator.origin;
            let distrusted = application
                .transact(|unit| {
                    Box::pin(async move {
                        let distrusted = unit.restoration().distrust(realm, distrust).await?;
                        let scene = AuditScene::of_realm(realm, actor.clone(), origin);
                        let mut record = application.record(scene, now);
                        record.succeeded(Event::DatabaseRestored {
                            authenticators: distrusted.authenticators,
                            recovery_sets: distrusted.recovery_sets,
                        })?;
                        record.append(unit).await?;
                        Ok(distrusted)
                    })
                })
                .await?;
            marked.push(MarkedRealm { realm: realm.slug.clone(), distrusted });
        }
        Ok(marked)
    }
}
