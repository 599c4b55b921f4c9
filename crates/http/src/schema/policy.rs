//! The policy, as clients read it. What it means and which values are legal is the core crate's.

use countersign_application::core;
use poem_openapi::{Enum, Object};

/// Mirrors an enum of the core crate, variant by variant, so that the compiler notices when one is missing.
macro_rules! mirrored {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Enum)]
        #[oai(rename_all = "snake_case")]
        pub(crate) enum $name { $($variant,)+ }

        impl From<core::$name> for $name {
            fn from(value: core::$name) -> Self {
                match value { $(core::$name::$variant => Self::$variant,)+ }
            }
        }
    )+};
}

mirrored! {
    /// What an operation asks for.
    ProofRequirement { None, Password, Code, PasswordOrCode, PasswordAndCode, }
    /// What recovery codes are made of.
    RecoveryAlphabet { Crockford32, Alphanumeric, }
    /// When recovery codes are shown.
    RecoveryCodesShown { BeforeConfirm, AfterConfirm, }
    /// What becomes of a used recovery code.
    AfterUse { Remove, Replace, }
    /// What becomes of recovery codes when two-factor is turned off.
    OnDisable { Erase, Keep, }
    /// Who has to have a second factor.
    RequiredFor { Nobody, Owners, Admins, Everyone, }
    /// Who may turn off the two-factor of others.
    MayDisableTwoFactor { Owners, Admins, Nobody, }
}

/// Mirrors a group of rules of the core crate, field by field.
macro_rules! mirrored_rules {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty = $from:expr,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Object)]
        pub(crate) struct $name { $($(#[$field_meta])* $field: $type,)+ }

        impl From<&core::$name> for $name {
            fn from(rules: &core::$name) -> Self {
                $(let $field = ($from)(rules);)+
                Self { $($field,)+ }
            }
        }
    )+};
}

