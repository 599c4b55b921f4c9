//! The state of the second factor, and turning it off.

use countersign_application::Application;
use countersign_application::second_factor::{DisableTwoFactor, DisableTwoFactorOutcome, ShowTwoFactor};
use countersign_application::session::purpose::{Anything, Look};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::Tag;
use super::sign_in::NoContent;
use crate::bearer::{LOOKS, SESSION, SessionFor};
use crate::body::Body;
use crate::problem::ProblemCode::TwoFactorNotEnabled;
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{ProofRequest, TwoFactor};

pub(crate) struct TwoFactorApi;

#[OpenApi(tag = "Tag::TwoFactor")]
impl TwoFactorApi {
    /// Show the second factor
    ///
    /// Never a secret: those are shown while an enrollment is pending, and not again.
    #[oai(path = "/v1/account/two-factor", method = "get", operation_id = "show_two_factor")]
    async fn show_two_factor(
        &self,
        application: Data<&Application>,
        caller: SessionFor<Look>,
    ) -> Result<Json<TwoFactor>, Refused<LOOKS>> {
        let overview = ShowTwoFactor.execute(&application, &caller).await?;
        Ok(Json(TwoFactor::new(&caller.account, &overview.factor, &caller.realm)))
    }

    /// Turn two-factor off
    ///
    /// Removes every authenticator. Needs the proof that `policy.proofs.disable` names.
    #[oai(path = "/v1/account/two-factor/disable", method = "post", operation_id = "disable_two_factor")]
    async fn disable_two_factor(
        &self,
        application: Data<&Application>,
        request: Body<ProofRequest>,
        caller: SessionFor<Anything>,
    ) -> Result<NoContent, Refused<{ SESSION | CHANGES | PROVEN | may(&[TwoFactorNotEnabled]) }>> {
        let disable = DisableTwoFactor { proof: request.0.into(), reason: None };
        match disable.execute(&application, &caller).await? {
            DisableTwoFactorOutcome::Disabled => Ok(NoContent::Done),
            DisableTwoFactorOutcome::NotEnabled => Err(not_enabled().into()),
            DisableTwoFactorOutcome::Denied(denial) => {
                Err(Problem::from_denial(denial, caller.realm.policy.recovery_codes.count > 0).into())
            }
        }
    }
}

pub(super) fn not_enabled() -> Problem {
    Problem::new(TwoFactorNotEnabled, "This account has no active authenticator; enroll one first.")
}
