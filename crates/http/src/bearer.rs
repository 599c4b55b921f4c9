//! Bearer tokens: sessions, and API keys. Who asks is found out once a request, after all else of it was
//! read: an operation takes it last.

use std::marker::PhantomData;
use std::ops::Deref;

use countersign_application::Application;
use countersign_application::administration::{
    Administrator, AuthenticateAdministrator, AuthenticateAdministratorOutcome,
};
use countersign_application::api_key::{AuthenticateApiKey, AuthenticateApiKeyOutcome, Scope};
use countersign_application::caller::Caller;
use countersign_application::session::purpose::Purpose;
use countersign_application::session::{AuthenticateSession, AuthenticateSessionOutcome};
use countersign_application::text::Subject;
use countersign_application::verification::{AskAboutSubject, SubjectScene};
use countersign_serving::origin_of;
use poem::http::HeaderMap;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::auth::Bearer;
use poem_openapi::registry::Registry;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, SecurityScheme};

use crate::client::Client;
use crate::problem::{Problem, ProblemCode, may};

/// What an operation may answer that any session may ask for.
pub(crate) const LOOKS: u64 = may(&[ProblemCode::Unauthenticated]);

/// What an operation may answer that takes a session.
pub(crate) const SESSION: u64 = LOOKS | may(&[ProblemCode::EnrollmentRequired, ProblemCode::PasswordChangeRequired]);

/// What an operation may answer that takes an administrator.
pub(crate) const ADMINISTRATOR: u64 = SESSION | may(&[ProblemCode::Forbidden, ProblemCode::NotFound]);

/// The header by which an operator names a realm, as documentation writes it.
pub(crate) const REALM: &str = "Countersign-Realm";

/// The realm that a request names. What cannot be read is the name of none.
pub(crate) fn named_realm(headers: &HeaderMap) -> Option<String> {
    let mut lines = headers.get_all(REALM).iter();
    let (first, more) = (lines.next()?, lines.next().is_some());
    Some(first.to_str().ok().filter(|_| !more).unwrap_or_default().to_owned())
}

/// What an operation may answer that takes an API key.
pub(crate) const API_KEY: u64 = may(&[ProblemCode::Unauthenticated, ProblemCode::Forbidden]);

/// The token of a session, from a completed sign-in over this API. What the hosted pages keep in a browser is none.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "session", bearer_format = "cs_session_…")]
struct SessionToken(Bearer);

/// The one who asks, in a session that is good for a purpose.
pub(crate) struct SessionFor<P>(Caller, PhantomData<P>);

impl<P> Deref for SessionFor<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<'a, P: Purpose> ApiExtractor<'a> for SessionFor<P> {
    const TYPES: &'static [ApiExtractorType] = SessionToken::TYPES;
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        SessionToken::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        SessionToken::security_schemes()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let SessionToken(bearer) = SessionToken::from_request(request, body, options).await?;
        let Data(application) = Data::<&Application>::from_request_without_body(request).await?;
        let (token, origin) = (bearer.token.into(), origin_of(request));
        let authenticate = AuthenticateSession { token, origin, purpose: P::PURPOSE };
        let refused = match authenticate.execute(application).await.map_err(Problem::from)? {
            AuthenticateSessionOutcome::Recognized(caller) => return Ok(Self(*caller, PhantomData)),
            AuthenticateSessionOutcome::Unknown => Problem::unauthenticated(),
            AuthenticateSessionOutcome::EnrollmentRequired => Problem::enrollment_required(),
            AuthenticateSessionOutcome::PasswordChangeRequired => Problem::password_change_required(),
        };
        Err(refused.into())
    }
}

/// The session of an `admin` or `owner`, which gives a `proof` with every act that outlasts it; or an API key with the
/// scope `admin`, which gives none.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "administrator", bearer_format = "cs_session_… or cs_key_…")]
struct AdministratorToken(Bearer);

/// The administrator who asks, with the realm.
pub(crate) struct Administering(Administrator);

impl Deref for Administering {
    type Target = Administrator;

    fn deref(&self) -> &Administrator {
        &self.0
    }
}

impl<'a> ApiExtractor<'a> for Administering {
    const TYPES: &'static [ApiExtractorType] = AdministratorToken::TYPES;
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        AdministratorToken::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        AdministratorToken::security_schemes()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let AdministratorToken(bearer) = AdministratorToken::from_request(request, body, options).await?;
        let Data(application) = Data::<&Application>::from_request_without_body(request).await?;
        let authenticate = AuthenticateAdministrator {
            token: bearer.token.into(),
            origin: origin_of(request),
            realm: named_realm(request.headers()),
        };
        let refused = match authenticate.execute(application).await.map_err(Problem::from)? {
            AuthenticateAdministratorOutcome::Recognized(administrator) => return Ok(Self(*administrator)),
            AuthenticateAdministratorOutcome::Unknown => Problem::unauthenticated(),
            AuthenticateAdministratorOutcome::EnrollmentRequired => Problem::enrollment_required(),
            AuthenticateAdministratorOutcome::PasswordChangeRequired => Problem::password_change_required(),
            AuthenticateAdministratorOutcome::NoSuchRealm => Problem::not_found(),
            AuthenticateAdministratorOutcome::AnotherRealm => Problem::another_realm(),
            AuthenticateAdministratorOutcome::Forbidden => Problem::new(
                ProblemCode::Forbidden,
                "This needs the session of an administrator, or an API key with the scope admin.",
            ),
        };
        Err(refused.into())
    }
}

/// An API key of a realm.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "api_key", bearer_format = "cs_key_…")]
pub(crate) struct ApiKeyToken(Bearer);

impl ApiKeyToken {
    /// Recognizes the key, for what it asks about a subject of its realm. Any of the scopes will do.
    pub(crate) async fn about(
        self,
        subject: &str,
        scopes: &[Scope],
        application: &Application,
        client: Client,
    ) -> Result<SubjectScene, Problem> {
        let token = self.0.token.into();
        // Whoever may not ask is not told what is wrong with the question.
        let outcome = match Subject::new(subject) {
            Ok(subject) => {
                let ask = AskAboutSubject { token, scopes, subject, origin: client.0 };
                ask.execute(application).await?
            }
            Err(rule) => match (AuthenticateApiKey { token, scopes }).execute(application).await? {
                AuthenticateApiKeyOutcome::Recognized(_) => {
                    return Err(Problem::invalid_request("subject", rule.to_string()));
                }
                AuthenticateApiKeyOutcome::Unknown => AuthenticateApiKeyOutcome::Unknown,
                AuthenticateApiKeyOutcome::MissingScope => AuthenticateApiKeyOutcome::MissingScope,
            },
        };
        match outcome {
            AuthenticateApiKeyOutcome::Recognized(scene) => Ok(*scene),
            AuthenticateApiKeyOutcome::Unknown => Err(Problem::unauthenticated()),
            AuthenticateApiKeyOutcome::MissingScope => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                let detail = format!("This needs an API key with the scope {}.", names.join(" or "));
                Err(Problem::new(ProblemCode::Forbidden, detail))
            }
        }
    }
}
