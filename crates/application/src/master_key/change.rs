//! What the audit trail and the store are told when keys of the ring change.

use crate::administration::Administrator;
use crate::audit::{AuditScene, Event};
use crate::master_key::KeyUse;
use crate::{Application, UseCaseError};

/// Notes, in every realm, that another master key becomes the primary one.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoteRotation;

impl NoteRotation {
    /// # Errors
    /// A port failed; nothing was noted.
    pub async fn execute(&self, application: &Application) -> Result<(), UseCaseError> {
        let now = application.now();
        let operators = &operators(application).await?;
        application
            .transact(|unit| {
                Box::pin(async move {
                    for operator in operators {
                        let actor = operator.authority.actor();
                        let scene = AuditScene::of_realm(&operator.realm, actor, &operator.origin);
                        let mut record = application.record(scene, now);
                        record.succeeded(Event::KeyRotated)?;
                        record.append(unit).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Retires a master key, if nothing needs it. The ring is changed afterwards: what the store refuses from here on is what makes it
/// safe, whatever ring a node still holds.
#[derive(Clone, Debug)]
pub struct RetireMasterKey {
    /// Which.
    pub key_id: String,
    /// Whether sets of recovery codes that were made with it are put out of use. Their digests cannot be made anew without the
    /// codes.
    pub voids_recovery_codes: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// It is retired; so many sets of recovery codes have to be made anew.
    Retired {
        /// How many.
        voided: u64,
    },
    /// It is needed, and nothing was changed.
    InUse(KeyUse),
}

impl RetireMasterKey {
    /// May be run again.
    ///
    /// # Errors
    /// A port failed; nothing was changed.
    pub async fn execute(&self, application: &Application) -> Result<Retirement, UseCaseError> {
        let now = application.now();
        let operators = &operators(application).await?;
        application
            .transact(|unit| {
                Box::pin(async move {
                    // Under the lock that whoever seals under it takes as well.
                    let used = unit.master_keys().lock_uses(&self.key_id).await?;
                    let voids = if self.voids_recovery_codes { used.recovery_sets } else { 0 };
                    if !(KeyUse { recovery_sets: used.recovery_sets - voids, ..used.clone() }).is_none() {
                        return Ok(Retirement::InUse(used));
                    }
                    let mut voided = 0;
                    for operator in operators {
                        let of_realm = if voids == 0 {
                            0
                        } else {
                            unit.master_keys().void_sets(&operator.realm, &self.key_id).await?
                        };
                        let actor = operator.authority.actor();
                        let scene = AuditScene::of_realm(&operator.realm, actor, &operator.origin);
                        let mut record = application.record(scene, now);
                        record.succeeded(Event::KeyRetired { recovery_sets: of_realm })?;
                        record.append(unit).await?;
                        voided += of_realm;
                    }
                    unit.master_keys().mark_retired(&self.key_id, now).await?;
                    Ok(Retirement::Retired { voided })
                })
            })
            .await
    }
}

async fn operators(application: &Application) -> Result<Vec<Administrator>, UseCaseError> {
    Ok(application.store().list_realms().await?.into_iter().map(Administrator::operator).collect())
}
