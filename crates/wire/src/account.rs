//! Accounts and subjects.

use countersign_application::Timestamp;
use countersign_application::account::Account;
use countersign_application::realm::{Realm, enrollment_deadline};
use countersign_application::second_factor::{AccountOverview, Authenticator, SecondFactor};
use serde::{Deserialize, Serialize};

use crate::Moment;

/// An account, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccountView {
    /// Its identifier.
    pub id: String,
    /// The short name of its realm.
    pub realm: String,
    /// The e-mail address or user name it signs in with.
    pub login: String,
    /// What it may do.
    pub role: String,
    /// Whether it has an active authenticator.
    pub two_factor_enabled: bool,
    /// Whether its password has to be changed before anything else; left out where it has not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub password_change_required: bool,
    /// When it was made.
    pub created_at: Moment,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks in this form")]
fn is_false(value: &bool) -> bool {
    !value
}

impl AccountView {
    /// An account of the realm with this short name.
    #[must_use]
    pub fn new(realm: &str, account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            realm: realm.to_owned(),
            login: account.login.to_string(),
            role: account.role.to_string(),
            two_factor_enabled: account.two_factor_enabled(),
            password_change_required: account.password_change_required,
            created_at: Moment(account.created_at),
        }
    }
}

/// An account as it is listed, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccountOverviewView {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// The state of its second factor: `enabled`, `disabled` or `pending`.
    pub two_factor: String,
    /// How long codes are not looked at, because of earlier failures.
    pub throttled_for_seconds: Option<u64>,
    /// When a sign-in was last completed.
    pub last_sign_in_at: Option<Moment>,
    /// Whether signing in is refused.
    pub disabled: bool,
    /// Whether a second factor is required of it whatever the policy says; left out for as the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_factor_required: Option<bool>,
    /// In service mode: the application's own identifier of its user.
    pub subject: Option<String>,
}

impl AccountOverviewView {
    /// An account of `realm`, as it is at `now`.
    #[must_use]
    pub fn new(realm: &Realm, overview: &AccountOverview, now: Timestamp) -> Self {
        let account = &overview.account;
        let view = AccountView {
            two_factor_enabled: overview.state.is_enabled(),
            ..AccountView::new(realm.slug.as_str(), account)
        };
        Self {
            account: view,
            two_factor: overview.two_factor().to_string(),
            throttled_for_seconds: overview.state.throttled_for(&realm.policy, now),
            last_sign_in_at: account.last_sign_in_at.map(Moment),
            disabled: account.disabled_at.is_some(),
            two_factor_required: account.two_factor_required,
            subject: account.subject.clone(),
        }
    }
}

/// An authenticator, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AuthenticatorView {
    /// Its identifier.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whether it counts: `pending` or `active`.
    pub status: String,
    /// The hash under the code.
    pub algorithm: String,
    /// The digits of a code.
    pub digits: u8,
    /// How long a code is shown.
    pub period_seconds: u32,
    /// When the enrollment was begun.
    pub created_at: Moment,
    /// When it was confirmed.
    pub confirmed_at: Option<Moment>,
    /// When a code of it was last accepted.
    pub last_used_at: Option<Moment>,
}

impl From<&Authenticator> for AuthenticatorView {
    fn from(authenticator: &Authenticator) -> Self {
        let parameters = authenticator.parameters;
        Self {
            id: authenticator.id.to_string(),
            name: authenticator.name.as_str().to_owned(),
            status: authenticator.status.to_string(),
            algorithm: parameters.algorithm().to_string(),
            digits: parameters.digits().get(),
            period_seconds: parameters.period_seconds(),
            created_at: Moment(authenticator.created_at),
            confirmed_at: authenticator.confirmed_at.map(Moment),
            last_used_at: authenticator.last_used_at.map(Moment),
        }
    }
}

/// An account with its second factor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccountDetails {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// Whether signing in is refused.
    pub disabled: bool,
    /// Whether a second factor is required of it whatever the policy says; left out for as the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_factor_required: Option<bool>,
    /// When a sign-in was last completed.
    pub last_sign_in_at: Option<Moment>,
    /// Its authenticators, pending, active and disabled, oldest first.
    pub authenticators: Vec<AuthenticatorView>,
    /// How codes of them are taken now: `open`, `waiting`, `hardened` or `disabled`; empty from a server that does not say.
    #[serde(default)]
    pub code_state: String,
    /// How many recovery codes can still be redeemed.
    pub recovery_codes_remaining: u32,
    /// How long codes are not looked at, because of earlier failures.
    pub throttled_for_seconds: Option<u64>,
    /// Until when it has to enroll, where the policy requires it.
    pub enrollment_deadline: Option<Moment>,
    /// In service mode: the application's own identifier of its user.
    pub subject: Option<String>,
}

