//! Administering accounts.

use countersign_application::account::{
    DeleteAccount, FindAccount, IssuePasswordLink, IssuePasswordLinkOutcome, UnlockAccount, UpdateAccount,
    UpdateAccountOutcome,
};
use countersign_application::administration::Administrator;
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::{AccountId, Application};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use super::sign_in::NoContent;
use super::subjects::remark;
use super::two_factor::not_enabled;
use crate::bearer::{ADMINISTRATOR, Administering};
use crate::body::Body;
use crate::problem::ProblemCode::{LastOwner, LoginTaken, NotFound, PolicyViolation, TwoFactorNotEnabled};
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{
    Account, AccountDetails, ActResult, DeleteAccountRequest, Id, PasswordLink, ProvenRequest, ResetTwoFactorRequest,
    UpdateAccountRequest, own_proof,
};

#[derive(ApiResponse)]
enum CreatedPasswordLink {
    /// Made.
    #[oai(status = 201)]
    Created(Json<PasswordLink>),
}

/// What deleting an account may answer.
const DELETES: u64 = ADMINISTRATOR | CHANGES | PROVEN | may(&[NotFound, LastOwner]);

pub(crate) struct AdminAccountApi;

#[OpenApi(prefix_path = "/v1/admin/accounts", tag = "Tag::Administration")]
impl AdminAccountApi {
    /// Show an account
    ///
    /// With its authenticators and how its codes are taken; never a secret.
    #[oai(path = "/:id", method = "get", operation_id = "load_account")]
    async fn load(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        administrator: Administering,
    ) -> Result<Json<AccountDetails>, Refused<{ ADMINISTRATOR | may(&[NotFound]) }>> {
        let (find, realm) = (FindAccount { account: account_id(&id)? }, &administrator.realm);
        let (account, factor) = find.execute(&application, realm).await?.ok_or_else(Problem::not_found)?;
        Ok(Json(AccountDetails::new(&account, &factor, realm, application.now())))
    }

