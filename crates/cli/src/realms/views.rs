use countersign_application::{Appearance, Realm};
use countersign_policy::PolicyField;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::AppearanceView;
use crate::{List, Moment, View, columns, facts};

/// A realm, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RealmView {
    /// Its identifier.
    pub id: String,
    /// Its short name.
    pub slug: String,
    /// The name that authenticator apps show.
    pub issuer: String,
    /// The preset that its rules come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Its rules; as they are, also those that only a newer server knows.
    pub policy: Value,
    /// How it looks; nothing where nobody has set that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appearance: Option<AppearanceView>,
    /// When it was made.
    pub created_at: Moment,
}

impl From<&Realm> for RealmView {
    fn from(realm: &Realm) -> Self {
        Self {
            id: realm.id.to_string(),
            slug: realm.slug.to_string(),
            issuer: realm.issuer.clone(),
            preset: Some(realm.policy.preset().name().to_owned()),
            policy: serde_json::to_value(realm.policy.document()).unwrap_or_default(),
            appearance: None,
            created_at: Moment(realm.created_at),
        }
    }
}

impl RealmView {
    /// The realm with how it looks.
    #[must_use]
    pub fn dressed(self, appearance: &Appearance) -> Self {
        let appearance = (*appearance != Appearance::default()).then(|| AppearanceView::from(appearance));
        Self { appearance, ..self }
    }

    fn value(&self, field: &PolicyField) -> Option<String> {
        let value = self.policy.get(field.group)?.get(field.name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

impl View for RealmView {
    fn table(&self) -> String {
        let rules = PolicyField::ALL.iter().filter_map(|field| Some((field.key, self.value(field)?)));
        let names = [("slug", self.slug.clone()), ("issuer", self.issuer.clone())];
        let appearance = self.appearance.iter().flat_map(AppearanceView::facts);
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
