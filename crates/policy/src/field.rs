//! The keys of a policy, for everything that has to know them.

use std::fmt;

use crate::value::Word;
use crate::{PolicyDocument, PolicyValue};

/// A key of a policy.
#[derive(Clone, Copy, Debug)]
pub struct PolicyField {
    /// The key, such as `totp.period_seconds`.
    pub key: &'static str,
    /// Its group, such as `totp`.
    pub group: &'static str,
    /// Its name in the group, such as `period_seconds`.
    pub name: &'static str,
    /// Which values are legal.
    pub values: Values,
    /// What has to hold beside that, together with other keys.
    pub beside: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
    /// Who may change it.
    pub who: KeyHolder,
    pub(crate) get: fn(&PolicyDocument) -> PolicyValue,
    pub(crate) set: fn(&mut PolicyDocument, &PolicyValue) -> bool,
}

/// A group of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyGroup {
    /// Its name, such as `totp`.
    pub name: &'static str,
    /// The name of its type, such as `TotpRules`.
    pub type_name: &'static str,
    /// What its keys are about.
    pub meaning: &'static str,
}

/// Which values of a key are legal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// True or false.
    Switch,
    /// A number.
    Number {
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
        /// Whether 0 is legal as well.
        or_none: bool,
    },
    /// One of these words.
    Words {
        /// The name of the type of all such words.
        type_name: &'static str,
        /// What its words are about.
        about: &'static str,
        /// All words of the type.
        all: &'static [&'static str],
        /// Those that are legal here.
        legal: &'static [&'static str],
    },
    /// A pattern of recovery codes, see [`RecoveryCodeFormat`](countersign_core::RecoveryCodeFormat).
    Pattern,
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

impl PolicyField {
    /// The key of that name.
    #[must_use]
    pub fn of(key: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|field| field.key == key)
    }

    /// The value that a policy has for it.
    #[must_use]
    pub fn value(&self, document: &PolicyDocument) -> PolicyValue {
        (self.get)(document)
    }

    /// Sets it in a policy; `false`, and nothing is changed, if the value is of another type. Whether it is legal,
    /// [`Policy::new`](crate::Policy::new) says.
    #[must_use]
    pub fn set(&self, document: &mut PolicyDocument, value: &PolicyValue) -> bool {
        (self.set)(document, value)
    }

    /// What was typed, as a value of this key's type; a text where it is none.
    #[must_use]
    pub fn typed(&self, text: &str) -> PolicyValue {
        let value = match self.values {
            Values::Switch => text.parse().ok().map(PolicyValue::Switch),
            Values::Number { .. } => text.parse().ok().map(PolicyValue::Number),
            Values::Words { .. } | Values::Pattern => None,
        };
        value.unwrap_or_else(|| PolicyValue::Text(text.to_owned()))
    }
}

impl Values {
    pub(crate) const fn within(min: u32, max: u32) -> Self {
        Self::Number { min, max, or_none: false }
    }

    pub(crate) const fn none_or_within(min: u32, max: u32) -> Self {
        Self::Number { min, max, or_none: true }
    }

    pub(crate) const fn words<T: Word>() -> Self {
        Self::Words { type_name: T::NAME, about: T::ABOUT, all: T::WORDS, legal: T::WORDS }
    }

    /// All but the first.
    pub(crate) const fn words_but_first<T: Word>() -> Self {
        match T::WORDS.split_first() {
            Some((_, legal)) => Self::Words { type_name: T::NAME, about: T::ABOUT, all: T::WORDS, legal },
            None => Self::words::<T>(),
        }
    }

    /// Whether a value of the right type is one of these; a pattern is checked together with its alphabet.
    pub(crate) fn include(&self, value: &PolicyValue) -> bool {
        match (self, value) {
            (Self::Switch, PolicyValue::Switch(_)) | (Self::Pattern, PolicyValue::Text(_)) => true,
            (Self::Number { min, max, or_none }, PolicyValue::Number(number)) => {
                (*min..=*max).contains(number) || (*or_none && *number == 0)
            }
            (Self::Words { legal, .. }, PolicyValue::Text(word)) => legal.contains(&word.as_str()),
            _ => false,
        }
    }
}

/// What stands after "must be": `6 to 8`, `0, or 4 to 20`, `remove or replace`.
impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch => f.write_str("true or false"),
            Self::Number { min, max, or_none: false } => write!(f, "{min} to {max}"),
            Self::Number { min, max, or_none: true } => write!(f, "0, or {min} to {max}"),
            Self::Words { legal, .. } => match legal.split_last() {
                Some((last, [])) => f.write_str(last),
                Some((last, others)) => write!(f, "{} or {last}", others.join(", ")),
                None => Ok(()),
            },
            Self::Pattern => f.write_str("a pattern of X and separators with at least 50 bits"),
        }
    }
}
