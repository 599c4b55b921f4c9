//! Trusting a browser no longer, or none.

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

/// Revokes all trusted devices of the caller.
#[derive(Clone, Copy, Debug)]
pub struct RevokeAllTrustedDevices;

impl RevokeAllTrustedDevices {
    /// Runs the use case.
    ///
    /// # Errors
    /// A port failed; all are still trusted.
    pub async fn execute(self, application: &Application, caller: &Caller) -> Result<(), UseCaseError> {
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    unit.trusted_devices().revoke_all(caller.account.id).await?;
                    let mut record = caller.record(application, now);
                    record.succeeded(EventKind::DeviceRevoked, details([("devices", "all")]))?;
                    record.append(unit).await
                })
            })
            .await
    }
}
