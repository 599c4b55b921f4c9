//! Administering all realms, for operators.

use countersign_application::Application;
use countersign_application::realm::{CreateRealm, CreateRealmOutcome, ListRealms, OperatorsOnly, PolicyChange};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use crate::bearer::{ADMINISTRATOR, Administering};
use crate::body::Body;
use crate::problem::ProblemCode::{PolicyViolation, RealmTaken};
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{CreateRealmRequest, Realm, RealmList, own_proof};

#[derive(ApiResponse)]
enum Created {
    /// Made. It has no account yet.
    #[oai(status = 201)]
    Created(Json<Realm>),
}

pub(crate) struct AdminRealmsApi;

#[OpenApi(prefix_path = "/v1/admin/realms", tag = "Tag::Administration")]
impl AdminRealmsApi {
    /// List all realms, by short name
    ///
    /// For operators. All of them come at once.
    #[oai(path = "/", method = "get", operation_id = "list_realms")]
    async fn list(
        &self,
        application: Data<&Application>,
        administrator: Administering,
    ) -> Result<Json<RealmList>, Refused<ADMINISTRATOR>> {
        let realms = ListRealms.execute(&application, &administrator.authority).await?;
        let realms = realms.map_err(|OperatorsOnly| Problem::operators_only())?;
        Ok(Json(RealmList::complete(&realms)))
    }

    /// Make a realm
    ///
    /// For operators, who then make its first owner by naming the realm in the header `Countersign-Realm`.
    #[oai(path = "/", method = "post", operation_id = "create_realm")]
    async fn create(
        &self,
        application: Data<&Application>,
        request: Body<CreateRealmRequest>,
        administrator: Administering,
    ) -> Result<Created, Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[PolicyViolation, RealmTaken]) }>> {
        let CreateRealmRequest { slug, issuer, preset, proof } = request.0;
        let create = CreateRealm {
            slug: slug.into(),
            issuer: issuer.into(),
            policy: PolicyChange { preset: preset.map(Into::into), patch: None },
            origin: administrator.origin.clone(),
            proof: own_proof(proof),
        };
        match create.execute(&application, &administrator.authority).await? {
            CreateRealmOutcome::Created(realm) => Ok(Created::Created(Json(Realm::from(&*realm)))),
            CreateRealmOutcome::OperatorsOnly => Err(Problem::operators_only().into()),
            CreateRealmOutcome::Unproven(denial) => Err(Problem::unproven(denial, &administrator.realm).into()),
            CreateRealmOutcome::SlugTaken => {
                Err(Problem::new(RealmTaken, "There is a realm of this name already.").into())
            }
            CreateRealmOutcome::InvalidSlug(rule) => Err(Problem::invalid_request("slug", rule.to_string()).into()),
            CreateRealmOutcome::Invalid(violations) => {
                Err(Problem::policy_violation(violations.into_iter().map(|violation| (violation.key, violation.rule)))
                    .into())
            }
        }
    }
}
