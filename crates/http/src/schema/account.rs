use countersign_application as domain;
use poem_openapi::{Enum, Object};

use super::rfc3339;

/// What an account may do in its realm.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum Role {
    Member,
    Admin,
    Owner,
}

impl From<domain::Role> for Role {
    fn from(role: domain::Role) -> Self {
        match role {
            domain::Role::Member => Self::Member,
            domain::Role::Admin => Self::Admin,
            domain::Role::Owner => Self::Owner,
        }
    }
}

impl From<Role> for domain::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
}

/// Someone who signs in.
#[derive(Object)]
pub(crate) struct Account {
    /// Its identifier.
    id: String,
    /// The short name of its realm.
    realm: String,
    /// The e-mail address or user name it signs in with.
    login: String,
    /// What it may do.
    role: Role,
    /// Whether a second factor is due at sign-in.
    two_factor_enabled: bool,
    /// When it was made.
    created_at: String,
}

impl Account {
    pub(crate) fn new(account: &domain::Account, realm: &domain::Realm) -> Self {
        Self {
            id: account.id.to_string(),
            realm: realm.slug.to_string(),
            login: account.login.to_string(),
            role: account.role.into(),
            two_factor_enabled: account.two_factor_enabled(),
            created_at: rfc3339(account.created_at),
        }
    }
}

/// A change of password.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ChangePasswordRequest {
    /// The present password.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub(crate) current_password: String,
    /// The new password: 8 to 256 characters, and none that is commonly used.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub(crate) new_password: String,
    /// A code, while two-factor is on.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: Option<String>,
}
