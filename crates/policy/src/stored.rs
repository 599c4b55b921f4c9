//! How a store keeps a policy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::{Policy, PolicyField, PolicyViolations, Preset};

/// A policy as a store keeps it: the preset that it comes from, and what is otherwise.
///
/// A key that is missing has the preset's value, so that a key which did not exist when a policy was stored corrupts
/// nothing. A key that is unknown was set by a newer version, on a node that runs beside this one: it is kept as it is
/// when an older node changes the policy, and reported ([`Policy::unknown_keys`]). What it rules, only nodes that know it
/// obey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPolicy {
    /// The preset's name.
    pub preset: String,
    /// The keys, such as `totp.digits`, that are otherwise than in the preset.
    #[serde(default)]
    pub changes: BTreeMap<String, Value>,
}

/// What was stored is no policy, and rules nothing: whoever reads it refuses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoredPolicyError {
    /// This version has no such preset.
    #[error("the preset is not one that this version knows")]
    UnknownPreset,
    /// A key has a value of another type.
    #[error("{0} has a value of another type")]
    Type(&'static str),
    /// It breaks rules.
    #[error(transparent)]
    Violations(#[from] PolicyViolations),
}

impl StoredPolicy {
    /// The policy.
    ///
    /// # Errors
    /// [`StoredPolicyError`]: it is none, or one of a version that allows other values.
    pub fn into_policy(self) -> Result<Policy, StoredPolicyError> {
        let preset = Preset::from_name(&self.preset).ok_or(StoredPolicyError::UnknownPreset)?;
        let base = preset.policy().map_err(|_| StoredPolicyError::UnknownPreset)?;
        let mut document = base.document().clone();
        let mut unknown = BTreeMap::new();
        for (key, value) in self.changes {
            match PolicyField::of(&key) {
                Some(field) => {
                    let value = serde_json::from_value(value).map_err(|_| StoredPolicyError::Type(field.key))?;
                    if !field.set(&mut document, &value) {
                        return Err(StoredPolicyError::Type(field.key));
                    }
                }
                None => {
                    unknown.insert(key, value);
                }
            }
        }
        // Checked less by older versions: what yields a factor for less than what turns one off is raised.
        document.proofs.recovery_codes = document.proofs.recovery_codes.and(document.proofs.disable);
        Ok(Policy::checked(preset, document, unknown)?)
    }
}

impl From<&Policy> for StoredPolicy {
    fn from(policy: &Policy) -> Self {
        let preset = policy.preset();
        // Of a preset that were broken, everything would be otherwise.
        let base = preset.policy().ok();
        let mut changes = policy.unknown_keys().clone();
        for field in PolicyField::ALL {
            let value = field.value(policy.document());
            if base.as_ref().is_none_or(|base| field.value(base.document()) != value) {
                changes.insert(field.key.to_owned(), value.into());
            }
        }
        Self { preset: preset.name().to_owned(), changes }
    }
}
