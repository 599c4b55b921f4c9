use countersign_application::ports::PasswordScreen;
use secrecy::{ExposeSecret, SecretString};

/// Knows a handful of common passwords, and the login itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainPasswordScreen;

impl PlainPasswordScreen {
    /// The passwords that it takes for common.
    pub const COMMON: [&'static str; 3] = ["12345678", "password", "password1"];
}

impl PasswordScreen for PlainPasswordScreen {
    fn is_common(&self, password: &SecretString, login: &str) -> bool {
        let password = password.expose_secret().to_lowercase();
        Self::COMMON.contains(&password.as_str()) || password == login.to_lowercase()
    }
}
