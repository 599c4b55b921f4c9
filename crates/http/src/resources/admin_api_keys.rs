//! Administering API keys.

use countersign_application::Application;
use countersign_application::administration::Administrator;
use countersign_application::api_key::{
    ApiKeyName, CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey, RevokeApiKeyOutcome,
};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use super::sign_in::NoContent;
use crate::bearer::{ADMINISTRATOR, Administering};
use crate::body::Body;
use crate::page_query::page_request;
use crate::problem::ProblemCode::NotFound;
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{
    ApiKey, ApiKeyList, CreateApiKeyRequest, CreatedApiKey, Cursor, Id, Limit, ProvenRequest, own_proof, parse_rfc3339,
};

#[derive(ApiResponse)]
enum Created {
    /// Made; the key is shown only here.
    #[oai(status = 201)]
    Created(Json<CreatedApiKey>),
}

/// What revoking a key may answer.
const REVOKES: u64 = ADMINISTRATOR | CHANGES | PROVEN | may(&[NotFound]);

pub(crate) struct AdminApiKeyApi;

#[OpenApi(prefix_path = "/v1/admin/api-keys", tag = "Tag::Administration")]
impl AdminApiKeyApi {
    /// List API keys, newest first
    ///
    /// Never the keys themselves: each is shown once, when it is made.
    #[oai(path = "/", method = "get", operation_id = "list_api_keys")]
    async fn list(
        &self,
        application: Data<&Application>,
        /// How many items at most.
        limit: Query<Option<Limit>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<Cursor>>,
        administrator: Administering,
    ) -> Result<Json<ApiKeyList>, Refused<ADMINISTRATOR>> {
        let list = ListApiKeys { page: page_request(&limit, &cursor)? };
        let page = list.execute(&application, &administrator.realm).await?;
        let next_cursor = page.next_cursor().into();
        let items = page.items.iter().map(|key| ApiKey::new(key, &administrator.realm)).collect();
        Ok(Json(ApiKeyList { items, next_cursor }))
    }

    /// Make an API key
    ///
    /// The answer is the only place where the key is shown.
    #[oai(path = "/", method = "post", operation_id = "create_api_key")]
    async fn create(
        &self,
        application: Data<&Application>,
        request: Body<CreateApiKeyRequest>,
        administrator: Administering,
    ) -> Result<Created, Refused<{ ADMINISTRATOR | CHANGES | PROVEN }>> {
        let CreateApiKeyRequest { name, scopes, expires_at, proof } = request.0;
        let expires_at = match expires_at.as_deref() {
            None => None,
            Some(text) => Some(
                parse_rfc3339(text)
                    .ok_or_else(|| Problem::invalid_request("expires_at", "must be a time as RFC 3339 writes it"))?,
            ),
        };
        let create = CreateApiKey {
            name: ApiKeyName::new(&name).map_err(|error| Problem::invalid_request("name", error.to_string()))?,
            scopes: scopes.into_iter().map(Into::into).collect(),
            expires_at,
            proof: own_proof(proof),
        };
        match create.execute(&application, &administrator).await? {
            CreateApiKeyOutcome::Created { token, key } => {
                Ok(Created::Created(Json(CreatedApiKey::new(&key, &token, &administrator.realm))))
            }
            CreateApiKeyOutcome::NoScopes => {
                Err(Problem::invalid_request("scopes", "must name at least one scope").into())
            }
            CreateApiKeyOutcome::ExpiresInThePast => {
                Err(Problem::invalid_request("expires_at", "must be in the future").into())
            }
            CreateApiKeyOutcome::Unproven(denial) => Err(Problem::unproven(denial, &administrator.realm).into()),
        }
    }

    /// Revoke an API key
    ///
    /// It opens nothing from the next request on. A client that cannot send a body with `DELETE` sends it to `POST …/revoke`.
    #[oai(path = "/:id", method = "delete", operation_id = "revoke_api_key")]
    async fn revoke(
        &self,
        application: Data<&Application>,
        /// The API key.
        id: Path<Id>,
        request: Body<ProvenRequest>,
        administrator: Administering,
    ) -> Result<NoContent, Refused<REVOKES>> {
        revoke(&application, &administrator, &id, request.0).await
    }

    /// Revoke an API key, by a client that cannot send a body with `DELETE`
    ///
    /// The same as `DELETE …/{id}`.
    #[oai(path = "/:id/revoke", method = "post", operation_id = "post_revoke_api_key")]
    async fn post_revoke(
        &self,
        application: Data<&Application>,
        /// The API key.
        id: Path<Id>,
        request: Body<ProvenRequest>,
        administrator: Administering,
    ) -> Result<NoContent, Refused<REVOKES>> {
        revoke(&application, &administrator, &id, request.0).await
    }
}

async fn revoke(
    application: &Application,
    administrator: &Administrator,
    id: &str,
    request: ProvenRequest,
) -> Result<NoContent, Refused<REVOKES>> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let revoke = RevokeApiKey { id, proof: own_proof(request.proof) };
    match revoke.execute(application, administrator).await? {
        RevokeApiKeyOutcome::Revoked => Ok(NoContent::Done),
        RevokeApiKeyOutcome::NotFound => Err(Problem::not_found().into()),
        RevokeApiKeyOutcome::Unproven(denial) => Err(Problem::unproven(denial, &administrator.realm).into()),
    }
}
