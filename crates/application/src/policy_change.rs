//! Changes of a policy: a preset, single keys, or both.

use countersign_core::{KeyHolder, Policy, PolicyDocument, PolicyField, Preset};
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
}

impl KeyViolation {
    fn new(key: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { key: key.into(), rule: rule.into() }
    }
}

impl PolicyChange {
    /// The changed policy.
    ///
    /// # Errors
    /// Every key that breaks a rule; the present policy stays.
    pub fn apply(&self, present: &Policy) -> Result<Policy, Vec<KeyViolation>> {
        let base = match &self.preset {
            None => present.document().clone(),
            Some(name) => {
                let preset = Preset::from_name(name).and_then(|preset| preset.policy().ok());
                preset.ok_or_else(|| vec![KeyViolation::new("preset", unknown_preset())])?.into_document()
            }
        };
        let Some(patch) = &self.patch else { return checked(base) };
        let Value::Object(patch) = patch else {
            return Err(vec![KeyViolation::new("policy", "must be an object of groups of keys")]);
        };
        let mut leaves = Vec::new();
        flatten("", patch, &mut leaves);
        let document = to_value(&base);
        let violations: Vec<_> = leaves.iter().filter_map(|(key, value)| violation(&document, key, value)).collect();
        if !violations.is_empty() {
            return Err(violations);
        }
        let mut changed = document;
        for (key, value) in leaves {
            set(&mut changed, &key, value);
        }
        match serde_json::from_value::<PolicyDocument>(changed) {
            Ok(document) => checked(document),
            Err(_) => Err(vec![KeyViolation::new("policy", "is not a policy")]),
        }
    }
}

/// The keys in which two policies differ, with their values before and after.
pub(crate) fn differences(before: &Policy, after: &Policy) -> Vec<(String, String, String)> {
    let (before, after) = (to_value(before.document()), to_value(after.document()));
    let pick = |document: &Value, key: &str| {
        document.pointer(&pointer(key)).map_or_else(String::new, |value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    PolicyField::ALL
        .iter()
        .map(|field| (field.key.to_owned(), pick(&before, field.key), pick(&after, field.key)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// The keys in which two policies differ that only owners may change.
#[must_use]
pub fn owners_keys(before: &Policy, after: &Policy) -> Vec<String> {
    let owners = |key: &str| PolicyField::ALL.iter().any(|field| field.key == key && field.who == KeyHolder::Owners);
    differences(before, after).into_iter().map(|(key, ..)| key).filter(|key| owners(key)).collect()
}

fn checked(document: PolicyDocument) -> Result<Policy, Vec<KeyViolation>> {
    Policy::new(document).map_err(|violations| {
        violations.iter().map(|violation| KeyViolation::new(violation.key, violation.rule.clone())).collect()
    })
}

fn unknown_preset() -> String {
    let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
    format!("must be one of {}", names.join(", "))
}

/// The keys of a patch, such as `totp.digits`. What is nested deeper than a policy is no key of one.
fn flatten(prefix: &str, patch: &Map<String, Value>, leaves: &mut Vec<(String, Value)>) {
    for (name, value) in patch {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Object(group) if prefix.is_empty() => flatten(&key, group, leaves),
            other => leaves.push((key, other.clone())),
        }
    }
}

/// The rule that a single key breaks by being unknown or of another type.
fn violation(document: &Value, key: &str, value: &Value) -> Option<KeyViolation> {
    let Some(field) = PolicyField::ALL.iter().find(|field| field.key == key) else {
        return Some(KeyViolation::new(key, "is not a key of a policy"));
    };
    let mut changed = document.clone();
    set(&mut changed, key, value.clone());
    let understood = serde_json::from_value::<PolicyDocument>(changed).is_ok();
    (!understood).then(|| KeyViolation::new(key, format!("must be {}", field.values)))
}

fn set(document: &mut Value, key: &str, value: Value) {
    if let Some(place) = document.pointer_mut(&pointer(key)) {
        *place = value;
    }
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}

fn to_value(document: &PolicyDocument) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}
