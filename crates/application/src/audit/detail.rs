//! What may stand in an event, and how it is told in its details.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::str::FromStr;

use countersign_core::Lane;

use crate::account::Role;
use crate::api_key::Scope;
use crate::named::named;
use crate::second_factor::SecondFactorMethod;
use crate::{ApiKeyId, AuthenticatorId, SessionId, TrustedDeviceId};

/// What is worth knowing of an event, as the API, the command line and the exports show it: texts by their names.
pub type AuditDetails = BTreeMap<String, String>;

/// What stands between the value before and the one after.
const BECAME: &str = " → ";

/// A field of an event.
pub(crate) trait Detail: Sized {
    /// Adds it to the details; `name` is what the field is called.
    fn write(&self, name: &str, details: &mut AuditDetails);

    /// Takes it out of the details; `None` where it is not there, or cannot be understood.
    fn take(name: &str, details: &mut AuditDetails) -> Option<Self>;
}

/// A field that is one text, under its own name.
trait Text: Display + Sized {
    /// What a text says; `None` where that would be told by another text.
    fn read(text: &str) -> Option<Self>;
}

impl<T: Text> Detail for T {
    fn write(&self, name: &str, details: &mut AuditDetails) {
        details.insert(name.to_owned(), self.to_string());
    }

    fn take(name: &str, details: &mut AuditDetails) -> Option<Self> {
        let read = Self::read(details.get(name)?)?;
        details.remove(name);
        Some(read)
    }
}

impl<T: Text> Detail for Option<T> {
    fn write(&self, name: &str, details: &mut AuditDetails) {
        if let Some(value) = self {
            value.write(name, details);
        }
    }

    fn take(name: &str, details: &mut AuditDetails) -> Option<Self> {
        if details.contains_key(name) { T::take(name, details).map(Some) } else { Some(None) }
    }
}

/// Words with a space between each two; none at all are left out.
impl<T: Text> Detail for Vec<T> {
    fn write(&self, name: &str, details: &mut AuditDetails) {
        if !self.is_empty() {
            let words: Vec<String> = self.iter().map(T::to_string).collect();
            details.insert(name.to_owned(), words.join(" "));
        }
    }

    fn take(name: &str, details: &mut AuditDetails) -> Option<Self> {
        let Some(text) = details.get(name) else { return Some(Self::new()) };
        let words = text.split(' ').map(T::read).collect::<Option<_>>()?;
        details.remove(name);
        Some(words)
    }
}

/// What a text says, if it is the one that would be written of it.
fn parsed<T: FromStr + Display>(text: &str) -> Option<T> {
    text.parse().ok().filter(|value: &T| value.to_string() == text)
}

macro_rules! texts {
    ($($type:ident)+: $text:ident => $read:expr) => {
        $(impl Text for $type {
            fn read($text: &str) -> Option<Self> {
                $read
            }
        })+
    };
}

texts! { bool u32 u64 i8 AuthenticatorId SessionId TrustedDeviceId ApiKeyId: text => parsed(text) }
texts! {
    Role Scope SecondFactorMethod SignInFactor SignInFailure AttemptMethod RejectionReason: text => Self::from_name(text)
}

/// A text that events may hold. It is made of what can be displayed, which no secret can:
///
/// ```
/// # use countersign_application::audit::AuditText;
/// assert_eq!(AuditText::new("hunter2").as_str(), "hunter2");
/// ```
///
/// ```compile_fail,E0277
/// # use countersign_application::audit::AuditText;
/// let code = secrecy::SecretString::from("hunter2");
/// AuditText::new(code);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditText(String);

