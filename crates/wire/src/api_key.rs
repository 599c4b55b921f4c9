//! API keys.

use std::fmt;

use countersign_application::api_key::ApiKey;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Moment;

/// An API key as it is listed, as the HTTP interface gives it: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ApiKeyView {
    /// Its identifier.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// The short name of the realm that it opens.
    pub realm: String,
    /// Whether an owner or the operator made it, so that it may change what only owners change of the policy.
    #[serde(default)]
    pub made_by_owner: bool,
    /// When it was made.
    pub created_at: Moment,
    /// From when on it opens nothing.
    pub expires_at: Option<Moment>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Moment>,
}

impl ApiKeyView {
    /// An API key of the realm with this short name.
    #[must_use]
    pub fn new(realm: &str, key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.as_str().to_owned(),
            scopes: scopes(key),
            realm: realm.to_owned(),
            made_by_owner: key.made_by_owner,
            created_at: Moment(key.created_at),
            expires_at: key.expires_at.map(Moment),
            last_used_at: key.last_used_at.map(Moment),
        }
    }
}

/// An API key that was just made, with the key.
#[derive(Deserialize, Serialize)]
pub struct CreatedApiKeyView {
    /// Its identifier.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// The short name of the realm that it opens.
    pub realm: String,
    /// From when on it opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// What the application sends as bearer token.
    #[serde(deserialize_with = "keep", serialize_with = "show")]
    pub key: SecretString,
}

impl CreatedApiKeyView {
    /// An API key that was just made for the realm with this short name.
    #[must_use]
    pub fn new(realm: &str, key: &ApiKey, token: SecretString) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.as_str().to_owned(),
            scopes: scopes(key),
            realm: realm.to_owned(),
            expires_at: key.expires_at.map(Moment),
            key: token,
        }
    }
}

impl fmt::Debug for CreatedApiKeyView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreatedApiKeyView")
    }
}

fn scopes(key: &ApiKey) -> Vec<String> {
    key.scopes.iter().map(ToString::to_string).collect()
}

/// The one place where the key is printed: it was made for whoever reads this.
pub(crate) fn show<S: Serializer>(key: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose_secret())
}

pub(crate) fn keep<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_is_printed_once_and_never_by_debug() {
        let json = r#"{"id":"1","name":"shop","scopes":["verify"],"realm":"default","key":"cs_key_hunter2"}"#;
        let view: CreatedApiKeyView = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&view).unwrap(), json);
        assert!(!format!("{view:?}").contains("hunter2"));
    }
}
