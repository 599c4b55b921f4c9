//! Where one is signed in.

use crate::caller::Caller;
use crate::session::Session;
use crate::{Application, Page, PageRequest, UseCaseError};

/// Lists the caller's sessions, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListSessions {
    /// Which part.
    pub page: PageRequest,
}

impl ListSessions {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<Page<Session>, UseCaseError> {
        let now = application.now();
        let mut page = application.store().list_sessions(caller.account.id, self.page).await?;
        page.items.retain(|session| session.is_alive_at(now, &caller.realm.policy));
        Ok(page)
    }
}