impl AccountDetails {
    /// An account of `realm` with its second factor, as they are at `now`.
    #[must_use]
    pub fn new(realm: &Realm, account: &Account, factor: &SecondFactor, now: Timestamp) -> Self {
        let state = &factor.state;
        // The row that decides may be newer than the account's copy of it.
        let view =
            AccountView { two_factor_enabled: state.is_enabled(), ..AccountView::new(realm.slug.as_str(), account) };
        let counts = |it: &&Authenticator| it.is_shown_at(now);
        Self {
            account: view,
            disabled: account.disabled_at.is_some(),
            two_factor_required: account.two_factor_required,
            last_sign_in_at: account.last_sign_in_at.map(Moment),
            authenticators: factor.authenticators.iter().filter(counts).map(AuthenticatorView::from).collect(),
            code_state: factor.code_state(&realm.policy, now).to_string(),
            recovery_codes_remaining: factor.recovery_codes_remaining(),
            throttled_for_seconds: state.throttled_for(&realm.policy, now),
            enrollment_deadline: enrollment_deadline(&realm.policy, account).map(Moment),
            subject: account.subject.clone(),
        }
    }
}

/// What an act came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Outcome {
    /// Whether it was done.
    pub success: bool,
    /// What was done, or why not.
    pub message: String,
}

impl Outcome {
    /// It was done.
    #[must_use]
    pub fn success(message: impl Into<String>) -> Self {
        Self { success: true, message: message.into() }
    }

    /// It was not done.
    #[must_use]
    pub fn failure(message: impl Into<String>) -> Self {
        Self { success: false, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountView {
        AccountView {
            id: "0190".to_owned(),
            realm: "default".to_owned(),
            login: "kim@example.org".to_owned(),
            role: "member".to_owned(),
            two_factor_enabled: true,
            password_change_required: false,
            created_at: Moment(Timestamp::from_unix_seconds(1_767_225_600)),
        }
    }

    fn details() -> AccountDetails {
        AccountDetails {
            account: account(),
            disabled: false,
            two_factor_required: None,
            last_sign_in_at: None,
            authenticators: vec![AuthenticatorView {
                id: "0191".to_owned(),
                name: "Phone".to_owned(),
                status: "active".to_owned(),
                algorithm: "SHA1".to_owned(),
                digits: 6,
                period_seconds: 30,
                created_at: Moment(Timestamp::from_unix_seconds(1_767_225_660)),
                confirmed_at: Some(Moment(Timestamp::from_unix_seconds(1_767_225_661))),
                last_used_at: None,
            }],
            code_state: "waiting".to_owned(),
            recovery_codes_remaining: 9,
            throttled_for_seconds: Some(30),
            enrollment_deadline: None,
            subject: None,
        }
    }

    fn overview() -> AccountOverviewView {
        AccountOverviewView {
            account: account(),
            two_factor: "enabled".to_owned(),
            throttled_for_seconds: Some(30),
            last_sign_in_at: None,
            disabled: true,
            two_factor_required: None,
            subject: None,
        }
    }

    #[test]
    fn an_account_is_json_as_in_the_http_contract() {
        assert_eq!(
            serde_json::to_string(&account()).unwrap(),
            r#"{"id":"0190","realm":"default","login":"kim@example.org","role":"member","two_factor_enabled":true,"#
                .to_owned()
                + r#""created_at":"2026-01-01T00:00:00Z"}"#
        );
    }

    #[test]
    fn details_continue_the_account() {
        let json: serde_json::Value = serde_json::to_value(details()).unwrap();
        assert_eq!(json["login"], "kim@example.org");
        assert_eq!(json["last_sign_in_at"], serde_json::Value::Null);
        assert_eq!(json["authenticators"][0]["period_seconds"], 30);
        assert_eq!(json["authenticators"][0]["confirmed_at"], "2026-01-01T00:01:01Z");
        assert_eq!(json["throttled_for_seconds"], 30);
        assert_eq!(json["enrollment_deadline"], serde_json::Value::Null);
        assert_eq!(serde_json::from_value::<AccountDetails>(json).unwrap(), details());
    }

    #[test]
    fn what_a_server_gives_is_read_whatever_else_it_gives() {
        let mut json = serde_json::to_value(overview()).unwrap();
        assert_eq!((&json["login"], &json["two_factor"]), (&"kim@example.org".into(), &"enabled".into()));
        json["something_new"] = 1.into();
        assert_eq!(serde_json::from_value::<AccountOverviewView>(json).unwrap(), overview());
    }
}
