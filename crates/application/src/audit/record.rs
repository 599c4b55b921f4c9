//! The events of one act, on their way into the unit of work.

use countersign_core::Timestamp;

use crate::audit::{AuditDetails, AuditEvent, AuditOutcome, AuditScene, Event, Purpose};
use crate::ports::UnitOfWork;
use crate::{Application, AuditEventId, ChallengeId, UseCaseError};

impl Application {
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
    /// Notes which sign-in the events are a part of.
    pub(crate) fn of_sign_in(&mut self, challenge: ChallengeId) {
        self.scene.sign_in = Some(challenge);
    }

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
            sign_in: self.scene.sign_in,
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

    /// Notes what was decided.
    pub(crate) fn note(&mut self, events: Vec<(Event, AuditOutcome)>) -> Result<(), UseCaseError> {
        events.into_iter().try_for_each(|(event, outcome)| self.push(event, outcome))
    }

    /// The events, for a claim that keeps them.
    pub(crate) fn into_events(self) -> Vec<AuditEvent> {
        self.events
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
