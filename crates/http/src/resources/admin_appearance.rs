//! Administering how the realm looks.

use countersign_application::Application;
use countersign_application::appearance::{FindAppearance, SetAppearance, SetAppearanceOutcome};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::Tag;
use crate::bearer::{ADMINISTRATOR, Administering};
use crate::body::Body;
use crate::problem::ProblemCode::PolicyViolation;
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{Appearance, UpdateAppearanceRequest};

/// Where a picture may be sent.
pub(crate) const PATH: &str = "/v1/admin/realm/appearance";

pub(crate) struct AdminAppearanceApi;

#[OpenApi(prefix_path = "/v1/admin/realm/appearance", tag = "Tag::Administration")]
impl AdminAppearanceApi {
    /// Show how the realm looks
    ///
    /// What its pages are called and how they look, and where they may send its users back to.
    #[oai(path = "/", method = "get", operation_id = "show_realm_appearance")]
    async fn show(
        &self,
        application: Data<&Application>,
        administrator: Administering,
    ) -> Result<Json<Appearance>, Refused<ADMINISTRATOR>> {
        let find = FindAppearance { realm: administrator.realm.id };
        Ok(Json(Appearance::from(&find.execute(&application).await?)))
    }

    /// Change how the realm looks
    ///
    /// Holds from the next request on. What breaks a rule changes nothing; `errors` names each field and what is allowed. It takes
    /// an owner, or an API key that one of them or the operator made. The body may have 128 KiB, for the picture.
    #[oai(path = "/", method = "patch", operation_id = "update_realm_appearance")]
    async fn update(
        &self,
        application: Data<&Application>,
        request: Body<UpdateAppearanceRequest>,
        administrator: Administering,
    ) -> Result<Json<Appearance>, Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[PolicyViolation]) }>> {
        let (change, proof) = request.0.into_parts()?;
        match (SetAppearance { change, proof }).execute(&application, &administrator).await? {
            SetAppearanceOutcome::Set(appearance) => Ok(Json(Appearance::from(&*appearance))),
            SetAppearanceOutcome::OwnersOnly => Err(Problem::owners_appearance().into()),
            SetAppearanceOutcome::Unproven(denial) => Err(Problem::unproven(denial, &administrator.realm).into()),
            SetAppearanceOutcome::Invalid(violations) => {
                Err(Problem::policy_violation(violations.into_iter().map(|violation| (violation.key, violation.rule)))
                    .into())
            }
        }
    }
}
