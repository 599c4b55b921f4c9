//! The audit trail of a realm.

use crate::ports::AuditFilter;
use crate::{Application, AuditEvent, EventKind, Page, PageRequest, RealmSlug, Target, Timestamp, UseCaseError};

/// Lists audit events of a realm, newest first. All that is given must fit.
#[derive(Clone, Debug)]
pub struct ListAuditEvents {
    /// The realm.
    pub realm: RealmSlug,
    /// Of this kind.
    pub event: Option<EventKind>,
    /// Concerning this account; by identifier also after it is gone.
    pub account: Option<Target>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Which part.
    pub page: PageRequest,
}

impl ListAuditEvents {
    /// Runs the use case; `None` when there is no such realm.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Option<Page<AuditEvent>>, UseCaseError> {
        let store = application.store();
        let Some(realm) = store.find_realm(&self.realm).await? else { return Ok(None) };
        let account_id = match &self.account {
            None => None,
            Some(Target::Account(id)) => Some(*id),
            Some(Target::Login(login)) => match application.find_by_login(realm.id, login).await? {
                Some(account) => Some(account.id),
                None => return Ok(Some(Page { items: Vec::new(), next: None })),
            },
        };
        let filter = AuditFilter {
            realm_id: Some(realm.id),
            account_id,
            event: self.event,
            since: self.since,
            until: self.until,
        };
        Ok(Some(store.list_audit_events(&filter, self.page).await?))
    }
}
