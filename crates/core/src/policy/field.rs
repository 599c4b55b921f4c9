//! The keys of a policy, for people: what documentation, errors and editors say of them.

/// A key of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyField {
    /// The key, such as `totp.period_seconds`.
    pub key: &'static str,
    /// Which values are legal, after "must be".
    pub values: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Who may change it.
    pub who: KeyHolder,
}

/// Who may change a key over the API and the pages. The local command line always may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyHolder {
    /// Owners, because it could lower what protects them.
    Owners,
    /// Administrators as well.
    Admins,
}

impl KeyHolder {
    /// As documentation and errors write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owners => "owners",
            Self::Admins => "admins",
        }
    }
}

/// A key of which nobody has thought that it is everyone's is the owners'.
const fn field(key: &'static str, values: &'static str, meaning: &'static str) -> PolicyField {
    PolicyField { key, values, meaning, who: KeyHolder::Owners }
}

/// A key that lowers nothing, whatever it is set to.
const fn harmless(key: &'static str, values: &'static str, meaning: &'static str) -> PolicyField {
    PolicyField { key, values, meaning, who: KeyHolder::Admins }
}

/// What an operation may ask for.
const PROOFS: &str = "none, password, code, password_or_code or password_and_code";
/// What an operation that takes something away may ask for.
const REQUIRED_PROOFS: &str = "password, code, password_or_code or password_and_code";
const SWITCH: &str = "true or false";

impl PolicyField {
    /// Every key, in the order of a policy.
    pub const ALL: &'static [Self] = &[
        harmless(
            "totp.algorithm",
            "SHA1, SHA256 or SHA512",
            "The hash of the codes. Several authenticator apps ignore anything but SHA1.",
        ),
        field("totp.digits", "6 to 8", "How many digits a code has."),
        field("totp.period_seconds", "15 to 120", "How long a code is shown."),
        field(
            "totp.skew_steps",
            "0 to 2",
            "How many steps before and after the current one are accepted. 2 with six digits is more than 1 % of guessing a year.",
        ),
        field("totp.secret_bytes", "16 to 64", "How long new secrets are."),
        field(
            "authenticators.max_per_account",
            "1 to 10",
            "How many authenticators an account may have. With 1, a second enrollment is refused while one is active.",
        ),
        harmless(
            "authenticators.user_chosen_issuer",
            SWITCH,
            "Whether the one who enrolls may choose the issuer that the app shows.",
        ),
        harmless("enrollment.ttl_seconds", "60 to 86400", "How long a pending authenticator can be confirmed."),
        field(
            "proofs.begin",
            PROOFS,
            "What beginning an enrollment asks for. While two-factor is on, at least what turning it off asks for.",
        ),
        field("proofs.confirm", PROOFS, "What confirming one asks for, beside the new authenticator's own code."),
        field("proofs.disable", REQUIRED_PROOFS, "What turning two-factor off asks for."),
        field(
            "proofs.recovery_codes",
            REQUIRED_PROOFS,
            "What viewing and regenerating recovery codes ask for; not less than turning two-factor off.",
        ),
        field(
            "proofs.hold_hours",
            "0 to 168, and more than none where a factor is yielded for less than password_and_code",
            "How long a code of what was just added, issued or viewed is no proof for turning off what was there before.",
        ),
        field("recovery_codes.count", "0, or 4 to 20", "How many recovery codes are issued; 0 for none."),
        field(
            "recovery_codes.format",
            "a pattern of X and separators with at least 50 bits",
            "How they look: X draws from the alphabet, - and space separate and are ignored when typed.",
        ),
        field(
            "recovery_codes.alphabet",
            "crockford32 or alphanumeric",
            "What X draws from. Of crockford32, case does not matter.",
        ),
        field(
            "recovery_codes.shown",
            "before_confirm or after_confirm",
            "When they are shown. Before the confirmation they are worthless until it.",
        ),
        field(
            "recovery_codes.viewable",
            SWITCH,
            "Whether unused ones can be viewed again; they are then sealed as well as hashed.",
        ),
        field("recovery_codes.after_use", "remove or replace", "Whether a used one is replaced by a new one."),
        field(
            "recovery_codes.on_disable",
            "erase or keep",
            "Whether they stay when two-factor is turned off; kept ones are worthless.",
        ),
        field("sign_in.challenge_ttl_seconds", "60 to 900", "How long a challenge can be answered."),
        field("sign_in.challenge_attempts", "1 to 10", "How many wrong codes end a challenge."),
        field("sign_in.trusted_device_days", "0 to 90", "How long a browser may be trusted; 0 for never."),
        field("sign_in.session_ttl_seconds", "300 to 7776000", "How long a session lasts however much it is used."),
        field(
            "sign_in.session_idle_seconds",
            "60 to 7776000, and not above session_ttl_seconds",
            "How long a session lasts unused.",
        ),
        field(
            "sign_in.end_other_sessions_on_change",
            SWITCH,
            "Whether a change of password or second factor ends the account's other sessions.",
        ),
        field(
            "enforcement.required_for",
            "nobody, owners, admins or everyone",
            "Who has to have a second factor. An account can be marked otherwise.",
        ),
        field(
            "enforcement.grace_days",
            "0 to 90",
            "How long they have to enroll, from when the rule met them; never renewed. Until then nobody administers.",
        ),
        field("throttle.free_failures", "1 to 10", "How many failures in a row cost no wait."),
        field(
            "throttle.first_wait_seconds",
            "1 to 3600",
            "The wait after the next failure; it doubles with each further one.",
        ),
        field("throttle.longest_wait_seconds", "1 to 86400, and not below first_wait_seconds", "The longest wait."),
        field(
            "administration.may_disable_two_factor",
            "owners, admins or nobody",
            "Who may turn off the two-factor of others over the API and the pages. The local command line always may.",
        ),
    ];
}
