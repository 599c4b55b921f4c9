//! Which browsers are trusted.

use crate::{Application, Caller, Page, PageRequest, TrustedDevice, UseCaseError};

/// Lists the caller's trusted devices, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListTrustedDevices {
    /// Which part.
    pub page: PageRequest,
}

impl ListTrustedDevices {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Page<TrustedDevice>, UseCaseError> {
        let now = application.now();
        let mut page = application.store().list_trusted_devices(caller.account.id, self.page).await?;
        page.items.retain(|device| now < device.expires_at);
        Ok(page)
    }
}
