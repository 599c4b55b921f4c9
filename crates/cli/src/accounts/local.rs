use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::account::{
    Account, AccountCursor, AccountName, AccountPart, ActOnSeveral, ActOnSeveralOutcome, CreateAccount,
    CreateAccountOutcome, DeleteAccount, FindAccount, FindNamedAccounts, IssuePasswordLink, IssuePasswordLinkOutcome,
    ListAccounts, Several, SeveralAct, UnlockAccount, UpdateAccount, UpdateAccountOutcome, WantedAccounts,
};
use countersign_application::administration::{AdministrationDenial, Administrator};
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::text::{Remark, SearchText};
use countersign_application::verification::GivenProof;
use countersign_wire::{AccountDetails, AccountOverviewView, AccountView, List, PasswordLinkView, SeveralView};

use super::{AccountChange, AccountDirectory, AccountQuery, NewAccount};
use crate::{CommandError, Local, Part};

impl Local {
    /// The operator, and the account that something is done to.
    async fn operator_on(&self, account: AccountId) -> Result<(Administrator, Account), CommandError> {
        let operator = self.operator().await?;
        let account = operator.account(&self.application, account).await?;
        Ok((operator, account.ok_or(AdministrationDenial::NotFound)?))
    }

    fn login_taken(&self, login: &str) -> CommandError {
        CommandError::refused(format!("the login {login:?} is taken in the realm {}", self.realm))
    }
}

fn remark(reason: Option<&str>) -> Result<Option<Remark>, CommandError> {
    let reason = reason.map(Remark::new).transpose();
    reason.map_err(|rule| CommandError::refused(format!("the reason {rule}")))
}

#[async_trait]
impl AccountDirectory for Local {
    fn whereabouts(&self) -> String {
        format!("in the realm {}", self.realm)
    }

    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError> {
        let login = account.login.clone();
        let create = CreateAccount {
            login: account.login,
            password: Some(account.password),
            password_change_required: account.password_change_required,
            role: account.role,
            proof: GivenProof::default(),
        };
        match create.execute(&self.application, &self.operator().await?).await? {
            CreateAccountOutcome::Created(account) => Ok(AccountView::new(self.realm.as_str(), &account)),
            CreateAccountOutcome::LoginTaken => Err(self.login_taken(&login)),
            CreateAccountOutcome::InvalidLogin(rule) => Err(CommandError::refused(format!("the login {rule}"))),
            CreateAccountOutcome::UnfitPassword(rule) => Err(CommandError::refused(format!("the password {rule}"))),
            CreateAccountOutcome::OwnersOnly => Err(AdministrationDenial::OwnersOnly.into()),
            CreateAccountOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
        }
    }

    async fn page(&self, query: &AccountQuery, part: &Part) -> Result<List<AccountOverviewView>, CommandError> {
        let sought = query.wanted.query.as_deref().map(SearchText::new).transpose();
        let sought = sought.map_err(|rule| CommandError::refused(format!("the text to look for {rule}")))?;
        let query_text = sought.map(|text| text.as_str().to_owned());
        let wanted = WantedAccounts { query: query_text, ..query.wanted.clone() };
        let from = part.cursor.as_deref().and_then(|cursor| AccountCursor::parse(cursor, query.order));
        let part = AccountPart { order: query.order, limit: part.limit, from };
        let realm = self.found().await?;
        let listed = ListAccounts { wanted, part, counting: false }.execute(&self.application, &realm).await?;
        let now = self.application.now();
        let items = listed.page.items.iter().map(|account| AccountOverviewView::new(&realm, account, now)).collect();
        Ok(List { items, next_cursor: listed.page.next.map(|cursor| cursor.to_string()) })
    }

    async fn named(&self, name: &AccountName) -> Result<Vec<AccountOverviewView>, CommandError> {
        let realm = self.found().await?;
        let found = FindNamedAccounts { name: name.clone() }.execute(&self.application, &realm).await?;
        let now = self.application.now();
        Ok(found.iter().map(|account| AccountOverviewView::new(&realm, account, now)).collect())
    }

