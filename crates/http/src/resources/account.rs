//! The signed-in account.

use countersign_application::Application;
use countersign_application::use_cases::{ChangePassword, ChangePasswordOutcome, SessionPurpose};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::Tag;
use super::sign_in::NoContent;
use crate::bearer::SessionToken;
use crate::body::Body;
use crate::client::Client;
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::schema::{Account, ChangePasswordRequest};

pub(crate) struct AccountApi;

#[OpenApi(tag = "Tag::Account")]
impl AccountApi {
    /// Show the account
    #[oai(path = "/v1/account", method = "get", operation_id = "show_account")]
    async fn show_account(
        &self,
        application: Data<&Application>,
        client: Client,
        token: SessionToken,
    ) -> Result<Json<Account>, Problem> {
        let caller = token.sign_in_to(SessionPurpose::Look, &application, client).await?;
        Ok(Json(Account::new(&caller.account, &caller.realm)))
    }

    /// Change the password
    ///
    /// While two-factor is on, a code is needed as well. Ends the account's other sessions, challenges and trusted
    /// devices.
    #[oai(path = "/v1/account/password", method = "put", operation_id = "change_password")]
    async fn change_password(
        &self,
        application: Data<&Application>,
        client: Client,
        token: SessionToken,
        request: Body<ChangePasswordRequest>,
    ) -> Result<NoContent, Problem> {
        let caller = token.sign_in(&application, client).await?;
        let ChangePasswordRequest { current_password, new_password, code } = request.0;
        let change = ChangePassword {
            current_password: current_password.into(),
            new_password: new_password.into(),
            code: code.map(Into::into),
        };
        match change.execute(&application, &caller).await? {
            ChangePasswordOutcome::Changed => Ok(NoContent::Done),
            ChangePasswordOutcome::Unfit(unfit) => {
                let rule = unfit.to_string();
                Err(Problem::new(ProblemCode::PolicyViolation, format!("new_password: {rule}."))
                    .with_errors(vec![FieldError::new("new_password", rule)]))
            }
            ChangePasswordOutcome::Denied(denial) => {
                let mut problem = Problem::from_denial(denial, caller.realm.policy.recovery_codes.count > 0);
                // Here the proof's password has a name of its own.
                for error in problem.errors.iter_mut().filter(|error| error.field == "password") {
                    error.field = "current_password".to_owned();
                }
                Err(problem)
            }
        }
    }
}