impl AuditText {
    /// The text of something.
    #[must_use]
    pub fn new(told: impl Display) -> Self {
        Self(told.to_string())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for AuditText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

texts! { AuditText: text => Some(Self::new(text)) }

/// What something was, and what it became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it was.
    pub before: AuditText,
    /// What it became.
    pub after: AuditText,
}

impl Change {
    /// From one to the other.
    #[must_use]
    pub fn new(before: impl Display, after: impl Display) -> Self {
        Self { before: AuditText::new(before), after: AuditText::new(after) }
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{BECAME}{}", self.before, self.after)
    }
}

// Of several arrows the first one counts: a name may have its own, and is told as it was all the same.
texts! { Change: text => text.split_once(BECAME).map(|(before, after)| Self::new(before, after)) }

named! {
    /// What was shown at a sign-in beside the password.
    pub enum SignInFactor {
        /// A code of an authenticator.
        Totp = "totp",
        /// A recovery code.
        RecoveryCode = "recovery_code",
        /// A browser that is trusted.
        TrustedDevice = "trusted_device",
        /// Nothing: the session is good for an enrollment only.
        EnrollmentRequired = "enrollment_required",
        /// Nothing: none was due.
        None = "none",
    }
}

impl From<SecondFactorMethod> for SignInFactor {
    fn from(method: SecondFactorMethod) -> Self {
        match method {
            SecondFactorMethod::Totp => Self::Totp,
            SecondFactorMethod::RecoveryCode => Self::RecoveryCode,
        }
    }
}

named! {
    /// Why a password was refused.
    pub enum SignInFailure {
        /// There is no such login.
        UnknownLogin = "unknown_login",
        /// It was right, and the account is disabled.
        AccountDisabled = "account_disabled",
        /// It was wrong.
        WrongPassword = "wrong_password",
    }
}

named! {
    /// What was given as a code or proof.
    pub enum AttemptMethod {
        /// A code of an authenticator.
        Code = "code",
        /// Two consecutive codes of one authenticator.
        ConsecutiveCodes = "consecutive_codes",
        /// A recovery code.
        RecoveryCode = "recovery_code",
        /// The password.
        Password = "password",
    }
}

impl From<Lane> for AttemptMethod {
    fn from(lane: Lane) -> Self {
        match lane {
            Lane::Code => Self::Code,
            Lane::ConsecutiveCodes => Self::ConsecutiveCodes,
            Lane::RecoveryCode => Self::RecoveryCode,
        }
    }
}

named! {
    /// Why a code or proof was refused.
    pub enum RejectionReason {
        /// It is wrong.
        Wrong = "wrong",
        /// It is the code that was accepted last.
        Repeated = "repeated",
        /// It is right, and what it comes from is too new for what it was given for.
        TooNew = "too_new",
    }
}

named! {
    /// What codes and proofs are given for here.
    pub enum ProvenAct {
        /// Signing in.
        SignIn = "sign_in",
        /// An administrator's act.
        Administer = "administer",
        /// Beginning an enrollment.
        Begin = "begin",
        /// Confirming one.
        Confirm = "confirm",
        /// Removing an authenticator.
        Remove = "remove",
        /// Turning the second factor off.
        Disable = "disable",
        /// Changing the password.
        ChangePassword = "change_password",
        /// Shutting everybody else out.
        SecureAccount = "secure_account",
        /// Making new recovery codes.
        RegenerateRecoveryCodes = "regenerate_recovery_codes",
        /// Looking at them.
        ViewRecoveryCodes = "view_recovery_codes",
        /// Trying out whether one was written down right.
        TestRecoveryCode = "test_recovery_code",
        /// What an application does, which did not say what.
        Verify = "verify",
    }
}

/// What a code or proof was given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An act here.
    Act(ProvenAct),
    /// What an application says that it does.
    Stated(AuditText),
}

impl Purpose {
    /// In a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Act(act) => act.as_str(),
            Self::Stated(text) => text.as_str(),
        }
    }
}

impl From<ProvenAct> for Purpose {
    fn from(act: ProvenAct) -> Self {
        Self::Act(act)
    }
}

impl Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

