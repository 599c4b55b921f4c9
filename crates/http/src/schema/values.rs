//! What fields and parameters are made of: types that say of themselves what the document says of them.

use std::borrow::Cow;
use std::ops::Deref;

use ::countersign_application as domain;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};
use serde_json::{Value, json};

use super::{parse_rfc3339, rfc3339};

/// The parts of `Type` that are the same for every value that is one piece.
macro_rules! one_piece {
    () => {
        const IS_REQUIRED: bool = true;
        type RawValueType = Self;
        type RawElementValueType = Self;

        fn as_raw_value(&self) -> Option<&Self> {
            Some(self)
        }

        fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
            Box::new(std::iter::once(self))
        }
    };
}
pub(super) use one_piece;

/// A point in time: RFC 3339, UTC.
#[derive(Clone, Copy)]
pub(crate) struct Time(pub(crate) domain::Timestamp);

impl From<domain::Timestamp> for Time {
    fn from(at: domain::Timestamp) -> Self {
        Self(at)
    }
}

impl Type for Time {
    one_piece!();

    fn name() -> Cow<'static, str> {
        "string_date-time".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "date-time")))
    }
}

impl ParseFromJSON for Time {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        value.as_str().and_then(parse_rfc3339).map(Self).ok_or_else(|| ParseError::expected_type(value))
    }
}

impl ToJSON for Time {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(rfc3339(self.0)))
    }
}

/// What is always sent, and null where there is nothing. What is left out instead is an `Option` with
/// `skip_serializing_if_is_none`.
pub(crate) struct Nullable<T>(pub(crate) Option<T>);

impl<T, U: Into<T>> From<Option<U>> for Nullable<T> {
    fn from(value: Option<U>) -> Self {
        Self(value.map(Into::into))
    }
}

impl<T: Type> Type for Nullable<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = T::RawValueType;
    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        format!("nullable_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref().merge(MetaSchema { nullable: true, ..MetaSchema::ANY })
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_ref().and_then(Type::as_raw_value)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        match &self.0 {
            Some(value) => value.raw_element_iter(),
            None => Box::new(std::iter::empty()),
        }
    }
}

impl<T: ParseFromJSON> ParseFromJSON for Nullable<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Option::parse_from_json(value).map(Self).map_err(ParseError::propagate)
    }
}

impl<T: ToJSON> ToJSON for Nullable<T> {
    fn to_json(&self) -> Option<Value> {
        self.0.to_json()
    }
}

/// Texts whose form is documented. What is wrong with one the operation says, which knows the rule.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident { $($key:ident: $value:expr),* $(,)? })+) => {$(
        $(#[$meta])*
        pub(crate) struct $name(String);

        impl Type for $name {
            one_piece!();

            fn name() -> Cow<'static, str> {
                concat!("string_", stringify!($name)).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(MetaSchema { $($key: Some($value),)* ..MetaSchema::new("string") }))
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                String::parse_from_json(value).map(Self).map_err(ParseError::propagate)
            }
        }

        impl ParseFromParameter for $name {
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                Ok(Self(value.to_owned()))
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                self.0.to_json()
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )+};
}

/// What stands in a class of a pattern for the characters that no text may have: those of the core's table of what cannot be
/// seen, control characters, and what stands for no character for ever. Of the first plane: what lies beyond it, no class
/// says that every engine of patterns reads, and the operation refuses it alone.
const UNSEEN: &str = concat!(
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f",
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe-\uffff",
);

/// The same for what means something only by agreement.
const PRIVATE: &str = r"\ue000-\uf8ff";

/// The same for white space.
const BLANK: &str = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000";

/// The same for the colons, which would end an issuer or a login in a key URI.
const COLONS: &str = r":\u2a74\ufe13\ufe55\uff1a";

/// The pattern of a text that may be blank at its ends, but not as a whole.
fn with_something_seen(refused: &str) -> String {
    format!("^[^{refused}]*[^{refused}{BLANK}][^{refused}]*$")
}

/// The pattern of a text that is blank at neither end.
fn blank_at_no_end(refused: &str) -> String {
    format!("^[^{refused}{BLANK}]([^{refused}]*[^{refused}{BLANK}])?$")
}

