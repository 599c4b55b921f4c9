//! Sessions as bearer tokens.

use countersign_application::use_cases::AuthenticateSession;
use countersign_application::{Application, SignedIn};
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use crate::client::Client;
use crate::problem::Problem;

/// The token of a session, from a completed sign-in.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "session", bearer_format = "cs_session_…")]
pub(crate) struct SessionToken(Bearer);

impl SessionToken {
    /// Recognizes the session.
    pub(crate) async fn sign_in(self, application: &Application, client: Client) -> Result<SignedIn, Problem> {
        let authenticate = AuthenticateSession { token: self.0.token.into(), origin: client.0 };
        authenticate.execute(application).await?.ok_or_else(Problem::unauthenticated)
    }
}