mirrored_rules! {
    /// Codes.
    TotpRules {
        /// `SHA1`, `SHA256` or `SHA512`.
        algorithm: String = |rules: &core::TotpRules| rules.algorithm.to_string(),
        /// 6, 7 or 8.
        digits: u32 = |rules: &core::TotpRules| rules.digits,
        /// How long a code is shown: 15 to 120 seconds.
        period_seconds: u32 = |rules: &core::TotpRules| rules.period_seconds,
        /// Steps accepted before and after the current one: 0 to 2.
        skew_steps: u32 = |rules: &core::TotpRules| rules.skew_steps,
        /// Length of new secrets: 16 to 64 bytes.
        secret_bytes: u32 = |rules: &core::TotpRules| rules.secret_bytes,
    }
    /// Authenticators.
    AuthenticatorRules {
        /// How many an account may have: 1 to 10.
        max_per_account: u32 = |rules: &core::AuthenticatorRules| rules.max_per_account,
        /// Whether the one who enrolls may choose the issuer that the app shows.
        user_chosen_issuer: bool = |rules: &core::AuthenticatorRules| rules.user_chosen_issuer,
    }
    /// Enrollments.
    EnrollmentRules {
        /// How long a pending authenticator can be confirmed: 60 to 86400 seconds.
        ttl_seconds: u32 = |rules: &core::EnrollmentRules| rules.ttl_seconds,
    }
    /// What operations ask for again.
    ProofRules {
        /// To begin an enrollment; while two-factor is on, at least as much as to turn it off.
        begin: ProofRequirement = |rules: &core::ProofRules| rules.begin.into(),
        /// To confirm one, beside the new authenticator's own code.
        confirm: ProofRequirement = |rules: &core::ProofRules| rules.confirm.into(),
        /// To turn two-factor off.
        disable: ProofRequirement = |rules: &core::ProofRules| rules.disable.into(),
        /// To view or regenerate recovery codes.
        recovery_codes: ProofRequirement = |rules: &core::ProofRules| rules.recovery_codes.into(),
        /// How long a code of what was just added, issued or viewed is no proof for turning off what was there before: 0
        /// to 168 hours.
        hold_hours: u32 = |rules: &core::ProofRules| rules.hold_hours,
    }
    /// Recovery codes.
    RecoveryCodeRules {
        /// How many are issued: 0 for none, or 4 to 20.
        count: u32 = |rules: &core::RecoveryCodeRules| rules.count,
        /// How they look; `X` stands for a character.
        format: String = |rules: &core::RecoveryCodeRules| rules.format.clone(),
        /// What they are made of.
        alphabet: RecoveryAlphabet = |rules: &core::RecoveryCodeRules| rules.alphabet.into(),
        /// When they are shown.
        shown: RecoveryCodesShown = |rules: &core::RecoveryCodeRules| rules.shown.into(),
        /// Whether unused ones can be viewed again.
        viewable: bool = |rules: &core::RecoveryCodeRules| rules.viewable,
        /// What becomes of a used one.
        after_use: AfterUse = |rules: &core::RecoveryCodeRules| rules.after_use.into(),
        /// What becomes of them when two-factor is turned off.
        on_disable: OnDisable = |rules: &core::RecoveryCodeRules| rules.on_disable.into(),
    }
    /// Sign-in.
    SignInRules {
        /// How long a challenge can be answered: 60 to 900 seconds.
        challenge_ttl_seconds: u32 = |rules: &core::SignInRules| rules.challenge_ttl_seconds,
        /// How many wrong codes end it: 1 to 10.
        challenge_attempts: u32 = |rules: &core::SignInRules| rules.challenge_attempts,
        /// How long a browser may be trusted: 0 to 90 days, 0 for never.
        trusted_device_days: u32 = |rules: &core::SignInRules| rules.trusted_device_days,
        /// How long a session lasts however much it is used.
        session_ttl_seconds: u32 = |rules: &core::SignInRules| rules.session_ttl_seconds,
        /// How long it lasts unused.
        session_idle_seconds: u32 = |rules: &core::SignInRules| rules.session_idle_seconds,
        /// Whether a change of password or second factor ends the account's other sessions.
        end_other_sessions_on_change: bool = |rules: &core::SignInRules| rules.end_other_sessions_on_change,
    }
    /// Who has to have a second factor.
    EnforcementRules {
        /// Who.
        required_for: RequiredFor = |rules: &core::EnforcementRules| rules.required_for.into(),
        /// How long they have to enroll: 0 to 90 days.
        grace_days: u32 = |rules: &core::EnforcementRules| rules.grace_days,
    }
    /// What failed attempts cost.
    ThrottleRules {
        /// Failures in a row without a wait: 1 to 10.
        free_failures: u32 = |rules: &core::ThrottleRules| rules.free_failures,
        /// The wait after the next one; it doubles with each further.
        first_wait_seconds: u32 = |rules: &core::ThrottleRules| rules.first_wait_seconds,
        /// The longest wait.
        longest_wait_seconds: u32 = |rules: &core::ThrottleRules| rules.longest_wait_seconds,
    }
    /// What administrators may do.
    AdministrationRules {
        /// Who may turn off the two-factor of others.
        may_disable_two_factor: MayDisableTwoFactor = |rules: &core::AdministrationRules| rules.may_disable_two_factor.into(),
    }
}

/// A realm's rules.
#[derive(Object)]
pub(crate) struct Policy {
    /// Codes.
    totp: TotpRules,
    /// Authenticators.
    authenticators: AuthenticatorRules,
    /// Enrollments.
    enrollment: EnrollmentRules,
    /// What operations ask for again.
    proofs: ProofRules,
    /// Recovery codes.
    recovery_codes: RecoveryCodeRules,
    /// Sign-in.
    sign_in: SignInRules,
    /// Who has to have a second factor.
    enforcement: EnforcementRules,
    /// What failed attempts cost.
    throttle: ThrottleRules,
    /// What administrators may do.
    administration: AdministrationRules,
}

impl Policy {
    /// As it holds for an account: what is asked there in the end.
    pub(crate) fn of_account(policy: &core::Policy, two_factor_on: bool) -> Self {
        let mut document = policy.document().clone();
        document.proofs.begin = policy.proof_for(core::ProofAct::Begin, two_factor_on);
        document.proofs.recovery_codes = policy.proof_for(core::ProofAct::RecoveryCodes, two_factor_on);
        Self::from(&document)
    }
}

impl From<&core::PolicyDocument> for Policy {
    fn from(policy: &core::PolicyDocument) -> Self {
        Self {
            totp: (&policy.totp).into(),
            authenticators: (&policy.authenticators).into(),
            enrollment: (&policy.enrollment).into(),
            proofs: (&policy.proofs).into(),
            recovery_codes: (&policy.recovery_codes).into(),
            sign_in: (&policy.sign_in).into(),
            enforcement: (&policy.enforcement).into(),
            throttle: (&policy.throttle).into(),
            administration: (&policy.administration).into(),
        }
    }
}
