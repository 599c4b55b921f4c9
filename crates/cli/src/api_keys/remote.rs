use async_trait::async_trait;
use countersign_application::ApiKeyId;
use serde_json::json;

use super::directory::told;
use super::{ApiKeyDirectory, ApiKeyView, CreatedApiKeyView, NewApiKey};
use crate::remote::{Parameters, Remote};
use crate::{CommandError, Moment, Outcome};

const API_KEYS: &str = "/v1/admin/api-keys";

#[async_trait]
impl ApiKeyDirectory for Remote {
    async fn create(&self, key: NewApiKey) -> Result<CreatedApiKeyView, CommandError> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let mut body = json!({ "name": key.name, "scopes": scopes });
        if let Some(at) = key.expires_at(self.now()).and_then(|at| Moment(at).for_programs()) {
            body["expires_at"] = at.into();
        }
        Ok(self.post(API_KEYS, &self.proven(body))?)
    }

    async fn list(&self) -> Result<Vec<ApiKeyView>, CommandError> {
        self.all(API_KEYS, &Parameters::new())
    }

    async fn revoke(&self, id: &str) -> Result<Outcome, CommandError> {
        let parsed: ApiKeyId = id.parse().map_err(|_| told::no_key(id))?;
        match self.act(&format!("{API_KEYS}/{parsed}/revoke"), &self.proven(json!({}))) {
            Ok(()) => Ok(told::revoked(id)),
            Err(refusal) if refusal.is("not_found") => Err(told::no_key(id)),
            Err(refusal) => Err(refusal.into()),
        }
    }
}
