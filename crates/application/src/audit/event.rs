//! The events, with what is worth knowing of each.

use crate::api_key::Scope;
use crate::audit::{
    AcceptedBy, AccountChange, AttemptMethod, AuditDetails, AuditText, ChangedAppearance, ChangedPolicy, CreatedAs,
    Detail, EndedSessions, Purpose, RejectionReason, RevokedDevices, SignInFactor, SignInFailure,
};
use crate::named::named;
use crate::{ApiKeyId, AuthenticatorId, TrustedDeviceId};

/// Declares the events: each has a stable name and fields. A field of a kind that is one text goes by its own name in the
/// details; the others say themselves what they are called there.
macro_rules! events {
    ($(
        $(#[$meta:meta])*
        $event:ident = $name:literal $({ $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ })?;
    )+) => {
        named! {
            /// What happened, without what is worth knowing of it. The names are part of the API.
            pub enum EventKind { $($(#[$meta])* $event = $name,)+ }
        }

        /// What happened. No field can hold a secret, a code, a token or a password: see [`AuditText`].
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[$meta])* $event $({ $($(#[$field_meta])* $field: $type,)+ })?,)+
            /// What this version does not know, or not all of: a newer one wrote it.
            Unknown {
                /// Its name.
                name: String,
            },
        }

        impl Event {
            /// Its stable name.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$event { .. } => $name,)+
                    Self::Unknown { name } => name,
                }
            }

            /// What is worth knowing of it, in texts.
            #[must_use]
            pub fn details(&self) -> AuditDetails {
                let mut details = AuditDetails::new();
                match self {
                    $(Self::$event $({ $($field,)+ })? => { $($($field.write(stringify!($field), &mut details);)+)? })+
                    Self::Unknown { .. } => {}
                }
                details
            }

            /// The event of a kind; takes what it understands out of the details.
            pub(crate) fn take(kind: EventKind, details: &mut AuditDetails) -> Option<Self> {
                Some(match kind {
                    $(EventKind::$event => Self::$event $({ $($field: Detail::take(stringify!($field), details)?,)+ })?,)+
                })
            }
        }
    };
}

impl Event {
    /// Its kind; `None` for one whose name this version does not know.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        EventKind::from_name(self.name())
    }
}

events! {
    /// A sign-in was completed.
    SignInSucceeded = "sign_in.succeeded" {
        /// What was shown beside the password.
        second_factor: SignInFactor,
    };
    /// A password was refused.
    SignInFailed = "sign_in.failed" {
        /// Why.
        reason: SignInFailure,
    };
    /// A correct password was answered with a challenge.
    SignInChallenged = "sign_in.challenged";
    /// A code was accepted.
    SecondFactorAccepted = "second_factor.accepted" {
        /// What it was given for.
        purpose: Purpose,
        /// What kind of code it was.
        code: AcceptedBy,
    };
    /// A code or proof was refused.
    SecondFactorRejected = "second_factor.rejected" {
        /// What it was given for.
        purpose: Purpose,
        /// What was given.
        method: AttemptMethod,
        /// Why.
        reason: RejectionReason,
        /// The authenticator that it came from, where that is known.
        authenticator_id: Option<AuthenticatorId>,
    };
    /// A wait began because of failures in a row; until it ends no code or proof is looked at.
    SecondFactorThrottled = "second_factor.throttled" {
        /// What the last one was given for.
        purpose: Purpose,
        /// What was given.
        method: AttemptMethod,
        /// How long it is.
        wait_seconds: u64,
        /// Whether two consecutive codes are looked at meanwhile.
        consecutive_codes_required: bool,
    };
    /// A recovery code was spent.
    RecoveryCodeUsed = "recovery_code.used" {
        /// How many are left.
        remaining: u32,
    };
    /// New recovery codes were issued.
    RecoveryCodesIssued = "recovery_codes.issued" {
        /// How many.
        count: u32,
    };
    /// Recovery codes were shown again.
    RecoveryCodesViewed = "recovery_codes.viewed";
    /// A recovery code was tried out, is good, and was not spent.
    RecoveryCodeTested = "recovery_code.tested";
    /// An enrollment was begun.
    EnrollmentStarted = "enrollment.started" {
        /// The authenticator that is pending.
        authenticator_id: AuthenticatorId,
    };
    /// The first authenticator became active.
    TwoFactorEnabled = "two_factor.enabled" {
        /// Which.
        authenticator_id: AuthenticatorId,
    };
    /// The second factor was taken away.
    TwoFactorDisabled = "two_factor.disabled" {
        /// The last authenticator, where it was removed by itself.
        authenticator_id: Option<AuthenticatorId>,
        /// Why, as it was given.
        reason: Option<AuditText>,
    };
    /// A further authenticator became active.
    AuthenticatorAdded = "authenticator.added" {
        /// Which.
        authenticator_id: AuthenticatorId,
    };
    /// One of several authenticators was removed.
    AuthenticatorRemoved = "authenticator.removed" {
        /// Which.
        authenticator_id: AuthenticatorId,
    };
    /// The account's authenticators were disabled, after too many failures in a row.
    AuthenticatorDisabled = "authenticator.disabled" {
        /// How many failures.
        failures_in_a_row: u32,
        /// How many authenticators.
        count: u64,
    };
    /// A password was changed.
    PasswordChanged = "password.changed";
    /// A link was made by which whoever has it sets the password, once.
    PasswordLinkIssued = "password.link_issued";
    /// Sessions were ended before their time.
    SessionEnded = "session.ended" {
        /// Which.
        sessions: EndedSessions,
    };
    /// A browser was trusted.
    DeviceTrusted = "device.trusted" {
        /// Which.
        device_id: TrustedDeviceId,
    };
    /// A browser, or all of them, is no longer trusted.
    DeviceRevoked = "device.revoked" {
        /// Which.
        devices: RevokedDevices,
    };
    /// An account was made.
    AccountCreated = "account.created" {
        /// As what.
        created_as: CreatedAs,
    };
    /// An account was changed.
    AccountUpdated = "account.updated" {
        /// In what.
        change: AccountChange,
    };
    /// An account was deleted.
    AccountDeleted = "account.deleted" {
        /// Why, as it was given.
        reason: Option<AuditText>,
    };
    /// Its owner shut everybody else out: a new password, new recovery codes, no other session and no trusted browser.
    AccountSecured = "account.secured" {
        /// How many other sessions ended.
        sessions_ended: u64,
    };
    /// The failures of an account were forgotten.
    AccountUnlocked = "account.unlocked";
    /// A realm was made with its policy, or its policy or issuer was changed.
    PolicyChanged = "policy.changed" {
        /// Which of the two.
        change: ChangedPolicy,
    };
    /// How a realm looks, or where its users may go back to, was changed.
    RealmAppearanceChanged = "realm.appearance_changed" {
        /// What of it that has one value.
        changes: ChangedAppearance,
        /// Return addresses that there were none of before.
        return_addresses_added: Vec<AuditText>,
        /// Return addresses that there are none of any more.
        return_addresses_removed: Vec<AuditText>,
    };
    /// An API key was made.
    ApiKeyCreated = "api_key.created" {
        /// Which.
        api_key_id: ApiKeyId,
        /// What it is called.
        name: AuditText,
        /// What it may be used for.
        scopes: Vec<Scope>,
    };
    /// An API key was revoked.
    ApiKeyRevoked = "api_key.revoked" {
        /// Which.
        api_key_id: ApiKeyId,
    };
    /// A master key was made primary.
    KeyRotated = "key.rotated";
    /// A master key was retired: nothing needs it any more.
    KeyRetired = "key.retired" {
        /// How many sets of recovery codes have to be made anew for it.
        recovery_sets: u64,
    };
    /// The database was restored from a backup, and what may have been used since was put out of use.
    DatabaseRestored = "database.restored" {
        /// How many authenticators accept no code of the time before.
        authenticators: u64,
        /// How many sets of recovery codes have to be made anew.
        recovery_sets: u64,
    };
}
