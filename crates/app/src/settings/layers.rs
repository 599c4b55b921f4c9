use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::SettingsError;

/// A value as it was given, not yet understood.
#[derive(Clone)]
pub(super) enum Value {
    /// A string, or a number in digits.
    Text(String),
    /// A list of strings.
    List(Vec<String>),
    /// Something that no setting is: a table, a date, a truth value.
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
        match self.given.remove(key) {
            None => Ok(None),
            Some((value, origin)) => match parse(&value) {
                Some(parsed) => Ok(Some(parsed)),
                None => Err(SettingsError::Value { key, rule, origin }),
            },
        }
    }

    /// Keys that nobody took.
    #[cfg(test)]
    pub(super) fn left(&self) -> Vec<&'static str> {
        self.given.keys().copied().collect()
    }
}
