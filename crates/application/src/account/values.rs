//! Accounts: who signs in.

use countersign_core::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::account::PasswordHash;
use crate::named::named;
use crate::{AccountId, RealmId, text};

named! {
    /// What an account may do in its realm.
    pub enum Role {
        /// Looks after its own account.
        Member = "member",
        /// Administers members and other administrators.
        Admin = "admin",
        /// Administers everyone.
        Owner = "owner",
        /// Administers everyone in every realm. Only accounts of the realm `default` are; there is none until one is made.
        Operator = "operator",
    }
}

impl Role {
    /// Whether it administers everyone of its realm, its owners among them.
    #[must_use]
    pub fn administers_everyone(self) -> bool {
        matches!(self, Self::Owner | Self::Operator)
    }
}

/// Someone who signs in.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: AccountId,
    /// The realm it belongs to.
    pub realm_id: RealmId,
    /// The e-mail address or user name it signs in with.
    pub login: Login,
    /// What it may do.
    pub role: Role,
    /// The hash of its password; without one nobody can sign in with a password.
    pub password_hash: Option<PasswordHash>,
    /// Rises by one with each change of the password; what was begun under an older one is void.
    pub password_version: i64,
    /// Since when signing in is refused.
    pub disabled_at: Option<Timestamp>,
    /// When a sign-in was last completed.
    pub last_sign_in_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// In service mode: the application's own identifier of its user, compared exactly. Such an account has no password.
    pub subject: Option<String>,
    /// Whether a second factor is required of it whatever the policy says of its role; `None` for as the policy says.
    pub two_factor_required: Option<bool>,
    /// Whether its password was given to it by someone else, and has to be changed before anything else.
    pub password_change_required: bool,
    /// Since when a second factor is required of it while it has none. Never renewed.
    pub grace_started_at: Option<Timestamp>,
    /// Since when it has an active authenticator. A projection of its second factor, for display: what decides is
    /// [`crate::second_factor::SecondFactorState`].
    pub two_factor_enabled_at: Option<Timestamp>,
}

impl Account {
    /// An account that was just made: a member without a password, of whom nothing is known yet.
    #[must_use]
    pub fn new(id: AccountId, realm_id: RealmId, login: Login, created_at: Timestamp) -> Self {
        Self {
            id,
            realm_id,
            login,
            role: Role::Member,
            password_hash: None,
            password_version: 1,
            disabled_at: None,
            last_sign_in_at: None,
            created_at,
            subject: None,
            two_factor_required: None,
            password_change_required: false,
            grace_started_at: None,
            two_factor_enabled_at: None,
        }
    }

    /// Whether it has an active authenticator, for display.
    #[must_use]
    pub fn two_factor_enabled(&self) -> bool {
        self.two_factor_enabled_at.is_some()
    }

    /// What those who look after it are told it is: its login, or which subject. The label of a subject is no name: several
    /// may have the same.
    #[must_use]
    pub fn whom(&self) -> String {
        whom(self.login.as_str(), self.subject.as_deref())
    }
}

/// What those who look after an account are told it is, from its login and from which subject it is.
#[must_use]
pub fn whom(login: &str, subject: Option<&str>) -> String {
    subject.map_or_else(|| login.to_owned(), |subject| format!("the subject {subject}"))
}

/// An e-mail address or user name: 1 to 200 characters without `:`, control characters, characters that cannot be seen
/// and such that have no meaning yet, and without white space at the ends. Kept in NFC.
///
/// A `:` would end the issuer in a key URI's label, so that an app would show a wrong name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    text: String,
    key: String,
}

/// Why a text is not a login, or not the label of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be 1 to 200 characters without ':', control characters and characters that cannot be seen, and not begin or end \
     with white space"
)]
pub struct LoginError;

impl Login {
    /// The longest login, in characters.
    pub const MAX_CHARS: usize = 200;
    /// The longest key, in characters: some letters fold to several. Every engine holds and indexes as much, whatever the
    /// characters are.
    pub const MAX_KEY_CHARS: usize = 600;
    /// Which rule makes keys. Whoever changes it raises this, and the store makes the keys of older rules anew when it is
    /// brought up to date.
    pub const KEY_RULE: i64 = 2;

    /// Checks a login.
    ///
    /// # Errors
    /// The text breaks the rule of the type.
    pub fn new(text: &str) -> Result<Self, LoginError> {
        let text = text::login(text).ok_or(LoginError)?;
        let key = text::login_key(&text);
        if (1..=Self::MAX_KEY_CHARS).contains(&key.chars().count()) { Ok(Self { text, key }) } else { Err(LoginError) }
    }

    /// The login of a subject: shown as `label`, found by nothing but the subject itself. No login that someone types
    /// has such a key, because none has a `:`. A label may have joiners where its script needs them.
    ///
    /// # Errors
    /// The label breaks the rule of the type.
    pub fn of_subject(subject: &str, label: &str) -> Result<Self, LoginError> {
        let text = text::label(label).ok_or(LoginError)?;
        Ok(Self { text, key: Self::subject_key(subject) })
    }

    /// One that a store has kept, by whatever rule it was made; `None` if it is empty, which no rule allows.
    #[must_use]
    pub fn stored(text: String, key: String) -> Option<Self> {
        (!text.is_empty() && !key.is_empty()).then_some(Self { text, key })
    }

