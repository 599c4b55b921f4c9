use std::collections::BTreeMap;

use countersign_application as domain;
use poem_openapi::Object;

use super::rfc3339;

/// Who did it.
#[derive(Object)]
pub(crate) struct Actor {
    /// `account`, `administrator`, `application` or `operator`.
    kind: String,
    /// The identifier of the one who acted, where there is one.
    id: Option<String>,
}

/// The record of one security-relevant act.
#[derive(Object)]
pub(crate) struct AuditEvent {
    /// Its identifier.
    id: String,
    /// When.
    at: String,
    /// What, for example `two_factor.enabled`.
    event: String,
    /// The short name of the realm.
    realm: String,
    /// The account that it concerns.
    account_id: Option<String>,
    /// That account's login at the time.
    login: Option<String>,
    /// Who.
    actor: Actor,
    /// From which address.
    ip: Option<String>,
    /// With which client.
    user_agent: Option<String>,
    /// `success` or `failure`.
    outcome: String,
    /// What else is worth knowing.
    details: BTreeMap<String, String>,
}

impl From<domain::AuditEvent> for AuditEvent {
    fn from(event: domain::AuditEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: rfc3339(event.at),
            event: event.event.name().to_owned(),
            details: event.details(),
            realm: event.realm.to_string(),
            account_id: event.account_id.map(|id| id.to_string()),
            login: event.login,
            actor: Actor { kind: event.actor.kind().to_owned(), id: event.actor.id() },
            ip: event.ip,
            user_agent: event.user_agent,
            outcome: event.outcome.to_string(),
        }
    }
}

/// A part of the list of audit events, newest first.
#[derive(Object)]
pub(crate) struct AuditEventList {
    /// The events.
    pub(crate) items: Vec<AuditEvent>,
    /// What to give as `cursor` for the next part; null on the last.
    pub(crate) next_cursor: Option<String>,
}
