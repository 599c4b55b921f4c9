//! Values of keys, whatever their type.

use std::fmt;

use countersign_core::{Algorithm, RecoveryAlphabet};
use serde::{Deserialize, Serialize};

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PolicyValue {
    /// Yes or no.
    Switch(bool),
    /// A number.
    Number(u32),
    /// One of a few words, or a text.
    Text(String),
}

/// As people read and type it.
impl fmt::Display for PolicyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl From<PolicyValue> for serde_json::Value {
    fn from(value: PolicyValue) -> Self {
        match value {
            PolicyValue::Switch(value) => value.into(),
            PolicyValue::Number(value) => value.into(),
            PolicyValue::Text(value) => value.into(),
        }
    }
}

/// A type that keys may have.
pub(crate) trait KeyType: Sized {
    fn to_value(&self) -> PolicyValue;
    fn from_value(value: &PolicyValue) -> Option<Self>;
}

/// A type of a few words.
pub(crate) trait Word: Copy + 'static {
    /// The name of the type.
    const NAME: &'static str;
    /// What its words are about.
    const ABOUT: &'static str;
    /// Every word.
    const ALL: &'static [Self];
    /// The words, in the order of `ALL`.
    const WORDS: &'static [&'static str];
    fn word(self) -> &'static str;
}

impl KeyType for u32 {
    fn to_value(&self) -> PolicyValue {
        PolicyValue::Number(*self)
    }

    fn from_value(value: &PolicyValue) -> Option<Self> {
        if let PolicyValue::Number(number) = value { Some(*number) } else { None }
    }
}

impl KeyType for bool {
    fn to_value(&self) -> PolicyValue {
        PolicyValue::Switch(*self)
    }

    fn from_value(value: &PolicyValue) -> Option<Self> {
        if let PolicyValue::Switch(switch) = value { Some(*switch) } else { None }
    }
}

impl KeyType for String {
    fn to_value(&self) -> PolicyValue {
        PolicyValue::Text(self.clone())
    }

    fn from_value(value: &PolicyValue) -> Option<Self> {
        if let PolicyValue::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl<T: Word> KeyType for T {
    fn to_value(&self) -> PolicyValue {
        PolicyValue::Text(self.word().to_owned())
    }

    fn from_value(value: &PolicyValue) -> Option<Self> {
        let PolicyValue::Text(text) = value else { return None };
        T::ALL.iter().copied().find(|one| one.word() == text)
    }
}

impl Word for Algorithm {
    const NAME: &'static str = "Algorithm";
    const ABOUT: &'static str = "The hash under the HMAC of a one-time password.";
    const ALL: &'static [Self] = &Self::ALL;
    const WORDS: &'static [&'static str] = &[Self::Sha1.name(), Self::Sha256.name(), Self::Sha512.name()];

    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for RecoveryAlphabet {
    const NAME: &'static str = "RecoveryAlphabet";
    const ABOUT: &'static str = "What recovery codes are made of.";
    const ALL: &'static [Self] = &[Self::Crockford32, Self::Alphanumeric];
    const WORDS: &'static [&'static str] = &[Self::Crockford32.name(), Self::Alphanumeric.name()];

    fn word(self) -> &'static str {
        self.name()
    }
}

/// Makes enums whose variants have words, with serde and [`Word`].
macro_rules! words {
    ($($(#[doc = $about:literal])+ $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+ }

        impl $crate::value::Word for $name {
            const NAME: &'static str = stringify!($name);
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();
            const ALL: &'static [Self] = &[$(Self::$variant,)+];
            const WORDS: &'static [&'static str] = &[$($word,)+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    )+};
}

pub(crate) use words;
