//! Realms and how they look.

use countersign_application::appearance::{Appearance, ContactLink, ContactName, DisplayName, Logo};
use countersign_application::realm::Realm;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Moment;

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
    pub fn with_appearance(self, appearance: AppearanceView) -> Self {
        Self { appearance: (appearance != AppearanceView::default()).then_some(appearance), ..self }
    }
}

/// How a realm looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppearanceView {
    /// What the pages call it.
    pub name: Option<String>,
    /// Its color.
    pub accent: Option<String>,
    /// Its picture.
    pub logo: Option<LogoView>,
    /// Whom its users ask for help.
    #[serde(default)]
    pub contact_name: Option<String>,
    /// Where they ask.
    #[serde(default)]
    pub contact_link: Option<String>,
    /// The zone whose time its pages tell.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Where its users may go back to.
    pub return_addresses: Vec<String>,
}

/// What is told of a picture: never the picture itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoView {
    /// What kind it is.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: usize,
}

impl From<&Appearance> for AppearanceView {
    fn from(appearance: &Appearance) -> Self {
        let logo = |logo: &Logo| LogoView { media_type: logo.kind().to_string(), bytes: logo.bytes().len() };
        Self {
            name: appearance.name.as_ref().map(DisplayName::as_str).map(str::to_owned),
            accent: appearance.accent.map(|accent| accent.to_string()),
            logo: appearance.logo.as_ref().map(logo),
            contact_name: appearance.contact_name.as_ref().map(ContactName::as_str).map(str::to_owned),
            contact_link: appearance.contact_link.as_ref().map(ContactLink::as_str).map(str::to_owned),
            time_zone: appearance.time_zone.map(|zone| zone.as_str().to_owned()),
            return_addresses: appearance.return_addresses.to_texts(),
        }
    }
}
