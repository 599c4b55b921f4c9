//! Enrolling, renaming and removing authenticators.

use countersign_application::enrollment::{
    BeginEnrollment, BeginEnrollmentOutcome, ConfirmEnrollment, ConfirmEnrollmentOutcome, EnrollmentQr, QrFormat,
    ShowEnrollmentQr,
};
use countersign_application::realm::Realm;
use countersign_application::second_factor::{
    AuthenticatorName, RemoveAuthenticator, RemoveAuthenticatorOutcome, RenameAuthenticator,
};
use countersign_application::session::purpose::{Anything, Enroll};
use countersign_application::text::IssuerName;
use countersign_application::{Application, AuthenticatorId};
use poem::http::header::ACCEPT;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::{Binary, Json, PlainText};
use poem_openapi::{ApiResponse, OpenApi, ResponseContent};

use super::Tag;
use super::sign_in::NoContent;
use crate::bearer::{SESSION, SessionFor};
use crate::body::Body;
use crate::problem::ProblemCode::{
    self, NoPendingEnrollment, NotFound, PolicyViolation, TooManyAuthenticators, TwoFactorAlreadyEnabled,
};
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{
    Authenticator, BeginRequest, BegunEnrollment, ConfirmRequest, Confirmed, Id, ProofRequest, RenameRequest,
};

#[derive(ApiResponse)]
pub(super) enum Begun {
    /// Begun; it counts once it is confirmed.
    #[oai(status = 201)]
    Created(Json<BegunEnrollment>),
}

#[derive(ResponseContent)]
enum Picture {
    #[oai(content_type = "image/svg+xml")]
    Svg(PlainText<String>),
    #[oai(content_type = "image/png")]
    Png(Binary<Vec<u8>>),
}

#[derive(ApiResponse)]
enum QrCode {
    /// The QR code.
    #[oai(status = 200)]
    Shown(Picture),
}

pub(crate) struct AuthenticatorApi;

#[OpenApi(prefix_path = "/v1/account/two-factor/authenticators", tag = "Tag::TwoFactor")]
impl AuthenticatorApi {
    /// Begin an enrollment
    ///
    /// Beginning again replaces only what is pending. Needs the proof that `policy.proofs.begin` names, and no less than
    /// `policy.proofs.disable` where two-factor is on. The authenticator that `replaces` names works until the new one is
    /// confirmed, and goes then.
    #[oai(path = "/", method = "post", operation_id = "begin_enrollment")]
    async fn begin(
        &self,
        application: Data<&Application>,
        request: Body<BeginRequest>,
        caller: SessionFor<Enroll>,
    ) -> Result<
        Begun,
        Refused<
            {
                SESSION
                    | CHANGES
                    | PROVEN
                    | may(&[NotFound, PolicyViolation, TwoFactorAlreadyEnabled, TooManyAuthenticators])
            },
        >,
    > {
        let Body(mut request) = request;
        let begin = BeginEnrollment {
            name: request.name.as_deref().map(authenticator_name).transpose()?,
            issuer: request.issuer.take().map(Into::into),
            replaces: request.replaces.as_ref().map(replaced).transpose()?,
            proof: request.proof(),
        };
        Ok(Begun::Created(Json(begun(begin.execute(&application, &caller).await?, &caller.realm)?)))
    }

    /// Show the QR code of a pending authenticator
    ///
    /// As SVG, or as PNG when `Accept` asks for `image/png`. Only to the session that began the enrollment, and only
    /// while it is pending.
    #[oai(path = "/:id/qr-code", method = "get", operation_id = "show_enrollment_qr")]
    async fn qr_code(
        &self,
        application: Data<&Application>,
        request: &poem::Request,
        /// The authenticator.
        id: Path<Id>,
        caller: SessionFor<Enroll>,
    ) -> Result<QrCode, Refused<{ SESSION | may(&[NotFound]) }>> {
        let authenticator_id = authenticator_id(&id)?;
        let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let format = if prefers_png(accept) { QrFormat::Png } else { QrFormat::Svg };
        match (ShowEnrollmentQr { authenticator_id, format }).execute(&application, &caller).await? {
            Some(EnrollmentQr::Svg(svg)) => Ok(QrCode::Shown(Picture::Svg(PlainText(svg.to_string())))),
            Some(EnrollmentQr::Png(png)) => Ok(QrCode::Shown(Picture::Png(Binary(png.to_vec())))),
            None => Err(Problem::not_found().into()),
        }
    }

    /// Confirm an enrollment
    ///
    /// Takes a code of the new authenticator, which is spent by it, and what `policy.proofs.confirm` names.
    #[oai(path = "/:id/confirm", method = "post", operation_id = "confirm_enrollment")]
    async fn confirm(
        &self,
        application: Data<&Application>,
        /// The authenticator.
        id: Path<Id>,
        request: Body<ConfirmRequest>,
        caller: SessionFor<Enroll>,
    ) -> Result<
        Json<Confirmed>,
        Refused<{ SESSION | CHANGES | PROVEN | may(&[NoPendingEnrollment, TooManyAuthenticators]) }>,
    > {
        let Body(mut request) = request;
        let authenticator_id = id.parse().map_err(|_| no_pending())?;
        let proof = request.proof();
        let confirm = ConfirmEnrollment { authenticator_id, code: request.code.into(), proof };
        Ok(Json(confirmed(confirm.execute(&application, &caller).await?, &caller.realm)?))
    }

