use countersign_application as domain;
use poem_openapi::{Enum, Object};

use super::rfc3339;

/// Whether an authenticator counts.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum AuthenticatorStatus {
    /// Begun and not confirmed: gates nothing, satisfies nothing.
    Pending,
    /// Confirmed by a code.
    Active,
    /// It satisfies nothing any more, after too many failures in a row; another one has to be enrolled.
    Disabled,
}

/// One enrolled TOTP secret of an account.
#[derive(Object)]
pub(crate) struct Authenticator {
    /// Its identifier.
    id: String,
    /// What its owner calls it.
    name: String,
    /// Whether it counts.
    status: AuthenticatorStatus,
    /// `SHA1`, `SHA256` or `SHA512`.
    algorithm: String,
    /// How many digits its codes have.
    digits: u8,
    /// How long a code is shown, in seconds.
    period_seconds: u32,
    /// When its enrollment was begun.
    created_at: String,
    /// When it was confirmed.
    confirmed_at: Option<String>,
    /// When a code of it was last accepted.
    last_used_at: Option<String>,
}

impl From<&domain::Authenticator> for Authenticator {
    fn from(authenticator: &domain::Authenticator) -> Self {
        Self {
            id: authenticator.id.to_string(),
            name: authenticator.name.as_str().to_owned(),
            status: match authenticator.status {
                domain::AuthenticatorStatus::Pending => AuthenticatorStatus::Pending,
                domain::AuthenticatorStatus::Active => AuthenticatorStatus::Active,
                domain::AuthenticatorStatus::Disabled => AuthenticatorStatus::Disabled,
            },
            algorithm: authenticator.parameters.algorithm().to_string(),
            digits: authenticator.parameters.digits().get(),
            period_seconds: authenticator.parameters.period_seconds(),
            created_at: rfc3339(authenticator.created_at),
            confirmed_at: authenticator.confirmed_at.map(rfc3339),
            last_used_at: authenticator.last_used_at.map(rfc3339),
        }
    }
}

/// A new name for an authenticator.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct RenameRequest {
    /// 1 to 100 characters, none of them a control character.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: String,
}
