use countersign_application::account::Account;
use countersign_application::ports::{SealContext, SealPurpose, SecretSealer, Store};
use countersign_application::realm::Realm;
use countersign_application::second_factor::Authenticator;
use countersign_core::{SharedSecret, Timestamp, Totp};

use crate::{NOW, PlainSealer, an_authenticator, keep};

/// What someone holds whose second factor is on.
pub struct Phone {
    totp: Totp,
    secret: SharedSecret,
}

impl Phone {
    /// Turns the second factor of an account on, as if it had enrolled before [`NOW`]: an authenticator of
    /// [`PlainSealer`], of which no code was used yet.
    ///
    /// # Panics
    /// When the store refuses.
    pub async fn enrolled(store: &dyn Store, realm: &Realm, account: &Account) -> Self {
        let secret = [7; 20];
        let authenticator = Authenticator { last_step: None, ..an_authenticator(account) };
        let context = SealContext {
            realm_id: realm.id,
            account_id: account.id,
            row_id: authenticator.id.as_uuid(),
            purpose: SealPurpose::TotpSecret(authenticator.parameters),
        };
        let sealed_secret = PlainSealer.seal(&context, &secret).await.expect("what is plain is sealed");
        let parameters = authenticator.parameters;
        keep(store, &[&Authenticator { sealed_secret, ..authenticator }]).await;
        let mut unit = store.begin().await.expect("the store answers");
        unit.second_factors().set_enabled(account.id, Some(NOW)).await.expect("there is the account");
        unit.commit().await.expect("the store answers");
        let secret = SharedSecret::from_bytes(&secret).expect("the length is legal");
        Self { totp: Totp::new(parameters, 1), secret }
    }

    /// The code that it shows.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        self.totp.code_at(&self.secret, now).as_str().to_owned()
    }
}
