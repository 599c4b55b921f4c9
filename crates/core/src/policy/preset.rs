//! Policies with a name.

use alloc::string::{String, ToString};

use thiserror::Error;

use super::{Policy, PolicyDocument, PolicyViolations};

/// A policy with a name, kept as a data file in `presets/`. What one preset does otherwise than another is in the data:
/// no code asks for a preset's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Preset {
    name: &'static str,
    source: &'static str,
}

/// The presets whose data files lie in `presets/`.
macro_rules! presets {
    ($($name:literal),+) => {
        &[$(Preset { name: $name, source: include_str!(concat!("../../presets/", $name, ".toml")) },)+]
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

    /// The policy, parsed and checked at each call: keep it.
    ///
    /// # Errors
    /// [`PresetError`] if the data file in this crate is broken. Tests rule that out, but a panic or another policy
    /// instead would be worse than an error at the start.
    pub fn policy(self) -> Result<Policy, PresetError> {
        let name = self.name();
        let document: PolicyDocument =
            toml::from_str(self.source).map_err(|error| PresetError::Unreadable { name, reason: error.to_string() })?;
        Policy::new(document).map_err(|violations| PresetError::Invalid { name, violations })
    }
}
