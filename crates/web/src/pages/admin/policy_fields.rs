//! The keys of a policy as fields of a form. What there is, and which values are legal, the table of the core says.

use std::collections::BTreeMap;

use countersign_application::core::{Policy, PolicyDocument, PolicyField};
use serde::Serialize;

use crate::texts::{Texts, hyphenated};

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of these.
    Choice(Vec<&'static str>),
    /// A number between these, ends included; where `gap` is set, not every one of them.
    Number { min: &'static str, max: &'static str, gap: bool },
    /// A text.
    Text,
}

/// Reads what the table says of legal values: "6 to 8", "0, or 4 to 20", "true or false", "a pattern of …".
pub(super) fn kind(field: &'static PolicyField) -> Kind {
    let values = field.values;
    if values.starts_with("a ") {
        return Kind::Text;
    }
    let mut numbers = values.split(|character: char| !character.is_ascii_digit()).filter(|number| !number.is_empty());
    if values.starts_with(|character: char| character.is_ascii_digit()) {
        let min = numbers.next().unwrap_or_default();
        return Kind::Number { min, max: numbers.next_back().unwrap_or(min), gap: values.contains(", or ") };
    }
    Kind::Choice(values.split(", ").flat_map(|part| part.split(" or ")).collect())
}

/// The name of a rule in the reader's language; the key itself, where there is none, as in old audit events.
pub(super) fn rule_name(key: &str, texts: Texts) -> String {
    if key == "issuer" {
        return texts.say("policy-issuer-label");
    }
    let name = format!("policy-{}-name", hyphenated(key));
    if texts.has(&name) { texts.say(&name) } else { key.to_owned() }
}

/// A value in the reader's language.
pub(super) fn value_text(field: &'static PolicyField, value: &str, texts: Texts) -> String {
    match kind(field) {
        Kind::Choice(_) => {
            let name = format!("policy-value-{}", hyphenated(&value.to_ascii_lowercase()));
            if texts.has(&name) { texts.say(&name) } else { value.to_owned() }
        }
        Kind::Number { .. } | Kind::Text => value.to_owned(),
    }
}

/// Which values are legal, where the form does not offer them one by one.
pub(super) fn allowed_text(field: &'static PolicyField, texts: Texts) -> String {
    match kind(field) {
        Kind::Choice(_) => String::new(),
        Kind::Number { gap: true, .. } => texts.say("policy-allowed-count"),
        Kind::Number { min, max, gap: false } => texts.say2("policy-allowed-range", "min", min, "max", max),
        Kind::Text => texts.say("policy-allowed-format"),
    }
}

/// The values of a policy by key, as a form sends them.
pub(super) fn values(document: &PolicyDocument) -> BTreeMap<String, String> {
    let PolicyDocument {
        totp,
        authenticators,
        enrollment,
        proofs,
        recovery_codes,
        sign_in,
        enforcement,
        throttle,
        administration,
    } = document;
    let groups = [
        group("totp", totp),
        group("authenticators", authenticators),
        group("enrollment", enrollment),
        group("proofs", proofs),
        group("recovery_codes", recovery_codes),
        group("sign_in", sign_in),
        group("enforcement", enforcement),
        group("throttle", throttle),
        group("administration", administration),
    ];
    groups.into_iter().flatten().collect()
}

fn group(name: &str, rules: &impl Serialize) -> Vec<(String, String)> {
    let form = serde_urlencoded::to_string(rules).unwrap_or_default();
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&form).unwrap_or_default();
    pairs.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)).collect()
}

/// A key in which two policies differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: &'static PolicyField,
    pub(super) now: String,
    pub(super) then: String,
}

/// Where a policy would differ from what it is now.
pub(super) fn differences(now: &Policy, then: &Policy) -> Vec<Difference> {
    let (now, then) = (values(now.document()), values(then.document()));
    let pick = |values: &BTreeMap<String, String>, key: &str| values.get(key).cloned().unwrap_or_default();
    let difference =
        |field: &'static PolicyField| Difference { field, now: pick(&now, field.key), then: pick(&then, field.key) };
    PolicyField::ALL.iter().map(difference).filter(|difference| difference.now != difference.then).collect()
}

#[cfg(test)]
mod tests {
    use countersign_application::core::Preset;

    use super::*;
    use crate::texts::Language;

    fn field(key: &str) -> &'static PolicyField {
        PolicyField::ALL.iter().find(|field| field.key == key).unwrap()
    }

    #[test]
    fn the_kind_of_a_field_comes_from_the_table() {
        for (key, expected) in [
            ("totp.algorithm", Kind::Choice(vec!["SHA1", "SHA256", "SHA512"])),
            ("totp.digits", Kind::Number { min: "6", max: "8", gap: false }),
            ("proofs.disable", Kind::Choice(vec!["password", "code", "password_or_code", "password_and_code"])),
            ("recovery_codes.count", Kind::Number { min: "0", max: "20", gap: true }),
            ("recovery_codes.format", Kind::Text),
            ("recovery_codes.viewable", Kind::Choice(vec!["true", "false"])),
            ("sign_in.session_idle_seconds", Kind::Number { min: "60", max: "7776000", gap: false }),
        ] {
            assert_eq!(kind(field(key)), expected, "{key}");
        }
    }

    #[test]
    fn every_key_has_a_value_that_its_field_can_show_and_its_texts_in_every_language() {
        for preset in Preset::ALL {
            let values = values(preset.policy().unwrap().document());
            assert_eq!(values.len(), PolicyField::ALL.len());
            for field in PolicyField::ALL {
                let value = &values[field.key];
                match kind(field) {
                    Kind::Choice(options) => assert!(options.contains(&value.as_str()), "{}: {value}", field.key),
                    Kind::Number { .. } => assert!(value.parse::<u32>().is_ok(), "{}: {value}", field.key),
                    Kind::Text => assert!(!value.is_empty(), "{}", field.key),
                }
            }
        }
        for (language, field) in
            Language::ALL.iter().flat_map(|it| PolicyField::ALL.iter().map(move |field| (*it, field)))
        {
            let (texts, key) = (Texts(language), hyphenated(field.key));
            assert!(texts.has(&format!("policy-{key}")) && texts.has(&format!("policy-{key}-name")), "{key}");
            if let Kind::Choice(options) = kind(field) {
                for option in options {
                    let name = format!("policy-value-{}", hyphenated(&option.to_ascii_lowercase()));
                    assert!(texts.has(&name), "{name}");
                }
            }
        }
    }

    #[test]
    fn differences_name_each_key_with_both_values() {
        let policy = |name: &str| Preset::from_name(name).unwrap().policy().unwrap();
        assert_eq!(differences(&policy("dokploy"), &policy("dokploy")), []);
        let found = differences(&policy("recommended"), &policy("docspell"));
        let count = found.iter().find(|difference| difference.field.key == "recovery_codes.count").unwrap();
        assert_eq!(count.then, "0");
    }
}
