//! The keys of a policy as fields of a form. What there is, and which values are legal, the policy's table says.

use countersign_application::policy::{PolicyField, Values};

use crate::texts::{Texts, hyphenated};

/// The name of a rule in the reader's language; the key itself, where there is none, as in old audit events.
pub(super) fn rule_name(key: &str, texts: Texts) -> String {
    if key == "issuer" {
        return texts.say("policy-issuer-label");
    }
    let name = format!("policy-{}-name", hyphenated(key));
    if texts.has(&name) { texts.say(&name) } else { key.to_owned() }
}

/// What a field offers one by one, as a form sends it.
pub(super) fn choices(field: &PolicyField) -> &'static [&'static str] {
    match field.values {
        Values::Switch => &["true", "false"],
        Values::Words { legal, .. } => legal,
        Values::Number { .. } | Values::Pattern => &[],
    }
}

/// A value in the reader's language.
pub(super) fn value_text(field: &PolicyField, value: &str, texts: Texts) -> String {
    let name = format!("policy-value-{}", hyphenated(&value.to_ascii_lowercase()));
    if choices(field).contains(&value) && texts.has(&name) { texts.say(&name) } else { value.to_owned() }
}

/// Which values are legal, where the form does not offer them one by one.
pub(super) fn allowed_text(field: &PolicyField, texts: Texts) -> String {
    match field.values {
        Values::Switch | Values::Words { .. } => String::new(),
        Values::Number { min, max, or_none: true } => texts.say2("policy-allowed-count", "min", &min, "max", &max),
        Values::Number { min, max, or_none: false } => texts.say2("policy-allowed-range", "min", &min, "max", &max),
        Values::Pattern => texts.say("policy-allowed-format"),
    }
}

#[cfg(test)]
mod tests {
    use countersign_application::policy::Preset;

    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_key_has_a_value_that_its_field_can_show_and_its_texts_in_every_language() {
        for preset in Preset::ALL {
            let policy = preset.policy().unwrap();
            for field in PolicyField::ALL {
                let value = field.value(policy.document()).to_string();
                match field.values {
                    Values::Switch | Values::Words { .. } => {
                        assert!(choices(field).contains(&&*value), "{}", field.key);
                    }
                    Values::Number { .. } => assert!(value.parse::<u32>().is_ok(), "{}: {value}", field.key),
                    Values::Pattern => assert!(!value.is_empty(), "{}", field.key),
                }
            }
        }
        for (language, field) in Language::all().flat_map(|it| PolicyField::ALL.iter().map(move |field| (it, field))) {
            let (texts, key) = (Texts(language), hyphenated(field.key));
            assert!(texts.has(&format!("policy-{key}")) && texts.has(&format!("policy-{key}-name")), "{key}");
            for option in choices(field) {
                let name = format!("policy-value-{}", hyphenated(&option.to_ascii_lowercase()));
                assert!(texts.has(&name), "{name}");
            }
        }
    }
}
