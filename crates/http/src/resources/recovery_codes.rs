//! Viewing and regenerating recovery codes.

use countersign_application::Application;
use countersign_application::recovery::{
    RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome, TestRecoveryCode, TestRecoveryCodeOutcome,
    ViewRecoveryCodes, ViewRecoveryCodesOutcome,
};
use countersign_application::session::purpose::Anything;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::Tag;
use super::sign_in::NoContent;
use super::two_factor::not_enabled;
use crate::bearer::{SESSION, SessionFor};
use crate::body::Body;
use crate::problem::ProblemCode::{
    InvalidCode, PolicyViolation, RecoveryCodesNotViewable, TooManyAttempts, TwoFactorNotEnabled,
};
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{ProofRequest, RecoveryCodes, TestRecoveryCodeRequest};

pub(crate) struct RecoveryCodeApi;

#[OpenApi(prefix_path = "/v1/account/two-factor/recovery-codes", tag = "Tag::TwoFactor")]
impl RecoveryCodeApi {
    /// View the unused recovery codes
    ///
    /// Where the policy keeps them so that they can be shown. Changes nothing.
    #[oai(path = "/view", method = "post", operation_id = "view_recovery_codes")]
    async fn view(
        &self,
        application: Data<&Application>,
        request: Body<ProofRequest>,
        caller: SessionFor<Anything>,
    ) -> Result<
        Json<RecoveryCodes>,
        Refused<{ SESSION | CHANGES | PROVEN | may(&[TwoFactorNotEnabled, RecoveryCodesNotViewable]) }>,
    > {
        let view = ViewRecoveryCodes { proof: request.0.into() };
        match view.execute(&application, &caller).await? {
            ViewRecoveryCodesOutcome::Shown(codes) => Ok(Json(RecoveryCodes::new(&codes))),
            ViewRecoveryCodesOutcome::NotEnabled => Err(not_enabled().into()),
            ViewRecoveryCodesOutcome::NotViewable => Err(Problem::new(
                RecoveryCodesNotViewable,
                "Only digests of the recovery codes are kept. Regenerate them to get new ones.",
            )
            .into()),
            ViewRecoveryCodesOutcome::Denied(denial) => {
                Err(Problem::from_denial(denial, caller.realm.policy.recovery_codes.count > 0).into())
            }
        }
    }

    /// Test a recovery code
    ///
    /// Tells whether what was written down is one of the unused codes, and spends none. A wrong one counts as it does at
    /// sign-in.
    #[oai(path = "/test", method = "post", operation_id = "test_recovery_code")]
    async fn test(
        &self,
        application: Data<&Application>,
        request: Body<TestRecoveryCodeRequest>,
        caller: SessionFor<Anything>,
    ) -> Result<NoContent, Refused<{ SESSION | CHANGES | may(&[TwoFactorNotEnabled, InvalidCode, TooManyAttempts]) }>>
    {
        let test = TestRecoveryCode { code: request.0.code.into() };
        match test.execute(&application, &caller).await? {
            TestRecoveryCodeOutcome::Good => Ok(NoContent::Done),
            TestRecoveryCodeOutcome::NoRecoveryCodes => Err(not_enabled().into()),
            TestRecoveryCodeOutcome::Malformed | TestRecoveryCodeOutcome::Unknown => {
                Err(Problem::new(InvalidCode, "This is none of the unused recovery codes.").into())
            }
            TestRecoveryCodeOutcome::Denied(denial) => Err(Problem::from_denial(denial, true).into()),
        }
    }

    /// Regenerate the recovery codes
    ///
    /// All older ones are void from then on.
    #[oai(path = "/regenerate", method = "post", operation_id = "regenerate_recovery_codes")]
    async fn regenerate(
        &self,
        application: Data<&Application>,
        request: Body<ProofRequest>,
        caller: SessionFor<Anything>,
    ) -> Result<
        Json<RecoveryCodes>,
        Refused<{ SESSION | CHANGES | PROVEN | may(&[TwoFactorNotEnabled, PolicyViolation]) }>,
    > {
        let regenerate = RegenerateRecoveryCodes { proof: request.0.into() };
        match regenerate.execute(&application, &caller).await? {
            RegenerateRecoveryCodesOutcome::Issued(codes) => Ok(Json(RecoveryCodes::new(&codes))),
            RegenerateRecoveryCodesOutcome::NotEnabled => Err(not_enabled().into()),
            RegenerateRecoveryCodesOutcome::NoRecoveryCodes => Err(Problem::new(
                PolicyViolation,
                "This realm has no recovery codes. Who loses the authenticator asks an administrator to turn two-factor off.",
            )
            .into()),
            RegenerateRecoveryCodesOutcome::Denied(denial) => {
                Err(Problem::from_denial(denial, caller.realm.policy.recovery_codes.count > 0).into())
            }
        }
    }
}
