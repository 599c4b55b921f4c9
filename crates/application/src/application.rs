use std::sync::{Arc, Mutex};

use countersign_core::Timestamp;

use crate::UseCaseError;
use crate::account::{PasswordHasher, PasswordScreen};
use crate::audit::Ration;
use crate::enrollment::{QrRenderer, Turns};
use crate::idempotency::Claimant;
use crate::ports::{
    Clock, Entropy, SecretSealer, Store, StoreError, TokenIssuer, Tries, UnitOfWork, Work, claim_under, transact,
};
use crate::recovery::RecoveryDigester;
use crate::text::Passwords;
use crate::verification::{Claim, Verdict};

/// The adapters that play the outbound ports.
pub struct Ports {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Slow hashing of passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Knowledge of common passwords.
    pub password_screen: Arc<dyn PasswordScreen>,
    /// Slow digests of recovery codes.
    pub recovery_digester: Arc<dyn RecoveryDigester>,
    /// Sealing at rest.
    pub sealer: Arc<dyn SecretSealer>,
    /// Bearer tokens.
    pub tokens: Arc<dyn TokenIssuer>,
    /// QR codes.
    pub qr: Arc<dyn QrRenderer>,
}

/// The application: use cases run against it. Cheap to clone.
#[derive(Clone)]
pub struct Application {
    ports: Arc<Ports>,
    refusals: Arc<Mutex<Ration>>,
    turns: Arc<Turns>,
    /// The claim of the request that it works for, where that may be sent again.
    claimant: Option<Arc<Claimant>>,
}

impl Application {
    /// Puts the application together.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports: Arc::new(ports), refusals: Arc::default(), turns: Arc::default(), claimant: None }
    }

    /// The same application for one request: each of its units of work claims the request's idempotency key.
    pub(crate) fn claiming(&self, claimant: Arc<Claimant>) -> Self {
        Self { claimant: Some(claimant), ..self.clone() }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.ports.store
    }

    pub(crate) fn passwords(&self) -> Passwords<'_> {
        Passwords(&*self.ports.passwords)
    }

    pub(crate) fn password_screen(&self) -> &dyn PasswordScreen {
        &*self.ports.password_screen
    }

    pub(crate) fn recovery_digester(&self) -> &dyn RecoveryDigester {
        &*self.ports.recovery_digester
    }

    pub(crate) fn sealer(&self) -> &dyn SecretSealer {
        &*self.ports.sealer
    }

    pub(crate) fn tokens(&self) -> &dyn TokenIssuer {
        &*self.ports.tokens
    }

    pub(crate) fn qr(&self) -> &dyn QrRenderer {
        &*self.ports.qr
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.ports.entropy
    }

    pub(crate) fn refusal_ration(&self) -> &Mutex<Ration> {
        &self.refusals
    }

    /// Turns at making the recovery codes of a first authenticator.
    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// The present time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// So many random bytes, for an adapter's own short-lived tokens.
    ///
    /// # Errors
    /// When the source of randomness fails.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], UseCaseError> {
        let mut bytes = [0_u8; N];
        self.entropy().fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Runs a unit of work; see [`transact`].
    pub(crate) async fn transact<'env, T, F>(&self, work: F) -> Result<T, UseCaseError>
    where
        T: Send,
        F: for<'u> FnMut(&'u mut (dyn UnitOfWork + 'env)) -> Work<'u, T> + Send,
    {
        let claimant = self.claimant.as_deref();
        transact(self.store(), &*self.ports.clock, self.entropy(), claimant, work).await
    }

    /// Settles a claim, in a unit of work of its own. Where another one was in the way, something may have moved.
    pub(crate) async fn claim(&self, claim: &Claim) -> Result<Verdict, UseCaseError> {
        if !claim.changes_something() {
            return Ok(Verdict::Settled);
        }
        let verdict = match self.claimant.as_deref() {
            Some(claimant) => claim_under(claimant, self.store(), claim).await,
            None => self.store().claim(claim).await.map_err(UseCaseError::from),
        };
        match verdict {
            Err(UseCaseError::Store(StoreError::Contention(fault))) => {
                tracing::debug!(error = %fault, "a claim was contended");
                Ok(Verdict::Moved)
            }
            verdict => verdict,
        }
    }

    /// Tries at settling a claim, which is decided anew for each.
    pub(crate) fn tries(&self) -> Tries<'_> {
        Tries::of_claim(&*self.ports.clock, self.entropy())
    }

    /// Runs a unit of work that is no part of what was asked for, and does no harm when it is done again: it claims no
    /// idempotency key.
    pub(crate) async fn transact_aside<'env, T, F>(&self, work: F) -> Result<T, UseCaseError>
    where
        T: Send,
        F: for<'u> FnMut(&'u mut (dyn UnitOfWork + 'env)) -> Work<'u, T> + Send,
    {
        transact(self.store(), &*self.ports.clock, self.entropy(), None, work).await
    }

    /// Notes that the unit of work under way changes something, or counts it: it must not be done a second time. What
    /// appends to the audit log need not say so.
    pub(crate) fn carries_out(&self) {
        if let Some(claimant) = &self.claimant {
            claimant.carries_out();
        }
    }
}