    /// The key of a subject's login.
    #[must_use]
    pub fn subject_key(subject: &str) -> String {
        format!(":{subject}")
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What makes it unique in its realm: compatibility-composed (NFKC), with full case folding, and without what cannot be
    /// seen, so that no two accounts look alike to the one who types.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The key of whatever someone typed where a login belongs. It is never that of a subject: those have a `:`.
    #[must_use]
    pub fn key_of(typed: &str) -> String {
        text::login_key(typed)
    }

    /// The key by the rule before, where that makes another one. Only an account whose present key is another account's
    /// has it still; it is the one that is meant then.
    #[must_use]
    pub fn older_key_of(typed: &str) -> Option<String> {
        Some(text::older_login_key(typed)).filter(|older| *older != text::login_key(typed))
    }
}

impl std::fmt::Display for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

/// A password that someone chose: 8 to 256 characters in NFC (OWASP ASVS 5.0.0, 6.2.1 and 6.2.9), no composition rules.
/// Whether it is a common one is for [`crate::account::PasswordScreen`] to say.
#[derive(Clone, Debug)]
pub struct NewPassword(SecretString);

/// Why a password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// Shorter than 8 or longer than 256 characters.
    #[error("must be 8 to 256 characters")]
    Length,
    /// Among the passwords that guessers try first.
    #[error("is too common or too easy to guess; choose a longer or less usual one")]
    Common,
    /// The one that someone else gave, which is to be replaced.
    #[error("must be another one than the one that was given")]
    Unchanged,
}

impl NewPassword {
    /// The shortest, in characters.
    pub const MIN_CHARS: usize = 8;
    /// The longest, in characters.
    pub const MAX_CHARS: usize = 256;

    /// Composes it and checks the length.
    ///
    /// # Errors
    /// [`NewPasswordError::Length`].
    pub fn new(typed: SecretString) -> Result<Self, NewPasswordError> {
        let text = text::composed(&typed).unwrap_or(typed);
        let length = text.expose_secret().chars().take(Self::MAX_CHARS + 1).count();
        if (Self::MIN_CHARS..=Self::MAX_CHARS).contains(&length) {
            Ok(Self(text))
        } else {
            Err(NewPasswordError::Length)
        }
    }

    /// The password.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn logins_that_look_alike_have_one_key() {
        let composed = Login::new("José@Example.ORG").unwrap();
        let decomposed = Login::new("jose\u{301}@example.org").unwrap();
        assert_eq!(composed.key(), decomposed.key());
        assert_eq!(Login::key_of("  José@example.org "), composed.key());
    }

    #[test]
    fn a_login_that_would_break_a_key_uri_is_refused() {
        for bad in ["", " a", "a ", "a:b", "a\nb", "\u{ff1a}bob", "\u{fe55}bob", "\u{fe13}bob", &"x".repeat(201)] {
            assert_eq!(Login::new(bad), Err(LoginError), "{bad:?}");
            assert_eq!(Login::of_subject("bob", bad), Err(LoginError), "{bad:?}");
        }
    }

    #[test]
    fn a_login_has_nothing_that_cannot_be_seen_or_has_no_meaning() {
        for bad in [
            "a\0b",
            "a\u{85}b",
            "ada\u{200b}",
            "\u{feff}ada",
            "e\u{202e}ve",
            "\u{2066}ada\u{2069}",
            "do\u{ad}ra",
            "a\u{200d}b",
            "می\u{200c}خواهم",
            "👩\u{200d}💻",
            "❤\u{fe0f}",
            "\u{3164}",
            "\u{e000}",
            "\u{fffe}",
            "\u{fffd}",
            "\u{378}",
            "\u{2028}",
        ] {
            assert_eq!(Login::new(bad), Err(LoginError), "{bad:?}");
        }
        // Labels are only shown.
        assert!(Login::of_subject("s", "می\u{200c}خواهم").is_ok() && Login::of_subject("s", "❤\u{fe0f}").is_ok());
    }

    #[test]
    fn a_login_is_bounded_after_normalization() {
        assert_eq!(Login::new(&"e\u{301}".repeat(200)).unwrap().as_str(), "é".repeat(200));
        assert!(Login::new(&"🙂".repeat(200)).is_ok() && Login::new(&"ß".repeat(200)).is_ok());
        assert!(Login::new(&"\u{130}".repeat(200)).is_ok());
        // One ligature is eighteen characters.
        assert_eq!(Login::new(&"\u{fdfa}".repeat(33)).unwrap().key().chars().count(), 33 * 18);
        assert_eq!(Login::new(&"\u{fdfa}".repeat(34)), Err(LoginError));
    }

    #[test]
    fn what_someone_types_is_never_the_key_of_a_subject() {
        for typed in [":bob", "\u{ff1a}bob", " :bob", "\u{fe55}bob"] {
            assert_ne!(Login::key_of(typed), Login::subject_key("bob"), "{typed:?}");
        }
        assert_eq!(Login::of_subject("bob", "Bob").unwrap().key(), Login::subject_key("bob"));
    }

    #[test]
    fn passwords_are_measured_in_characters() {
        assert!(NewPassword::new("ääääääää".into()).is_ok());
        assert!(NewPassword::new("short77".into()).is_err());
        assert!(NewPassword::new("é".repeat(256).into()).is_ok());
        assert!(NewPassword::new("e".repeat(257).into()).is_err());
        // In NFC: seven letters are seven characters however they are typed.
        assert!(NewPassword::new("e\u{301}".repeat(7).into()).is_err());
        assert!(NewPassword::new("e\u{301}".repeat(256).into()).is_ok());
    }
}