// An application may state what an act here is called; the two are told alike.
texts! {
    Purpose: text => Some(ProvenAct::from_name(text).map_or_else(|| Self::Stated(AuditText::new(text)), Self::Act))
}

/// What kind of code was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptedBy {
    /// One of an authenticator.
    Totp {
        /// Which.
        authenticator_id: AuthenticatorId,
        /// By how many steps its clock is ahead (above zero) or behind.
        drift_steps: i8,
    },
    /// A recovery code.
    RecoveryCode,
}

impl AcceptedBy {
    /// The kind by itself.
    #[must_use]
    pub fn method(&self) -> SecondFactorMethod {
        match self {
            Self::Totp { .. } => SecondFactorMethod::Totp,
            Self::RecoveryCode => SecondFactorMethod::RecoveryCode,
        }
    }
}

impl Detail for AcceptedBy {
    fn write(&self, _: &str, details: &mut AuditDetails) {
        self.method().write("method", details);
        if let Self::Totp { authenticator_id, drift_steps } = self {
            authenticator_id.write("authenticator_id", details);
            drift_steps.write("drift_steps", details);
        }
    }

    fn take(_: &str, details: &mut AuditDetails) -> Option<Self> {
        Some(match Detail::take("method", details)? {
            SecondFactorMethod::Totp => Self::Totp {
                authenticator_id: Detail::take("authenticator_id", details)?,
                drift_steps: Detail::take("drift_steps", details)?,
            },
            SecondFactorMethod::RecoveryCode => Self::RecoveryCode,
        })
    }
}

/// Takes a text that is always the same.
fn take_constant(name: &str, text: &str, details: &mut AuditDetails) -> Option<()> {
    (details.get(name)? == text).then(|| details.remove(name)).map(drop)
}

/// Which sessions were ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedSessions {
    /// One.
    One(SessionId),
    /// All but the one that asked.
    AllOthers {
        /// How many.
        count: u64,
    },
    /// All.
    All {
        /// How many.
        count: u64,
    },
}

impl EndedSessions {
    const ALL_OTHERS: &'static str = "all others";
    const ALL: &'static str = "all";
}

impl Detail for EndedSessions {
    fn write(&self, name: &str, details: &mut AuditDetails) {
        match self {
            Self::One(session) => session.write("session_id", details),
            Self::AllOthers { count } => {
                details.insert(name.to_owned(), Self::ALL_OTHERS.to_owned());
                count.write("count", details);
            }
            Self::All { count } => {
                details.insert(name.to_owned(), Self::ALL.to_owned());
                count.write("count", details);
            }
        }
    }

    fn take(name: &str, details: &mut AuditDetails) -> Option<Self> {
        if take_constant(name, Self::ALL_OTHERS, details).is_some() {
            return Some(Self::AllOthers { count: Detail::take("count", details)? });
        }
        if take_constant(name, Self::ALL, details).is_some() {
            return Some(Self::All { count: Detail::take("count", details)? });
        }
        Detail::take("session_id", details).map(Self::One)
    }
}

/// Which browsers are no longer trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokedDevices {
    /// One.
    One(TrustedDeviceId),
    /// All.
    All,
}

impl RevokedDevices {
    const ALL: &'static str = "all";
}

impl Detail for RevokedDevices {
    fn write(&self, name: &str, details: &mut AuditDetails) {
        match self {
            Self::One(device) => device.write("device_id", details),
            Self::All => {
                details.insert(name.to_owned(), Self::ALL.to_owned());
            }
        }
    }

    fn take(name: &str, details: &mut AuditDetails) -> Option<Self> {
        if take_constant(name, Self::ALL, details).is_some() {
            return Some(Self::All);
        }
        Detail::take("device_id", details).map(Self::One)
    }
}

/// As what an account was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreatedAs {
    /// As one with a login, of this role.
    Role(Role),
    /// As an application's user, with its identifier there.
    Subject(AuditText),
}

