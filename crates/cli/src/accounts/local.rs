use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::{AccountFilter, Clock};
use countersign_application::use_cases::{
    CreateAccount, CreateAccountOutcome, DeleteAccount, FindAccount, ListAccounts, ResetTwoFactor,
    ResetTwoFactorOutcome, SetPassword, SetPasswordOutcome, UnlockAccount,
};
use countersign_application::{Actor, Administration, Application, Origin, PageRequest, RealmSlug};
use secrecy::SecretString;

use super::{AccountDetails, AccountDirectory, AccountView, NewAccount, Outcome};
use crate::CommandError;

/// The accounts beside this program. Whoever can read the database is its operator, and acts as such.
pub struct LocalAccounts {
    application: Application,
    clock: Arc<dyn Clock>,
    realm: RealmSlug,
}

impl LocalAccounts {
    /// The accounts of `realm`.
    #[must_use]
    pub fn new(application: Application, clock: Arc<dyn Clock>, realm: RealmSlug) -> Self {
        Self { application, clock, realm }
    }

    fn administration(&self, login: &str) -> Administration {
        Administration {
            realm: self.realm.clone(),
            login: login.to_owned(),
            actor: Actor::Operator,
            origin: Origin::default(),
        }
    }

    fn no_account(&self, login: &str) -> CommandError {
        CommandError::not_found(format!("there is no account {login:?} in the realm {}", self.realm))
            .advise("`countersign account list` shows those there are")
    }

    fn no_realm(&self) -> CommandError {
        CommandError::not_found(format!("there is no realm {}", self.realm))
    }
}

#[async_trait]
impl AccountDirectory for LocalAccounts {
    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError> {
        let login = account.login.clone();
        let create = CreateAccount {
            realm: self.realm.clone(),
            login: account.login,
            password: Some(account.password),
            role: account.role,
            actor: Actor::Operator,
            origin: Origin::default(),
        };
        match create.execute(&self.application).await? {
            CreateAccountOutcome::Created(account) => Ok(AccountView::new(self.realm.as_str(), &account)),
            CreateAccountOutcome::LoginTaken => {
                Err(CommandError::refused(format!("the login {login:?} is taken in the realm {}", self.realm)))
            }
            CreateAccountOutcome::InvalidLogin(rule) => Err(CommandError::refused(format!("the login {rule}"))),
            CreateAccountOutcome::UnfitPassword(rule) => Err(CommandError::refused(format!("the password {rule}"))),
            CreateAccountOutcome::UnknownRealm => Err(self.no_realm()),
        }
    }

    async fn list(&self, query: Option<&str>) -> Result<Vec<AccountView>, CommandError> {
        let filter = AccountFilter { query: query.map(str::to_owned), role: None };
        let mut page = PageRequest::first();
        let mut accounts = Vec::new();
        loop {
            let list = ListAccounts { realm: self.realm.clone(), filter: filter.clone(), page };
            let found = list.execute(&self.application).await?.ok_or_else(|| self.no_realm())?;
            accounts.extend(found.items.iter().map(|account| AccountView::new(self.realm.as_str(), account)));
            match found.next {
                Some(last) => page.after = Some(last),
                None => return Ok(accounts),
            }
        }
    }

    async fn load(&self, login: &str) -> Result<AccountDetails, CommandError> {
        let find = FindAccount { realm: self.realm.clone(), login: login.to_owned() };
        let (realm, account, factor) = find.execute(&self.application).await?.ok_or_else(|| self.no_account(login))?;
        Ok(AccountDetails::new(&realm, &account, &factor, self.clock.now()))
    }

    async fn set_password(&self, login: &str, password: SecretString) -> Result<Outcome, CommandError> {
        let set = SetPassword { administration: self.administration(login), password };
        match set.execute(&self.application).await? {
            SetPasswordOutcome::Changed => Ok(Outcome::success(format!(
                "The new password of {login} holds; sessions and trusted devices of the account were ended."
            ))),
            SetPasswordOutcome::NotFound => Err(self.no_account(login)),
            SetPasswordOutcome::Unfit(rule) => Err(CommandError::refused(format!("the password {rule}"))),
        }
    }

    async fn delete(&self, login: &str) -> Result<Outcome, CommandError> {
        let delete = DeleteAccount { administration: self.administration(login) };
        if delete.execute(&self.application).await? {
            Ok(Outcome::success(format!("The account {login} was deleted; its audit events were kept.")))
        } else {
            Err(self.no_account(login))
        }
    }

    async fn unlock(&self, login: &str) -> Result<Outcome, CommandError> {
        let unlock = UnlockAccount { administration: self.administration(login) };
        if unlock.execute(&self.application).await? {
            Ok(Outcome::success(format!("The failed attempts of {login} were forgotten.")))
        } else {
            Err(self.no_account(login))
        }
    }

    async fn disable_two_factor(&self, login: &str, reason: Option<&str>) -> Result<Outcome, CommandError> {
        let reset = ResetTwoFactor { administration: self.administration(login), reason: reason.map(str::to_owned) };
        match reset.execute(&self.application).await? {
            ResetTwoFactorOutcome::Disabled => Ok(Outcome::success(format!(
                "Two-factor authentication of {login} was disabled; all sessions of the account were ended."
            ))),
            ResetTwoFactorOutcome::NotEnabled => {
                Ok(Outcome::failure(format!("Two-factor authentication of {login} was not enabled.")))
            }
            ResetTwoFactorOutcome::NotFound => Err(self.no_account(login)),
        }
    }
}