    async fn load(&self, account: AccountId) -> Result<AccountDetails, CommandError> {
        let realm = self.found().await?;
        let found = FindAccount { account }.execute(&self.application, &realm).await?;
        let (account, factor) = found.ok_or(AdministrationDenial::NotFound)?;
        Ok(AccountDetails::new(&realm, &account, &factor, self.application.now()))
    }

    async fn update(&self, account: AccountId, change: AccountChange) -> Result<(), CommandError> {
        let AccountChange { login, role, password, password_change_required, two_factor_required, even_the_last_owner } =
            change;
        let update = UpdateAccount {
            login: login.clone(),
            role,
            password,
            two_factor_required,
            password_change_required,
            even_the_last_owner,
            ..UpdateAccount::default()
        };
        let (by, account) = self.operator_on(account).await?;
        match update.execute(&self.application, &by, &account).await? {
            UpdateAccountOutcome::Updated(_) => Ok(()),
            UpdateAccountOutcome::Denied(denial) => Err(denial.into()),
            UpdateAccountOutcome::LoginTaken => Err(self.login_taken(&login.unwrap_or_default())),
            UpdateAccountOutcome::InvalidLogin(rule) => Err(CommandError::refused(format!("the login {rule}"))),
            UpdateAccountOutcome::NotOfASubject(field) => {
                Err(CommandError::refused(format!("{field} {}", UpdateAccountOutcome::NOT_OF_A_SUBJECT)))
            }
            UpdateAccountOutcome::UnfitPassword(rule) => Err(CommandError::refused(format!("the password {rule}"))),
        }
    }

    async fn password_link(&self, account: AccountId) -> Result<PasswordLinkView, CommandError> {
        let issue = IssuePasswordLink { proof: GivenProof::default() };
        let (by, account) = self.operator_on(account).await?;
        match issue.execute(&self.application, &by, &account).await? {
            IssuePasswordLinkOutcome::Issued(link) => Ok(PasswordLinkView::new(&link)),
            IssuePasswordLinkOutcome::Denied(denial) => Err(denial.into()),
            IssuePasswordLinkOutcome::NotOfASubject => {
                Err(CommandError::refused(IssuePasswordLinkOutcome::NOT_OF_A_SUBJECT))
            }
        }
    }

    async fn delete(
        &self,
        account: AccountId,
        reason: Option<&str>,
        even_the_last_owner: bool,
    ) -> Result<(), CommandError> {
        let delete = DeleteAccount { reason: remark(reason)?, even_the_last_owner, proof: GivenProof::default() };
        let (by, account) = self.operator_on(account).await?;
        Ok(delete.execute(&self.application, &by, &account).await??)
    }

    async fn act_on_several(&self, act: SeveralAct, accounts: Vec<AccountId>) -> Result<SeveralView, CommandError> {
        let (several, proof) = (Several::These(accounts), GivenProof::default());
        let act = ActOnSeveral { act, several, expected: None, proof };
        match act.execute(&self.application, &self.operator().await?).await? {
            ActOnSeveralOutcome::Done(done) => Ok(done.into()),
            ActOnSeveralOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
            ActOnSeveralOutcome::Changed(_) => Err(CommandError::refused("the accounts have changed meanwhile")),
        }
    }

    async fn unlock(&self, account: AccountId) -> Result<(), CommandError> {
        let (by, account) = self.operator_on(account).await?;
        Ok(UnlockAccount.execute(&self.application, &by, &account).await??)
    }

    async fn disable_two_factor(&self, account: AccountId, reason: Option<&str>) -> Result<bool, CommandError> {
        let reset = ResetTwoFactor { reason: remark(reason)?, proof: GivenProof::default() };
        let (by, account) = self.operator_on(account).await?;
        match reset.execute(&self.application, &by, &account).await? {
            ResetTwoFactorOutcome::Disabled { .. } => Ok(true),
            ResetTwoFactorOutcome::NotEnabled => Ok(false),
            ResetTwoFactorOutcome::Denied(denial) => Err(denial.into()),
        }
    }
}
