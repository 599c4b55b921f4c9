//! Knowing a device again that an account was signed in from.

use secrecy::SecretString;

use crate::ports::TokenKind;
use crate::verification::KnownPlace;
use crate::{AccountId, Application, Origin, UseCaseError};

/// Gives a device, after a completed sign-in, what it is known by at the next one.
///
/// What others guess from elsewhere, or from the same address, then keeps nobody waiting on this device. It skips nothing
/// else: password and second factor are asked for as ever. A new password makes it void.
#[derive(Clone, Debug)]
pub struct RememberDevice {
    /// The account that was just signed in to.
    pub account_id: AccountId,
    /// What the device is known by already, to this account and to others.
    pub known_devices: Vec<SecretString>,
    /// From where.
    pub origin: Origin,
}

impl RememberDevice {
    /// The token is new; `None` where the device keeps the one that it has.
    ///
    /// # Errors
    /// A port failed; the device is as known as it was.
    pub async fn execute(&self, application: &Application) -> Result<Option<SecretString>, UseCaseError> {
        let now = application.now();
        let Some(account) = application.store().find_account(self.account_id).await? else { return Ok(None) };
        let key_of = |token: &SecretString| application.known_device_key(Some(&account), token);
        let mut present = None;
        for key in self.known_devices.iter().filter_map(key_of) {
            if application.is_known_device(&key, now).await? {
                present = Some(key);
                break;
            }
        }
        let (key, token) = match present {
            Some(key) => (key, None),
            None => {
                let issued = application.tokens().issue(TokenKind::KnownDevice)?;
                let key = key_of(&issued.token).ok_or(UseCaseError::Fault("an issued token is recognized"))?;
                (key, Some(issued.token))
            }
        };
        let (account, place) = (account.id, &KnownPlace::at(key, self.origin.network(), now));
        application
            .transact(|unit| Box::pin(async move { Ok(unit.note_known_place(account, place, now).await?) }))
            .await?;
        Ok(token)
    }
}
