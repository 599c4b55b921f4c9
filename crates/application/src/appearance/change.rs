use std::fmt::Display;

use crate::appearance::{Accent, Appearance, ContactLink, ContactName, DisplayName, Logo, ReturnAddresses, TimeZone};
use crate::audit::{AuditText, Change, ChangedAppearance, Event};
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
    /// Whom its users ask for help.
    pub contact_name: Setting<String>,
    /// Where they ask.
    pub contact_link: Setting<String>,
    /// The zone whose time its pages tell.
    pub time_zone: Setting<String>,
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
        let broken = &mut violations;
        let present = present.clone();
        let changed = Appearance {
            name: changed("name", &self.name, present.name, |text| DisplayName::new(text), broken),
            accent: changed("accent", &self.accent, present.accent, |text| Accent::new(text), broken),
            logo: changed("logo", &self.logo, present.logo, |bytes| Logo::new(bytes.clone()), broken),
            contact_name: changed(
                "contact_name",
                &self.contact_name,
                present.contact_name,
                |text| ContactName::new(text),
                broken,
            ),
            contact_link: changed(
                "contact_link",
                &self.contact_link,
                present.contact_link,
                |text| ContactLink::new(text),
                broken,
            ),
            time_zone: changed("time_zone", &self.time_zone, present.time_zone, |text| TimeZone::new(text), broken),
            return_addresses: changed(
                "return_addresses",
                &self.return_addresses,
                Some(present.return_addresses),
                |texts| ReturnAddresses::new(texts),
                broken,
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
    let contact_name = |of: &Appearance| of.contact_name.as_ref().map(|name| name.as_str().to_owned());
    let contact_link = |of: &Appearance| of.contact_link.as_ref().map(|link| link.as_str().to_owned());
    let logo = |of: &Appearance| of.logo.as_ref().map(|it| format!("{}, {} bytes", it.kind(), it.bytes().len()));
    Event::RealmAppearanceChanged {
        changes: ChangedAppearance::new([
            ("name", change(name(before), name(after))),
            ("accent", change(before.accent, after.accent)),
            // Of the same kind and size it may still be another one.
            ("logo", (before.logo != after.logo).then(|| became(logo(before), logo(after)))),
            ("contact_name", change(contact_name(before), contact_name(after))),
            ("contact_link", change(contact_link(before), contact_link(after))),
            ("time_zone", change(before.time_zone, after.time_zone)),
        ]),
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
            contact_name: Setting::Set("IT desk".to_owned()),
            contact_link: Setting::Set("mailto:it@example.org".to_owned()),
            time_zone: Setting::Set("Europe/Berlin".to_owned()),
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
            contact_name: Setting::Clear,
            contact_link: Setting::Clear,
            time_zone: Setting::Clear,
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
            contact_name: Setting::Set("hunter2\n".repeat(20)),
            contact_link: Setting::Set("javascript:hunter2".to_owned()),
            time_zone: Setting::Set("hunter2".to_owned()),
            return_addresses: Setting::Set(vec!["https://hunter2@a.example/".to_owned()]),
        };
        let violations = change.apply(&full()).unwrap_err();
        let keys: Vec<&str> = violations.iter().map(|it| it.key.as_str()).collect();
        let all = ["name", "accent", "logo", "contact_name", "contact_link", "time_zone", "return_addresses"];
        assert_eq!(keys, all);
        assert!(violations.iter().all(|it| it.rule.contains("must") && !it.rule.contains("hunter2")), "{violations:?}");
    }

    #[test]
    fn the_trail_tells_what_changed_and_never_the_picture() {
        assert!(difference(&full(), &full()).details().is_empty());
        let change = AppearanceChange {
            name: Setting::Clear,
            logo: Setting::Set(b"<svg/>".to_vec()),
            contact_link: Setting::Set("tel:4711".to_owned()),
            time_zone: Setting::Clear,
            return_addresses: Setting::Set(vec!["https://b.example/".to_owned(), "https://c.example/".to_owned()]),
            ..AppearanceChange::default()
        };
        let told = difference(&full(), &change.apply(&full()).unwrap()).details();
        let expected = [
            ("contact_link", "mailto:it@example.org → tel:4711"),
            ("logo", "image/svg+xml, 18 bytes → image/svg+xml, 6 bytes"),
            ("name", "Panel → none"),
            ("return_addresses_added", "https://c.example/"),
            ("return_addresses_removed", "https://a.example/"),
            ("time_zone", "Europe/Berlin → none"),
        ];
        assert_eq!(told, expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    }
}