    /// Rename an authenticator
    ///
    /// The name tells its owner one from another; authenticator apps do not see it.
    #[oai(path = "/:id", method = "patch", operation_id = "rename_authenticator")]
    async fn rename(
        &self,
        application: Data<&Application>,
        /// The authenticator.
        id: Path<Id>,
        request: Body<RenameRequest>,
        caller: SessionFor<Anything>,
    ) -> Result<Json<Authenticator>, Refused<{ SESSION | CHANGES | may(&[NotFound]) }>> {
        let rename = RenameAuthenticator {
            authenticator_id: authenticator_id(&id)?,
            name: authenticator_name(&request.0.name)?,
        };
        let renamed = rename.execute(&application, &caller).await?.ok_or_else(Problem::not_found)?;
        Ok(Json(Authenticator::from(&renamed)))
    }

    /// Remove an authenticator
    ///
    /// A pending one needs no proof. Removing the last active one turns two-factor off.
    #[oai(path = "/:id/remove", method = "post", operation_id = "remove_authenticator")]
    async fn remove(
        &self,
        application: Data<&Application>,
        /// The authenticator.
        id: Path<Id>,
        request: Body<ProofRequest>,
        caller: SessionFor<Anything>,
    ) -> Result<NoContent, Refused<{ SESSION | CHANGES | PROVEN | may(&[NotFound]) }>> {
        let remove = RemoveAuthenticator { authenticator_id: authenticator_id(&id)?, proof: request.0.into() };
        match remove.execute(&application, &caller).await? {
            RemoveAuthenticatorOutcome::Removed => Ok(NoContent::Done),
            RemoveAuthenticatorOutcome::NotFound => Err(Problem::not_found().into()),
            RemoveAuthenticatorOutcome::Denied(denial) => {
                Err(Problem::from_denial(denial, caller.realm.policy.recovery_codes.count > 0).into())
            }
        }
    }
}

/// What a begun enrollment shows, or why there is none.
pub(super) fn begun(outcome: BeginEnrollmentOutcome, realm: &Realm) -> Result<BegunEnrollment, Problem> {
    match outcome {
        BeginEnrollmentOutcome::Begun(begun) => Ok((*begun).into()),
        BeginEnrollmentOutcome::AlreadyEnabled => Err(Problem::new(
            TwoFactorAlreadyEnabled,
            "There is an active authenticator, and the policy allows no second one; begin one that replaces it (`replaces`), or turn two-factor off first.",
        )),
        BeginEnrollmentOutcome::TooMany => Err(too_many()),
        BeginEnrollmentOutcome::NothingToReplace => Err(nothing_to_replace()),
        BeginEnrollmentOutcome::IssuerNotAllowed => {
            let rule = "cannot be chosen in this realm (policy: authenticators.user_chosen_issuer)";
            Err(Problem::policy_violation([("issuer".to_owned(), rule.to_owned())]))
        }
        BeginEnrollmentOutcome::InvalidIssuer => Err(Problem::invalid_request("issuer", IssuerName::RULE)),
        BeginEnrollmentOutcome::Denied(denial) => {
            Err(Problem::from_denial(denial, realm.policy.recovery_codes.count > 0))
        }
    }
}

/// What a confirmed enrollment shows, or why it was not confirmed.
pub(super) fn confirmed(outcome: ConfirmEnrollmentOutcome, realm: &Realm) -> Result<Confirmed, Problem> {
    match outcome {
        ConfirmEnrollmentOutcome::Confirmed { authenticator, recovery_codes, session } => {
            Ok(Confirmed::new(&authenticator, recovery_codes.as_deref(), session.as_ref()))
        }
        ConfirmEnrollmentOutcome::NoPendingEnrollment => Err(no_pending()),
        ConfirmEnrollmentOutcome::TooMany => Err(too_many()),
        ConfirmEnrollmentOutcome::MayNotAdd => Err(Problem::new(
            ProblemCode::Forbidden,
            "This subject has a second factor. To add another authenticator, the API key needs the scope manage beside enroll.",
        )),
        ConfirmEnrollmentOutcome::InvalidCode { .. } => Err(Problem::new(
            ProblemCode::InvalidCode,
            "The code is not the one that the new authenticator shows now. Check that the phone's clock is right.",
        )),
        ConfirmEnrollmentOutcome::Denied(denial) => {
            let mut problem = Problem::from_denial(denial, realm.policy.recovery_codes.count > 0);
            // `code` is the new authenticator's here; a code given as proof has a name of its own.
            for error in problem.errors.iter_mut().filter(|error| error.field == "code") {
                error.field = "proof_code".to_owned();
            }
            Err(problem)
        }
    }
}

fn authenticator_id(text: &str) -> Result<AuthenticatorId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

pub(super) fn authenticator_name(text: &str) -> Result<AuthenticatorName, Problem> {
    AuthenticatorName::new(text).map_err(|error| Problem::invalid_request("name", error.to_string()))
}

/// PNG is drawn when it is asked for and SVG is not.
fn prefers_png(accept: &str) -> bool {
    accept.contains("image/png") && !accept.contains("image/svg+xml")
}

pub(super) fn no_pending() -> Problem {
    Problem::new(
        NoPendingEnrollment,
        "There is nothing to confirm, or it expired, or the realm's rules changed; begin again.",
    )
}

/// The authenticator that a body names as the one to be replaced.
pub(super) fn replaced(id: &Id) -> Result<AuthenticatorId, Problem> {
    id.parse().map_err(|_| nothing_to_replace())
}

fn nothing_to_replace() -> Problem {
    Problem::new(NotFound, "`replaces` names no active authenticator of this account.")
}

fn too_many() -> Problem {
    Problem::new(
        TooManyAuthenticators,
        "This account has as many authenticators as the policy allows; remove one first.",
    )
}
