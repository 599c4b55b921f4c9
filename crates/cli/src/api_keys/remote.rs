use async_trait::async_trait;
use countersign_application::ApiKeyId;
use countersign_wire::{ApiKeyView, CreatedApiKeyView, List, Moment};
use serde_json::json;

use super::{ApiKeyDirectory, NewApiKey};
use crate::remote::{Parameters, Remote};
use crate::{CommandError, Part};

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

    async fn page(&self, part: &Part) -> Result<List<ApiKeyView>, CommandError> {
        self.page_of(API_KEYS, Parameters::new(), part)
    }

    async fn revoke(&self, id: ApiKeyId) -> Result<bool, CommandError> {
        match self.act(&format!("{API_KEYS}/{id}/revoke"), &self.proven(json!({}))) {
            Ok(()) => Ok(true),
            Err(refusal) if refusal.is("not_found") => Ok(false),
            Err(refusal) => Err(refusal.into()),
        }
    }
}
