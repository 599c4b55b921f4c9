use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_application::appearance::{AppearanceChange, Setting};
use countersign_wire::{AppearanceView, List, RealmView};
use serde_json::{Map, Value, json};

use super::{NewRealm, RealmChange, RealmDirectory};
use crate::CommandError;
use crate::remote::{Parameters, REALM, Remote};

/// Where all realms are, for operators.
const REALMS: &str = "/v1/admin/realms";

/// Where it is said how the realm of the token looks.
const APPEARANCE: &str = "/v1/admin/realm/appearance";

#[async_trait]
impl RealmDirectory for Remote {
    async fn create(&self, realm: NewRealm) -> Result<RealmView, CommandError> {
        let mut body = json!({ "slug": realm.slug.as_str(), "issuer": realm.issuer });
        if let Some(preset) = realm.preset {
            body["preset"] = preset.into();
        }
        Ok(self.post(REALMS, &self.proven(body))?)
    }

    async fn list(&self) -> Result<Vec<RealmView>, CommandError> {
        let all: List<RealmView> = self.get(REALMS, &Parameters::new())?;
        Ok(all.items)
    }

    async fn load(&self) -> Result<RealmView, CommandError> {
        let (realm, none): (RealmView, _) = (self.get(REALM, &Parameters::new())?, Parameters::new());
        Ok(realm.with_appearance(self.get(APPEARANCE, &none)?))
    }

    async fn update(&self, change: RealmChange) -> Result<RealmView, CommandError> {
        let texts = [("issuer", change.issuer), ("preset", change.preset)];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, Value::String(text?))));
        let policy = change.policy.map(|policy| ("policy", policy));
        let body: Map<String, Value> = texts.chain(policy).map(|(name, value)| (name.to_owned(), value)).collect();
        let realm: RealmView = self.patch(REALM, &self.proven(Value::Object(body)))?;
        Ok(realm.with_appearance(self.get(APPEARANCE, &Parameters::new())?))
    }

    async fn set_appearance(&self, change: AppearanceChange) -> Result<RealmView, CommandError> {
        let appearance: AppearanceView = self.patch(APPEARANCE, &self.proven(body_of(change)))?;
        let realm: RealmView = self.get(REALM, &Parameters::new())?;
        Ok(realm.with_appearance(appearance))
    }
}

/// A change as the server takes it: a merge patch.
fn body_of(change: AppearanceChange) -> Value {
    let AppearanceChange { name, accent, logo, contact_name, contact_link, time_zone, return_addresses } = change;
    let fields = [
        ("name", patch(name, Value::from)),
        ("accent", patch(accent, Value::from)),
        ("logo", patch(logo, |picture| Value::from(STANDARD.encode(picture)))),
        ("contact_name", patch(contact_name, Value::from)),
        ("contact_link", patch(contact_link, Value::from)),
        ("time_zone", patch(time_zone, Value::from)),
        ("return_addresses", patch(return_addresses, Value::from)),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect())
}

fn patch<T>(setting: Setting<T>, value: impl FnOnce(T) -> Value) -> Option<Value> {
    match setting {
        Setting::Keep => None,
        Setting::Clear => Some(Value::Null),
        Setting::Set(given) => Some(value(given)),
    }
}
