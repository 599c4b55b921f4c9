use async_trait::async_trait;
use countersign_application::ports::AccountFilter;
use countersign_application::text::{Remark, SearchText};
use countersign_application::use_cases::{
    CreateAccount, CreateAccountOutcome, DeleteAccount, FindAccount, ListAccounts, ResetTwoFactor,
    ResetTwoFactorOutcome, UnlockAccount, UpdateAccount, UpdateAccountOutcome,
};
use countersign_application::{AdministrationDenial, Authority, GivenProof, Origin, PageRequest, Role, Target};
use secrecy::SecretString;

use super::directory::told;
use super::{AccountDetails, AccountDirectory, AccountOverviewView, AccountQuery, AccountView, NewAccount, Outcome};
use crate::{CommandError, Local};

impl Local {
    fn denied(&self, login: &str, denial: AdministrationDenial) -> CommandError {
        match denial {
            AdministrationDenial::NotFound => self.no_account(login),
            denial => denial.into(),
        }
    }

    fn no_account(&self, login: &str) -> CommandError {
        told::no_account(login, &format!("in the realm {}", self.realm))
    }

    fn login_taken(&self, login: &str) -> CommandError {
        CommandError::refused(format!("the login {login:?} is taken in the realm {}", self.realm))
    }

    async fn update(&self, login: &str, change: Change) -> Result<(), CommandError> {
        let mut update = UpdateAccount {
            administration: self.administration(login),
            login: None,
            role: None,
            password: None,
            disabled: None,
            two_factor_required: None,
            password_change_required: None,
            even_the_last_owner: false,
            proof: GivenProof::default(),
        };
        let mut taken = login.to_owned();
        match change {
            Change::Login(new) => {
                taken.clone_from(&new);
                update.login = Some(new);
            }
            Change::Role(role, even_the_last_owner) => {
                update.role = Some(role);
                update.even_the_last_owner = even_the_last_owner;
            }
            Change::Password(password, change_required) => {
                update.password = Some(password);
                update.password_change_required = Some(change_required);
            }
            Change::Requirement(required) => update.two_factor_required = Some(required),
        }
        match update.execute(&self.application).await? {
            UpdateAccountOutcome::Updated(_) => Ok(()),
            UpdateAccountOutcome::Denied(denial) => Err(self.denied(login, denial)),
            UpdateAccountOutcome::LoginTaken => Err(self.login_taken(&taken)),
            UpdateAccountOutcome::InvalidLogin(rule) => Err(CommandError::refused(format!("the login {rule}"))),
            UpdateAccountOutcome::SubjectHasNoLogin => {
                Err(CommandError::refused("this account is a subject: what it is called is the application's to say"))
            }
            UpdateAccountOutcome::UnfitPassword(rule) => Err(CommandError::refused(format!("the password {rule}"))),
        }
    }
}

/// What changes of an account.
enum Change {
    Login(String),
    /// With whether that may leave the realm without an owner.
    Role(Role, bool),
    /// A new one, and whether it has to be changed.
    Password(SecretString, bool),
    Requirement(Option<bool>),
}

#[async_trait]
impl AccountDirectory for Local {
    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError> {
        let login = account.login.clone();
        let create = CreateAccount {
            realm: self.realm.clone(),
            login: account.login,
            password: Some(account.password),
            password_change_required: account.password_change_required,
            role: account.role,
            authority: Authority::Operator,
            proof: GivenProof::default(),
            origin: Origin::default(),
        };
        match create.execute(&self.application).await? {
            CreateAccountOutcome::Created(account) => Ok(AccountView::new(self.realm.as_str(), &account)),
            CreateAccountOutcome::LoginTaken => Err(self.login_taken(&login)),
            CreateAccountOutcome::InvalidLogin(rule) => Err(CommandError::refused(format!("the login {rule}"))),
            CreateAccountOutcome::UnfitPassword(rule) => Err(CommandError::refused(format!("the password {rule}"))),
            CreateAccountOutcome::UnknownRealm => Err(self.no_realm()),
            CreateAccountOutcome::OwnersOnly => Err(AdministrationDenial::OwnersOnly.into()),
            CreateAccountOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
        }
    }

