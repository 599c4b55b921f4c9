//! An answer that is kept to be looked at again, until whoever asked has no more use for it.

use zeroize::Zeroizing;

use crate::idempotency::{Asker, IdempotencyClaim, IdempotencyKey};
use crate::{Application, UseCaseError};

/// Finds what was answered to a request under a key, without asking anything anew.
#[derive(Clone, Debug)]
pub struct FindKeptAnswer {
    /// The key of the request.
    pub key: IdempotencyKey,
    /// Who asked.
    pub asker: Asker,
}

impl FindKeptAnswer {
    /// `None` where nothing was answered, where it was forgotten, and where its time has ended.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Option<Zeroizing<Vec<u8>>>, UseCaseError> {
        let digest = application.idempotency_digest(&self.asker, &self.key);
        let claim = application.store().find_idempotency_claim(&digest).await?;
        let Some(claim) = claim.filter(|claim| claim.stands_at(application.now())) else { return Ok(None) };
        let Some(answer) = &claim.answer else { return Ok(None) };
        Ok(Some(application.sealer().open(&IdempotencyClaim::answer_context(claim.id), answer).await?))
    }
}

/// Forgets what was answered to a request under a key, before its time ends. The key is then as good as new.
#[derive(Clone, Debug)]
pub struct ForgetKeptAnswer {
    /// The key of the request.
    pub key: IdempotencyKey,
    /// Who asked.
    pub asker: Asker,
}

impl ForgetKeptAnswer {
    /// Forgets nothing where nothing is kept.
    ///
    /// # Errors
    /// A port failed; the answer is still kept.
    pub async fn execute(&self, application: &Application) -> Result<(), UseCaseError> {
        let digest = application.idempotency_digest(&self.asker, &self.key);
        let Some(claim) = application.store().find_idempotency_claim(&digest).await? else { return Ok(()) };
        application
            .transact_aside(|unit| {
                Box::pin(async move {
                    unit.idempotency().release(&digest, claim.id).await?;
                    Ok(())
                })
            })
            .await
    }
}
