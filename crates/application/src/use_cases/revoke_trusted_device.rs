//! Trusting a browser no longer.

use crate::application::details;
use crate::{Application, Caller, EventKind, TrustedDeviceId, UseCaseError};

/// Revokes a trusted device of the caller.
#[derive(Clone, Copy, Debug)]
pub struct RevokeTrustedDevice {
    /// Which.
    pub device_id: TrustedDeviceId,
}

impl RevokeTrustedDevice {
    /// Runs the use case; `false` when the caller has none such.
    ///
    /// # Errors
    /// A port failed; the device is still trusted.
    pub async fn execute(self, application: &Application, caller: &Caller) -> Result<bool, UseCaseError> {
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    let revoked = unit.trusted_devices().revoke(caller.account.id, self.device_id).await?;
                    if revoked {
                        let mut record = caller.record(application, now);
                        let what = details([("device_id", &self.device_id.to_string())]);
                        record.succeeded(EventKind::DeviceRevoked, what)?;
                        record.append(unit).await?;
                    }
                    Ok(revoked)
                })
            })
            .await
    }
}
