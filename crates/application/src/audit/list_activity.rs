//! What happened to one's own account.

use crate::audit::{AuditEvent, AuditFilter};
use crate::caller::Caller;
use crate::{Application, Page, PageRequest, UseCaseError};

/// Lists the audit events of the caller's account, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListActivity {
    /// Which part.
    pub page: PageRequest,
}

impl ListActivity {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<Page<AuditEvent>, UseCaseError> {
        let filter = AuditFilter {
            realm_id: Some(caller.realm.id),
            account_id: Some(caller.account.id),
            ..AuditFilter::default()
        };
        Ok(application.store().list_audit_events(&filter, self.page).await?)
    }
}