texts! {
    /// An identifier, as a path names it.
    Id { min_length: 1, max_length: 100, example: json!("019ca2f1-7c00-7000-8000-4d3c2b1a0f01") }
    /// An application's own identifier of its user, as a path names it.
    SubjectName { min_length: 1, max_length: 200, pattern: format!("^[^{UNSEEN}]+$"), example: json!("user-42") }
    /// Where a list goes on.
    Cursor {
        min_length: 36,
        max_length: 36,
        pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$".to_owned(),
        example: json!("019ca2f1-7c00-7000-8000-4d3c2b1a0f01"),
    }
    /// Where the list of accounts goes on, or back.
    AccountListCursor {
        min_length: 32,
        max_length: domain::account::AccountCursor::MAX_CHARS,
        pattern: r"^(before-)?[0-9a-f]{32}(\.([0-9a-f]*|-?[0-9]+))?$".to_owned(),
        example: json!("before-019ca2f17c0070008d3c2b1a0f01aa01"),
    }
    /// What is searched for; nothing is as if it were left out.
    Search { max_length: 200, pattern: format!("^[^{UNSEEN}{PRIVATE}]*$") }
    /// A day, UTC.
    Day { format: "date" }
    /// A point in time, as a client writes it: RFC 3339.
    Moment { format: "date-time", example: json!("2026-03-01T09:00:00Z") }
    /// A point in time that is yet to come, as a client writes it: RFC 3339.
    Expiry { format: "date-time", example: json!("2099-12-31T23:59:59Z") }
    /// A name or a remark: it has something that can be seen.
    Words { pattern: with_something_seen(&[UNSEEN, PRIVATE].concat()) }
    /// What authenticator apps call a realm.
    Issuer { pattern: with_something_seen(&[UNSEEN, PRIVATE, COLONS].concat()) }
    /// A login, or what is shown in its place.
    LoginText { pattern: blank_at_no_end(&[UNSEEN, PRIVATE, COLONS, "\\ufffd"].concat()) }
    /// What is typed where a login belongs: what cannot be seen in it is overlooked.
    TypedText { pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\ufdd0-\\ufdef\\ufffe-\\uffff]+$".to_owned() }
    /// A color.
    ColorText { min_length: 1, max_length: 32, pattern: "^#[0-9A-Fa-f]{6}$".to_owned(), example: json!("#7a2fb0") }
    /// A picture, in base64 or as a `data:` URL of it. The longest is one of 64 KiB.
    Picture { min_length: 1, max_length: 90_000, example: json!("PHN2Zy8+") }
    /// An address that users may be sent back to.
    AddressText { min_length: 1, max_length: 500, example: json!("https://panel.example/") }
    /// Where someone asks for help.
    ContactText { min_length: 1, max_length: 500, example: json!("mailto:it-desk@example.org") }
    /// The name of a time zone.
    ZoneText { min_length: 1, max_length: 64, example: json!("Europe/Berlin") }
    /// The short name of a realm.
    SlugText { pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$".to_owned(), example: json!("panel") }
    /// The name of a preset.
    PresetName { pattern: format!("^({})$", presets().join("|")), example: json!("pterodactyl") }
}

fn presets() -> Vec<&'static str> {
    domain::policy::Preset::ALL.iter().map(|preset| preset.name()).collect()
}

/// How many items of a list are asked for.
pub(crate) struct Limit(pub(crate) u32);

impl Limit {
    /// How many there are when nothing is said.
    pub(crate) const DEFAULT: u32 = 50;
}

impl Type for Limit {
    one_piece!();

    fn name() -> Cow<'static, str> {
        "integer_limit".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            minimum: Some(1.0),
            maximum: Some(domain::PageRequest::LIMIT.into()),
            default: Some(json!(Self::DEFAULT)),
            ..MetaSchema::new_with_format("integer", "int32")
        }))
    }
}

impl ParseFromParameter for Limit {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        value.parse().map(Self).map_err(|_| ParseError::custom("not a number"))
    }
}

