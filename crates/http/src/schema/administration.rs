//! What administrators see and send.

use ::countersign_application as domain;
use countersign_application::realm::Statistics;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::{Date, Duration};

use super::account::Role;
use super::values::{Day, Expiry, Issuer, LoginText, Nullable, PresetName, SlugText, Time, Words};
use super::{Authenticator, Policy, ProofRequest};

/// The state of an account's second factor, in a word.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum TwoFactorStatus {
    Enabled,
    Disabled,
    Pending,
}

impl From<domain::second_factor::TwoFactorStatus> for TwoFactorStatus {
    fn from(status: domain::second_factor::TwoFactorStatus) -> Self {
        match status {
            domain::second_factor::TwoFactorStatus::Enabled => Self::Enabled,
            domain::second_factor::TwoFactorStatus::Disabled => Self::Disabled,
            domain::second_factor::TwoFactorStatus::Pending => Self::Pending,
        }
    }
}

/// How codes of an account's authenticators are taken.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum CodeState {
    /// As they come.
    Open,
    /// Single codes are not looked at for a while, because several in a row were wrong; two consecutive ones are.
    Waiting,
    /// Single codes are not looked at, because too many were wrong; two consecutive ones are.
    Hardened,
    /// The authenticators were disabled after too many failures in a row; recovery codes are left.
    Disabled,
}

impl From<domain::second_factor::CodeState> for CodeState {
    fn from(state: domain::second_factor::CodeState) -> Self {
        match state {
            domain::second_factor::CodeState::Open => Self::Open,
            domain::second_factor::CodeState::Waiting => Self::Waiting,
            domain::second_factor::CodeState::Hardened => Self::Hardened,
            domain::second_factor::CodeState::Disabled => Self::Disabled,
        }
    }
}

impl From<TwoFactorStatus> for domain::second_factor::TwoFactorStatus {
    fn from(status: TwoFactorStatus) -> Self {
        match status {
            TwoFactorStatus::Enabled => Self::Enabled,
            TwoFactorStatus::Disabled => Self::Disabled,
            TwoFactorStatus::Pending => Self::Pending,
        }
    }
}

/// What an administrator sees of an account in a list.
#[derive(Object)]
pub(crate) struct AccountOverview {
    /// Its identifier.
    id: String,
    /// The short name of its realm.
    realm: String,
    /// The e-mail address or user name it signs in with.
    login: String,
    /// What it may do.
    role: Role,
    /// Whether a second factor is due at sign-in.
    two_factor_enabled: bool,
    /// When it was made.
    created_at: Time,
    /// The state of its second factor, in a word.
    two_factor: TwoFactorStatus,
    /// For how many seconds its codes are not looked at, because of earlier failures.
    throttled_for_seconds: Nullable<u64>,
    /// When a sign-in was last completed.
    last_sign_in_at: Nullable<Time>,
    /// Whether signing in is refused.
    disabled: bool,
    /// Whether a second factor is required of it whatever the policy says; null for as the policy says.
    two_factor_required: Nullable<bool>,
    /// Whether a second factor is required of it, by that or by the policy.
    required: bool,
    /// What it may do now: a member does what an administrator without a required second factor may.
    effective_role: Role,
    /// Whether it has to change its password before anything else.
    password_change_required: bool,
    /// In service mode: the application's own identifier of its user.
    subject: Nullable<String>,
}

impl AccountOverview {
    pub(crate) fn new(
        overview: &domain::second_factor::AccountOverview,
        realm: &domain::realm::Realm,
        now: domain::Timestamp,
    ) -> Self {
        let account = &overview.account;
        Self {
            id: account.id.to_string(),
            realm: realm.slug.to_string(),
            login: account.login.to_string(),
            role: account.role.into(),
            two_factor_enabled: overview.state.is_enabled(),
            created_at: account.created_at.into(),
            two_factor: overview.two_factor().into(),
            throttled_for_seconds: overview.state.throttled_for(&realm.policy, now).into(),
            last_sign_in_at: account.last_sign_in_at.into(),
            disabled: account.disabled_at.is_some(),
            two_factor_required: account.two_factor_required.into(),
            required: domain::realm::two_factor_is_required(&realm.policy, account),
            effective_role: domain::realm::effective_role(&realm.policy, account).into(),
            password_change_required: account.password_change_required,
            subject: account.subject.clone().into(),
        }
    }
}

