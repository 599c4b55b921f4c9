//! The audit trail of a realm.

use std::net::IpAddr;

use crate::account::AccountName;
use crate::audit::{AuditEvent, AuditFilter, AuditOutcome, EventKind};
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
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Which part.
    pub page: PageRequest,
}

impl ListAuditEvents {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, realm: &Realm) -> Result<Page<AuditEvent>, UseCaseError> {
        let account_id = match self.account {
            Audited::All => None,
            Audited::Account(id) => Some(id),
            Audited::Nobody => return Ok(Page { items: Vec::new(), next: None }),
        };
        let filter = AuditFilter {
            realm_id: Some(realm.id),
            account_id,
            event: self.event,
            outcome: self.outcome,
            address: self.address.map(|address| address.to_string()),
            since: self.since,
            until: self.until,
        };
        Ok(application.store().list_audit_events(&filter, self.page).await?)
    }
}
