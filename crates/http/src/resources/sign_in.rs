//! Signing in and out.

use countersign_application::Application;
use countersign_application::session::EndSession;
use countersign_application::session::purpose::Look;
use countersign_application::sign_in::{
    FindChallenge, SignIn, SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome,
};
use countersign_application::text::TypedLogin;
use countersign_serving::count_sign_in;
use poem::web::Data;
use poem::{IntoResponse, Response};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use crate::bearer::{LOOKS, SessionFor};
use crate::body::Body;
use crate::client::Client;
use crate::problem::ProblemCode::{InvalidChallenge, InvalidCode, InvalidCredentials, TooManyAttempts};
use crate::problem::{CHANGES, INVALID_CHALLENGE, Problem, Refused, may};
use crate::schema::{
    Account, ChallengeGrant, EnrollmentRequired, PasswordChangeRequired, SecondFactorRequest, SecondFactorRequired,
    SecondFactorResponse, SessionGrant, SignInRequest, SignInResponse, SignedIn,
};

/// Done; there is nothing to say.
#[derive(ApiResponse)]
pub(crate) enum NoContent {
    /// Done.
    #[oai(status = 204)]
    Done,
}

/// Done, and what a browser kept of the session's answers is forgotten, as on the pages; nothing that is not ours.
struct SignedOut;

impl IntoResponse for SignedOut {
    fn into_response(self) -> Response {
        NoContent::Done.with_header("clear-site-data", "\"cache\"").into_response()
    }
}

impl ApiResponse for SignedOut {
    fn meta() -> MetaResponses {
        NoContent::meta()
    }

    fn register(registry: &mut Registry) {
        NoContent::register(registry);
    }
}

pub(crate) struct SignInApi;

#[OpenApi(tag = "Tag::SignIn")]
impl SignInApi {
    /// Sign in with a password
    ///
    /// Answers with a session, or with a challenge when a second factor is due.
    #[oai(path = "/v1/sign-in", method = "post", operation_id = "sign_in")]
    async fn sign_in(
        &self,
        application: Data<&Application>,
        client: Client,
        request: Body<SignInRequest>,
    ) -> Result<Json<SignInResponse>, Refused<{ CHANGES | may(&[InvalidCredentials, TooManyAttempts]) }>> {
        let SignInRequest { login, password, realm, device_token } = request.0;
        let login = TypedLogin::new(&login).map_err(|rule| Problem::invalid_request("login", rule.to_string()))?;
        let sign_in = SignIn {
            realm: realm.unwrap_or_else(|| "default".to_owned()),
            login: login.as_str().to_owned(),
            password: password.into(),
            device_tokens: device_token.into_iter().map(Into::into).collect(),
            known_devices: Vec::new(),
            origin: client.0,
        };
        let outcome = sign_in.execute(&application).await?;
        count_sign_in("sign_in", outcome.kind());
        match outcome {
            SignInOutcome::SignedIn { grant, account, realm, enrollment_deadline } => {
                let session = SessionGrant::new(&grant);
                Ok(Json(SignedIn::answer(session, Account::new(&account, &realm), enrollment_deadline.into())))
            }
            SignInOutcome::EnrollmentRequired { grant, account, realm } => {
                Ok(Json(EnrollmentRequired::answer(SessionGrant::new(&grant), Account::new(&account, &realm))))
            }
            SignInOutcome::PasswordChangeRequired { grant, account, realm } => {
                Ok(Json(PasswordChangeRequired::answer(SessionGrant::new(&grant), Account::new(&account, &realm))))
            }
            SignInOutcome::SecondFactorRequired {
                challenge_token,
                expires_at,
                methods,
                consecutive_codes_required,
            } => {
                let challenge = ChallengeGrant::new(&challenge_token, expires_at, &methods, consecutive_codes_required);
                Ok(Json(SecondFactorRequired::answer(challenge)))
            }
            SignInOutcome::InvalidCredentials => {
                Err(Problem::new(InvalidCredentials, "Check both, and that this is the right realm.").into())
            }
            SignInOutcome::Throttled { retry_after_seconds } => {
                Err(Problem::throttled(retry_after_seconds).of_a_sign_in().into())
            }
        }
    }

    /// Complete a sign-in with a second factor
    ///
    /// `code` takes a code of an authenticator or a recovery code. Each works once. After too many failures it takes two
    /// consecutive codes of an authenticator instead of one, such as `123456 654321`.
    #[oai(path = "/v1/sign-in/second-factor", method = "post", operation_id = "verify_second_factor")]
    async fn verify_second_factor(
        &self,
        application: Data<&Application>,
        client: Client,
        request: Body<SecondFactorRequest>,
    ) -> Result<Json<SecondFactorResponse>, Refused<{ CHANGES | may(&[InvalidChallenge, InvalidCode, TooManyAttempts]) }>>
    {
        let SecondFactorRequest { challenge_token, code, remember_device } = request.0;
        let verify = VerifySecondFactor {
            code: code.into(),
            remember_device: remember_device.unwrap_or(false),
            origin: client.0,
        };
        let find = FindChallenge { challenge_token: challenge_token.into() };
        let challenge = find.execute(&application).await?;
        let outcome = verify.execute(&application, challenge.as_ref()).await?;
        count_sign_in("second_factor", outcome.kind());
        match outcome {
            VerifySecondFactorOutcome::SignedIn(done) => Ok(Json((*done).into())),
            VerifySecondFactorOutcome::InvalidChallenge => {
                Err(Problem::new(InvalidChallenge, INVALID_CHALLENGE).into())
            }
            VerifySecondFactorOutcome::InvalidCode { recovery_codes } => {
                Err(Problem::invalid_code(recovery_codes).into())
            }
            VerifySecondFactorOutcome::Throttled { retry_after_seconds, consecutive_codes_required } => {
                let problem = Problem::codes_throttled(retry_after_seconds, consecutive_codes_required);
                Err(problem.of_a_sign_in().into())
            }
        }
    }

    /// Sign out
    ///
    /// Ends the session that asks.
    #[oai(path = "/v1/sign-out", method = "post", operation_id = "sign_out")]
    async fn sign_out(
        &self,
        application: Data<&Application>,
        caller: SessionFor<Look>,
    ) -> Result<SignedOut, Refused<{ LOOKS | CHANGES }>> {
        if let Some(session_id) = caller.session_id() {
            EndSession { session_id }.execute(&application, &caller).await?;
        }
        Ok(SignedOut)
    }
}