/// A part of the list of accounts.
#[derive(Object)]
pub(crate) struct AccountList {
    /// The accounts.
    items: Vec<AccountOverview>,
    /// What to give as `cursor` for the next part; null on the last.
    next_cursor: Nullable<String>,
    /// What to give as `cursor` for the part before; null on the first.
    previous_cursor: Nullable<String>,
    /// How many accounts fit; null where they were not counted.
    count: Nullable<AccountCount>,
}

/// How many accounts fit.
#[derive(Object)]
pub(crate) struct AccountCount {
    /// So many, at most 10,000.
    accounts: u32,
    /// Whether there are more.
    more: bool,
}

impl AccountList {
    pub(crate) fn new(
        listed: &domain::account::ListedAccounts,
        realm: &domain::realm::Realm,
        now: domain::Timestamp,
    ) -> Self {
        let page = &listed.page;
        let text = |cursor: &Option<domain::account::AccountCursor>| cursor.as_ref().map(ToString::to_string).into();
        let count = listed.count.map(|count| AccountCount { accounts: count.count, more: count.more });
        Self {
            items: page.items.iter().map(|account| AccountOverview::new(account, realm, now)).collect(),
            next_cursor: text(&page.next),
            previous_cursor: text(&page.previous),
            count: count.into(),
        }
    }

    /// All that there are.
    pub(crate) fn complete(items: Vec<AccountOverview>) -> Self {
        let accounts = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let count = Some(AccountCount { accounts, more: false }).into();
        Self { items, next_cursor: None::<String>.into(), previous_cursor: None::<String>.into(), count }
    }
}

/// What an administrator sees of one account.
#[derive(Object)]
pub(crate) struct AccountDetails {
    /// Its identifier.
    id: String,
    /// The short name of its realm.
    realm: String,
    /// The e-mail address or user name it signs in with.
    login: String,
    /// What it may do.
    role: Role,
    /// Whether a second factor is due at sign-in.
    two_factor_enabled: bool,
    /// When it was made.
    created_at: Time,
    /// Whether signing in is refused.
    disabled: bool,
    /// Whether a second factor is required of it whatever the policy says; null for as the policy says.
    two_factor_required: Nullable<bool>,
    /// Whether a second factor is required of it, by that or by the policy.
    required: bool,
    /// What it may do now: a member does what an administrator without a required second factor may.
    effective_role: Role,
    /// Whether it has to change its password before anything else.
    password_change_required: bool,
    /// When a sign-in was last completed.
    last_sign_in_at: Nullable<Time>,
    /// Pending, active and disabled authenticators, oldest first.
    authenticators: Vec<Authenticator>,
    /// How codes of its authenticators are taken now.
    code_state: CodeState,
    /// How many recovery codes are left.
    recovery_codes_remaining: u32,
    /// For how many seconds its codes are not looked at, because of earlier failures.
    throttled_for_seconds: Nullable<u64>,
    /// Until when it has to enroll, where the policy requires it.
    enrollment_deadline: Nullable<Time>,
    /// In service mode: the application's own identifier of its user.
    subject: Nullable<String>,
}

