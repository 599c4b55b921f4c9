//! The audit trail of a realm.

use std::net::IpAddr;

use crate::account::{AccountName, Login};
use crate::audit::{ActorKind, AuditEvent, AuditFilter, AuditOutcome, EventKind};
use crate::realm::Realm;
use crate::{AccountId, Application, Page, PageRequest, Timestamp, UseCaseError};

/// Whose audit events are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audited {
    /// Everybody's, and those that concern nobody.
    All,
    /// Those of one account, also after it is gone.
    Account(AccountId),
    /// Those of an account that there is not.
    Nobody,
}

/// Several accounts go by the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmbiguousName;

/// Finds out whose audit events of a realm are asked for by a name.
#[derive(Clone, Debug)]
pub struct FindAudited {
    /// What the account is called. An identifier may be that of one that is gone.
    pub name: AccountName,
}

impl FindAudited {
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        realm: &Realm,
    ) -> Result<Result<Audited, AmbiguousName>, UseCaseError> {
        Ok(match &application.find_named(realm.id, &self.name).await?[..] {
            [] => Ok(self.name.id().map_or(Audited::Nobody, Audited::Account)),
            [account] => Ok(Audited::Account(account.id)),
            _ => Err(AmbiguousName),
        })
    }
}

/// Finds out who is meant by the name of someone who acted: what audit events keep of them.
#[derive(Clone, Debug)]
pub struct FindActor {
    /// What they are called: an account by its login or identifier, an API key by its name or identifier. An identifier may be that
    /// of one that is gone.
    pub name: String,
}

impl FindActor {
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        realm: &Realm,
    ) -> Result<Result<String, AmbiguousName>, UseCaseError> {
        let accounts = application.find_named(realm.id, &AccountName::Any(self.name.clone())).await?;
        let keys = application.store().list_api_keys(realm.id, PageRequest::first()).await?.items;
        let keys = keys.iter().filter(|key| key.name.as_str() == self.name).map(|key| key.id.to_string());
        let mut found: Vec<String> = accounts.iter().map(|account| account.id.to_string()).chain(keys).collect();
        Ok(match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(AmbiguousName),
            (None, _) => Ok(self.name.clone()),
        })
    }
}

/// How many events are looked at for one part of a list, where more is asked than the store keeps in order: whoever looks for what is
/// rare turns the pages of a long trail, and no page waits for millions of events.
pub const EVENTS_LOOKED_AT: u32 = 20_000;

/// Lists audit events of a realm, newest first. All that is given must fit.
#[derive(Clone, Debug)]
pub struct ListAuditEvents {
    /// Of this kind.
    pub event: Option<EventKind>,
    /// Whose.
    pub account: Audited,
    /// That ended so.
    pub outcome: Option<AuditOutcome>,
    /// From this address.
    pub address: Option<IpAddr>,
    /// By someone in this role.
    pub actor_kind: Option<ActorKind>,
    /// By whom: what [`FindActor`] found.
    pub actor_id: Option<String>,
    /// Concerning an account whose login, as it was then, contains this, in any case of ASCII letters.
    pub login: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Which part.
    pub page: PageRequest,
}

impl ListAuditEvents {
    /// All events about someone, or all there are.
    #[must_use]
    pub fn about(account: Audited, page: PageRequest) -> Self {
        Self {
            event: None,
            account,
            outcome: None,
            address: None,
            actor_kind: None,
            actor_id: None,
            login: None,
            since: None,
            until: None,
            page,
        }
    }

    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, realm: &Realm) -> Result<Page<AuditEvent>, UseCaseError> {
        let account_id = match self.account {
            Audited::All => None,
            Audited::Account(id) => Some(id),
            Audited::Nobody => return Ok(Page { items: Vec::new(), next: None }),
        };
        let login = self.login.as_deref().map(str::trim).filter(|login| !login.is_empty());
        if login.is_some_and(|login| login.chars().count() > Login::MAX_CHARS) {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let filter = AuditFilter {
            realm_id: Some(realm.id),
            account_id,
            event: self.event,
            outcome: self.outcome,
            address: self.address.map(|address| address.to_string()),
            actor_kind: self.actor_kind,
            actor_id: self.actor_id.clone(),
            login: login.map(str::to_owned),
            since: self.since,
            until: self.until,
            most_looked_at: Some(EVENTS_LOOKED_AT),
        };
        Ok(application.store().list_audit_events(&filter, self.page).await?)
    }
}