/// Enums of the application whose values have stable names: their list is there, and only there.
macro_rules! named {
    ($($(#[doc = $doc:literal])+ $name:ident = $domain:ty, $all:expr, $text:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy)]
        pub(crate) struct $name(pub(crate) $domain);

        impl $name {
            fn from_name(name: &str) -> Option<Self> {
                $all.iter().copied().find(|value| $text(*value) == name).map(Self)
            }
        }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                Self(value)
            }
        }

        impl Type for $name {
            one_piece!();

            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Reference(Self::name().into_owned())
            }

            fn register(registry: &mut Registry) {
                registry.create_schema::<Self, _>(Self::name().into_owned(), |_| MetaSchema {
                    description: Some(concat!($($doc),+).trim_ascii()),
                    enum_items: $all.iter().map(|value| json!($text(*value))).collect(),
                    ..MetaSchema::new("string")
                });
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                let value = value.unwrap_or_default();
                value.as_str().and_then(Self::from_name).ok_or_else(|| ParseError::expected_type(value))
            }
        }

        impl ParseFromParameter for $name {
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                Self::from_name(value).ok_or_else(|| ParseError::custom("not a known name"))
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(json!($text(self.0)))
            }
        }
    )+};
}

named! {
    /// What happened. There may be more one day.
    Event = domain::audit::EventKind, domain::audit::EventKind::ALL, domain::audit::EventKind::as_str;
    /// How it ended.
    Outcome = domain::audit::AuditOutcome, domain::audit::AuditOutcome::ALL, domain::audit::AuditOutcome::as_str;
    /// In which order accounts are listed: as they were made, by what finds them, or by their last sign-in, where those that
    /// never signed in come first; `_desc` is the other way round.
    AccountSort = domain::account::AccountOrder, domain::account::AccountOrder::ALL, domain::account::AccountOrder::as_str;
    /// What is done to several accounts: they are disabled, enabled, required to have a second factor, or signed out
    /// everywhere.
    BulkAct = domain::account::SeveralAct, domain::account::SeveralAct::ALL, domain::account::SeveralAct::as_str;
    /// Why it was not done to an account; `unavailable` is for what failed and may be done again.
    RefusalReason = domain::account::SeveralRefusal, domain::account::SeveralRefusal::ALL, domain::account::SeveralRefusal::as_str;
    /// How someone showed who they are (RFC 8176): `pwd` with the password, `otp` with a code of an authenticator or a
    /// recovery code.
    AuthenticationMethod = domain::session::AuthenticationMethod, domain::session::AuthenticationMethod::ALL, domain::session::AuthenticationMethod::as_str;
    /// The hash function of an authenticator's codes.
    Algorithm = domain::core::Algorithm, domain::core::Algorithm::ALL, domain::core::Algorithm::name;
}

/// The name of an event, as it was recorded: also one that only a newer version knows.
pub(crate) struct EventName(String);

impl From<String> for EventName {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl Type for EventName {
    one_piece!();

    fn name() -> Cow<'static, str> {
        Event::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        Event::schema_ref()
    }

    fn register(registry: &mut Registry) {
        Event::register(registry);
    }
}

impl ParseFromJSON for EventName {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        String::parse_from_json(value).map(Self).map_err(ParseError::propagate)
    }
}

impl ToJSON for EventName {
    fn to_json(&self) -> Option<Value> {
        self.0.to_json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a class of a pattern has a character: single ones and ranges, plain or escaped.
    fn has(class: &str, character: char) -> bool {
        let mut rest = class.chars().peekable();
        let mut next = || {
            let first = rest.next()?;
            let escaped = first == '\\' && rest.next() == Some('u');
            let code = escaped.then(|| (0..4).map(|_| rest.next().unwrap()).collect::<String>());
            let from = code.map_or(u32::from(first), |code| u32::from_str_radix(&code, 16).unwrap());
            let ranges = rest.peek() == Some(&'-');
            if ranges {
                rest.next();
            }
            Some((from, ranges))
        };
        while let Some((from, ranges)) = next() {
            let to = if ranges { next().unwrap().0 } else { from };
            if (from..=to).contains(&u32::from(character)) {
                return true;
            }
        }
        false
    }

    #[test]
    fn the_patterns_say_of_every_character_of_the_first_plane_what_the_rules_say() {
        use domain::text::{IssuerName, Remark, SearchText, Subject};
        for character in '\0'..='\u{ffff}' {
            let (text, between) = (character.to_string(), format!("a{character}b"));
            let unseen = has(UNSEEN, character);
            assert_eq!(unseen, Subject::new(&text).is_err(), "{character:?}");
            let named = unseen || has(PRIVATE, character);
            assert_eq!(named, Remark::new(&between).is_err(), "{character:?}");
            assert_eq!(named || has(BLANK, character), SearchText::new(&text).is_err(), "{character:?}");
            assert_eq!(named || has(COLONS, character), IssuerName::new(&between).is_err(), "{character:?}");
        }
    }
}
