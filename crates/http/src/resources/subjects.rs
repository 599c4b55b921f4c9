//! Service mode: the application has checked the password itself, so no proofs are asked.

use countersign_application::Application;
use countersign_application::account::{DeleteAccount, UnlockAccount};
use countersign_application::administration::{AdministrationDenial, Administrator};
use countersign_application::api_key::Scope;
use countersign_application::caller::Caller;
use countersign_application::enrollment::{BeginEnrollment, ConfirmEnrollment};
use countersign_application::recovery::{RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome};
use countersign_application::second_factor::{DisableTwoFactor, DisableTwoFactorOutcome, ShowTwoFactor};
use countersign_application::text::Remark;
use countersign_application::verification::{GivenProof, SubjectScene, VerifySubject, VerifySubjectOutcome};
use countersign_serving::count_sign_in;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::Tag;
use super::authenticators::{Begun, authenticator_name, begun, confirmed, no_pending, replaced};
use super::sign_in::NoContent;
use super::two_factor::not_enabled;
use crate::bearer::{API_KEY, ApiKeyToken};
use crate::body::Body;
use crate::client::Client;
use crate::problem::ProblemCode::{
    self, InvalidCode, NoPendingEnrollment, NotFound, PolicyViolation, TooManyAttempts, TooManyAuthenticators,
    TwoFactorAlreadyEnabled, TwoFactorNotEnabled,
};
use crate::problem::{CHANGES, Problem, Refused, may};
use crate::schema::{
    BeginSubjectRequest, ClientRequest, ConfirmSubjectRequest, Confirmed, Id, ReasonRequest, RecoveryCodes,
    SubjectName, TwoFactor, Verified, VerifyRequest,
};

pub(crate) struct SubjectApi;

#[OpenApi(prefix_path = "/v1/subjects", tag = "Tag::Subjects")]
impl SubjectApi {
    /// Show a subject's second factor
    ///
    /// A subject needs no registration: one for which nothing was ever enrolled has no second factor.
    #[oai(path = "/:subject/two-factor", method = "get", operation_id = "show_subject_two_factor")]
    async fn show(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
    ) -> Result<Json<TwoFactor>, Refused<API_KEY>> {
        let scopes = [Scope::Verify, Scope::Enroll, Scope::Manage];
        let scene = key.about(&subject, &scopes, &application, client).await?;
        match scene.caller() {
            None => Ok(Json(TwoFactor::unknown(&scene.realm))),
            Some(caller) => {
                let overview = ShowTwoFactor.execute(&application, &caller).await?;
                Ok(Json(TwoFactor::new(&caller.account, &overview.factor, &caller.realm)))
            }
        }
    }

    /// Begin an enrollment for a subject
    ///
    /// Makes the subject where it is new. Beginning again replaces only what is pending, and what is pending opens nothing.
    #[oai(path = "/:subject/authenticators", method = "post", operation_id = "begin_subject_enrollment")]
    async fn begin(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
        request: Body<BeginSubjectRequest>,
    ) -> Result<
        Begun,
        Refused<
            { API_KEY | CHANGES | may(&[NotFound, PolicyViolation, TwoFactorAlreadyEnabled, TooManyAuthenticators]) },
        >,
    > {
        let scene = key.about(&subject, &[Scope::Enroll], &application, client).await?;
        let BeginSubjectRequest { label, name, issuer, replaces, client } = request.0;
        let scene = ClientRequest::state(client, scene)?;
        let name = name.as_deref().map(authenticator_name).transpose()?;
        if let Some(label) = &label
            && let Err(error) = countersign_application::account::Login::of_subject(scene.subject.as_str(), label)
        {
            return Err(Problem::invalid_request("label", error.to_string()).into());
        }
        let caller = in_use(scene.ensure(&application, label.as_deref()).await?)?;
        let begin = BeginEnrollment {
            name,
            issuer: issuer.map(Into::into),
            replaces: replaces.as_ref().map(replaced).transpose()?,
            proof: GivenProof::default(),
        };
        Ok(Begun::Created(Json(begun(begin.execute(&application, &caller).await?, &caller.realm)?)))
    }

