//! Bearer tokens: sessions, and API keys.

use countersign_application::Application;
use countersign_application::administration::{
    Administrator, AuthenticateAdministrator, AuthenticateAdministratorOutcome,
};
use countersign_application::api_key::{AuthenticateApiKey, AuthenticateApiKeyOutcome, Scope};
use countersign_application::caller::{Caller, KeyStanding};
use countersign_application::session::{AuthenticateSession, AuthenticateSessionOutcome, SessionPurpose};
use countersign_application::text::Subject;
use countersign_application::verification::SubjectScene;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use crate::client::Client;
use crate::problem::{Problem, ProblemCode, may};

/// What an operation may answer that any session may ask for.
pub(crate) const LOOKS: u64 = may(&[ProblemCode::Unauthenticated]);

/// What an operation may answer that takes a session.
pub(crate) const SESSION: u64 = LOOKS | may(&[ProblemCode::EnrollmentRequired, ProblemCode::PasswordChangeRequired]);

/// What an operation may answer that takes an administrator.
pub(crate) const ADMINISTRATOR: u64 = SESSION | may(&[ProblemCode::Forbidden]);

/// What an operation may answer that takes an API key.
pub(crate) const API_KEY: u64 = may(&[ProblemCode::Unauthenticated, ProblemCode::Forbidden]);

/// The token of a session, from a completed sign-in over this API. What the hosted pages keep in a browser is none.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "session", bearer_format = "cs_session_…")]
pub(crate) struct SessionToken(Bearer);

impl SessionToken {
    /// Recognizes the session for anything that it may do.
    pub(crate) async fn sign_in(self, application: &Application, client: Client) -> Result<Caller, Problem> {
        self.sign_in_to(SessionPurpose::Anything, application, client).await
    }

    /// Recognizes the session for a purpose.
    pub(crate) async fn sign_in_to(
        self,
        purpose: SessionPurpose,
        application: &Application,
        client: Client,
    ) -> Result<Caller, Problem> {
        let authenticate = AuthenticateSession { token: self.0.token.into(), origin: client.0, purpose };
        match authenticate.execute(application).await? {
            AuthenticateSessionOutcome::Recognized(caller) => Ok(*caller),
            AuthenticateSessionOutcome::Unknown => Err(Problem::unauthenticated()),
            AuthenticateSessionOutcome::EnrollmentRequired => Err(Problem::enrollment_required()),
            AuthenticateSessionOutcome::PasswordChangeRequired => Err(Problem::password_change_required()),
        }
    }
}

/// The session of an `admin` or `owner`, which gives a `proof` with every act that outlasts it; or an API key with the
/// scope `admin`, which gives none.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "administrator", bearer_format = "cs_session_… or cs_key_…")]
pub(crate) struct AdministratorToken(Bearer);

impl AdministratorToken {
    /// Recognizes the administrator.
    pub(crate) async fn authorize(self, application: &Application, client: Client) -> Result<Administrator, Problem> {
        let authenticate = AuthenticateAdministrator { token: self.0.token.into(), origin: client.0 };
        match authenticate.execute(application).await? {
            AuthenticateAdministratorOutcome::Recognized(administrator) => Ok(*administrator),
            AuthenticateAdministratorOutcome::Unknown => Err(Problem::unauthenticated()),
            AuthenticateAdministratorOutcome::EnrollmentRequired => Err(Problem::enrollment_required()),
            AuthenticateAdministratorOutcome::PasswordChangeRequired => Err(Problem::password_change_required()),
            AuthenticateAdministratorOutcome::Forbidden => Err(Problem::new(
                ProblemCode::Forbidden,
                "This needs the session of an administrator, or an API key with the scope admin.",
            )),
        }
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
        let authenticate = AuthenticateApiKey { token: self.0.token.into(), scopes };
        let (key, realm) = match authenticate.execute(application).await? {
            AuthenticateApiKeyOutcome::Recognized(recognized) => *recognized,
            AuthenticateApiKeyOutcome::Unknown => return Err(Problem::unauthenticated()),
            AuthenticateApiKeyOutcome::MissingScope => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                let detail = format!("This needs an API key with the scope {}.", names.join(" or "));
                return Err(Problem::new(ProblemCode::Forbidden, detail));
            }
        };
        let subject = Subject::new(subject).map_err(|rule| Problem::invalid_request("subject", rule.to_string()))?;
        let key = KeyStanding { id: key.id, manages: key.has_any(&[Scope::Manage]) };
        Ok(SubjectScene { key, realm, subject, origin: client.0 })
    }
}
