//! What most requests look at: who asks, or is asked about, with realm and second factor, in one read.

use async_trait::async_trait;

use crate::account::Account;
use crate::api_key::ApiKey;
use crate::ports::{StoreError, TokenDigest};
use crate::realm::Realm;
use crate::second_factor::SecondFactor;
use crate::session::Session;
use crate::sign_in::Challenge;

/// An account with everything that a code or a proof of it is decided on.
#[derive(Clone, Debug)]
pub struct Person {
    /// Its realm, and the policy there.
    pub realm: Realm,
    pub account: Account,
    pub factor: SecondFactor,
}

/// An API key, and whom it asks about.
#[derive(Clone, Debug)]
pub struct AskedAbout {
    pub key: ApiKey,
    /// The key's realm.
    pub realm: Realm,
    /// The account with the login key that was asked for, where the realm has one.
    pub found: Option<(Account, SecondFactor)>,
}

/// Reads people.
///
/// - MUST answer what the reads of the parts answer, all of it as of one moment
///   (`people_are_read_as_their_parts_are`).
#[async_trait]
pub trait PersonReads {
    /// The API key of a token with its realm, and the account of the realm with this login key. `None` where there is no
    /// such key.
    async fn find_asked_about(&self, key: &TokenDigest, login_key: &str) -> Result<Option<AskedAbout>, StoreError>;
    /// The challenge of a token, and who is to answer it.
    async fn find_challenged(&self, token: &TokenDigest) -> Result<Option<(Challenge, Person)>, StoreError>;
    /// The session of a token, and whose it is.
    async fn find_signed_in(&self, token: &TokenDigest) -> Result<Option<(Session, Person)>, StoreError>;
}
