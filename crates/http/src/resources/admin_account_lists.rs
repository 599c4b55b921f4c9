//! The list of accounts, and what is added to it.

use countersign_application::Application;
use countersign_application::account::{
    AccountCursor, AccountName, AccountOrder, AccountPart, ActOnSeveral, ActOnSeveralOutcome, CreateAccount,
    CreateAccountOutcome, FindNamedAccounts, ListAccounts, Several,
};
use countersign_application::administration::{AdministrationDenial, Administrator};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use super::admin_accounts::{login_taken, unfit_password};
use crate::account_name::account_name;
use crate::bearer::{ADMINISTRATOR, Administering};
use crate::body::Body;
use crate::page_query::limit_of;
use crate::problem::ProblemCode::{LoginTaken, PolicyViolation};
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{
    Account, AccountList, AccountListCursor, AccountOverview, AccountSort, BulkRequest, BulkResult,
    CreateAccountRequest, Id, Limit, MatchingAccounts, Role, Search, SubjectName, TwoFactorStatus, own_proof,
};

#[derive(ApiResponse)]
enum CreatedAccount {
    /// Made.
    #[oai(status = 201)]
    Created(Json<Account>),
}

pub(crate) struct AdminAccountListApi;

#[OpenApi(prefix_path = "/v1/admin/accounts", tag = "Tag::Administration")]
impl AdminAccountListApi {
    /// List accounts and subjects
    ///
    /// All of the realm, with the state of their second factor; the filters are taken together. With `name` or `subject`,
    /// whoever goes by it: nobody, one account, or several where the name of one is that of another as well. Neither is given
    /// with other parameters.
    #[oai(path = "/", method = "get", operation_id = "list_accounts")]
    #[expect(clippy::too_many_arguments, reason = "each is a query parameter of the operation")]
    async fn list(
        &self,
        application: Data<&Application>,
        /// Part of the login, in any case; of a subject, part of its identifier or label.
        query: Query<Option<Search>>,
        /// With a second factor in this state.
        two_factor: Query<Option<TwoFactorStatus>>,
        /// Of this role.
        role: Query<Option<Role>>,
        /// That are disabled, or that are not.
        disabled: Query<Option<bool>>,
        /// With `true`, only those whose codes are not looked at now, because of earlier failures.
        waiting: Query<Option<bool>>,
        /// With `true`, only those that sign in and never have.
        never_signed_in: Query<Option<bool>>,
        /// With `true`, only those that are not disabled and have no second factor, though one is required of them.
        required_but_missing: Query<Option<bool>>,
        /// In this order; oldest first when it is left out.
        sort: Query<Option<AccountSort>>,
        /// How many items at most.
        limit: Query<Option<Limit>>,
        /// The `next_cursor` or `previous_cursor` of another part of the list in the same order.
        cursor: Query<Option<AccountListCursor>>,
        /// Whether to count how many fit; when it is left out, only the first part does.
        count: Query<Option<bool>>,
        /// All of what an account goes by: its login, a subject's identifier, or the identifier of either.
        name: Query<Option<Search>>,
        /// The application's own identifier of its user, exactly: this subject and no account with such a login.
        subject: Query<Option<SubjectName>>,
        administrator: Administering,
    ) -> Result<Json<AccountList>, Refused<ADMINISTRATOR>> {
        let field = if name.0.is_some() { "name" } else { "subject" };
        if let Some(name) = account_name("name", name.0.map(Into::into), subject.0.map(Into::into))? {
            let filtered = query.0.is_some() || two_factor.0.is_some() || role.0.is_some() || disabled.0.is_some();
            let filtered = filtered || waiting.0.is_some() || never_signed_in.0.is_some();
            let filtered = filtered || required_but_missing.0.is_some() || sort.0.is_some() || count.0.is_some();
            if filtered || limit.0.is_some() || cursor.0.is_some() {
                return Err(Problem::invalid_request(field, "is given with no other parameter").into());
            }
            return named(&application, &administrator, name).await;
        }
        let matching = MatchingAccounts {
            query: query.0.filter(|query| !query.trim().is_empty()),
            two_factor: two_factor.0,
            role: role.0,
            disabled: disabled.0,
            waiting: waiting.0,
            never_signed_in: never_signed_in.0,
            required_but_missing: required_but_missing.0,
        };
        let wanted = matching.wanted("query")?;
        let order = sort.0.map_or(AccountOrder::Created, |sort| sort.0);
        let from = cursor.0.as_deref().map(|cursor| {
            let rule = "must be a cursor that another part of the list in the same order gave";
            AccountCursor::parse(cursor, order).ok_or_else(|| Problem::invalid_request("cursor", rule))
        });
        let part = AccountPart { order, limit: limit_of(&limit)?, from: from.transpose()? };
        let counting = count.0.unwrap_or(part.from.is_none());
        let realm = &administrator.realm;
        let listed = ListAccounts { wanted, part, counting }.execute(&application, realm).await?;
        Ok(Json(AccountList::new(&listed, realm, application.now())))
    }

