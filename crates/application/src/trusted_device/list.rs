//! Which browsers are trusted.

use secrecy::{ExposeSecret, SecretString};

use crate::caller::Caller;
use crate::ports::TokenKind;
use crate::trusted_device::TrustedDevice;
use crate::{Application, Page, PageRequest, TrustedDeviceId, UseCaseError};

/// Lists the caller's trusted devices that stand in for its second factor now, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListTrustedDevices {
    /// Which part. What is trusted no more is left out of it, so that a part may have fewer items than it could.
    pub page: PageRequest,
}

impl ListTrustedDevices {
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Page<TrustedDevice>, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        let mut page = application.store().list_trusted_devices(caller.account.id, self.page).await?;
        page.items.retain(|device| device.stands_in(&caller.realm, &caller.account, &factor, now));
        Ok(page)
    }
}

/// Tells which of the caller's trusted devices a browser is, by the tokens that it keeps.
#[derive(Clone, Debug)]
pub struct RecognizeTrustedDevice {
    pub device_tokens: Vec<SecretString>,
}

impl RecognizeTrustedDevice {
    /// `None` when it is none of the caller's.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Option<TrustedDeviceId>, UseCaseError> {
        for token in &self.device_tokens {
            let Some(digest) = application.tokens().digest(TokenKind::Device, token.expose_secret()) else { continue };
            let device = application.store().find_trusted_device(&digest).await?;
            if let Some(device) = device.filter(|device| device.account_id == caller.account.id) {
                return Ok(Some(device.id));
            }
        }
        Ok(None)
    }
}
