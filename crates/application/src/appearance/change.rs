use std::fmt::Display;

use crate::appearance::{Accent, Appearance, DisplayName, Logo, ReturnAddresses};
use crate::audit::{AuditText, Change, Event};
use crate::realm::KeyViolation;

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
pub(crate) fn difference(before: &Appearance, after: &Appearance) -> Event {
    let addresses = |less: &ReturnAddresses, more: &ReturnAddresses| {
        more.iter().filter(|it| !less.contains(it)).map(|it| AuditText::new(it.as_str())).collect()
    };
    let name = |of: &Appearance| of.name.as_ref().map(|name| name.as_str().to_owned());
    let logo = |of: &Appearance| of.logo.as_ref().map(|it| format!("{}, {} bytes", it.kind(), it.bytes().len()));
    Event::RealmAppearanceChanged {
        name: change(name(before), name(after)),
        accent: change(before.accent, after.accent),
        // Of the same kind and size it may still be another one.
        logo: (before.logo != after.logo).then(|| became(logo(before), logo(after))),
        return_addresses_added: addresses(&before.return_addresses, &after.return_addresses),
        return_addresses_removed: addresses(&after.return_addresses, &before.return_addresses),
    }
}

fn change<T: PartialEq + Display>(before: Option<T>, after: Option<T>) -> Option<Change> {
    (before != after).then(|| became(before, after))
}

fn became<T: Display>(before: Option<T>, after: Option<T>) -> Change {
    let told = |value: Option<T>| value.map_or_else(|| AuditText::new("none"), AuditText::new);
    Change { before: told(before), after: told(after) }
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
        assert!(difference(&full(), &full()).details().is_empty());
        let change = AppearanceChange {
            name: Setting::Clear,
            logo: Setting::Set(b"<svg/>".to_vec()),
            return_addresses: Setting::Set(vec!["https://b.example/".to_owned(), "https://c.example/".to_owned()]),
            ..AppearanceChange::default()
        };
        let told = difference(&full(), &change.apply(&full()).unwrap()).details();
        let expected = [
            ("logo", "image/svg+xml, 18 bytes → image/svg+xml, 6 bytes"),
            ("name", "Panel → none"),
            ("return_addresses_added", "https://c.example/"),
            ("return_addresses_removed", "https://a.example/"),
        ];
        assert_eq!(told, expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    }
}