    /// Confirm an enrollment of a subject
    ///
    /// Takes a code of the new authenticator, which is spent by it. For a subject that has a second factor already, the key
    /// needs the scope `manage` beside `enroll`: whoever may only enroll could otherwise pass for any user.
    #[oai(path = "/:subject/authenticators/:id/confirm", method = "post", operation_id = "confirm_subject_enrollment")]
    async fn confirm(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
        /// The authenticator.
        id: Path<Id>,
        request: Body<ConfirmSubjectRequest>,
    ) -> Result<
        Json<Confirmed>,
        Refused<
            { API_KEY | CHANGES | may(&[InvalidCode, NoPendingEnrollment, TooManyAuthenticators, TooManyAttempts]) },
        >,
    > {
        let scene = key.about(&subject, &[Scope::Enroll], &application, client).await?;
        let scene = ClientRequest::state(request.0.client, scene)?;
        let caller = in_use(scene.caller().ok_or_else(no_pending)?)?;
        let confirm = ConfirmEnrollment {
            authenticator_id: id.parse().map_err(|_| no_pending())?,
            code: request.0.code.into(),
            proof: GivenProof::default(),
        };
        Ok(Json(confirmed(confirm.execute(&application, &caller).await?, &caller.realm)?))
    }

    /// Verify a code of a subject
    ///
    /// `code` takes a code of an authenticator or a recovery code. Each works once. After too many failures it takes two
    /// consecutive codes of an authenticator instead of one, such as `123456 654321`; the problem says so.
    #[oai(path = "/:subject/verify", method = "post", operation_id = "verify_subject")]
    async fn verify(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
        request: Body<VerifyRequest>,
    ) -> Result<
        Json<Verified>,
        Refused<{ API_KEY | CHANGES | may(&[InvalidCode, TwoFactorNotEnabled, TooManyAttempts]) }>,
    > {
        let scene = key.about(&subject, &[Scope::Verify], &application, client).await?;
        let scene = ClientRequest::state(request.0.client, scene)?;
        let verify =
            VerifySubject { code: request.0.code.into(), purpose: remark("purpose", request.0.purpose.as_deref())? };
        match verify.execute(&application, &scene).await? {
            VerifySubjectOutcome::Verified { code, at } => {
                count_sign_in("verify", code.method.as_str());
                Ok(Json(Verified::new(&code, at)))
            }
            VerifySubjectOutcome::NotEnabled => Err(not_enabled().into()),
            VerifySubjectOutcome::Disabled => Err(disabled().into()),
            VerifySubjectOutcome::InvalidCode { already_used } => {
                count_sign_in("verify", "refused");
                let problem = Problem::invalid_code(scene.realm.policy.recovery_codes.count > 0);
                Err(if already_used { problem.already_used() } else { problem }.into())
            }
            VerifySubjectOutcome::Throttled { retry_after_seconds, consecutive_codes_required } => {
                count_sign_in("verify", "throttled");
                Err(Problem::codes_throttled(retry_after_seconds, consecutive_codes_required).into())
            }
        }
    }

