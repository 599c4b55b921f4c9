//! How a realm looks, and where its users may go back to: finding and changing it.

use crate::administration::Administrator;
use crate::appearance::{Appearance, AppearanceChange, difference};
use crate::audit::AuditScene;
use crate::realm::KeyViolation;
use crate::verification::{GivenProof, ProofDenial};
use crate::{Application, RealmId, UseCaseError};

/// Finds how a realm looks; one whose appearance nobody has set has nothing of its own.
#[derive(Clone, Copy, Debug)]
pub struct FindAppearance {
    pub realm: RealmId,
}

impl FindAppearance {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Appearance, UseCaseError> {
        Ok(application.store().find_appearance(self.realm).await?)
    }
}

/// Changes how a realm looks and where its users may go back to. It holds from the next request on.
///
/// Whoever can add a return address can have users sent there right after they signed in. So it takes an owner, the
/// operator, or an API key that administers.
#[derive(Clone, Debug)]
pub struct SetAppearance {
    /// What changes.
    pub change: AppearanceChange,
    /// The owner's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum SetAppearanceOutcome {
    /// The appearance as it is now.
    Set(Box<Appearance>),
    /// Something breaks a rule; nothing was changed.
    Invalid(Vec<KeyViolation>),
    /// Of those who are signed in, only owners may.
    OwnersOnly,
    /// The owner's own proof was not taken.
    Unproven(ProofDenial),
}

impl SetAppearance {
    /// # Errors
    /// A port failed; the appearance is as it was.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
    ) -> Result<SetAppearanceOutcome, UseCaseError> {
        let now = application.now();
        if !by.authority.may_change_appearance() {
            return Ok(SetAppearanceOutcome::OwnersOnly);
        }
        let confirmed = match application.confirm(by, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(SetAppearanceOutcome::Unproven(denial)),
        };
        let (realm, confirmed) = (&by.realm, &confirmed);
        application
            .transact(|unit| {
                Box::pin(async move {
                    let before = unit.appearances().lock(realm.id).await?;
                    let after = match self.change.apply(&before) {
                        Ok(after) => after,
                        Err(violations) => return Ok(SetAppearanceOutcome::Invalid(violations)),
                    };
                    unit.appearances().set(realm.id, &after, now).await?;
                    let scene = AuditScene::of_realm(realm, confirmed.actor(), &by.origin);
                    let mut record = application.record(scene, now);
                    record.succeeded(difference(&before, &after))?;
                    record.append(unit).await?;
                    Ok(SetAppearanceOutcome::Set(Box::new(after)))
                })
            })
            .await
    }
}
