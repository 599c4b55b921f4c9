use std::collections::BTreeMap;

use ::countersign_application as domain;
use poem_openapi::{Enum, Object};

use super::values::{EventName, Nullable, Outcome, Time};

/// In which role someone acted.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum ActorKind {
    /// For the own account, or claiming to be its owner.
    Account,
    /// For others, over the API or the pages.
    Administrator,
    /// With an API key.
    Application,
    /// On the command line beside the database.
    Operator,
}

impl From<domain::audit::ActorKind> for ActorKind {
    fn from(kind: domain::audit::ActorKind) -> Self {
        match kind {
            domain::audit::ActorKind::Account => Self::Account,
            domain::audit::ActorKind::Administrator => Self::Administrator,
            domain::audit::ActorKind::Application => Self::Application,
            domain::audit::ActorKind::Operator => Self::Operator,
        }
    }
}

impl From<ActorKind> for domain::audit::ActorKind {
    fn from(kind: ActorKind) -> Self {
        match kind {
            ActorKind::Account => Self::Account,
            ActorKind::Administrator => Self::Administrator,
            ActorKind::Application => Self::Application,
            ActorKind::Operator => Self::Operator,
        }
    }
}

/// Who did it.
#[derive(Object)]
pub(crate) struct Actor {
    /// In which role.
    kind: ActorKind,
    /// The identifier of the one who acted, where there is one.
    id: Nullable<String>,
}

/// The record of one security-relevant act.
#[derive(Object)]
pub(crate) struct AuditEvent {
    /// Its identifier.
    id: String,
    /// When.
    at: Time,
    /// What, for example `two_factor.enabled`.
    event: EventName,
    /// The short name of the realm.
    realm: String,
    /// The account that it concerns.
    account_id: Nullable<String>,
    /// That account's login at the time.
    login: Nullable<String>,
    /// Who.
    actor: Actor,
    /// From which address.
    ip: Nullable<String>,
    /// With which client.
    user_agent: Nullable<String>,
    /// How it ended.
    outcome: Outcome,
    /// What else is worth knowing.
    details: BTreeMap<String, String>,
}

impl From<domain::audit::AuditEvent> for AuditEvent {
    fn from(event: domain::audit::AuditEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: event.at.into(),
            event: event.event.name().to_owned().into(),
            details: event.details(),
            realm: event.realm.to_string(),
            account_id: event.account_id.map(|id| id.to_string()).into(),
            login: event.login.into(),
            actor: Actor { kind: event.actor.role().into(), id: event.actor.id().into() },
            ip: event.ip.into(),
            user_agent: event.user_agent.into(),
            outcome: event.outcome.into(),
        }
    }
}

/// A part of the list of audit events, newest first.
#[derive(Object)]
pub(crate) struct AuditEventList {
    /// The events.
    pub(crate) items: Vec<AuditEvent>,
    /// What to give as `cursor` for the next part; null on the last.
    pub(crate) next_cursor: Nullable<String>,
}