    /// Regenerate the recovery codes of a subject
    ///
    /// All older ones are void from then on.
    #[oai(
        path = "/:subject/recovery-codes/regenerate",
        method = "post",
        operation_id = "regenerate_subject_recovery_codes"
    )]
    async fn regenerate(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
    ) -> Result<Json<RecoveryCodes>, Refused<{ API_KEY | CHANGES | may(&[TwoFactorNotEnabled, PolicyViolation]) }>>
    {
        let scene = key.about(&subject, &[Scope::Manage], &application, client).await?;
        let caller = enrolled(&scene)?;
        let regenerate = RegenerateRecoveryCodes { proof: GivenProof::default() };
        match regenerate.execute(&application, &caller).await? {
            RegenerateRecoveryCodesOutcome::Issued(codes) => Ok(Json(RecoveryCodes::new(&codes))),
            RegenerateRecoveryCodesOutcome::NotEnabled => Err(not_enabled().into()),
            RegenerateRecoveryCodesOutcome::NoRecoveryCodes => {
                Err(Problem::new(PolicyViolation, "This realm has no recovery codes.").into())
            }
            RegenerateRecoveryCodesOutcome::Denied(denial) => Err(Problem::from_denial(denial, true).into()),
        }
    }

    /// Turn two-factor off for a subject
    ///
    /// Removes every authenticator. What is given as `reason` stands in the audit trail.
    #[oai(path = "/:subject/two-factor/disable", method = "post", operation_id = "disable_subject_two_factor")]
    async fn disable(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
        request: Body<ReasonRequest>,
    ) -> Result<NoContent, Refused<{ API_KEY | CHANGES | may(&[TwoFactorNotEnabled]) }>> {
        let scene = key.about(&subject, &[Scope::Manage], &application, client).await?;
        let caller = enrolled(&scene)?;
        let disable =
            DisableTwoFactor { proof: GivenProof::default(), reason: remark("reason", request.0.reason.as_deref())? };
        match disable.execute(&application, &caller).await? {
            DisableTwoFactorOutcome::Disabled => Ok(NoContent::Done),
            DisableTwoFactorOutcome::NotEnabled => Err(not_enabled().into()),
            DisableTwoFactorOutcome::Denied(denial) => Err(Problem::from_denial(denial, true).into()),
        }
    }

    /// End a subject's waits
    ///
    /// The failures of its codes are forgotten: the next code is looked at. Does nothing for a subject that has
    /// none.
    #[oai(path = "/:subject/unlock", method = "post", operation_id = "unlock_subject")]
    async fn unlock(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
    ) -> Result<NoContent, Refused<{ API_KEY | CHANGES }>> {
        let scene = key.about(&subject, &[Scope::Manage], &application, client).await?;
        let Some(caller) = scene.caller() else { return Ok(NoContent::Done) };
        let by = Administrator::of_subject(&scene);
        done(&scene, UnlockAccount.execute(&application, &by, &caller.account).await?)
    }

    /// Delete a subject
    ///
    /// Everything of it is gone but its audit events.
    #[oai(path = "/:subject", method = "delete", operation_id = "delete_subject")]
    async fn delete(
        &self,
        application: Data<&Application>,
        client: Client,
        key: ApiKeyToken,
        /// The application's own identifier of its user, percent-encoded.
        subject: Path<SubjectName>,
    ) -> Result<NoContent, Refused<{ API_KEY | CHANGES }>> {
        let scene = key.about(&subject, &[Scope::Manage], &application, client).await?;
        let Some(caller) = scene.caller() else { return Ok(NoContent::Done) };
        let delete = DeleteAccount::default();
        let by = Administrator::of_subject(&scene);
        done(&scene, delete.execute(&application, &by, &caller.account).await?)
    }
}

/// What something is done for, if it was said.
pub(super) fn remark(field: &str, text: Option<&str>) -> Result<Option<Remark>, Problem> {
    let checked = text.map(Remark::new).transpose();
    checked.map_err(|rule| Problem::invalid_request(field, rule.to_string()))
}

/// The subject, unless an administrator disabled it.
fn in_use(caller: Caller) -> Result<Caller, Problem> {
    if caller.account.disabled_at.is_some() { Err(disabled()) } else { Ok(caller) }
}

fn disabled() -> Problem {
    Problem::new(ProblemCode::Forbidden, "An administrator disabled this subject.")
}

/// The subject, which must have been enrolled.
fn enrolled(scene: &SubjectScene) -> Result<Caller, Problem> {
    scene.caller().ok_or_else(not_enabled)
}

/// A subject that is gone has nothing left to undo.
fn done(
    scene: &SubjectScene,
    result: Result<(), AdministrationDenial>,
) -> Result<NoContent, Refused<{ API_KEY | CHANGES }>> {
    match result {
        Ok(()) | Err(AdministrationDenial::NotFound) => Ok(NoContent::Done),
        Err(denial) => Err(Problem::from_administration(denial, &scene.realm).into()),
    }
}
