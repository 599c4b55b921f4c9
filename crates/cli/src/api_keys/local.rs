use async_trait::async_trait;
use countersign_application::administration::{AdministrationDenial, Authority};
use countersign_application::api_key::{
    ApiKeyName, CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey, RevokeApiKeyOutcome,
};
use countersign_application::verification::GivenProof;
use countersign_application::{ApiKeyId, Origin};
use countersign_wire::{ApiKeyView, CreatedApiKeyView, List};

use super::{ApiKeyDirectory, NewApiKey};
use crate::{CommandError, Local, Part};

#[async_trait]
impl ApiKeyDirectory for Local {
    async fn create(&self, key: NewApiKey) -> Result<CreatedApiKeyView, CommandError> {
        let create = CreateApiKey {
            realm: self.realm.clone(),
            name: ApiKeyName::new(&key.name).map_err(|rule| CommandError::refused(format!("the name {rule}")))?,
            expires_at: key.expires_at(self.application.now()),
            scopes: key.scopes,
            authority: Authority::Operator,
            proof: GivenProof::default(),
            origin: Origin::default(),
        };
        match create.execute(&self.application).await? {
            CreateApiKeyOutcome::Created { token, key } => Ok(CreatedApiKeyView::new(self.realm.as_str(), &key, token)),
            CreateApiKeyOutcome::UnknownRealm => Err(self.no_realm()),
            CreateApiKeyOutcome::NoScopes => Err(CommandError::refused("the key must have at least one scope")),
            CreateApiKeyOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
            CreateApiKeyOutcome::ExpiresInThePast => Err(CommandError::refused("the key must expire in the future")),
        }
    }

    async fn page(&self, part: &Part) -> Result<List<ApiKeyView>, CommandError> {
        let list = ListApiKeys { realm: self.realm.clone(), page: part.request() };
        let page = list.execute(&self.application).await?.ok_or_else(|| self.no_realm())?;
        Ok(List::of(page, |key| ApiKeyView::new(self.realm.as_str(), &key)))
    }

    async fn revoke(&self, id: ApiKeyId) -> Result<bool, CommandError> {
        let revoke = RevokeApiKey {
            realm: self.realm.clone(),
            id,
            authority: Authority::Operator,
            proof: GivenProof::default(),
            origin: Origin::default(),
        };
        match revoke.execute(&self.application).await? {
            RevokeApiKeyOutcome::Revoked => Ok(true),
            RevokeApiKeyOutcome::NotFound => Ok(false),
            RevokeApiKeyOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
        }
    }
}
