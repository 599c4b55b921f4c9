//! The signed-in account.

use countersign_application::Application;
use countersign_application::account::{
    ChangePassword, ChangePasswordOutcome, NewPasswordError, SecureAccount, SecureAccountOutcome,
};
use countersign_application::session::purpose::{self, Look};
use countersign_application::verification::ProofDenial;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use crate::bearer::{LOOKS, SESSION, SessionFor};
use crate::body::Body;
use crate::problem::ProblemCode::PolicyViolation;
use crate::problem::{CHANGES, FieldError, PROVEN, Problem, Refused, may};
use crate::schema::{ChangePasswordRequest, OwnAccount, PasswordChanged, SecuredAccount, SessionGrant};

/// The password is changed.
#[derive(ApiResponse)]
enum ChangedPassword {
    /// Done.
    #[oai(status = 204)]
    Done,
    /// Done, and the session may do more now.
    #[oai(status = 200)]
    Risen(Json<PasswordChanged>),
}

pub(crate) struct AccountApi;

#[OpenApi(tag = "Tag::Account")]
impl AccountApi {
    /// Show the account, and what the session that asks may do
    ///
    /// What may be kept of it is who it is and what it may do; `session.purpose` says what the token is good for.
    #[oai(path = "/v1/account", method = "get", operation_id = "show_account")]
    async fn show_account(&self, caller: SessionFor<Look>) -> Result<Json<OwnAccount>, Refused<LOOKS>> {
        Ok(Json(OwnAccount::new(&caller)?))
    }

    /// Change the password
    ///
    /// While two-factor is on, a code is needed as well. Ends the account's other sessions, challenges and trusted
    /// devices. Where the password was given by someone else, the answer has a session that may do more than the one that
    /// asked, which has ended.
    #[oai(path = "/v1/account/password", method = "put", operation_id = "change_password")]
    async fn change_password(
        &self,
        application: Data<&Application>,
        request: Body<ChangePasswordRequest>,
        caller: SessionFor<purpose::ChangePassword>,
    ) -> Result<ChangedPassword, Refused<{ SESSION | CHANGES | PROVEN | may(&[PolicyViolation]) }>> {
        let ChangePasswordRequest { current_password, new_password, code } = request.0;
        let change = ChangePassword {
            current_password: current_password.into(),
            new_password: new_password.into(),
            code: code.map(Into::into),
        };
        let codes = caller.realm.policy.recovery_codes.count > 0;
        match change.execute(&application, &caller).await? {
            ChangePasswordOutcome::Changed { session: None } => Ok(ChangedPassword::Done),
            ChangePasswordOutcome::Changed { session: Some(grant) } => {
                Ok(ChangedPassword::Risen(Json(PasswordChanged { session: SessionGrant::new(&grant) })))
            }
            ChangePasswordOutcome::Unfit(rule) => Err(unfit(rule).into()),
            ChangePasswordOutcome::Denied(denial) => Err(denied(denial, codes).into()),
        }
    }

    /// Shut everybody else out: this wasn't me
    ///
    /// For the owner who finds a sign-in that was not theirs. Another password holds from then on; all other sessions,
    /// challenges, enrollments under way and trusted devices end; where two-factor is on and the policy has recovery codes, there
    /// are new ones. While two-factor is on, a code is needed as well.
    #[oai(path = "/v1/account/secure", method = "post", operation_id = "secure_account")]
    async fn secure(
        &self,
        application: Data<&Application>,
        request: Body<ChangePasswordRequest>,
        caller: SessionFor<purpose::Anything>,
    ) -> Result<Json<SecuredAccount>, Refused<{ SESSION | CHANGES | PROVEN | may(&[PolicyViolation]) }>> {
        let ChangePasswordRequest { current_password, new_password, code } = request.0;
        let secure = SecureAccount {
            current_password: current_password.into(),
            new_password: new_password.into(),
            code: code.map(Into::into),
        };
        let codes = caller.realm.policy.recovery_codes.count > 0;
        match secure.execute(&application, &caller).await? {
            SecureAccountOutcome::Secured { recovery_codes } => {
                Ok(Json(SecuredAccount::new(recovery_codes.as_deref())))
            }
            SecureAccountOutcome::Unfit(rule) => Err(unfit(rule).into()),
            SecureAccountOutcome::Denied(denial) => Err(denied(denial, codes).into()),
        }
    }
}

fn unfit(rule: NewPasswordError) -> Problem {
    let rule = rule.to_string();
    Problem::new(PolicyViolation, format!("new_password: {rule}."))
        .with_errors(vec![FieldError::new("new_password", rule)])
}

fn denied(denial: ProofDenial, recovery_codes: bool) -> Problem {
    let mut problem = Problem::from_denial(denial, recovery_codes);
    // Here the proof's password has a name of its own.
    for error in problem.errors.iter_mut().filter(|error| error.field == "password") {
        error.field = "current_password".to_owned();
    }
    problem
}
