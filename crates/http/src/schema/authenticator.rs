use ::countersign_application as domain;
use poem_openapi::{Enum, Object};

use super::values::{Algorithm, Nullable, Time, Words};

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
    /// The hash function of its codes.
    algorithm: Algorithm,
    /// How many digits its codes have.
    #[oai(validator(minimum(value = "6"), maximum(value = "8")))]
    digits: u8,
    /// How long a code is shown, in seconds.
    period_seconds: u32,
    /// When its enrollment was begun.
    created_at: Time,
    /// When it was confirmed.
    confirmed_at: Nullable<Time>,
    /// When a code of it was last accepted.
    last_used_at: Nullable<Time>,
}

impl From<&domain::second_factor::Authenticator> for Authenticator {
    fn from(authenticator: &domain::second_factor::Authenticator) -> Self {
        Self {
            id: authenticator.id.to_string(),
            name: authenticator.name.as_str().to_owned(),
            status: match authenticator.status {
                domain::second_factor::AuthenticatorStatus::Pending => AuthenticatorStatus::Pending,
                domain::second_factor::AuthenticatorStatus::Active => AuthenticatorStatus::Active,
                domain::second_factor::AuthenticatorStatus::Disabled => AuthenticatorStatus::Disabled,
            },
            algorithm: authenticator.parameters.algorithm().into(),
            digits: authenticator.parameters.digits().get(),
            period_seconds: authenticator.parameters.period_seconds(),
            created_at: authenticator.created_at.into(),
            confirmed_at: authenticator.confirmed_at.into(),
            last_used_at: authenticator.last_used_at.into(),
        }
    }
}

/// A new name for an authenticator.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct RenameRequest {
    /// 1 to 100 characters, none of them a control character.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: Words,
}
