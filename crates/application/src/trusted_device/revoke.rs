//! Trusting a browser no longer, or none.

use crate::audit::{Event, RevokedDevices};
use crate::caller::Caller;
use crate::{Application, TrustedDeviceId, UseCaseError};

/// Revokes a trusted device of the caller.
#[derive(Clone, Copy, Debug)]
pub struct RevokeTrustedDevice {
    pub device_id: TrustedDeviceId,
}

impl RevokeTrustedDevice {
    /// `false` when the caller has none such.
    ///
    /// # Errors
    /// A port failed; the device is still trusted.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<bool, UseCaseError> {
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    let revoked = unit.trusted_devices().revoke(caller.account.id, self.device_id).await?;
                    if revoked {
                        let mut record = caller.record(application, now);
                        let devices = RevokedDevices::One(self.device_id);
                        record.succeeded(Event::DeviceRevoked { devices })?;
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
    /// # Errors
    /// A port failed; all are still trusted.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<(), UseCaseError> {
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    if unit.trusted_devices().revoke_all(caller.account.id).await? == 0 {
                        return Ok(());
                    }
                    let mut record = caller.record(application, now);
                    record.succeeded(Event::DeviceRevoked { devices: RevokedDevices::All })?;
                    record.append(unit).await
                })
            })
            .await
    }
}
