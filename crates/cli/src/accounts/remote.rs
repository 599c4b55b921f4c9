use async_trait::async_trait;
use countersign_application::{Login, Role};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::directory::told;
use super::{AccountDetails, AccountDirectory, AccountOverviewView, AccountQuery, AccountView, NewAccount, Outcome};
use crate::CommandError;
use crate::remote::{Parameters, Remote};

const ACCOUNTS: &str = "/v1/admin/accounts";

impl Remote {
    /// The path of the account with this login. The interface finds by a part of it, so that the exact one is sought
    /// among what it finds; subjects have no login, only a label.
    fn account_path(&self, login: &str) -> Result<String, CommandError> {
        let key = Login::key_of(login);
        let query = Parameters::from([("query", key.clone())]);
        let found = self.all::<AccountOverviewView>(ACCOUNTS, &query)?;
        found
            .into_iter()
            .find(|item| item.subject.is_none() && Login::key_of(&item.account.login) == key)
            .map(|item| format!("{ACCOUNTS}/{}", item.account.id))
            .ok_or_else(|| told::no_account(login, &format!("on {}", self.server())))
    }
}

/// What takes the last owner away is for whoever can make another one: over a server nobody could.
fn operators_only(even_the_last_owner: bool) -> Result<(), CommandError> {
    if even_the_last_owner {
        Err(CommandError::usage("--yes-the-last-owner is for the operator beside the database, and not over a server"))
    } else {
        Ok(())
    }
}

#[async_trait]
impl AccountDirectory for Remote {
    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError> {
        let NewAccount { login, password, password_change_required, role } = account;
        let mut body = json!({ "login": login, "password": password.expose_secret(), "role": role.as_str() });
        if password_change_required {
            body["password_change_required"] = json!(true);
        }
        Ok(self.post(ACCOUNTS, &self.proven(body))?)
    }

    async fn list(&self, query: &AccountQuery) -> Result<Vec<AccountOverviewView>, CommandError> {
        let mut parameters = Parameters::new();
        parameters.extend(query.login.clone().map(|login| ("query", login)));
        parameters.extend(query.role.map(|role| ("role", role.to_string())));
        parameters.extend(query.two_factor.map(|status| ("two_factor", status.to_string())));
        self.all(ACCOUNTS, &parameters)
    }

    async fn load(&self, login: &str) -> Result<AccountDetails, CommandError> {
        Ok(self.get(&self.account_path(login)?, &Parameters::new())?)
    }

    async fn rename(&self, login: &str, new: &str) -> Result<Outcome, CommandError> {
        let body = self.proven(json!({ "login": new }));
        let _: AccountView = self.patch(&self.account_path(login)?, &body)?;
        Ok(told::renamed(login, new))
    }

    async fn set_role(&self, login: &str, role: Role, even_the_last_owner: bool) -> Result<Outcome, CommandError> {
        operators_only(even_the_last_owner)?;
        let body = self.proven(json!({ "role": role.as_str() }));
        let _: AccountView = self.patch(&self.account_path(login)?, &body)?;
        Ok(told::role_set(login, role))
    }

    async fn set_password(
        &self,
        login: &str,
        password: SecretString,
        change_required: bool,
    ) -> Result<Outcome, CommandError> {
        let body = json!({ "password": password.expose_secret(), "password_change_required": change_required });
        let body = self.proven(body);
        let _: AccountView = self.patch(&self.account_path(login)?, &body)?;
        Ok(told::password_set(login))
    }

    async fn set_requirement(&self, login: &str, required: Option<bool>) -> Result<Outcome, CommandError> {
        let body = self.proven(json!({ "two_factor_required": required }));
        let _: AccountView = self.patch(&self.account_path(login)?, &body)?;
        Ok(told::requirement_set(login, required))
    }

    async fn delete(&self, login: &str, even_the_last_owner: bool) -> Result<Outcome, CommandError> {
        operators_only(even_the_last_owner)?;
        self.act(&format!("{}/delete", self.account_path(login)?), &self.proven(json!({})))?;
        Ok(told::deleted(login))
    }

    async fn unlock(&self, login: &str) -> Result<Outcome, CommandError> {
        self.act(&format!("{}/unlock", self.account_path(login)?), &json!({}))?;
        Ok(told::unlocked(login))
    }

    async fn disable_two_factor(&self, login: &str, reason: Option<&str>) -> Result<Outcome, CommandError> {
        let path = format!("{}/two-factor/disable", self.account_path(login)?);
        let body = reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
        match self.post(&path, &self.proven(body)) {
            Ok(outcome) => Ok(outcome),
            Err(refusal) if refusal.is("two_factor_not_enabled") => Ok(told::two_factor_not_enabled(login)),
            Err(refusal) => Err(refusal.into()),
        }
    }
}
