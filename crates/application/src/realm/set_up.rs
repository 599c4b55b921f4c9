//! Making the first owner of a realm, by a link that whoever started the server is shown.

use countersign_core::Timestamp;
use secrecy::SecretString;

use crate::account::{Account, AccountFilter, Login, LoginError, NewPasswordError, Role};
use crate::audit::{Actor, AuditScene, CreatedAs, Event, SignInFactor};
use crate::ports::{Behalf, Conflict, SealContext, SealPurpose, StoreError};
use crate::realm::{Realm, RealmSlug, enrollment_deadline, two_factor_is_required_of};
use crate::session::{AuthenticationMethod, SessionGrant};
use crate::{AccountId, Application, Origin, UseCaseError};

/// How long a link is good, in seconds. A start makes a new one.
const LINK_SECONDS: u64 = 24 * 60 * 60;

/// Makes the token of a set-up link.
///
/// The token is the time at which it was made, sealed: any node with the key ring recognizes it, and nothing is stored.
/// It is of no use while the realm has an account, and void for good once the realm had an owner.
#[derive(Clone, Debug)]
pub struct IssueSetUpLink {
    /// The realm that is to get its first owner.
    pub realm: RealmSlug,
}

impl IssueSetUpLink {
    /// Makes the token, unless the realm has an account already, or had an owner.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn execute(&self, application: &Application) -> Result<Option<SecretString>, UseCaseError> {
        let Some(realm) = application.store().find_realm(&self.realm).await? else { return Ok(None) };
        if is_taken(application, &realm).await? {
            return Ok(None);
        }
        Ok(Some(application.seal_link(&context(&realm), application.now(), &[]).await?))
    }
}

/// Whether a realm still waits for its first owner: nobody can sign in to it, and a set-up link is good.
#[derive(Clone, Debug)]
pub struct AwaitsFirstOwner<'a> {
    pub realm: &'a Realm,
}

impl AwaitsFirstOwner<'_> {
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn execute(&self, application: &Application) -> Result<bool, UseCaseError> {
        Ok(!is_taken(application, self.realm).await?)
    }
}

/// Looks at the token of a set-up link.
#[derive(Clone, Debug)]
pub struct CheckSetUpLink {
    pub realm: RealmSlug,
    pub token: SecretString,
}

impl CheckSetUpLink {
    /// The realm, if the link is good.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn execute(&self, application: &Application) -> Result<Option<Realm>, UseCaseError> {
        let Some(realm) = application.store().find_realm(&self.realm).await? else { return Ok(None) };
        let good = is_good(application, &realm, &self.token, application.now()).await?
            && !is_taken(application, &realm).await?;
        Ok(good.then_some(realm))
    }
}

/// Makes the first owner and signs them in.
#[derive(Clone, Debug)]
pub struct CreateFirstOwner {
    pub realm: RealmSlug,
    /// The token of the link.
    pub token: SecretString,
    /// The login, as typed.
    pub login: String,
    /// The password, as typed.
    pub password: SecretString,
    /// From where.
    pub origin: Origin,
}

/// What became of it.
#[derive(Debug)]
pub enum CreateFirstOwnerOutcome {
    /// There is an owner now, who is signed in.
    Created { grant: SessionGrant, account: Box<Account> },
    /// The link is not good, not any more, or not for this realm.
    InvalidLink,
    /// The login breaks a rule.
    InvalidLogin(LoginError),
    /// The password breaks a rule.
    UnfitPassword(NewPasswordError),
}

impl CreateFirstOwner {
    /// Makes the account and its session in one unit of work. Of several that hold the link, one becomes the owner.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn execute(&self, application: &Application) -> Result<CreateFirstOwnerOutcome, UseCaseError> {
        let now = application.now();
        let link = CheckSetUpLink { realm: self.realm.clone(), token: self.token.clone() };
        let Some(realm) = link.execute(application).await? else { return Ok(CreateFirstOwnerOutcome::InvalidLink) };
        let login = match Login::new(&self.login) {
            Ok(login) => login,
            Err(error) => return Ok(CreateFirstOwnerOutcome::InvalidLogin(error)),
        };
        // Whoever holds the link acts for the operator.
        let fit = application.hash_if_fit(self.password.clone(), &realm, &login, &Behalf::Operator);
        let password_hash = match fit.await? {
            Ok(hash) => hash,
            Err(unfit) => return Ok(CreateFirstOwnerOutcome::UnfitPassword(unfit)),
        };
        // As at any sign-in: the grace period begins now, and where there is none, enrolling is all that is left.
        let required = two_factor_is_required_of(&realm.policy, Role::Owner, None);
        let id = AccountId::new(now, 0, application.random()?);
        let account = Account {
            role: Role::Owner,
            password_hash: Some(password_hash),
            last_sign_in_at: Some(now),
            grace_started_at: required.then_some(now),
            ..Account::new(id, realm.id, login, now)
        };
        let overdue = enrollment_deadline(&realm.policy, &account).is_some_and(|deadline| deadline <= now);
        let grant =
            application.new_session(&realm, &account, &self.origin, overdue, AuthenticationMethod::ONE_FACTOR, now)?;
        let scene = AuditScene::new(&realm, &account, Actor::Operator, &self.origin);
        let second_factor = if overdue { SignInFactor::EnrollmentRequired } else { SignInFactor::None };
        let (stored, session, scene) = (&account, &grant.session, &scene);
        let made = application
            .transact(|unit| {
                Box::pin(async move {
                    // One guarded write: of several that hold the link, over all nodes, one gets it.
                    if unit.accounts().is_any_in(stored.realm_id).await?
                        || !unit.realms().mark_set_up(stored.realm_id, now).await?
                    {
                        return Ok(false);
                    }
                    unit.accounts().insert(stored).await?;
                    unit.begin_session(session).await?;
                    let mut record = application.record(scene.clone(), now);
                    let created_as = CreatedAs::Role(stored.role);
                    record.succeeded(Event::AccountCreated { created_as })?;
                    record.succeeded(Event::SignInSucceeded { second_factor })?;
                    record.append(unit).await?;
                    Ok(true)
                })
            })
            .await;
        match made {
            Ok(true) => Ok(CreateFirstOwnerOutcome::Created { grant, account: Box::new(account) }),
            Ok(false) | Err(UseCaseError::Store(StoreError::Conflict { what: Conflict::Login })) => {
                Ok(CreateFirstOwnerOutcome::InvalidLink)
            }
            Err(error) => Err(error),
        }
    }
}

async fn is_taken(application: &Application, realm: &Realm) -> Result<bool, UseCaseError> {
    if application.store().is_set_up(realm.id).await? {
        return Ok(true);
    }
    let anybody = AccountFilter::default();
    Ok(application.store().count_listed_accounts(realm.id, &anybody, application.now(), 1).await? > 0)
}

fn context(realm: &Realm) -> SealContext {
    // There is no account yet; the realm stands for it.
    let realm_id = realm.id.as_uuid();
    SealContext {
        realm_id: realm.id,
        account_id: AccountId::from_uuid(realm_id),
        row_id: realm_id,
        purpose: SealPurpose::SetUpLink,
    }
}

async fn is_good(
    application: &Application,
    realm: &Realm,
    token: &SecretString,
    now: Timestamp,
) -> Result<bool, UseCaseError> {
    let says = application.open_link(&context(realm), token, (now, LINK_SECONDS)).await?;
    Ok(says.is_some_and(|says| says.is_empty()))
}