    /// Change an account
    ///
    /// Another login changes nothing else. A new password, or disabling it, ends its sessions, challenges and trusted
    /// devices. Disabling alone needs no proof. The last owner who can sign in is neither demoted nor disabled. Who is made
    /// an administrator without a second factor that is required of them becomes one by enrolling: until then the answer
    /// says `effective_role`. A subject, which does not sign in, can be disabled and nothing else.
    #[oai(path = "/:id", method = "patch", operation_id = "update_account")]
    async fn update(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        request: Body<UpdateAccountRequest>,
        administrator: Administering,
    ) -> Result<
        Json<Account>,
        Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[NotFound, LastOwner, LoginTaken, PolicyViolation]) }>,
    > {
        let account = account(&application, &administrator, &id).await?;
        let UpdateAccountRequest {
            login,
            role,
            password,
            disabled,
            two_factor_required,
            password_change_required,
            proof,
        } = request.0;
        let update = UpdateAccount {
            login: login.map(Into::into),
            role: role.map(Into::into),
            password: password.map(Into::into),
            disabled,
            two_factor_required: match two_factor_required {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(required) => Some(Some(required)),
            },
            password_change_required,
            even_the_last_owner: false,
            proof: own_proof(proof),
        };
        let realm = &administrator.realm;
        match update.execute(&application, &administrator, &account).await? {
            UpdateAccountOutcome::Updated(account) => Ok(Json(Account::new(&account, realm))),
            UpdateAccountOutcome::Denied(denial) => Err(Problem::from_administration(denial, realm).into()),
            UpdateAccountOutcome::LoginTaken => Err(login_taken().into()),
            UpdateAccountOutcome::InvalidLogin(rule) => Err(Problem::invalid_request("login", rule.to_string()).into()),
            UpdateAccountOutcome::NotOfASubject(field) => {
                Err(Problem::invalid_request(field, UpdateAccountOutcome::NOT_OF_A_SUBJECT).into())
            }
            UpdateAccountOutcome::UnfitPassword(rule) => Err(unfit_password(&rule.to_string()).into()),
        }
    }

    /// Delete an account
    ///
    /// Everything of it is gone but its audit events. The last owner who can sign in is not deleted. A client that cannot
    /// send a body with `DELETE` sends it to `POST …/delete`.
    #[oai(path = "/:id", method = "delete", operation_id = "delete_account")]
    async fn delete(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        request: Body<DeleteAccountRequest>,
        administrator: Administering,
    ) -> Result<NoContent, Refused<DELETES>> {
        delete(&application, &administrator, &id, request.0).await
    }

    /// Delete an account, by a client that cannot send a body with `DELETE`
    ///
    /// The same as `DELETE …/{id}`.
    #[oai(path = "/:id/delete", method = "post", operation_id = "post_delete_account")]
    async fn post_delete(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        request: Body<DeleteAccountRequest>,
        administrator: Administering,
    ) -> Result<NoContent, Refused<DELETES>> {
        delete(&application, &administrator, &id, request.0).await
    }

    /// Turn two-factor off for someone who lost a phone
    ///
    /// Ends the account's sessions. Who may is the policy's `administration.may_disable_two_factor`.
    #[oai(path = "/:id/two-factor/disable", method = "post", operation_id = "reset_two_factor")]
    async fn reset_two_factor(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        request: Body<ResetTwoFactorRequest>,
        administrator: Administering,
    ) -> Result<Json<ActResult>, Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[NotFound, TwoFactorNotEnabled]) }>>
    {
        let ResetTwoFactorRequest { reason, proof } = request.0;
        let reset = ResetTwoFactor { reason: remark("reason", reason.as_deref())?, proof: own_proof(proof) };
        let account = account(&application, &administrator, &id).await?;
        match reset.execute(&application, &administrator, &account).await? {
            ResetTwoFactorOutcome::Disabled { whom } => {
                Ok(Json(ActResult { success: true, message: ResetTwoFactorOutcome::message(&whom) }))
            }
            ResetTwoFactorOutcome::NotEnabled => Err(not_enabled().into()),
            ResetTwoFactorOutcome::Denied(denial) => {
                Err(Problem::from_administration(denial, &administrator.realm).into())
            }
        }
    }

    /// Make a link by which someone sets a password
    ///
    /// A first one, for an account that has none, or a new one for someone who lost theirs: nobody else ever knows it. The link
    /// is good once and for three days; the password that the account has holds until then, and another role makes the
    /// link void. The second factor stays as it is.
    #[oai(path = "/:id/password-link", method = "post", operation_id = "create_password_link")]
    async fn create_password_link(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        request: Body<ProvenRequest>,
        administrator: Administering,
    ) -> Result<CreatedPasswordLink, Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[NotFound]) }>> {
        let account = account(&application, &administrator, &id).await?;
        let issue = IssuePasswordLink { proof: own_proof(request.0.proof) };
        match issue.execute(&application, &administrator, &account).await? {
            IssuePasswordLinkOutcome::Issued(link) => Ok(CreatedPasswordLink::Created(Json(PasswordLink::new(&link)))),
            IssuePasswordLinkOutcome::NotOfASubject => {
                Err(Problem::invalid_request("id", IssuePasswordLinkOutcome::NOT_OF_A_SUBJECT).into())
            }
            IssuePasswordLinkOutcome::Denied(denial) => {
                Err(Problem::from_administration(denial, &administrator.realm).into())
            }
        }
    }

    /// End an account's waits
    ///
    /// The failures of its codes are forgotten: the next code is looked at.
    #[oai(path = "/:id/unlock", method = "post", operation_id = "unlock_account")]
    async fn unlock(
        &self,
        application: Data<&Application>,
        /// The account.
        id: Path<Id>,
        administrator: Administering,
    ) -> Result<NoContent, Refused<{ ADMINISTRATOR | CHANGES | may(&[NotFound]) }>> {
        let account = account(&application, &administrator, &id).await?;
        let unlocked = UnlockAccount.execute(&application, &administrator, &account).await?;
        unlocked.map_err(|denial| Problem::from_administration(denial, &administrator.realm))?;
        Ok(NoContent::Done)
    }
}

async fn delete(
    application: &Application,
    administrator: &Administrator,
    id: &str,
    request: DeleteAccountRequest,
) -> Result<NoContent, Refused<DELETES>> {
    let account = account(application, administrator, id).await?;
    let reason = remark("reason", request.reason.as_deref())?;
    let delete = DeleteAccount { reason, even_the_last_owner: false, proof: own_proof(request.proof) };
    let deleted = delete.execute(application, administrator, &account).await?;
    deleted.map_err(|denial| Problem::from_administration(denial, &administrator.realm))?;
    Ok(NoContent::Done)
}

fn account_id(id: &str) -> Result<AccountId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

/// The account of the realm that something is done to.
async fn account(
    application: &Application,
    administrator: &Administrator,
    id: &str,
) -> Result<countersign_application::account::Account, Problem> {
    administrator.account(application, account_id(id)?).await?.ok_or_else(Problem::not_found)
}

pub(super) fn login_taken() -> Problem {
    Problem::new(LoginTaken, "Another account of this realm has this login.")
}

pub(super) fn unfit_password(rule: &str) -> Problem {
    Problem::policy_violation([("password".to_owned(), rule.to_owned())])
}
