//! Policies as data, not yet checked.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::ProofRequirement;
use crate::{Algorithm, RecoveryAlphabet};

/// A policy as it stands in files and travels over the API: every field present, none unknown, values not yet
/// checked. [`Policy::new`](crate::Policy::new) checks them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// The codes.
    pub totp: TotpRules,
    /// The authenticators of an account.
    pub authenticators: AuthenticatorRules,
    /// The time between beginning and confirming an authenticator.
    pub enrollment: EnrollmentRules,
    /// What sensitive operations ask for again.
    pub proofs: ProofRules,
    /// Recovery codes.
    pub recovery_codes: RecoveryCodeRules,
    /// Challenges, sessions, trusted devices.
    pub sign_in: SignInRules,
    /// Who must have a second factor.
    pub enforcement: EnforcementRules,
    /// Waiting after failures.
    pub throttle: ThrottleRules,
    /// What administrators may do.
    pub administration: AdministrationRules,
}

/// The codes. They hold for new authenticators; each authenticator keeps the parameters it was enrolled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotpRules {
    /// The hash under the HMAC. Several authenticator apps ignore everything but SHA1.
    pub algorithm: Algorithm,
    /// Digits of a code: 6, 7, or 8.
    pub digits: u32,
    /// Length of a time step in seconds: 15 to 120.
    pub period_seconds: u32,
    /// Steps accepted before and after the current one: 0 to 2.
    pub skew_steps: u32,
    /// Length of new secrets in bytes: 16 to 64.
    pub secret_bytes: u32,
}

/// The authenticators of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticatorRules {
    /// Active authenticators an account may have: 1 to 10.
    pub max_per_account: u32,
    /// Whether the one who enrolls may override the issuer that the app shows.
    pub user_chosen_issuer: bool,
}

/// The time between beginning and confirming an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrollmentRules {
    /// Seconds after which a pending authenticator expires: 60 to 86,400.
    pub ttl_seconds: u32,
}

/// What sensitive operations ask for again. What holds in the end is [`Policy::proof_for`](crate::Policy::proof_for):
/// nothing that yields a factor asks for less than what turns one off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofRules {
    /// To begin an enrollment. While the second factor is on, never less than `disable`.
    pub begin: ProofRequirement,
    /// To confirm one, beside the new authenticator's own code, which is always needed.
    pub confirm: ProofRequirement,
    /// To disable the second factor; not `none`.
    pub disable: ProofRequirement,
    /// To view or regenerate recovery codes; not `none`, and not less than `disable`.
    pub recovery_codes: ProofRequirement,
    /// Hours for which a code of what was just added, issued or viewed is no proof for turning off what was there before:
    /// 0 to 168, and not 0 where a factor is yielded for less than both password and code.
    pub hold_hours: u32,
}

/// Recovery codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryCodeRules {
    /// Codes in a set: 0 for none at all, or 4 to 20.
    pub count: u32,
    /// Pattern of `X` and separators; see [`RecoveryCodeFormat`](crate::RecoveryCodeFormat). Valid also where the
    /// count is 0.
    pub format: String,
    /// What each `X` draws from.
    pub alphabet: RecoveryAlphabet,
    /// When they are shown.
    pub shown: RecoveryCodesShown,
    /// Whether unused codes can be viewed again with a proof.
    pub viewable: bool,
    /// What becomes of a used code.
    pub after_use: AfterUse,
    /// What becomes of the codes when the second factor is disabled.
    pub on_disable: OnDisable,
}

/// When recovery codes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryCodesShown {
    /// With the QR code. They become valid only with the confirmation.
    BeforeConfirm,
    /// With the confirmation.
    AfterConfirm,
}

/// What becomes of a used recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterUse {
    /// The set shrinks by it.
    Remove,
    /// A new code takes its place and is shown in the answer.
    Replace,
}

/// What becomes of recovery codes when the second factor is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDisable {
    /// They are deleted.
    Erase,
    /// They stay, dormant, until the next enrollment issues a new set.
    Keep,
}

/// Challenges, sessions, trusted devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRules {
    /// Life of a challenge in seconds: 60 to 900.
    pub challenge_ttl_seconds: u32,
    /// Tries a challenge takes before it is dead: 1 to 10.
    pub challenge_attempts: u32,
    /// Days for which a browser may skip the second factor: 0 (never) to 90.
    pub trusted_device_days: u32,
    /// Absolute life of a session in seconds: 300 to 7,776,000 (90 days).
    pub session_ttl_seconds: u32,
    /// Seconds without use after which a session ends: 60 to 7,776,000, not above `session_ttl_seconds`.
    pub session_idle_seconds: u32,
    /// Whether enabling, disabling, or changing the password ends the account's other sessions.
    pub end_other_sessions_on_change: bool,
}

/// Who must have a second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnforcementRules {
    /// Who must have one.
    pub required_for: RequiredFor,
    /// Days until the rule holds for an account, from what made it apply or the first request or sign-in under it: 0 to
    /// 90. Never renewed.
    pub grace_days: u32,
}

/// Who must have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredFor {
    /// Nobody has to.
    Nobody,
    /// Owners.
    Owners,
    /// Admins and owners.
    Admins,
    /// Every account.
    Everyone,
}

/// Waiting after failures in a row; see [`Throttle`](crate::Throttle).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThrottleRules {
    /// Failures in a row that cost nothing: 1 to 10.
    pub free_failures: u32,
    /// The first wait in seconds: 1 to 3,600. Each further failure doubles it.
    pub first_wait_seconds: u32,
    /// The longest wait in seconds: 1 to 86,400, not below `first_wait_seconds`.
    pub longest_wait_seconds: u32,
}

/// What administrators may do over the API and the pages. The local command line always may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdministrationRules {
    /// Who may disable another account's second factor.
    pub may_disable_two_factor: MayDisableTwoFactor,
}

/// Who may disable another account's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MayDisableTwoFactor {
    /// Owners.
    Owners,
    /// Owners and admins.
    Admins,
    /// Nobody.
    Nobody,
}
