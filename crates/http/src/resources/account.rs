//! The signed-in account.

use countersign_application::Application;
use countersign_application::account::{ChangePassword, ChangePasswordOutcome};
use countersign_application::session::purpose::{self, Look};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use crate::bearer::{LOOKS, SESSION, SessionFor};
use crate::body::Body;
use crate::problem::ProblemCode::PolicyViolation;
use crate::problem::{CHANGES, FieldError, PROVEN, Problem, Refused, may};
use crate::schema::{ChangePasswordRequest, OwnAccount, PasswordChanged, SessionGrant};

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
        match change.execute(&application, &caller).await? {
            ChangePasswordOutcome::Changed { session: None } => Ok(ChangedPassword::Done),
            ChangePasswordOutcome::Changed { session: Some(grant) } => {
                Ok(ChangedPassword::Risen(Json(PasswordChanged { session: SessionGrant::new(&grant) })))
            }
            ChangePasswordOutcome::Unfit(unfit) => {
                let rule = unfit.to_string();
                Err(Problem::new(PolicyViolation, format!("new_password: {rule}."))
                    .with_errors(vec![FieldError::new("new_password", rule)])
                    .into())
            }
            ChangePasswordOutcome::Denied(denial) => {
                let mut problem = Problem::from_denial(denial, caller.realm.policy.recovery_codes.count > 0);
                // Here the proof's password has a name of its own.
                for error in problem.errors.iter_mut().filter(|error| error.field == "password") {
                    error.field = "current_password".to_owned();
                }
                Err(problem.into())
            }
        }
    }
}
