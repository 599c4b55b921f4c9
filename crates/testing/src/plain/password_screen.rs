use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use countersign_application::account::{PasswordHasherError, PasswordScreen};
use countersign_application::ports::Behalf;
use secrecy::{ExposeSecret, SecretString};

/// Knows a handful of common passwords, and what a guesser knows; and counts, so that a test can see that nobody has a
/// password judged who has shown nothing.
#[derive(Debug, Default)]
pub struct PlainPasswordScreen {
    judged: AtomicUsize,
}

impl PlainPasswordScreen {
    /// The passwords that it takes for common.
    pub const COMMON: [&'static str; 3] = ["12345678", "password", "password1"];

    /// How many passwords were judged.
    #[must_use]
    pub fn judged(&self) -> usize {
        self.judged.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl PasswordScreen for PlainPasswordScreen {
    async fn is_common(
        &self,
        password: &SecretString,
        known: &[&str],
        _behalf: &Behalf,
    ) -> Result<bool, PasswordHasherError> {
        self.judged.fetch_add(1, Ordering::SeqCst);
        let password = password.expose_secret().to_lowercase();
        Ok(Self::COMMON.contains(&password.as_str()) || known.iter().any(|word| password == word.to_lowercase()))
    }
}
