use async_trait::async_trait;
use countersign_application::appearance::AppearanceChange;
use countersign_wire::RealmView;
use serde_json::{Map, Value};

use super::{NewRealm, RealmChange, RealmDirectory};
use crate::CommandError;
use crate::remote::{Parameters, REALM, Remote};

#[async_trait]
impl RealmDirectory for Remote {
    async fn create(&self, _realm: NewRealm) -> Result<RealmView, CommandError> {
        Err(for_the_operator("make realms"))
    }

    async fn list(&self) -> Result<Vec<RealmView>, CommandError> {
        Err(for_the_operator("list realms"))
    }

    async fn load(&self) -> Result<RealmView, CommandError> {
        Ok(self.get(REALM, &Parameters::new())?)
    }

    async fn update(&self, change: RealmChange) -> Result<RealmView, CommandError> {
        let texts = [("issuer", change.issuer), ("preset", change.preset)];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, Value::String(text?))));
        let policy = change.policy.map(|policy| ("policy", policy));
        let body: Map<String, Value> = texts.chain(policy).map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(self.patch(REALM, &self.proven(Value::Object(body)))?)
    }

    async fn set_appearance(&self, _change: AppearanceChange) -> Result<RealmView, CommandError> {
        Err(for_the_operator("change how a realm looks"))
    }
}

fn for_the_operator(what: &str) -> CommandError {
    CommandError::refused(format!("only the operator beside the database can {what}, and not over a server"))
        .advise("run this on the server's machine, without --server and COUNTERSIGN_SERVER")
}
