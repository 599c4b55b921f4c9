use super::{Accent, Appearance, DisplayName, Logo, ReturnAddresses};
use crate::{AuditDetails, KeyViolation};

/// What becomes of something that may be set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes this.
    Set(T),
    /// It is not set any more.
    Clear,
}

/// A change of an appearance, as it was typed or sent.
#[derive(Clone, Debug, Default)]
pub struct AppearanceChange {
    /// What the pages call the realm.
    pub name: Setting<String>,
    /// Its color.
    pub accent: Setting<String>,
    /// Its picture.
    pub logo: Setting<Vec<u8>>,
    /// Where its users may go back to: the whole list.
    pub return_addresses: Setting<Vec<String>>,
}

impl AppearanceChange {
    /// The changed appearance.
    ///
    /// # Errors
    /// Every key that breaks a rule; the present appearance stays.
    pub fn apply(&self, present: &Appearance) -> Result<Appearance, Vec<KeyViolation>> {
        let mut violations = Vec::new();
        let present = present.clone();
        let changed = Appearance {
            name: changed("name", &self.name, present.name, |text| DisplayName::new(text), &mut violations),
            accent: changed("accent", &self.accent, present.accent, |text| Accent::new(text), &mut violations),
            logo: changed("logo", &self.logo, present.logo, |bytes| Logo::new(bytes.clone()), &mut violations),
            return_addresses: changed(
                "return_addresses",
                &self.return_addresses,
                Some(present.return_addresses),
                |texts| ReturnAddresses::new(texts),
                &mut violations,
            )
            .unwrap_or_default(),
        };
        if violations.is_empty() { Ok(changed) } else { Err(violations) }
    }
}

fn changed<G, T, E: std::fmt::Display>(
    key: &str,
    setting: &Setting<G>,
    present: Option<T>,
    check: impl Fn(&G) -> Result<T, E>,
    violations: &mut Vec<KeyViolation>,
) -> Option<T> {
    match setting {
        Setting::Keep => present,
        Setting::Clear => None,
        Setting::Set(given) => match check(given) {
            Ok(checked) => Some(checked),
            Err(rule) => {
                violations.push(KeyViolation::new(key, rule.to_string()));
                None
            }
        },
    }
}

/// In what two appearances differ, for the audit trail: a logo only by its kind and size.
pub(crate) fn differences(before: &Appearance, after: &Appearance) -> AuditDetails {
    let mut details = AuditDetails::new();
    let mut tell = |key: &str, before: Option<String>, after: Option<String>| {
        let told = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        details.insert(key.to_owned(), format!("{} → {}", told(before), told(after)));
    };
    if before.name != after.name {
        let text = |name: &Option<DisplayName>| name.as_ref().map(|name| name.as_str().to_owned());
        tell("name", text(&before.name), text(&after.name));
    }
    if before.accent != after.accent {
        tell("accent", before.accent.map(|it| it.to_string()), after.accent.map(|it| it.to_string()));
    }
    if before.logo != after.logo {
        let text = |logo: &Option<Logo>| logo.as_ref().map(|it| format!("{}, {} bytes", it.kind(), it.bytes().len()));
        tell("logo", text(&before.logo), text(&after.logo));
    }
    for (key, less, more) in [
        ("return_addresses_added", &before.return_addresses, &after.return_addresses),
        ("return_addresses_removed", &after.return_addresses, &before.return_addresses),
    ] {
        let new: Vec<&str> = more.iter().filter(|it| !less.contains(it)).map(super::ReturnAddress::as_str).collect();
        if !new.is_empty() {
            details.insert(key.to_owned(), new.join(" "));
        }
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Appearance {
        let change = AppearanceChange {
            name: Setting::Set("Panel".to_owned()),
            accent: Setting::Set("#0A7D55".to_owned()),
            logo: Setting::Set(b"<svg>hunter2</svg>".to_vec()),
            return_addresses: Setting::Set(vec!["https://a.example/".to_owned(), "https://b.example/".to_owned()]),
        };
        change.apply(&Appearance::default()).unwrap()
    }

    #[test]
    fn what_is_left_out_stays_and_what_is_cleared_is_gone() {
        assert_eq!(AppearanceChange::default().apply(&full()), Ok(full()));
        let change = AppearanceChange { accent: Setting::Clear, logo: Setting::Clear, ..AppearanceChange::default() };
        assert_eq!(change.apply(&full()), Ok(Appearance { accent: None, logo: None, ..full() }));
        let clear = AppearanceChange {
            name: Setting::Clear,
            accent: Setting::Clear,
            logo: Setting::Clear,
            return_addresses: Setting::Clear,
        };
        assert_eq!(clear.apply(&full()), Ok(Appearance::default()));
    }

    #[test]
    fn every_key_that_breaks_a_rule_is_named_without_its_value() {
        let change = AppearanceChange {
            name: Setting::Set("hunter2\n".repeat(20)),
            accent: Setting::Set("hunter2".to_owned()),
            logo: Setting::Set(b"hunter2".to_vec()),
            return_addresses: Setting::Set(vec!["https://hunter2@a.example/".to_owned()]),
        };
        let violations = change.apply(&full()).unwrap_err();
        let keys: Vec<&str> = violations.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["name", "accent", "logo", "return_addresses"]);
        assert!(violations.iter().all(|it| it.rule.contains("must") && !it.rule.contains("hunter2")), "{violations:?}");
    }

    #[test]
    fn the_trail_tells_what_changed_and_never_the_picture() {
        assert!(differences(&full(), &full()).is_empty());
        let change = AppearanceChange {
            name: Setting::Clear,
            logo: Setting::Set(b"<svg/>".to_vec()),
            return_addresses: Setting::Set(vec!["https://b.example/".to_owned(), "https://c.example/".to_owned()]),
            ..AppearanceChange::default()
        };
        let told = differences(&full(), &change.apply(&full()).unwrap());
        let expected = [
            ("logo", "image/svg+xml, 18 bytes → image/svg+xml, 6 bytes"),
            ("name", "Panel → none"),
            ("return_addresses_added", "https://c.example/"),
            ("return_addresses_removed", "https://a.example/"),
        ];
        assert_eq!(told, expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    }
}
