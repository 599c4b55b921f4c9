//! The record of security-relevant acts.

use std::collections::BTreeMap;

use countersign_core::Timestamp;

use crate::named::named;
use crate::{Account, AccountId, AuditEventId, Origin, RealmId, RealmSlug};

named! {
    /// What happened. The names are part of the API.
    pub enum EventKind {
        /// A sign-in was completed.
        SignInSucceeded = "sign_in.succeeded",
        /// A password was refused.
        SignInFailed = "sign_in.failed",
        /// A correct password was answered with a challenge.
        SignInChallenged = "sign_in.challenged",
        /// A code was accepted.
        SecondFactorAccepted = "second_factor.accepted",
        /// A code or proof was refused.
        SecondFactorRejected = "second_factor.rejected",
        /// A wait began because of failures in a row; until it ends no code or proof is looked at.
        SecondFactorThrottled = "second_factor.throttled",
        /// A recovery code was spent.
        RecoveryCodeUsed = "recovery_code.used",
        /// New recovery codes were issued.
        RecoveryCodesIssued = "recovery_codes.issued",
        /// Recovery codes were shown again.
        RecoveryCodesViewed = "recovery_codes.viewed",
        /// An enrollment was begun.
        EnrollmentStarted = "enrollment.started",
        /// The first authenticator became active.
        TwoFactorEnabled = "two_factor.enabled",
        /// The second factor was taken away.
        TwoFactorDisabled = "two_factor.disabled",
        /// A further authenticator became active.
        AuthenticatorAdded = "authenticator.added",
        /// One of several authenticators was removed.
        AuthenticatorRemoved = "authenticator.removed",
        /// The account's authenticators were disabled, after too many failures in a row.
        AuthenticatorDisabled = "authenticator.disabled",
        /// A password was changed.
        PasswordChanged = "password.changed",
        /// A session was ended before its time.
        SessionEnded = "session.ended",
        /// A browser was trusted.
        DeviceTrusted = "device.trusted",
        /// A browser is no longer trusted.
        DeviceRevoked = "device.revoked",
        /// An account was made.
        AccountCreated = "account.created",
        /// An account was changed.
        AccountUpdated = "account.updated",
        /// An account was deleted.
        AccountDeleted = "account.deleted",
        /// The failures of an account were forgotten.
        AccountUnlocked = "account.unlocked",
        /// A realm's policy was changed.
        PolicyChanged = "policy.changed",
        /// How a realm looks, or where its users may go back to, was changed.
        RealmAppearanceChanged = "realm.appearance_changed",
        /// An API key was made.
        ApiKeyCreated = "api_key.created",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// A master key was made primary.
        KeyRotated = "key.rotated",
    }
}

named! {
    /// How it ended.
    pub enum AuditOutcome {
        /// As was asked.
        Success = "success",
        /// Refused.
        Failure = "failure",
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The account itself.
    Account(AccountId),
    /// Someone who claims to be the account and has not shown it.
    Claimant,
    /// An administrator, over the API or the pages.
    Administrator(AccountId),
    /// An application, with the API key of this identifier.
    Application(String),
    /// Whoever runs the command line beside the database.
    Operator,
}

impl Actor {
    /// The kind's stable name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) | Self::Claimant => "account",
            Self::Administrator(_) => "administrator",
            Self::Application(_) => "application",
            Self::Operator => "operator",
        }
    }

    /// The identifier of the one who acted, where there is one.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Account(id) | Self::Administrator(id) => Some(id.to_string()),
            Self::Application(id) => Some(id.clone()),
            Self::Operator | Self::Claimant => None,
        }
    }

    /// Puts an actor together again from its parts; `None` for parts that no actor has.
    #[must_use]
    pub fn from_parts(kind: &str, id: Option<&str>) -> Option<Self> {
        match (kind, id) {
            ("account", Some(id)) => id.parse().ok().map(Self::Account),
            ("administrator", Some(id)) => id.parse().ok().map(Self::Administrator),
            ("application", Some(id)) => Some(Self::Application(id.to_owned())),
            ("account", None) => Some(Self::Claimant),
            ("operator", None) => Some(Self::Operator),
            _ => None,
        }
    }
}

/// What else is worth knowing of an event; never a secret, a code, a token or a password.
pub type AuditDetails = BTreeMap<String, String>;

/// The record of one act. Written in the unit of work of what it records, and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its identifier; sorts by time.
    pub id: AuditEventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: EventKind,
    /// The realm, by identifier.
    pub realm_id: RealmId,
    /// The realm, by name.
    pub realm: RealmSlug,
    /// The account that it concerns; also after the account is gone.
    pub account_id: Option<AccountId>,
    /// That account's login at the time.
    pub login: Option<String>,
    /// Who.
    pub actor: Actor,
    /// From which address.
    pub ip: Option<String>,
    /// With which client.
    pub user_agent: Option<String>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// What else.
    pub details: AuditDetails,
}

/// What the events of one act have in common.
#[derive(Clone, Debug)]
pub(crate) struct AuditScene {
    pub(crate) realm_id: RealmId,
    pub(crate) realm: RealmSlug,
    pub(crate) account: Option<(AccountId, String)>,
    pub(crate) actor: Actor,
    pub(crate) origin: Origin,
}

impl AuditScene {
    /// An act of `actor` that concerns the realm itself.
    pub(crate) fn of_realm(realm: &crate::Realm, actor: Actor, origin: &Origin) -> Self {
        Self { realm_id: realm.id, realm: realm.slug.clone(), account: None, actor, origin: origin.clone() }
    }

    /// An act of `actor` that concerns `account`.
    pub(crate) fn new(realm: &crate::Realm, account: &Account, actor: Actor, origin: &Origin) -> Self {
        Self {
            realm_id: realm.id,
            realm: realm.slug.clone(),
            account: Some((account.id, account.login.as_str().to_owned())),
            actor,
            origin: origin.clone(),
        }
    }
}
