use std::sync::{Arc, Mutex};

use countersign_core::Timestamp;

use crate::audit::AuditScene;
use crate::idempotency::Claimant;
use crate::ports::{
    Clock, Entropy, PasswordHasher, PasswordScreen, QrRenderer, RecoveryDigester, SecretSealer, Store, StoreError,
    TokenIssuer, UnitOfWork, Work, transact,
};
use crate::refusals::Ration;
use crate::text::{Passwords, Subject, TypedLogin};
use crate::turns::Turns;
use crate::{
    Account, AccountName, AuditDetails, AuditEvent, AuditEventId, AuditOutcome, Event, Login, Purpose, RealmId,
    UseCaseError,
};

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

    /// Finds an account of a realm by what someone typed where its login belongs.
    pub(crate) async fn find_by_login(&self, realm: RealmId, typed: &str) -> Result<Option<Account>, StoreError> {
        // Whoever kept an older key, because another account has the present one, is meant by who types just that.
        if let Some(older) = Login::older_key_of(typed)
            && let Some(account) = self.store().find_account_by_login(realm, &older).await?
        {
            return Ok(Some(account));
        }
        self.store().find_account_by_login(realm, &Login::key_of(typed)).await
    }

    /// Finds whoever of a realm goes by a name, oldest first: several where the name of one is that of another as well.
    pub(crate) async fn find_named(&self, realm: RealmId, name: &AccountName) -> Result<Vec<Account>, StoreError> {
        let mut found = Vec::new();
        if let Ok(subject) = Subject::new(name.as_str()) {
            found.extend(self.store().find_account_by_login(realm, &Login::subject_key(subject.as_str())).await?);
        }
        if let AccountName::Any(typed) = name
            && let Ok(typed) = TypedLogin::new(typed)
        {
            found.extend(self.find_by_login(realm, typed.as_str()).await?);
        }
        if let Some(id) = name.id() {
            found.extend(self.store().find_account(id).await?.filter(|account| account.realm_id == realm));
        }
        found.sort_by_key(|account| account.id);
        found.dedup_by_key(|account| account.id);
        Ok(found)
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

    /// Begins the record of one act.
    pub(crate) fn record(&self, scene: AuditScene, at: Timestamp) -> AuditRecord<'_> {
        AuditRecord { application: self, scene, at, events: Vec::with_capacity(2) }
    }
}

/// The audit events of one act, collected and then appended to the unit of work that they belong to.
pub(crate) struct AuditRecord<'a> {
    application: &'a Application,
    scene: AuditScene,
    at: Timestamp,
    events: Vec<AuditEvent>,
}

impl AuditRecord<'_> {
    pub(crate) fn succeeded(&mut self, event: Event) -> Result<(), UseCaseError> {
        self.push(event, AuditOutcome::Success)
    }

    pub(crate) fn failed(&mut self, event: Event) -> Result<(), UseCaseError> {
        self.push(event, AuditOutcome::Failure)
    }

    fn push(&mut self, event: Event, outcome: AuditOutcome) -> Result<(), UseCaseError> {
        let sequence = u8::try_from(self.events.len()).unwrap_or(u8::MAX);
        let (account_id, login) = self.scene.account.clone().unzip();
        self.events.push(AuditEvent {
            id: AuditEventId::new(self.at, sequence, self.application.random()?),
            at: self.at,
            event,
            realm_id: self.scene.realm_id,
            realm: self.scene.realm.clone(),
            account_id,
            login,
            actor: self.scene.actor.clone(),
            ip: self.scene.origin.address.map(|address| address.to_string()),
            user_agent: self.scene.origin.user_agent.clone(),
            client_stated: self.scene.origin.stated_in.is_some(),
            outcome,
            further: AuditDetails::new(),
        });
        Ok(())
    }

    /// Notes that the act changes or counts something, though maybe no event tells of it; see
    /// [`Application::carries_out`].
    pub(crate) fn carries_out(&self) {
        self.application.carries_out();
    }

    /// Notes in the log that the act was refused for something that no event tells of.
    pub(crate) fn note_refusal(&self, why: &'static str, purpose: &Purpose) {
        self.application.request_refused(why, purpose.as_str(), &self.scene.origin);
    }

    /// Writes the events into the unit of work.
    pub(crate) async fn append(self, unit: &mut dyn UnitOfWork) -> Result<(), UseCaseError> {
        if !self.events.is_empty() {
            self.application.carries_out();
            unit.audit_log().append(&self.events).await?;
        }
        Ok(())
    }
}
