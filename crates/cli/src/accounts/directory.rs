use async_trait::async_trait;
use countersign_application::{Role, TwoFactorStatus};
use secrecy::SecretString;

use super::{AccountDetails, AccountOverviewView, AccountView, Outcome};
use crate::CommandError;

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

/// Which accounts are asked for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountQuery {
    /// Part of the login, in any case.
    pub login: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// The state of their second factor.
    pub two_factor: Option<TwoFactorStatus>,
}

/// The accounts of one realm, wherever they are: beside this program, or behind a server.
///
/// Where a login is given and no account has it, the answer is an error that ends with
/// [`Exit::NotFound`](crate::Exit::NotFound).
#[async_trait]
pub trait AccountDirectory: Send + Sync {
    /// Makes an account.
    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError>;

    /// All accounts that `query` asks for, oldest first.
    async fn list(&self, query: &AccountQuery) -> Result<Vec<AccountOverviewView>, CommandError>;

    /// An account with its second factor.
    async fn load(&self, login: &str) -> Result<AccountDetails, CommandError>;

    /// Gives an account another login. Everything else of it stays.
    async fn rename(&self, login: &str, new: &str) -> Result<Outcome, CommandError>;

    /// Gives an account another role; the last owner only if that is said.
    async fn set_role(&self, login: &str, role: Role, even_the_last_owner: bool) -> Result<Outcome, CommandError>;

    /// Gives an account a new password, which has to be changed at the next sign-in where `change_required` says so.
    async fn set_password(
        &self,
        login: &str,
        password: SecretString,
        change_required: bool,
    ) -> Result<Outcome, CommandError>;

    /// Marks whether a second factor is required of an account; `None` for as the policy says.
    async fn set_requirement(&self, login: &str, required: Option<bool>) -> Result<Outcome, CommandError>;

    /// Deletes an account; the last owner only if that is said.
    async fn delete(&self, login: &str, even_the_last_owner: bool) -> Result<Outcome, CommandError>;

    /// Forgets an account's failed attempts.
    async fn unlock(&self, login: &str) -> Result<Outcome, CommandError>;

    /// Turns an account's second factor off. That it was not on is an outcome without success.
    async fn disable_two_factor(&self, login: &str, reason: Option<&str>) -> Result<Outcome, CommandError>;
}

/// What came of an act on an account, in the same words wherever the account is.
pub(super) mod told {
    use countersign_application::Role;

    use crate::{CommandError, Outcome};

    pub(in crate::accounts) fn renamed(login: &str, new: &str) -> Outcome {
        Outcome::success(format!("{login} signs in as {new} from now on; everything else of the account is as it was."))
    }

    pub(in crate::accounts) fn role_set(login: &str, role: Role) -> Outcome {
        Outcome::success(format!("The role of {login} is {role} from now on."))
    }

    pub(in crate::accounts) fn password_set(login: &str) -> Outcome {
        Outcome::success(format!(
            "The new password of {login} holds; sessions and trusted devices of the account were ended."
        ))
    }

    pub(in crate::accounts) fn requirement_set(login: &str, required: Option<bool>) -> Outcome {
        Outcome::success(match required {
            Some(true) => format!("{login} has to have a second factor from now on, whatever the policy says."),
            Some(false) => format!("{login} need not have a second factor from now on, whatever the policy says."),
            None => format!("Whether {login} has to have a second factor, the policy says from now on."),
        })
    }

    pub(in crate::accounts) fn deleted(login: &str) -> Outcome {
        Outcome::success(format!("The account {login} was deleted; its audit events were kept."))
    }

    pub(in crate::accounts) fn unlocked(login: &str) -> Outcome {
        Outcome::success(format!("The failed attempts of {login} were forgotten."))
    }

    pub(in crate::accounts) fn two_factor_not_enabled(login: &str) -> Outcome {
        Outcome::failure(format!("Two-factor authentication of {login} was not enabled."))
    }

    pub(in crate::accounts) fn no_account(login: &str, place: &str) -> CommandError {
        CommandError::not_found(format!("there is no account {login:?} {place}"))
            .advise("`countersign account list` shows those there are")
    }
}
