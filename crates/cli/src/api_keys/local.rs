use async_trait::async_trait;
use countersign_application::use_cases::{
    CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey, RevokeApiKeyOutcome,
};
use countersign_application::{AdministrationDenial, ApiKeyName, Authority, GivenProof, Origin, PageRequest};

use super::directory::told;
use super::{ApiKeyDirectory, ApiKeyView, CreatedApiKeyView, NewApiKey};
use crate::{CommandError, Local, Outcome};

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

    async fn list(&self) -> Result<Vec<ApiKeyView>, CommandError> {
        let mut page = PageRequest::first();
        let mut keys = Vec::new();
        loop {
            let list = ListApiKeys { realm: self.realm.clone(), page };
            let found = list.execute(&self.application).await?.ok_or_else(|| self.no_realm())?;
            keys.extend(found.items.iter().map(|key| ApiKeyView::new(self.realm.as_str(), key)));
            match found.next {
                Some(last) => page.after = Some(last),
                None => return Ok(keys),
            }
        }
    }

    async fn revoke(&self, id: &str) -> Result<Outcome, CommandError> {
        let revoke = RevokeApiKey {
            realm: self.realm.clone(),
            id: id.parse().map_err(|_| told::no_key(id))?,
            authority: Authority::Operator,
            proof: GivenProof::default(),
            origin: Origin::default(),
        };
        match revoke.execute(&self.application).await? {
            RevokeApiKeyOutcome::Revoked => Ok(told::revoked(id)),
            RevokeApiKeyOutcome::NotFound => Err(told::no_key(id)),
            RevokeApiKeyOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
        }
    }
}
