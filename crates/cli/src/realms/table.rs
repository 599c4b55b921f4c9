//! Realms, for people.

use countersign_policy::PolicyField;
use countersign_wire::{AppearanceView, List, RealmView};

use crate::{Fact, View, columns, facts};

fn rule(realm: &RealmView, field: &PolicyField) -> Option<String> {
    let value = realm.policy.get(field.group)?.get(field.name)?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// What is set of how it looks.
fn appearance(appearance: &AppearanceView) -> impl Iterator<Item = Fact> {
    let logo = appearance.logo.as_ref().map(|logo| format!("{}, {} bytes", logo.media_type, logo.bytes));
    let addresses = (!appearance.return_addresses.is_empty()).then(|| appearance.return_addresses.join(", "));
    let facts = [
        ("name", appearance.name.clone()),
        ("accent", appearance.accent.clone()),
        ("logo", logo),
        ("contact_name", appearance.contact_name.clone()),
        ("contact_link", appearance.contact_link.clone()),
        ("time_zone", appearance.time_zone.clone()),
        ("return_addresses", addresses),
    ];
    facts.into_iter().filter_map(|(what, value)| Some((what, value?)))
}

impl View for RealmView {
    fn table(&self) -> String {
        let rules = PolicyField::ALL.iter().filter_map(|field| Some((field.key, rule(self, field)?)));
        let names = [("slug", self.slug.clone()), ("issuer", self.issuer.clone())];
        let appearance = self.appearance.iter().flat_map(appearance);
        let preset = self.preset.iter().map(|preset| ("preset", preset.clone()));
        facts(names.into_iter().chain(appearance).chain(preset).chain(rules))
    }
}

impl View for List<RealmView> {
    fn table(&self) -> String {
        let rows =
            self.items.iter().map(|realm| [realm.slug.clone(), realm.issuer.clone(), realm.created_at.for_people()]);
        columns(["slug", "issuer", "created"], rows)
    }
}

#[cfg(test)]
mod tests {
    use countersign_testing::the_default_realm;

    use super::*;

    #[test]
    fn a_table_has_every_key_in_the_order_of_a_policy() {
        let view = RealmView::from(&the_default_realm());
        let table = view.table();
        let keys: Vec<&str> = table.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let expected = ["slug", "issuer", "preset"].into_iter().chain(PolicyField::ALL.iter().map(|field| field.key));
        assert_eq!(keys, expected.collect::<Vec<_>>());
        let row = table.lines().find(|line| line.starts_with("proofs.disable ")).unwrap();
        assert!(row.ends_with("password_and_code"), "{row}");
    }
}
