use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::SettingsError;

/// A value as it was given, not yet understood.
#[derive(Clone)]
pub(super) enum Value {
    /// A string, a number in digits, or a truth value as a word.
    Text(String),
    /// A list of strings.
    List(Vec<String>),
    /// Something that no setting is: a table or a date.
    Other,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A line of a file.
    File { path: PathBuf, line: usize },
    /// An environment variable.
    Variable(String),
    /// An option on the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(flag) => write!(f, "option {flag}"),
        }
    }
}

/// What was given, the strongest of each key.
#[derive(Default)]
pub(super) struct Layers {
    given: BTreeMap<&'static str, (Value, Origin)>,
}

impl Layers {
    /// Puts a value over what was given before.
    pub(super) fn lay(&mut self, key: &'static str, value: Value, origin: Origin) {
        self.given.insert(key, (value, origin));
    }

    /// Takes a key's value out, understood by `parse`; `rule` is the sentence that says what it understands.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        rule: &'static str,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        self.take_with(key, |value, origin| parse(value).ok_or(SettingsError::Value { key, rule, origin }))
    }

    /// Takes a key's value out, where what is wrong with it has to be told more exactly than by a rule.
    pub(super) fn take_with<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&Value, Origin) -> Result<T, SettingsError>,
    ) -> Result<Option<T>, SettingsError> {
        self.given.remove(key).map(|(value, origin)| parse(&value, origin)).transpose()
    }

    /// Keys that nobody took.
    #[cfg(test)]
    pub(super) fn left(&self) -> Vec<&'static str> {
        self.given.keys().copied().collect()
    }
}
