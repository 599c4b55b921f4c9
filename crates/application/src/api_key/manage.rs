//! API keys: making, listing and revoking them.

use secrecy::SecretString;
use uuid::Uuid;

use crate::administration::Administrator;
use crate::api_key::{ApiKey, ApiKeyName, Scope};
use crate::audit::{AuditScene, AuditText, Event};
use crate::ports::TokenKind;
use crate::realm::Realm;
use crate::verification::{GivenProof, ProofDenial};
use crate::{ApiKeyId, Application, Page, PageRequest, Timestamp, UseCaseError};

/// Makes an API key.
#[derive(Clone, Debug)]
pub struct CreateApiKey {
    /// What it is called.
    pub name: ApiKeyName,
    /// What it may be used for; at least one.
    pub scopes: Vec<Scope>,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum CreateApiKeyOutcome {
    /// The key, shown once.
    Created {
        /// What the application sends.
        token: SecretString,
        /// What is kept.
        key: Box<ApiKey>,
    },
    /// A key without a scope opens nothing.
    NoScopes,
    /// The time at which it shall end is over.
    ExpiresInThePast,
    /// The administrator's own proof was not taken.
    Unproven(ProofDenial),
}

impl CreateApiKey {
    /// # Errors
    /// A port failed; no key was made.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
    ) -> Result<CreateApiKeyOutcome, UseCaseError> {
        let now = application.now();
        let scopes: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| self.scopes.contains(scope)).collect();
        if scopes.is_empty() {
            return Ok(CreateApiKeyOutcome::NoScopes);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Ok(CreateApiKeyOutcome::ExpiresInThePast);
        }
        let confirmed = match application.confirm(by, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(CreateApiKeyOutcome::Unproven(denial)),
        };
        let issued = application.tokens().issue(TokenKind::ApiKey)?;
        let key = ApiKey {
            id: ApiKeyId::new(now, 0, application.random()?),
            realm_id: by.realm.id,
            name: self.name.clone(),
            digest: issued.digest,
            scopes,
            made_by_owner: by.authority.may_change_owners_keys(),
            created_at: now,
            expires_at: self.expires_at,
            last_used_at: None,
        };
        let scene = AuditScene::of_realm(&by.realm, confirmed.actor(), &by.origin);
        let (stored, scene) = (&key, &scene);
        application
            .transact(|unit| {
                Box::pin(async move {
                    unit.api_keys().insert(stored).await?;
                    let mut record = application.record(scene.clone(), now);
                    record.succeeded(Event::ApiKeyCreated {
                        api_key_id: stored.id,
                        name: AuditText::new(stored.name.as_str()),
                        scopes: stored.scopes.clone(),
                    })?;
                    record.append(unit).await
                })
            })
            .await?;
        Ok(CreateApiKeyOutcome::Created { token: issued.token, key: Box::new(key) })
    }
}

/// Lists the API keys of a realm, newest first.
#[derive(Clone, Debug)]
pub struct ListApiKeys {
    /// Which part.
    pub page: PageRequest,
}

impl ListApiKeys {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, realm: &Realm) -> Result<Page<ApiKey>, UseCaseError> {
        Ok(application.store().list_api_keys(realm.id, self.page).await?)
    }
}

/// Revokes an API key: it opens nothing from the next request on.
#[derive(Clone, Debug)]
pub struct RevokeApiKey {
    pub id: ApiKeyId,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevokeApiKeyOutcome {
    /// It opens nothing any more.
    Revoked,
    /// The realm has no such key.
    NotFound,
    /// The administrator's own proof was not taken.
    Unproven(ProofDenial),
}

impl RevokeApiKey {
    /// # Errors
    /// A port failed; the key still opens.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
    ) -> Result<RevokeApiKeyOutcome, UseCaseError> {
        let now = application.now();
        let realm = &by.realm;
        if !has_key(application, realm, self.id).await? {
            return Ok(RevokeApiKeyOutcome::NotFound);
        }
        let confirmed = match application.confirm(by, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(RevokeApiKeyOutcome::Unproven(denial)),
        };
        let confirmed = &confirmed;
        application
            .transact(|unit| {
                Box::pin(async move {
                    if !unit.api_keys().revoke(realm.id, self.id).await? {
                        return Ok(RevokeApiKeyOutcome::NotFound);
                    }
                    let scene = AuditScene::of_realm(realm, confirmed.actor(), &by.origin);
                    let mut record = application.record(scene, now);
                    record.succeeded(Event::ApiKeyRevoked { api_key_id: self.id })?;
                    record.append(unit).await?;
                    Ok(RevokeApiKeyOutcome::Revoked)
                })
            })
            .await
    }
}

/// Whether the realm has this key: the first at or behind its place in the list, which is newest first.
async fn has_key(application: &Application, realm: &Realm, id: ApiKeyId) -> Result<bool, UseCaseError> {
    let just_before = Uuid::from_u128(id.as_uuid().as_u128().saturating_add(1));
    let one = PageRequest { limit: 1, after: Some(just_before) };
    let page = application.store().list_api_keys(realm.id, one).await?;
    Ok(page.items.iter().any(|key| key.id == id))
}
