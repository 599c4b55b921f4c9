//! Recognizing an administrator: a session of one, or an API key with the scope for it.

use secrecy::{ExposeSecret, SecretString};

use crate::account::{Account, Role};
use crate::administration::Authority;
use crate::api_key::{AuthenticateApiKey, AuthenticateApiKeyOutcome, Scope};
use crate::caller::Caller;
use crate::ports::TokenKind;
use crate::realm::Realm;
use crate::session::{AuthenticateSession, AuthenticateSessionOutcome, SessionPurpose};
use crate::verification::SubjectScene;
use crate::{AccountId, Application, Origin, UseCaseError};

/// Recognizes whoever may administer a realm.
#[derive(Clone, Debug)]
pub struct AuthenticateAdministrator {
    /// What the client sent.
    pub token: SecretString,
    /// From where.
    pub origin: Origin,
}

/// Who administers which realm, as both are at this request: what concerns an account of it is given with one, and looks up
/// neither again.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// By what right.
    pub authority: Authority,
    /// The realm: the account's own, or the key's.
    pub realm: Realm,
    /// From where.
    pub origin: Origin,
}

impl Administrator {
    /// Whoever runs the command line beside the database, in a realm of it.
    #[must_use]
    pub const fn operator(realm: Realm) -> Self {
        Self { authority: Authority::Operator, realm, origin: Origin::UNKNOWN }
    }

    /// An application that asks about one of its subjects, for what it does to that.
    #[must_use]
    pub fn of_subject(scene: &SubjectScene) -> Self {
        let authority = Authority::Application { key_id: scene.key.id, made_by_owner: false };
        Self { authority, realm: scene.realm.clone(), origin: scene.origin.clone() }
    }

    /// Finds an account of the realm.
    ///
    /// # Errors
    /// A port failed.
    pub async fn account(&self, application: &Application, id: AccountId) -> Result<Option<Account>, UseCaseError> {
        let account = application.store().find_account(id).await?;
        Ok(account.filter(|account| account.realm_id == self.realm.id))
    }

    /// The one who administers in a session that may do anything; `None` for a member.
    #[must_use]
    pub fn of(caller: &Caller) -> Option<Self> {
        caller.may_administer().then(|| Self {
            authority: Authority::Administrator(Box::new(caller.clone())),
            realm: caller.realm.clone(),
            origin: caller.origin.clone(),
        })
    }
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
}

impl AuthenticateAdministrator {
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(&self, application: &Application) -> Result<AuthenticateAdministratorOutcome, UseCaseError> {
        let Self { token, origin } = self.clone();
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
