//! The kinds of texts.

use unicode_normalization::UnicodeNormalization;

use super::characters::{has_colon, is_a_name, is_kept_in_a_login, is_kept_in_a_subject, is_noncharacter};

/// Why a text cannot be taken: the rule of its kind, to follow the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TextError(pub(crate) &'static str);

/// A text in NFC, if it then has 1 to `most` characters. What is more than four times as long is not looked at: no text
/// becomes that much shorter.
fn bounded(text: &str, most: usize) -> Option<String> {
    if text.chars().nth(4 * most).is_some() {
        return None;
    }
    let text: String = text.nfc().collect();
    let length = text.chars().count();
    (1..=most).contains(&length).then_some(text)
}

fn name(text: &str, most: usize) -> Option<String> {
    bounded(text.trim(), most).filter(|text| is_a_name(text))
}

/// A name that someone gives a thing: 1 to 100 characters that can be seen, white space at the ends dropped.
pub(crate) fn short_name(text: &str) -> Option<String> {
    name(text, 100)
}

/// A login, in NFC.
pub(crate) fn login(text: &str) -> Option<String> {
    let good = |text: &String| text.trim() == text && text.chars().all(is_kept_in_a_login) && !has_colon(text);
    bounded(text, 200).filter(good)
}

/// What is shown for a subject, in NFC: as a login, and with the joiners that names may have.
pub(crate) fn label(text: &str) -> Option<String> {
    bounded(text, 200).filter(|text| text.trim() == text && is_a_name(text) && !has_colon(text))
}

/// Declares a kind of text: its rule, and what checks it.
macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $rule:literal, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The rule, to follow the name of the field.
            pub const RULE: &'static str = $rule;

            /// Checks a text.
            ///
            /// # Errors
            /// The text breaks the rule of the type.
            pub fn new(text: &str) -> Result<Self, $crate::text::TextError> {
                let check: fn(&str) -> Option<String> = $check;
                check(text).map(Self).ok_or($crate::text::TextError(Self::RULE))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}
pub(crate) use text;

/// Declares what someone calls something.
macro_rules! named_by_people {
    ($(#[$meta:meta])* $name:ident) => {
        $crate::text::text! {
            $(#[$meta])*
            $name,
            "must be 1 to 100 characters without control characters and characters that cannot be seen",
            $crate::text::short_name
        }

        impl $name {
            /// One that a store has kept, by whatever rule it was made; `None` if it is empty, which no rule allows.
            #[must_use]
            pub fn stored(text: String) -> Option<Self> {
                (!text.is_empty()).then_some(Self(text))
            }
        }
    };
}
pub(crate) use named_by_people;

text! {
    /// An application's own identifier of its user: 1 to 200 characters that can be seen. Kept as it was given and compared
    /// exactly: spelling is the application's business.
    Subject,
    "must be 1 to 200 characters, percent-encoded, without control characters and characters that cannot be seen",
    |text| {
        let good = !text.is_empty() && text.chars().nth(200).is_none() && text.chars().all(is_kept_in_a_subject);
        good.then(|| text.to_owned())
    }
}

text! {
    /// Why something is done, or what for: 1 to 500 characters that can be seen, for the audit trail.
    Remark,
    "must be 1 to 500 characters without control characters and characters that cannot be seen",
    |text| name(text, 500)
}

text! {
    /// What authenticator apps call a realm: 1 to 200 characters that can be seen and at most 200 bytes in UTF-8, so that it
    /// need not be shortened in a key URI; no `:`, which would end it there.
    IssuerName,
    "must be 1 to 200 characters (at most 200 bytes in UTF-8) without ':', control characters and characters that cannot \
     be seen",
    |text| name(text, 200).filter(|text| text.len() <= 200 && !has_colon(text))
}

text! {
    /// A part of a login or label, to look for: 1 to 200 characters that can be seen.
    SearchText,
    "must be 1 to 200 characters without control characters and characters that cannot be seen",
    |text| name(text, 200)
}

text! {
    /// What someone typed where their login belongs. What cannot be seen is overlooked when the account is looked for, so
    /// that a login that was copied from somewhere signs in; what no keyboard writes is refused.
    TypedLogin,
    "must be 1 to 200 characters without control characters",
    |text| {
        let broken = |character: char| character.is_control() || is_noncharacter(character);
        bounded(text, 200).filter(|text| !text.contains(broken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_after_composing() {
        let decomposed = "e\u{301}".repeat(200);
        assert_eq!(SearchText::new(&decomposed).unwrap().as_str(), "é".repeat(200));
        assert_eq!(short_name(&"e\u{301}".repeat(101)), None);
        // Three characters each when composed.
        assert_eq!(short_name(&"\u{fb2c}".repeat(34)), None);
        assert_eq!(bounded(&"x".repeat(1_000_000), 100), None);
    }

    #[test]
    fn a_subject_is_kept_as_it_was_given() {
        for good in ["bob", " bob", "bob ", "e\u{301}", "é", "\u{a0}bob", "%2e", "..", "ß", "x".repeat(200).as_str()]
        {
            assert_eq!(Subject::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a\0b", "a\tb", "bob\u{200b}", "\u{202e}bob", "\u{fffe}", &"x".repeat(201)] {
            assert!(Subject::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_issuer_fits_a_key_uri_whole() {
        assert!(IssuerName::new(&"x".repeat(200)).is_ok() && IssuerName::new(&"社".repeat(66)).is_ok());
        for bad in ["", "a:b", "a\u{ff1a}b", "a\u{202e}b", "a\0", &"社".repeat(67), &"x".repeat(201)] {
            assert!(IssuerName::new(bad).is_err(), "{bad:?}");
        }
    }
}
