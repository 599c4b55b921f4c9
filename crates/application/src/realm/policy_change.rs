//! Changes of a policy: a preset, single keys, or both.

use countersign_policy::{KeyHolder, Policy, PolicyField, PolicyRule, PolicyViolations, Preset};
use serde_json::{Map, Value};

/// A change of a policy: first the preset, then the keys, as a JSON merge patch (RFC 7396).
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    /// The name of the preset to begin with; the present policy when it is left out.
    pub preset: Option<String>,
    /// What is to be otherwise, nested as a policy is.
    pub patch: Option<Value>,
}

/// A key that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyViolation {
    /// The key, such as `totp.period_seconds`.
    pub key: String,
    /// The rule, with what is allowed.
    pub rule: String,
    /// The rule of the policy, where it is one.
    pub of_policy: Option<PolicyRule>,
}

impl KeyViolation {
    pub(crate) fn new(key: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { key: key.into(), rule: rule.into(), of_policy: None }
    }

    fn of(key: &str, rule: PolicyRule) -> Self {
        Self { key: key.to_owned(), rule: rule.to_string(), of_policy: Some(rule) }
    }
}

impl PolicyChange {
    /// The changed policy.
    ///
    /// # Errors
    /// Every key that breaks a rule; the present policy stays.
    pub fn apply(&self, present: &Policy) -> Result<Policy, Vec<KeyViolation>> {
        let base = match &self.preset {
            None => present.clone(),
            Some(name) => {
                let preset = Preset::from_name(name).and_then(|preset| preset.policy().ok());
                preset.ok_or_else(|| vec![KeyViolation::new("preset", unknown_preset())])?
            }
        };
        let Some(patch) = &self.patch else { return Ok(base) };
        let Value::Object(patch) = patch else {
            return Err(vec![KeyViolation::new("policy", "must be an object of groups of keys")]);
        };
        let (mut document, mut violations) = (base.document().clone(), Vec::new());
        for (key, value) in leaves(patch) {
            let Some(field) = PolicyField::of(&key) else {
                violations.push(KeyViolation::new(key, "is not a key of a policy"));
                continue;
            };
            let typed = serde_json::from_value(value.clone());
            if !typed.is_ok_and(|value| field.set(&mut document, &value)) {
                violations.push(KeyViolation::of(&key, PolicyRule::Values(field.values)));
            }
        }
        if violations.is_empty() { base.changed(document).map_err(of_policy) } else { Err(violations) }
    }
}

/// The keys in which two policies differ, with their values before and after.
pub fn policy_differences(before: &Policy, after: &Policy) -> Vec<(&'static PolicyField, String, String)> {
    let value = |policy: &Policy, field: &PolicyField| field.value(policy.document()).to_string();
    PolicyField::ALL
        .iter()
        .map(|field| (field, value(before, field), value(after, field)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// The keys in which two policies differ that only owners may change.
#[must_use]
pub fn owners_keys(before: &Policy, after: &Policy) -> Vec<String> {
    let owners = policy_differences(before, after).into_iter().filter(|(field, ..)| field.who == KeyHolder::Owners);
    // Nobody here knows who may change what only a newer version knows.
    let lost = before.unknown_keys().keys().filter(|key| !after.unknown_keys().contains_key(*key)).cloned();
    let preset = (before.preset() != after.preset()).then(|| "preset".to_owned());
    owners.map(|(field, ..)| field.key.to_owned()).chain(lost).chain(preset).collect()
}

fn of_policy(violations: PolicyViolations) -> Vec<KeyViolation> {
    violations.into_vec().into_iter().map(|violation| KeyViolation::of(violation.key, violation.rule)).collect()
}

fn unknown_preset() -> String {
    let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
    format!("must be one of {}", names.join(", "))
}

/// The keys of a patch, such as `totp.digits`. What is nested deeper than a policy is no key of one.
fn leaves(patch: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut leaves = Vec::new();
    for (name, value) in patch {
        match value {
            Value::Object(group) => leaves.extend(group.iter().map(|(key, value)| (format!("{name}.{key}"), value))),
            other => leaves.push((name.clone(), other)),
        }
    }
    leaves
}