impl Detail for CreatedAs {
    fn write(&self, _: &str, details: &mut AuditDetails) {
        match self {
            Self::Role(role) => role.write("role", details),
            Self::Subject(subject) => subject.write("subject", details),
        }
    }

    fn take(_: &str, details: &mut AuditDetails) -> Option<Self> {
        match Detail::take("subject", details) {
            Some(subject) => Some(Self::Subject(subject)),
            None => Detail::take("role", details).map(Self::Role),
        }
    }
}

/// In what an account was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// What finds it.
    Login {
        /// What it was.
        before: AuditText,
        /// What it became.
        after: AuditText,
    },
    /// What it may do.
    Role {
        /// What it was.
        before: Role,
        /// What it became.
        after: Role,
    },
    /// Whether it is disabled.
    Disabled(bool),
    /// Whether a second factor is required of it, whatever the policy says; `None` where that decides.
    TwoFactorRequired(Option<bool>),
    /// Whether its password has to be changed.
    PasswordChangeRequired(bool),
}

impl AccountChange {
    const AS_THE_POLICY_SAYS: &'static str = "as_the_policy_says";
}

impl Detail for AccountChange {
    fn write(&self, _: &str, details: &mut AuditDetails) {
        match self {
            Self::Login { before, after } => {
                before.write("login_before", details);
                after.write("login", details);
            }
            Self::Role { before, after } => {
                before.write("role_before", details);
                after.write("role", details);
            }
            Self::Disabled(disabled) => disabled.write("disabled", details),
            Self::TwoFactorRequired(Some(required)) => required.write("two_factor_required", details),
            Self::TwoFactorRequired(None) => {
                details.insert("two_factor_required".to_owned(), Self::AS_THE_POLICY_SAYS.to_owned());
            }
            Self::PasswordChangeRequired(required) => required.write("password_change_required", details),
        }
    }

    fn take(_: &str, details: &mut AuditDetails) -> Option<Self> {
        if let Some(after) = Detail::take("login", details) {
            return Some(Self::Login { before: Detail::take("login_before", details)?, after });
        }
        if let Some(after) = Detail::take("role", details) {
            return Some(Self::Role { before: Detail::take("role_before", details)?, after });
        }
        if take_constant("two_factor_required", Self::AS_THE_POLICY_SAYS, details).is_some() {
            return Some(Self::TwoFactorRequired(None));
        }
        let disabled = Detail::take("disabled", details).map(Self::Disabled);
        let required = || Detail::take("two_factor_required", details).map(|it| Self::TwoFactorRequired(Some(it)));
        disabled
            .or_else(required)
            .or_else(|| Detail::take("password_change_required", details).map(Self::PasswordChangeRequired))
    }
}

/// What became of a realm's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedPolicy {
    /// The realm was made with them.
    Created {
        /// With those of this name.
        preset: AuditText,
    },
    /// These were changed: keys of the policy, or `issuer`.
    Keys(BTreeMap<String, Change>),
}

impl ChangedPolicy {
    const CREATED: &'static str = "created";
}

impl Detail for ChangedPolicy {
    fn write(&self, _: &str, details: &mut AuditDetails) {
        match self {
            Self::Created { preset } => {
                details.insert("realm".to_owned(), Self::CREATED.to_owned());
                preset.write("preset", details);
            }
            Self::Keys(changes) => changes.iter().for_each(|(key, change)| change.write(key, details)),
        }
    }

    fn take(_: &str, details: &mut AuditDetails) -> Option<Self> {
        if take_constant("realm", Self::CREATED, details).is_some() {
            return Some(Self::Created { preset: Detail::take("preset", details)? });
        }
        let keys: Vec<String> = details.keys().cloned().collect();
        let change = |key: String| Detail::take(&key, details).map(|change| (key, change));
        Some(Self::Keys(keys.into_iter().filter_map(change).collect()))
    }
}
