//! What the pages say, in the languages that there are.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages that there are messages of, each by its code in ISO 639-1.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

static BUNDLES: LazyLock<Vec<FluentBundle<FluentResource>>> =
    LazyLock::new(|| FILES.iter().map(|(code, messages)| bundle(code, messages)).collect());

/// A language of the pages: a file in `messages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Language(usize);

impl Default for Language {
    fn default() -> Self {
        Self::from_code("en").unwrap_or(Self(0))
    }
}

impl Language {
    /// All that there are, by their codes.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..FILES.len()).map(Self)
    }

    /// Its code in ISO 639-1.
    pub(crate) fn code(self) -> &'static str {
        FILES[self.0].0
    }

    /// What those call it who speak it.
    pub(crate) fn name(self) -> String {
        Texts(self).say("language-name")
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|language| language.code() == code)
    }

    /// The language that a browser likes best of those that there are (RFC 9110, section 12.5.4).
    pub(crate) fn preferred(accept_language: &str) -> Self {
        let wish = |part: &str| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let language = Self::from_code(&tag.trim().get(..2)?.to_ascii_lowercase())?;
            let weight: f32 = weight.trim().parse().ok()?;
            Some((language, weight)).filter(|(_, weight)| *weight > 0.0)
        };
        let wishes = accept_language.split(',').filter_map(wish);
        // Of equal ones the first.
        wishes.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(Self::default(), |(it, _)| it)
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        &BUNDLES[self.0]
    }
}

fn bundle(code: &str, messages: &str) -> FluentBundle<FluentResource> {
    // A name that is no language would be seen by the tests of the messages.
    let language: LanguageIdentifier = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The texts stand in HTML that gives its direction.
    bundle.set_use_isolating(false);
    // What is wrong with the files, the tests say.
    let resource = match FluentResource::try_new(messages.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let _ = bundle.add_resource(resource);
    bundle
}

/// A value within a text.
pub(crate) trait Argument {
    /// The value as the library takes it.
    fn value(&self) -> FluentValue<'_>;
}

impl Argument for str {
    /// What is written from right to left is kept from turning the text around it (UAX 9, section 2.4.2).
    fn value(&self) -> FluentValue<'_> {
        FluentValue::String(match self.chars().any(is_right_to_left) {
            true => Cow::Owned(format!("\u{2068}{self}\u{2069}")),
            false => Cow::Borrowed(self),
        })
    }
}

/// Whether a character belongs to a script that is written from right to left: Hebrew, Arabic, Syriac, Thaana and those
/// near them, their presentation forms, and the right-to-left part of the supplementary plane.
fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().value()
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

macro_rules! numbers {
    ($($number:ty)+) => {$(
        impl Argument for $number {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )+};
}
numbers! { u8 u32 u64 i64 usize }

/// A key of a policy or the name of an event as part of the key of a text.
pub(crate) fn hyphenated(name: &str) -> String {
    name.replace(['.', '_'], "-")
}

/// A text as HTML, for what no template escapes.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The texts of one language, as templates use them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts(pub(crate) Language);

impl Texts {
    /// A text.
    pub(crate) fn say(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A text with a value in it.
    pub(crate) fn say1<A: Argument + ?Sized>(&self, key: &str, name: &str, value: &A) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(name, value.value());
        self.format(key, Some(&arguments))
    }

    /// A text with two values in it.
    pub(crate) fn say2<A: Argument + ?Sized, B: Argument + ?Sized>(
        &self,
        key: &str,
        first: &str,
        a: &A,
        second: &str,
        b: &B,
    ) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(first, a.value());
        arguments.set(second, b.value());
        self.format(key, Some(&arguments))
    }

    /// A text with any number of values in it.
    pub(crate) fn say_with(&self, key: &str, values: &[(&str, &dyn Argument)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, value.value());
        }
        self.format(key, Some(&arguments))
    }

    /// The languages that the pages can be read in.
    pub(crate) fn languages(&self) -> impl Iterator<Item = Language> {
        Language::all()
    }

    /// Whether there is a text of this name.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.bundle().has_message(key)
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.0.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, "a text is missing");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, arguments, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a text is wrong");
        }
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_messages_is_a_language_with_a_name() {
        let codes: Vec<&str> = Language::all().map(Language::code).collect();
        assert!(codes.contains(&"en") && codes.contains(&"de"), "{codes:?}");
        for language in Language::all() {
            assert_eq!(language.code().parse::<LanguageIdentifier>().unwrap().to_string(), language.code());
            assert_eq!(Language::from_code(language.code()), Some(language));
            assert!(Texts(language).has("language-name"), "{}", language.code());
        }
        assert_eq!(Language::default().code(), "en");
    }

    #[test]
    fn what_is_written_from_right_to_left_turns_nothing_around_it() {
        let said = |value: &str| Texts(Language::default()).say1("continue-as", "login", value);
        assert_eq!(said("kim@example.org"), "Continue as kim@example.org");
        assert_eq!(said("\u{5d3}\u{5e0}"), "Continue as \u{2068}\u{5d3}\u{5e0}\u{2069}");
    }
}
