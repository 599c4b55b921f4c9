use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::account::{AccountName, AccountOrder, Role, SeveralAct, WantedAccounts};
use countersign_wire::{AccountDetails, AccountOverviewView, AccountView, List, PasswordLinkView, SeveralView};
use secrecy::SecretString;

use crate::{CommandError, Part};

/// An account that is to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The login it gets.
    pub login: String,
    /// The password it gets.
    pub password: SecretString,
    /// Whether it has to change that password at the first sign-in.
    pub password_change_required: bool,
    /// What it may do.
    pub role: Role,
}

/// Which accounts are asked for, in which order.
#[derive(Clone, Debug)]
pub struct AccountQuery {
    /// Which.
    pub wanted: WantedAccounts,
    /// The order.
    pub order: AccountOrder,
}

/// A change of an account. What is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// The login it has from now on.
    pub login: Option<String>,
    /// What it may do from now on.
    pub role: Option<Role>,
    /// The password that shall hold from now on.
    pub password: Option<SecretString>,
    /// Whether it has to change its password.
    pub password_change_required: Option<bool>,
    /// Whether a second factor is required of it; `Some(None)` for as the policy says.
    pub two_factor_required: Option<Option<bool>>,
    /// Whether that may leave the realm without an owner.
    pub even_the_last_owner: bool,
}

/// The accounts of one realm, wherever they are: beside this program, or behind a server.
///
/// Where there is no account with an identifier, the answer is an error that ends with
/// [`Exit::NotFound`](crate::Exit::NotFound).
#[async_trait]
pub trait AccountDirectory: Send + Sync {
    /// Where they are, to follow whatever is not there.
    fn whereabouts(&self) -> String;

    /// Makes an account.
    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError>;

    /// A part of the accounts that `query` asks for.
    async fn page(&self, query: &AccountQuery, part: &Part) -> Result<List<AccountOverviewView>, CommandError>;

    /// Whoever goes by a name; several where the name of one is that of another as well.
    async fn named(&self, name: &AccountName) -> Result<Vec<AccountOverviewView>, CommandError>;

    /// An account with its second factor.
    async fn load(&self, id: AccountId) -> Result<AccountDetails, CommandError>;

    /// Changes an account.
    async fn update(&self, id: AccountId, change: AccountChange) -> Result<(), CommandError>;

    /// Makes a link by which someone sets an account's password.
    async fn password_link(&self, id: AccountId) -> Result<PasswordLinkView, CommandError>;

    /// Deletes an account; the last owner only if that is said.
    async fn delete(&self, id: AccountId, reason: Option<&str>, even_the_last_owner: bool) -> Result<(), CommandError>;

    /// Does the same to several accounts.
    async fn act_on_several(&self, act: SeveralAct, accounts: Vec<AccountId>) -> Result<SeveralView, CommandError>;

    /// Forgets an account's failed attempts.
    async fn unlock(&self, id: AccountId) -> Result<(), CommandError>;

    /// Turns an account's second factor off, and says whether it was on.
    async fn disable_two_factor(&self, id: AccountId, reason: Option<&str>) -> Result<bool, CommandError>;
}