impl AccountDetails {
    pub(crate) fn new(
        account: &domain::account::Account,
        factor: &domain::second_factor::SecondFactor,
        realm: &domain::realm::Realm,
        now: domain::Timestamp,
    ) -> Self {
        let counts = |authenticator: &&domain::second_factor::Authenticator| authenticator.is_shown_at(now);
        Self {
            id: account.id.to_string(),
            realm: realm.slug.to_string(),
            login: account.login.to_string(),
            role: account.role.into(),
            two_factor_enabled: factor.state.is_enabled(),
            created_at: account.created_at.into(),
            disabled: account.disabled_at.is_some(),
            two_factor_required: account.two_factor_required.into(),
            required: domain::realm::two_factor_is_required(&realm.policy, account),
            effective_role: domain::realm::effective_role(&realm.policy, account).into(),
            password_change_required: account.password_change_required,
            last_sign_in_at: account.last_sign_in_at.into(),
            authenticators: factor.authenticators.iter().filter(counts).map(Authenticator::from).collect(),
            code_state: factor.code_state(&realm.policy, now).into(),
            recovery_codes_remaining: factor.recovery_codes_remaining(),
            throttled_for_seconds: factor.state.throttled_for(&realm.policy, now).into(),
            enrollment_deadline: domain::realm::enrollment_deadline(&realm.policy, account).into(),
            subject: account.subject.clone().into(),
        }
    }
}

/// A new account.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct CreateAccountRequest {
    /// The e-mail address or user name it gets.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) login: LoginText,
    /// The password it gets; without one nobody can sign in until one is set.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub(crate) password: Option<String>,
    /// What it may do; `member` when it is left out.
    pub(crate) role: Option<Role>,
    /// Whether it has to change that password at the first sign-in, before anything else; it has not when it is left out.
    pub(crate) password_change_required: Option<bool>,
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// A change of an account. What is left out stays as it is.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct UpdateAccountRequest {
    /// The e-mail address or user name it has from now on.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) login: Option<LoginText>,
    /// What it may do from now on.
    pub(crate) role: Option<Role>,
    /// The password that shall hold from now on; ends the account's sessions.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub(crate) password: Option<String>,
    /// Whether signing in is refused from now on.
    pub(crate) disabled: Option<bool>,
    /// Whether a second factor is required of it whatever the policy says; null for as the policy says.
    pub(crate) two_factor_required: MaybeUndefined<bool>,
    /// Whether it has to change its password, the one given here or the one it has, before anything else.
    pub(crate) password_change_required: Option<bool>,
    /// The administrator's own proof, unless all that is done is to disable the account; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// Why something is done.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ReasonRequest {
    /// Why, for the audit trail.
    #[oai(validator(min_length = 1, max_length = 500))]
    pub(crate) reason: Option<Words>,
}

/// Turning two-factor off for someone else.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ResetTwoFactorRequest {
    /// Why, for the audit trail.
    #[oai(validator(min_length = 1, max_length = 500))]
    pub(crate) reason: Option<Words>,
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// Deleting an account.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct DeleteAccountRequest {
    /// Why, for the audit trail.
    #[oai(validator(min_length = 1, max_length = 500))]
    pub(crate) reason: Option<Words>,
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// A link by which someone sets a password, shown this once.
#[derive(Object)]
pub(crate) struct PasswordLink {
    /// The path of the page, with the token: it follows the address under which people reach the pages.
    path: String,
    /// Until when it is good.
    expires_at: Time,
}

impl PasswordLink {
    pub(crate) fn new(link: &domain::account::PasswordLink) -> Self {
        let path = countersign_wire::password_path(&link.token);
        Self { path: path.expose_secret().to_owned(), expires_at: link.expires_at.into() }
    }
}

/// What came of an administrative act, in a sentence.
#[derive(Object)]
pub(crate) struct ActResult {
    /// Whether it was done.
    pub(crate) success: bool,
    /// What was done.
    pub(crate) message: String,
}

/// One application's space.
#[derive(Object)]
pub(crate) struct Realm {
    /// Its identifier.
    id: String,
    /// Its short name.
    slug: String,
    /// The name that authenticator apps show.
    issuer: String,
    /// The preset that its rules come from.
    preset: String,
    /// Its rules.
    policy: Policy,
    /// When it was made.
    created_at: Time,
}

