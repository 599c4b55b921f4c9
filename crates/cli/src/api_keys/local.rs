use async_trait::async_trait;
use countersign_application::ApiKeyId;
use countersign_application::administration::AdministrationDenial;
use countersign_application::api_key::{
    ApiKeyName, CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey, RevokeApiKeyOutcome,
};
use countersign_application::verification::GivenProof;
use countersign_wire::{ApiKeyView, CreatedApiKeyView, List};

use super::{ApiKeyDirectory, NewApiKey};
use crate::{CommandError, Local, Part};

#[async_trait]
impl ApiKeyDirectory for Local {
    async fn create(&self, key: NewApiKey) -> Result<CreatedApiKeyView, CommandError> {
        let create = CreateApiKey {
            name: ApiKeyName::new(&key.name).map_err(|rule| CommandError::refused(format!("the name {rule}")))?,
            expires_at: key.expires_at(self.application.now()),
            scopes: key.scopes,
            proof: GivenProof::default(),
        };
        match create.execute(&self.application, &self.operator().await?).await? {
            CreateApiKeyOutcome::Created { token, key } => Ok(CreatedApiKeyView::new(self.realm.as_str(), &key, token)),
            CreateApiKeyOutcome::NoScopes => Err(CommandError::refused("the key must have at least one scope")),
            CreateApiKeyOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
            CreateApiKeyOutcome::ExpiresInThePast => Err(CommandError::refused("the key must expire in the future")),
        }
    }

    async fn page(&self, part: &Part) -> Result<List<ApiKeyView>, CommandError> {
        let page = ListApiKeys { page: part.request() }.execute(&self.application, &self.found().await?).await?;
        Ok(List::of(page, |key| ApiKeyView::new(self.realm.as_str(), &key)))
    }

    async fn revoke(&self, id: ApiKeyId) -> Result<bool, CommandError> {
        let revoke = RevokeApiKey { id, proof: GivenProof::default() };
        match revoke.execute(&self.application, &self.operator().await?).await? {
            RevokeApiKeyOutcome::Revoked => Ok(true),
            RevokeApiKeyOutcome::NotFound => Ok(false),
            RevokeApiKeyOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
        }
    }
}
