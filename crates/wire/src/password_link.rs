//! Links by which someone sets a password.

use std::fmt;

use countersign_application::account::PasswordLink;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::api_key::{keep, show};

/// A link that was just made. Its path follows the address of the pages.
#[derive(Deserialize, Serialize)]
pub struct PasswordLinkView {
    /// The path of the page, with the token.
    #[serde(deserialize_with = "keep", serialize_with = "show")]
    pub path: SecretString,
    /// Until when it is good.
    pub expires_at: Moment,
}

impl PasswordLinkView {
    /// A link as it was made.
    #[must_use]
    pub fn new(link: &PasswordLink) -> Self {
        Self { path: password_path(&link.token), expires_at: Moment(link.expires_at) }
    }
}

/// The path of the page on which whoever has a link sets the password.
#[must_use]
pub fn password_path(token: &SecretString) -> SecretString {
    format!("/password?token={}", token.expose_secret()).into()
}

impl fmt::Debug for PasswordLinkView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordLinkView")
    }
}