impl From<&domain::realm::Realm> for Realm {
    fn from(realm: &domain::realm::Realm) -> Self {
        Self {
            id: realm.id.to_string(),
            slug: realm.slug.to_string(),
            issuer: realm.issuer.clone(),
            preset: realm.policy.preset().name().to_owned(),
            policy: Policy::from(realm.policy.document()),
            created_at: realm.created_at.into(),
        }
    }
}

/// All realms.
#[derive(Object)]
pub(crate) struct RealmList {
    /// The realms, by short name.
    items: Vec<Realm>,
    /// Null: all of them come at once.
    next_cursor: Nullable<String>,
}

impl RealmList {
    pub(crate) fn complete(realms: &[domain::realm::Realm]) -> Self {
        Self { items: realms.iter().map(Realm::from).collect(), next_cursor: Nullable(None) }
    }
}

/// A new realm.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct CreateRealmRequest {
    /// Its short name, which applications and commands give.
    #[oai(validator(min_length = 1, max_length = 63))]
    pub(crate) slug: SlugText,
    /// The name that authenticator apps show.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) issuer: Issuer,
    /// The name of the preset that its policy is; `recommended` when it is left out.
    #[oai(validator(min_length = 1, max_length = 63))]
    pub(crate) preset: Option<PresetName>,
    /// The operator's own proof.
    pub(crate) proof: Option<ProofRequest>,
}

/// A change of a realm. What is left out stays as it is.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct UpdateRealmRequest {
    /// The name that authenticator apps show from now on.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) issuer: Option<Issuer>,
    /// Keys of the policy that change, nested as a policy is: a JSON merge patch (RFC 7396).
    pub(crate) policy: Option<Value>,
    /// The name of a preset: all keys are set to its values first.
    #[oai(validator(min_length = 1, max_length = 63))]
    pub(crate) preset: Option<PresetName>,
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// What an API key may be used for.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum Scope {
    Verify,
    Enroll,
    Manage,
    Admin,
}

impl From<domain::api_key::Scope> for Scope {
    fn from(scope: domain::api_key::Scope) -> Self {
        match scope {
            domain::api_key::Scope::Verify => Self::Verify,
            domain::api_key::Scope::Enroll => Self::Enroll,
            domain::api_key::Scope::Manage => Self::Manage,
            domain::api_key::Scope::Admin => Self::Admin,
        }
    }
}

impl From<Scope> for domain::api_key::Scope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Verify => Self::Verify,
            Scope::Enroll => Self::Enroll,
            Scope::Manage => Self::Manage,
            Scope::Admin => Self::Admin,
        }
    }
}

/// An API key as it is listed: never the key itself.
#[derive(Object)]
pub(crate) struct ApiKey {
    /// Its identifier.
    id: String,
    /// What it is called.
    name: String,
    /// What it may be used for.
    scopes: Vec<Scope>,
    /// The short name of the realm that it opens.
    realm: String,
    /// Whether an owner made it, or the operator: with the scope `admin`, it may then change the keys of the policy that
    /// are the owners'.
    made_by_owner: bool,
    /// When it was made.
    created_at: Time,
    /// From when on it opens nothing.
    expires_at: Nullable<Time>,
    /// When it was last used, to the minute.
    last_used_at: Nullable<Time>,
}

impl ApiKey {
    pub(crate) fn new(key: &domain::api_key::ApiKey, realm: &domain::realm::Realm) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.as_str().to_owned(),
            scopes: key.scopes.iter().copied().map(Scope::from).collect(),
            realm: realm.slug.to_string(),
            made_by_owner: key.made_by_owner,
            created_at: key.created_at.into(),
            expires_at: key.expires_at.into(),
            last_used_at: key.last_used_at.into(),
        }
    }
}

