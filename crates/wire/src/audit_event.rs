//! Audit events.

use std::collections::BTreeMap;

use countersign_application::audit::AuditEvent;
use serde::{Deserialize, Serialize};

use crate::Moment;

/// Who did it, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ActorView {
    /// `account`, `administrator`, `application` or `operator`.
    pub kind: String,
    /// The identifier of the one who acted, where there is one.
    pub id: Option<String>,
}

/// The record of one act, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AuditEventView {
    /// Its identifier.
    pub id: String,
    /// When.
    pub at: Moment,
    /// What, for example `two_factor.enabled`.
    pub event: String,
    /// The short name of the realm.
    pub realm: String,
    /// The account that it concerns.
    pub account_id: Option<String>,
    /// That account's login at the time.
    pub login: Option<String>,
    /// Who.
    pub actor: ActorView,
    /// From which address.
    pub ip: Option<String>,
    /// With which client.
    pub user_agent: Option<String>,
    /// `success` or `failure`.
    pub outcome: String,
    /// What else is worth knowing.
    pub details: BTreeMap<String, String>,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: Moment(event.at),
            event: event.event.name().to_owned(),
            details: event.details(),
            realm: event.realm.to_string(),
            account_id: event.account_id.map(|id| id.to_string()),
            login: event.login,
            actor: ActorView { kind: event.actor.kind().to_owned(), id: event.actor.id() },
            ip: event.ip,
            user_agent: event.user_agent,
            outcome: event.outcome.to_string(),
        }
    }
}
