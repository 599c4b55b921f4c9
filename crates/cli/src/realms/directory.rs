use async_trait::async_trait;
use countersign_application::appearance::AppearanceChange;
use countersign_application::realm::RealmSlug;
use countersign_wire::RealmView;
use serde_json::Value;

use crate::CommandError;

/// A realm that is to be made.
#[derive(Clone, Debug)]
pub struct NewRealm {
    /// Its short name.
    pub slug: RealmSlug,
    /// The name that authenticator apps show.
    pub issuer: String,
    /// The name of the preset that its policy is.
    pub preset: Option<String>,
}

/// A change of a realm. What is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct RealmChange {
    /// The name that authenticator apps show from now on.
    pub issuer: Option<String>,
    /// The name of the preset to begin with.
    pub preset: Option<String>,
    /// Keys of the policy that are to be otherwise, nested as a policy is.
    pub policy: Option<Value>,
}

/// Realms, wherever they are: beside this program, or behind a server.
///
/// What breaks a rule changes nothing; the error names each key and what is allowed.
#[async_trait]
pub trait RealmDirectory: Send + Sync {
    /// Makes a realm; for operators.
    async fn create(&self, realm: NewRealm) -> Result<RealmView, CommandError>;

    /// All realms, by short name; for operators.
    async fn list(&self) -> Result<Vec<RealmView>, CommandError>;

    /// The realm that is administered.
    async fn load(&self) -> Result<RealmView, CommandError>;

    /// Changes the realm that is administered, and answers what it is now.
    async fn update(&self, change: RealmChange) -> Result<RealmView, CommandError>;

    /// Changes how the realm that is administered looks, and answers what it is now.
    async fn set_appearance(&self, change: AppearanceChange) -> Result<RealmView, CommandError>;
}
