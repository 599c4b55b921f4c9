//! Policies with a name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use thiserror::Error;

use crate::{Policy, PolicyDocument, PolicyField, PolicyValue, PolicyViolations};

/// A policy with a name, kept as a data file in `presets/` that holds what is otherwise than the defaults of the table.
/// What one preset does otherwise than another is in the data: no code asks for a preset's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Preset {
    name: &'static str,
    source: &'static str,
}

/// The presets whose data files lie in `presets/`.
macro_rules! presets {
    ($($name:literal),+) => {
        &[$(Preset { name: $name, source: include_str!(concat!("../presets/", $name, ".toml")) },)+]
    };
}

/// A preset's data file is broken: a defect of this crate, which its tests rule out for every preset.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PresetError {
    /// It is not a policy at all.
    #[error("the built-in preset {name} is unreadable: {reason}")]
    Unreadable {
        /// The preset's name.
        name: &'static str,
        /// What the parser says.
        reason: String,
    },
    /// It breaks rules.
    #[error("the built-in preset {name} is invalid: {violations}")]
    Invalid {
        /// The preset's name.
        name: &'static str,
        /// The rules.
        violations: PolicyViolations,
    },
}

impl Preset {
    /// Every preset.
    pub const ALL: &'static [Self] = presets!["recommended", "dokploy", "pterodactyl", "docspell", "dqos", "ispconfig"];

    /// What a realm gets that asks for nothing else.
    pub const RECOMMENDED: Self = Self::ALL[0];

    /// The name, as it stands in configuration and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The preset of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|preset| preset.name() == name)
    }

    /// The policy.
    ///
    /// # Errors
    /// [`PresetError`] if the data file in this crate is broken. Tests rule that out, but a panic or another policy
    /// instead would be worse than an error at the start.
    pub fn policy(self) -> Result<Policy, PresetError> {
        // Every realm that is read comes from a preset: each data file is read once.
        static READ: LazyLock<BTreeMap<&str, Result<Policy, PresetError>>> =
            LazyLock::new(|| Preset::ALL.iter().map(|preset| (preset.name, preset.read())).collect());
        READ.get(self.name).cloned().unwrap_or_else(|| self.read())
    }

    fn read(self) -> Result<Policy, PresetError> {
        let name = self.name();
        let unreadable = |reason: String| PresetError::Unreadable { name, reason };
        let groups: BTreeMap<String, BTreeMap<String, PolicyValue>> =
            toml::from_str(self.source).map_err(|error| unreadable(error.to_string()))?;
        let mut document = PolicyDocument::default();
        for (group, rules) in groups {
            for (key, value) in rules {
                let key = format!("{group}.{key}");
                let field = PolicyField::of(&key).ok_or_else(|| unreadable(format!("{key} is no key")))?;
                if !field.set(&mut document, &value) {
                    return Err(unreadable(format!("{key} has another type")));
                }
            }
        }
        Policy::checked(self, document, BTreeMap::new()).map_err(|violations| PresetError::Invalid { name, violations })
    }
}
