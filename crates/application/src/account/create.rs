//! Making accounts.

use secrecy::SecretString;

use crate::account::{Account, Login, LoginError, NewPasswordError, Role};
use crate::administration::Administrator;
use crate::audit::{AuditScene, CreatedAs, Event};
use crate::ports::{Conflict, StoreError, UnitOfWork};
use crate::verification::{GivenProof, ProofDenial};
use crate::{AccountId, Application, RealmId, UseCaseError};

/// Makes an account.
#[derive(Clone, Debug)]
pub struct CreateAccount {
    /// The login it gets.
    pub login: String,
    /// The password it gets; without one nobody can sign in until one is set.
    pub password: Option<SecretString>,
    /// Whether it has to change that password at the first sign-in, before anything else.
    pub password_change_required: bool,
    /// What it may do.
    pub role: Role,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum CreateAccountOutcome {
    /// The account.
    Created(Box<Account>),
    /// The login is taken in the realm.
    LoginTaken,
    /// The login breaks a rule.
    InvalidLogin(LoginError),
    /// The password breaks a rule.
    UnfitPassword(NewPasswordError),
    /// Only an owner may make an owner, and only an operator an operator, in the realm `default`.
    OwnersOnly,
    /// The administrator's own proof was not taken.
    Unproven(ProofDenial),
}

impl CreateAccount {
    /// # Errors
    /// A port failed; no account was made.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
    ) -> Result<CreateAccountOutcome, UseCaseError> {
        let now = application.now();
        let login = match Login::new(&self.login) {
            Ok(login) => login,
            Err(error) => return Ok(CreateAccountOutcome::InvalidLogin(error)),
        };
        if !by.may_grant(self.role) {
            return Ok(CreateAccountOutcome::OwnersOnly);
        }
        let realm = &by.realm;
        if application.find_by_login(realm.id, login.as_str()).await?.is_some() {
            return Ok(CreateAccountOutcome::LoginTaken);
        }
        // The proof first: looking at a password that someone made for it is slow.
        let confirmed = match application.confirm(by, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(CreateAccountOutcome::Unproven(denial)),
        };
        let behalf = by.authority.behalf(&by.origin);
        let password_hash = match self.password.clone() {
            None => None,
            Some(password) => match application.hash_if_fit(password, realm, &login, &behalf).await? {
                Ok(hash) => Some(hash),
                Err(unfit) => return Ok(CreateAccountOutcome::UnfitPassword(unfit)),
            },
        };
        let id = AccountId::new(now, 0, application.random()?);
        let account = Account {
            role: self.role,
            password_hash,
            password_change_required: self.password_change_required,
            ..Account::new(id, realm.id, login, now)
        };
        let scene = AuditScene::new(realm, &account, confirmed.actor(), &by.origin);
        let (stored, scene) = (&account, &scene);
        let made = application
            .transact(|unit| {
                Box::pin(async move {
                    refuse_an_older_key(unit, stored.realm_id, &stored.login).await?;
                    unit.accounts().insert(stored).await?;
                    if stored.role.administers_everyone() {
                        unit.realms().mark_set_up(stored.realm_id, now).await?;
                    }
                    let mut record = application.record(scene.clone(), now);
                    let created_as = CreatedAs::Role(stored.role);
                    record.succeeded(Event::AccountCreated { created_as })?;
                    record.append(unit).await
                })
            })
            .await;
        match made {
            Ok(()) => Ok(CreateAccountOutcome::Created(Box::new(account))),
            Err(UseCaseError::Store(StoreError::Conflict { what: Conflict::Login })) => {
                Ok(CreateAccountOutcome::LoginTaken)
            }
            Err(error) => Err(error),
        }
    }
}

/// Refuses a login whose older key an account has kept: both would be typed alike, and one of them never found.
pub(crate) async fn refuse_an_older_key(
    unit: &mut dyn UnitOfWork,
    realm: RealmId,
    login: &Login,
) -> Result<(), UseCaseError> {
    if let Some(older) = Login::older_key_of(login.as_str())
        && unit.accounts().find_by_login(realm, &older).await?.is_some()
    {
        return Err(StoreError::Conflict { what: Conflict::Login }.into());
    }
    Ok(())
}
