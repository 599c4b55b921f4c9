//! How passwords are compared.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

use crate::account::{PasswordHash, PasswordHasher, PasswordHasherError, PasswordVerdict};
use crate::ports::Behalf;

/// What is longer than the longest password typed letter by letter is none, and not worth normalizing.
const LONGEST_BYTES: usize = 16 * 1_024;

/// A password in NFC; `None` if it is already. The same letters typed on two keyboards are two rows of code points, and
/// NIST SP 800-63B-4, section 3.1.1.2, has them made one before they are hashed.
pub(crate) fn composed(password: &SecretString) -> Option<SecretString> {
    let typed = password.expose_secret();
    if typed.len() > LONGEST_BYTES || is_nfc_quick(typed.chars()) == IsNormalized::Yes {
        return None;
    }
    // Enough from the start: growing would leave copies behind.
    let mut composed = Zeroizing::new(String::with_capacity(3 * typed.len()));
    composed.extend(typed.nfc());
    (*composed != typed).then(|| SecretString::from(composed.as_str()))
}

/// The hasher of passwords, as every use case sees it: what is hashed and what is checked is in NFC.
///
/// Hashes that were made before that rule may be of something else. So a password that was not typed in NFC and is wrong in
/// NFC is checked once more as it was typed, and if it is right, the hash is outdated: the next sign-in makes it anew. The
/// second computation depends on nothing but what was typed, so that the time tells whoever typed it nothing that they did
/// not know; it is made for unknown logins as well.
pub(crate) struct Passwords<'a>(pub(crate) &'a dyn PasswordHasher);

impl Passwords<'_> {
    pub(crate) async fn hash(
        &self,
        password: &SecretString,
        behalf: &Behalf,
    ) -> Result<PasswordHash, PasswordHasherError> {
        self.0.hash(composed(password).as_ref().unwrap_or(password), behalf).await
    }

    pub(crate) async fn verify(
        &self,
        typed: &SecretString,
        hash: Option<&PasswordHash>,
        behalf: &Behalf,
    ) -> Result<PasswordVerdict, PasswordHasherError> {
        let Some(composed) = composed(typed) else { return self.0.verify(typed, hash, behalf).await };
        if let right @ PasswordVerdict::Right { .. } = self.0.verify(&composed, hash, behalf).await? {
            return Ok(right);
        }
        Ok(match self.0.verify(typed, hash, behalf).await? {
            PasswordVerdict::Right { .. } => PasswordVerdict::Right { outdated: true },
            PasswordVerdict::Wrong => PasswordVerdict::Wrong,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_composed_where_it_is_not() {
        let text = |password: &str| composed(&password.into()).map(|secret| secret.expose_secret().to_owned());
        assert_eq!(text("caf\u{65}\u{301} tulip"), Some("café tulip".to_owned()));
        assert_eq!(text("\u{1100}\u{1161}\u{11a8}"), Some("각".to_owned()));
        for same in ["café tulip", "plain", "", "\u{fb01}", "Ａ", "a\0b"] {
            assert_eq!(text(same), None, "{same:?}");
        }
    }
}