    /// Make an account
    ///
    /// It has no second factor yet; whether it needs one says the policy of the realm.
    #[oai(path = "/", method = "post", operation_id = "create_account")]
    async fn create(
        &self,
        application: Data<&Application>,
        request: Body<CreateAccountRequest>,
        administrator: Administering,
    ) -> Result<CreatedAccount, Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[LoginTaken, PolicyViolation]) }>>
    {
        let CreateAccountRequest { login, password, role, password_change_required, proof } = request.0;
        let create = CreateAccount {
            login: login.into(),
            password: password.map(Into::into),
            password_change_required: password_change_required.unwrap_or(false),
            role: role.map_or(countersign_application::account::Role::Member, Into::into),
            proof: own_proof(proof),
        };
        let realm = &administrator.realm;
        match create.execute(&application, &administrator).await? {
            CreateAccountOutcome::Created(account) => Ok(CreatedAccount::Created(Json(Account::new(&account, realm)))),
            CreateAccountOutcome::LoginTaken => Err(login_taken().into()),
            CreateAccountOutcome::InvalidLogin(rule) => Err(Problem::invalid_request("login", rule.to_string()).into()),
            CreateAccountOutcome::UnfitPassword(rule) => Err(unfit_password(&rule.to_string()).into()),
            CreateAccountOutcome::OwnersOnly => {
                Err(Problem::from_administration(AdministrationDenial::OwnersOnly, realm).into())
            }
            CreateAccountOutcome::Unproven(denial) => Err(Problem::unproven(denial, realm).into()),
        }
    }

    /// Do the same to several accounts
    ///
    /// To those that `accounts` names, or to all that match `matching` and that it changes something for; at most 1,000 at a
    /// time. Each account is changed by itself and has its own audit event: what is refused for one, as it would be refused
    /// alone, is done for the others, and the answer says for which and why. Sent again, it changes nothing that is done. A
    /// subject can be disabled and enabled.
    #[oai(path = "/bulk", method = "post", operation_id = "act_on_accounts")]
    async fn act_on_several(
        &self,
        application: Data<&Application>,
        request: Body<BulkRequest>,
        administrator: Administering,
    ) -> Result<Json<BulkResult>, Refused<{ ADMINISTRATOR | CHANGES | PROVEN }>> {
        let BulkRequest { act, accounts, matching, expected, proof } = request.0;
        let several = match (accounts, matching) {
            (Some(accounts), None) => {
                let read = |id: &Id| {
                    id.parse().map_err(|_| Problem::invalid_request("accounts", "must be identifiers of accounts"))
                };
                Several::These(accounts.iter().map(read).collect::<Result<_, _>>()?)
            }
            (None, Some(matching)) => {
                // A blank query would be everybody, which is asked for by leaving it out.
                Several::Matching(matching.wanted("matching.query")?)
            }
            _ => return Err(Problem::invalid_request("accounts", "is given, or matching is, and not both").into()),
        };
        let expected = expected.and_then(|expected| usize::try_from(expected).ok());
        let act = ActOnSeveral { act: act.0, several, expected, proof: own_proof(proof) };
        match act.execute(&application, &administrator).await? {
            ActOnSeveralOutcome::Done(done) => Ok(Json(BulkResult::from(done))),
            ActOnSeveralOutcome::Changed(_) => {
                let rule = "is another number than that of the accounts that are concerned now";
                Err(Problem::invalid_request("expected", rule).into())
            }
            ActOnSeveralOutcome::Unproven(denial) => Err(Problem::unproven(denial, &administrator.realm).into()),
        }
    }
}

/// Whoever goes by a name.
async fn named(
    application: &Application,
    administrator: &Administrator,
    name: AccountName,
) -> Result<Json<AccountList>, Refused<ADMINISTRATOR>> {
    let (realm, now) = (&administrator.realm, application.now());
    let found = FindNamedAccounts { name }.execute(application, realm).await?;
    let items = found.iter().map(|account| AccountOverview::new(account, realm, now)).collect();
    Ok(Json(AccountList::complete(items)))
}
