use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::account::{AccountName, Login, SeveralAct, WantedAccounts};
use countersign_wire::{AccountDetails, AccountOverviewView, AccountView, List, PasswordLinkView, SeveralView};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{AccountChange, AccountDirectory, AccountQuery, NewAccount};
use crate::remote::{Parameters, Remote};
use crate::{CommandError, Part};

const ACCOUNTS: &str = "/v1/admin/accounts";

fn path(id: AccountId, what: &str) -> String {
    format!("{ACCOUNTS}/{id}{what}")
}

/// What takes the last owner away is for whoever can make another one: over a server nobody could.
fn operators_only(even_the_last_owner: bool) -> Result<(), CommandError> {
    if even_the_last_owner {
        Err(CommandError::usage("--yes-the-last-owner is for the operator beside the database, and not over a server"))
    } else {
        Ok(())
    }
}

fn reasoned(reason: Option<&str>) -> Value {
    reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }))
}

/// Whether this is an answer to who goes by a name. A server that does not know the question lists everyone.
fn goes_by(item: &AccountOverviewView, name: &AccountName) -> bool {
    let is_subject = item.subject.as_deref() == Some(name.as_str());
    match name {
        AccountName::Subject(_) => is_subject,
        AccountName::Any(typed) => {
            let has_id = name.id().is_some_and(|id| item.account.id == id.to_string());
            let has_login = item.subject.is_none() && Login::key_of(&item.account.login) == Login::key_of(typed);
            is_subject || has_id || has_login
        }
    }
}

/// Which accounts are asked for, as the API takes it.
fn parameters_of(wanted: &WantedAccounts) -> Parameters {
    let WantedAccounts { query, two_factor, role, disabled, waiting, never_signed_in, required_but_missing } = wanted;
    let mut parameters = Parameters::new();
    parameters.extend(query.clone().map(|text| ("query", text)));
    parameters.extend(role.map(|role| ("role", role.to_string())));
    parameters.extend(two_factor.map(|status| ("two_factor", status.to_string())));
    parameters.extend(disabled.map(|disabled| ("disabled", disabled.to_string())));
    let only =
        [("waiting", *waiting), ("never_signed_in", *never_signed_in), ("required_but_missing", *required_but_missing)];
    parameters.extend(only.into_iter().filter(|(_, only)| *only).map(|(name, only)| (name, only.to_string())));
    parameters
}

#[async_trait]
impl AccountDirectory for Remote {
    fn whereabouts(&self) -> String {
        format!("on {}", self.server())
    }

    async fn create(&self, account: NewAccount) -> Result<AccountView, CommandError> {
        let NewAccount { login, password, password_change_required, role } = account;
        let mut body = json!({ "login": login, "password": password.expose_secret(), "role": role.as_str() });
        if password_change_required {
            body["password_change_required"] = json!(true);
        }
        Ok(self.post(ACCOUNTS, &self.proven(body))?)
    }

    async fn page(&self, query: &AccountQuery, part: &Part) -> Result<List<AccountOverviewView>, CommandError> {
        let mut parameters = parameters_of(&query.wanted);
        parameters.push(("sort", query.order.to_string()));
        parameters.push(("count", "false".to_owned()));
        self.page_of(ACCOUNTS, parameters, part)
    }

    async fn named(&self, name: &AccountName) -> Result<Vec<AccountOverviewView>, CommandError> {
        let parameter = match name {
            AccountName::Any(_) => "name",
            AccountName::Subject(_) => "subject",
        };
        let List { items, .. } = self.get(ACCOUNTS, &Parameters::from([(parameter, name.as_str().to_owned())]))?;
        if items.iter().all(|item| goes_by(item, name)) { Ok(items) } else { Err(self.not_parsed()) }
    }

    async fn load(&self, id: AccountId) -> Result<AccountDetails, CommandError> {
        Ok(self.get(&path(id, ""), &Parameters::new())?)
    }

    async fn update(&self, id: AccountId, change: AccountChange) -> Result<(), CommandError> {
        operators_only(change.even_the_last_owner)?;
        let fields = [
            ("login", change.login.map(Value::from)),
            ("role", change.role.map(|role| role.as_str().into())),
            ("password", change.password.map(|password| password.expose_secret().into())),
            ("password_change_required", change.password_change_required.map(Value::from)),
            ("two_factor_required", change.two_factor_required.map(Value::from)),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let _: AccountView = self.patch(&path(id, ""), &self.proven(Value::Object(given.collect())))?;
        Ok(())
    }

    async fn password_link(&self, id: AccountId) -> Result<PasswordLinkView, CommandError> {
        Ok(self.post(&path(id, "/password-link"), &self.proven(json!({})))?)
    }

    async fn delete(&self, id: AccountId, reason: Option<&str>, even_the_last_owner: bool) -> Result<(), CommandError> {
        operators_only(even_the_last_owner)?;
        Ok(self.act(&path(id, "/delete"), &self.proven(reasoned(reason)))?)
    }

    async fn act_on_several(&self, act: SeveralAct, accounts: Vec<AccountId>) -> Result<SeveralView, CommandError> {
        let accounts: Vec<String> = accounts.iter().map(ToString::to_string).collect();
        Ok(self.post(&format!("{ACCOUNTS}/bulk"), &self.proven(json!({ "act": act.as_str(), "accounts": accounts })))?)
    }

    async fn unlock(&self, id: AccountId) -> Result<(), CommandError> {
        Ok(self.act(&path(id, "/unlock"), &json!({}))?)
    }

    async fn disable_two_factor(&self, id: AccountId, reason: Option<&str>) -> Result<bool, CommandError> {
        match self.act(&path(id, "/two-factor/disable"), &self.proven(reasoned(reason))) {
            Ok(()) => Ok(true),
            Err(refusal) if refusal.is("two_factor_not_enabled") => Ok(false),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_wire::Moment;

    use super::*;

    fn item(id: &str, login: &str, subject: Option<&str>) -> AccountOverviewView {
        AccountOverviewView {
            account: AccountView {
                id: id.to_owned(),
                realm: "default".to_owned(),
                login: login.to_owned(),
                role: "member".to_owned(),
                two_factor_enabled: false,
                password_change_required: false,
                created_at: Moment(countersign_application::Timestamp::from_unix_seconds(0)),
            },
            two_factor: "disabled".to_owned(),
            throttled_for_seconds: None,
            last_sign_in_at: None,
            disabled: false,
            two_factor_required: None,
            subject: subject.map(str::to_owned),
        }
    }

    #[test]
    fn an_answer_that_lists_everyone_names_nobody() {
        let id = "01890000-0000-7000-8000-000000000000";
        let (kim, user) = (item(id, "Kim@example.org", None), item(id, "Kim", Some("user-42")));
        let any = |text: &str| AccountName::Any(text.to_owned());
        for name in [any("KIM@example.org"), any(id), any(&id.to_uppercase())] {
            assert!(goes_by(&kim, &name), "{name:?}");
        }
        for name in [any("user-42"), AccountName::Subject("user-42".to_owned()), any(id)] {
            assert!(goes_by(&user, &name), "{name:?}");
        }
        for name in [any("lee"), any("user-42"), AccountName::Subject("Kim@example.org".to_owned())] {
            assert!(!goes_by(&kim, &name), "{name:?}");
        }
        // A label is no name.
        assert!(!goes_by(&user, &any("Kim")) && !goes_by(&user, &any("USER-42")));
    }
}
