use async_trait::async_trait;
use countersign_application::Role;
use secrecy::SecretString;

use super::{AccountDetails, AccountView, Outcome};
use crate::CommandError;

/// An account that is to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The login it gets.
    pub login: String,
    /// The password it gets.
    pub password: SecretString,
    /// What it may do.
    pub role: Role,
}

/// The accounts of one realm, wherever they are: beside this program, or behind a server.
///
/// Where a login is given and no account has it, the answer is an error that ends with
/// [`Exit::NotFound`](crate::Exit::NotFound).
#[async_trait]
pub trait AccountDirectory: Send + Sync {
    /// Makes an account.
    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError>;

    /// All accounts, oldest first; with `query` those whose login contains it.
    async fn list(&self, query: Option<&str>) -> Result<Vec<AccountView>, CommandError>;

    /// An account with its second factor.
    async fn load(&self, login: &str) -> Result<AccountDetails, CommandError>;

    /// Gives an account a new password.
    async fn set_password(&self, login: &str, password: SecretString) -> Result<Outcome, CommandError>;

    /// Deletes an account.
    async fn delete(&self, login: &str) -> Result<Outcome, CommandError>;

    /// Forgets an account's failed attempts.
    async fn unlock(&self, login: &str) -> Result<Outcome, CommandError>;

    /// Turns an account's second factor off. That it was not on is an outcome without success.
    async fn disable_two_factor(&self, login: &str, reason: Option<&str>) -> Result<Outcome, CommandError>;
}
