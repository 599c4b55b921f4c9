use ::countersign_application as domain;
use countersign_application::UseCaseError;
use poem_openapi::{Enum, Object};

use super::SessionGrant;
use super::values::{AuthenticationMethod, Nullable, Time};

/// What an account may do in its realm.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum Role {
    Member,
    Admin,
    Owner,
    /// Of the realm `default` only: administers every realm.
    Operator,
}

impl From<domain::account::Role> for Role {
    fn from(role: domain::account::Role) -> Self {
        match role {
            domain::account::Role::Member => Self::Member,
            domain::account::Role::Admin => Self::Admin,
            domain::account::Role::Owner => Self::Owner,
            domain::account::Role::Operator => Self::Operator,
        }
    }
}

impl From<Role> for domain::account::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
            Role::Operator => Self::Operator,
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
    /// What it may do now, where that is less: nobody administers without a second factor that is required of them.
    #[oai(skip_serializing_if_is_none)]
    effective_role: Option<Role>,
    /// Whether a second factor is due at sign-in.
    two_factor_enabled: bool,
    /// Whether the password has to be changed before anything else; left out where it has not.
    #[oai(skip_serializing_if_is_none)]
    password_change_required: Option<bool>,
    /// When it was made.
    created_at: Time,
    /// In service mode: the application's own identifier of its user; left out of accounts that sign in.
    #[oai(skip_serializing_if_is_none)]
    subject: Option<String>,
}

impl Account {
    pub(crate) fn new(account: &domain::account::Account, realm: &domain::realm::Realm) -> Self {
        Self {
            id: account.id.to_string(),
            realm: realm.slug.to_string(),
            login: account.login.to_string(),
            role: account.role.into(),
            effective_role: lesser_role(account, realm),
            two_factor_enabled: account.two_factor_enabled(),
            password_change_required: account.password_change_required.then_some(true),
            created_at: account.created_at.into(),
            subject: account.subject.clone(),
        }
    }
}

/// What the account may do now, where that is less than its role says.
fn lesser_role(account: &domain::account::Account, realm: &domain::realm::Realm) -> Option<Role> {
    let effective = domain::realm::effective_role(&realm.policy, account);
    (effective != account.role).then(|| effective.into())
}

/// What a session may do.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum SessionPurpose {
    /// Anything that its account may.
    Full,
    /// Nothing but to enroll.
    EnrollOnly,
    /// Nothing but to change the password.
    PasswordChangeOnly,
}

/// The session that asks.
#[derive(Object)]
pub(crate) struct OwnSession {
    /// What it may do. An application that lets people in by this answer lets in `full` and no other.
    purpose: SessionPurpose,
    /// How its owner showed who they are. A session that a trusted device opened has no `otp`.
    amr: Vec<AuthenticationMethod>,
    /// When the sign-in was completed.
    signed_in_at: Time,
}

/// The account that asks, and the session it asks in.
#[derive(Object)]
pub(crate) struct OwnAccount {
    /// Its identifier.
    id: String,
    /// The short name of its realm.
    realm: String,
    /// The e-mail address or user name it signs in with.
    login: String,
    /// What it may do.
    role: Role,
    /// What it may do now, where that is less: nobody administers without a second factor that is required of them.
    #[oai(skip_serializing_if_is_none)]
    effective_role: Option<Role>,
    /// Whether a second factor is due at sign-in.
    two_factor_enabled: bool,
    /// Whether the password has to be changed before anything else; left out where it has not.
    #[oai(skip_serializing_if_is_none)]
    password_change_required: Option<bool>,
    /// When it was made.
    created_at: Time,
    /// The session that asks.
    session: OwnSession,
}

impl OwnAccount {
    pub(crate) fn new(caller: &domain::caller::Caller) -> Result<Self, UseCaseError> {
        let Account {
            id,
            realm,
            login,
            role,
            effective_role,
            two_factor_enabled,
            password_change_required,
            created_at,
            // Subjects do not sign in.
            subject: _,
        } = Account::new(&caller.account, &caller.realm);
        let purpose = match (caller.must_change_password(), caller.may_only_enroll) {
            (true, _) => SessionPurpose::PasswordChangeOnly,
            (false, true) => SessionPurpose::EnrollOnly,
            (false, false) => SessionPurpose::Full,
        };
        let session = caller.session().ok_or(UseCaseError::Fault("an account asks in a session"))?;
        let session = OwnSession {
            purpose,
            amr: session.methods.iter().copied().map(Into::into).collect(),
            signed_in_at: session.created_at.into(),
        };
        Ok(Self {
            id,
            realm,
            login,
            role,
            effective_role,
            two_factor_enabled,
            password_change_required,
            created_at,
            session,
        })
    }
}

/// What became of a change of password in a session that could do nothing else.
#[derive(Object)]
pub(crate) struct PasswordChanged {
    /// A session that may do more; the one that asked has ended.
    pub(crate) session: SessionGrant,
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

/// Everybody else is shut out.
#[derive(Object)]
pub(crate) struct SecuredAccount {
    /// New recovery codes, shown this once; null where the account has none.
    recovery_codes: Nullable<Vec<String>>,
}

impl SecuredAccount {
    pub(crate) fn new(recovery_codes: Option<&[secrecy::SecretString]>) -> Self {
        Self { recovery_codes: recovery_codes.map(super::proof::shown).into() }
    }
}