    async fn list(&self, query: &AccountQuery) -> Result<Vec<AccountOverviewView>, CommandError> {
        let sought = query.login.as_deref().map(SearchText::new).transpose();
        let sought = sought.map_err(|rule| CommandError::refused(format!("the text to look for {rule}")))?;
        let filter = AccountFilter {
            query: sought.map(|text| text.as_str().to_owned()),
            role: query.role,
            two_factor: query.two_factor,
        };
        let mut page = PageRequest::first();
        let mut accounts = Vec::new();
        loop {
            let list = ListAccounts { realm: self.realm.clone(), filter: filter.clone(), page };
            let (realm, found) = list.execute(&self.application).await?.ok_or_else(|| self.no_realm())?;
            let now = self.application.now();
            accounts.extend(found.items.iter().map(|account| AccountOverviewView::new(&realm, account, now)));
            match found.next {
                Some(last) => page.after = Some(last),
                None => return Ok(accounts),
            }
        }
    }

    async fn load(&self, login: &str) -> Result<AccountDetails, CommandError> {
        let find = FindAccount { realm: self.realm.clone(), target: Target::Login(login.to_owned()) };
        let (realm, account, factor) = find.execute(&self.application).await?.ok_or_else(|| self.no_account(login))?;
        Ok(AccountDetails::new(&realm, &account, &factor, self.application.now()))
    }

    async fn rename(&self, login: &str, new: &str) -> Result<Outcome, CommandError> {
        self.update(login, Change::Login(new.to_owned())).await?;
        Ok(told::renamed(login, new))
    }

    async fn set_role(&self, login: &str, role: Role, even_the_last_owner: bool) -> Result<Outcome, CommandError> {
        self.update(login, Change::Role(role, even_the_last_owner)).await?;
        Ok(told::role_set(login, role))
    }

    async fn set_password(
        &self,
        login: &str,
        password: SecretString,
        change_required: bool,
    ) -> Result<Outcome, CommandError> {
        self.update(login, Change::Password(password, change_required)).await?;
        Ok(told::password_set(login))
    }

    async fn set_requirement(&self, login: &str, required: Option<bool>) -> Result<Outcome, CommandError> {
        self.update(login, Change::Requirement(required)).await?;
        Ok(told::requirement_set(login, required))
    }

    async fn delete(&self, login: &str, even_the_last_owner: bool) -> Result<Outcome, CommandError> {
        let (administration, proof) = (self.administration(login), GivenProof::default());
        let delete = DeleteAccount { administration, even_the_last_owner, proof };
        delete.execute(&self.application).await?.map_err(|denial| self.denied(login, denial))?;
        Ok(told::deleted(login))
    }

    async fn unlock(&self, login: &str) -> Result<Outcome, CommandError> {
        let unlock = UnlockAccount { administration: self.administration(login) };
        unlock.execute(&self.application).await?.map_err(|denial| self.denied(login, denial))?;
        Ok(told::unlocked(login))
    }

    async fn disable_two_factor(&self, login: &str, reason: Option<&str>) -> Result<Outcome, CommandError> {
        let reason = reason.map(Remark::new).transpose();
        let reason = reason.map_err(|rule| CommandError::refused(format!("the reason {rule}")))?;
        let (administration, proof) = (self.administration(login), GivenProof::default());
        let reset = ResetTwoFactor { administration, reason, proof };
        match reset.execute(&self.application).await? {
            ResetTwoFactorOutcome::Disabled { login } => Ok(Outcome::success(ResetTwoFactorOutcome::message(&login))),
            ResetTwoFactorOutcome::NotEnabled => Ok(told::two_factor_not_enabled(login)),
            ResetTwoFactorOutcome::Denied(denial) => Err(self.denied(login, denial)),
        }
    }
}