/// A part of the list of API keys, newest first.
#[derive(Object)]
pub(crate) struct ApiKeyList {
    /// The keys.
    pub(crate) items: Vec<ApiKey>,
    /// What to give as `cursor` for the next part; null on the last.
    pub(crate) next_cursor: Nullable<String>,
}

/// A new API key.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct CreateApiKeyRequest {
    /// What it is called.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: Words,
    /// What it may be used for; at least one.
    #[oai(validator(min_items = 1))]
    pub(crate) scopes: Vec<Scope>,
    /// From when on it opens nothing: RFC 3339.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub(crate) expires_at: Option<Expiry>,
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// A key that was just made: the only time that it is shown.
#[derive(Object)]
pub(crate) struct CreatedApiKey {
    /// Its identifier.
    id: String,
    /// What it is called.
    name: String,
    /// What it may be used for.
    scopes: Vec<Scope>,
    /// The short name of the realm that it opens.
    realm: String,
    /// From when on it opens nothing.
    expires_at: Nullable<Time>,
    /// What the application sends as bearer token.
    key: String,
}

impl CreatedApiKey {
    pub(crate) fn new(key: &domain::api_key::ApiKey, token: &SecretString, realm: &domain::realm::Realm) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.as_str().to_owned(),
            scopes: key.scopes.iter().copied().map(Scope::from).collect(),
            realm: realm.slug.to_string(),
            expires_at: key.expires_at.into(),
            key: token.expose_secret().to_owned(),
        }
    }
}

/// Codes of one day.
#[derive(Object)]
pub(crate) struct CodesOfDay {
    /// The day, UTC.
    day: Day,
    /// Codes that were accepted.
    accepted: u64,
    /// Codes and proofs that were refused.
    rejected: u64,
}

/// How many accepted codes were of a step beside the server's.
#[derive(Object)]
pub(crate) struct Drift {
    /// Above zero, the phone's clock was ahead.
    steps: i8,
    /// How many codes.
    count: u64,
}

/// Numbers of a realm; codes are counted over the last 30 days.
#[derive(Object)]
#[oai(rename = "Statistics")]
pub(crate) struct StatisticsResponse {
    /// Accounts that are not disabled.
    accounts: u64,
    /// Of them, with an active authenticator.
    enabled: u64,
    /// With an enrollment under way.
    pending: u64,
    /// Without a second factor though the policy requires it of them.
    required_but_missing: u64,
    /// Codes accepted and refused, by day.
    codes_by_day: Vec<CodesOfDay>,
    /// How the phones' clocks differ from the server's.
    clock_drift: Vec<Drift>,
}

impl From<Statistics> for StatisticsResponse {
    fn from(statistics: Statistics) -> Self {
        let mut codes_by_day: Vec<CodesOfDay> = Vec::new();
        for count in &statistics.codes {
            let day = date(count.day);
            if codes_by_day.last().is_none_or(|last| *last.day != *day) {
                codes_by_day.push(CodesOfDay { day: day.into(), accepted: 0, rejected: 0 });
            }
            if let Some(last) = codes_by_day.last_mut() {
                match count.event {
                    domain::audit::EventKind::SecondFactorAccepted => last.accepted += count.count,
                    _ => last.rejected += count.count,
                }
            }
        }
        Self {
            accounts: statistics.accounts,
            enabled: statistics.enabled,
            pending: statistics.pending,
            required_but_missing: statistics.required_but_missing,
            codes_by_day,
            clock_drift: statistics.drift.into_iter().map(|(steps, count)| Drift { steps, count }).collect(),
        }
    }
}

/// A day counted from 1970-01-01, as ISO 8601 writes it.
fn date(day: i64) -> String {
    let epoch = Date::from_ordinal_date(1970, 1);
    epoch
        .ok()
        .and_then(|epoch| epoch.checked_add(Duration::days(day)))
        .map_or_else(String::new, |date| date.to_string())
}
