//! Recognizing an administrator: a session of one, or an API key with the scope for it.

use secrecy::{ExposeSecret, SecretString};

use crate::account::Role;
use crate::administration::{Administrator, Authority, RealmDenial};
use crate::api_key::{AuthenticateApiKey, AuthenticateApiKeyOutcome, Scope};
use crate::ports::TokenKind;
use crate::session::{AuthenticateSession, AuthenticateSessionOutcome, SessionPurpose};
use crate::{Application, Origin, UseCaseError};

/// Recognizes whoever may administer a realm.
#[derive(Clone, Debug)]
pub struct AuthenticateAdministrator {
    /// What the client sent.
    pub token: SecretString,
    /// From where.
    pub origin: Origin,
    /// The short name of the realm that is meant, where one was named.
    pub realm: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum AuthenticateAdministratorOutcome {
    /// An administrator.
    Recognized(Box<Administrator>),
    /// Unknown, ended or expired session or key.
    Unknown,
    /// A member, or a key without the scope.
    Forbidden,
    /// The session may only enroll.
    EnrollmentRequired,
    /// The session may only change the password.
    PasswordChangeRequired,
    /// A realm was named that is not the one of this session or key.
    AnotherRealm,
    /// An operator named a realm that is not there.
    NoSuchRealm,
}

impl AuthenticateAdministrator {
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(&self, application: &Application) -> Result<AuthenticateAdministratorOutcome, UseCaseError> {
        let administrator = match (self.recognize(application).await?, &self.realm) {
            (AuthenticateAdministratorOutcome::Recognized(administrator), Some(realm)) => {
                administrator.in_realm(application, realm).await?
            }
            (outcome, _) => return Ok(outcome),
        };
        Ok(match administrator {
            Ok(administrator) => AuthenticateAdministratorOutcome::Recognized(Box::new(administrator)),
            Err(RealmDenial::NotTheirs) => AuthenticateAdministratorOutcome::AnotherRealm,
            Err(RealmDenial::None) => AuthenticateAdministratorOutcome::NoSuchRealm,
        })
    }

    /// Recognizes whoever asks, in their own realm.
    async fn recognize(&self, application: &Application) -> Result<AuthenticateAdministratorOutcome, UseCaseError> {
        let (token, origin) = (self.token.clone(), self.origin.clone());
        if application.tokens().digest(TokenKind::ApiKey, token.expose_secret()).is_some() {
            let authenticate = AuthenticateApiKey { token, scopes: &[Scope::Admin] };
            return Ok(match authenticate.execute(application).await? {
                AuthenticateApiKeyOutcome::Recognized(recognized) => {
                    let (key, realm) = *recognized;
                    let authority = Authority::Application { key_id: key.id, made_by_owner: key.made_by_owner };
                    AuthenticateAdministratorOutcome::Recognized(Box::new(Administrator { authority, realm, origin }))
                }
                AuthenticateApiKeyOutcome::Unknown => AuthenticateAdministratorOutcome::Unknown,
                AuthenticateApiKeyOutcome::MissingScope => AuthenticateAdministratorOutcome::Forbidden,
            });
        }
        let authenticate = AuthenticateSession { token, origin, purpose: SessionPurpose::Anything };
        Ok(match authenticate.execute(application).await? {
            AuthenticateSessionOutcome::Recognized(caller) => match Administrator::of(&caller) {
                Some(administrator) => AuthenticateAdministratorOutcome::Recognized(Box::new(administrator)),
                // An administrator by name, who becomes one by enrolling.
                None if caller.account.role != Role::Member => AuthenticateAdministratorOutcome::EnrollmentRequired,
                None => AuthenticateAdministratorOutcome::Forbidden,
            },
            AuthenticateSessionOutcome::Unknown => AuthenticateAdministratorOutcome::Unknown,
            AuthenticateSessionOutcome::EnrollmentRequired => AuthenticateAdministratorOutcome::EnrollmentRequired,
            AuthenticateSessionOutcome::PasswordChangeRequired => {
                AuthenticateAdministratorOutcome::PasswordChangeRequired
            }
        })
    }
}
