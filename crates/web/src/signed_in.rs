//! Who is signed in at the pages, found out once a request.

use std::marker::PhantomData;
use std::ops::Deref;

use countersign_application::Application;
use countersign_application::account::Role;
use countersign_application::administration::Administrator;
use countersign_application::caller::Caller;
use countersign_application::session::purpose::{Anything, Purpose};
use countersign_application::session::{AuthenticateSession, AuthenticateSessionOutcome, SessionPurpose};
use countersign_serving::origin_of;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody};
use secrecy::SecretString;

use crate::acting;
use crate::cookies::Cookie;
use crate::form::Form;
use crate::refusal::Refusal;

/// The one who is signed in, in a session that is good for a purpose.
pub(crate) struct SessionFor<P> {
    caller: Caller,
    token: SecretString,
    purpose: PhantomData<P>,
}

impl<P> Deref for SessionFor<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Purpose> SessionFor<P> {
    pub(crate) async fn of(request: &Request) -> Result<Self, Refusal> {
        let application = Data::<&Application>::from_request_without_body(request).await;
        let Data(application) = application.map_err(|_| Refusal::Internal)?;
        // A form is sent by the one for whom its page was made, whoever has signed in since in another window.
        let whose = request.data::<Form>().and_then(Form::whose);
        let mut somebody_else = false;
        for token in Cookie::Session.tokens_of(request.headers()) {
            let recognize = |purpose| {
                let authenticate = AuthenticateSession { token: token.clone(), origin: origin_of(request), purpose };
                async move { authenticate.execute(application).await }
            };
            let lacks = match recognize(P::PURPOSE).await? {
                AuthenticateSessionOutcome::Recognized(caller) => {
                    if whose.is_none_or(|account| caller.account.id == account) {
                        return Ok(Self { caller: *caller, token, purpose: PhantomData });
                    }
                    somebody_else = true;
                    continue;
                }
                AuthenticateSessionOutcome::Unknown => continue,
                AuthenticateSessionOutcome::EnrollmentRequired => Refusal::Enroll,
                AuthenticateSessionOutcome::PasswordChangeRequired => Refusal::ChangePassword,
            };
            match (whose, recognize(SessionPurpose::Look).await?) {
                (Some(account), AuthenticateSessionOutcome::Recognized(caller)) if caller.account.id != account => {
                    somebody_else = true;
                }
                _ => return Err(lacks),
            }
        }
        Err(if somebody_else { Refusal::SomebodyElse } else { Refusal::SignIn })
    }

    /// What the browser keeps of the session.
    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }
}

impl<'a, P: Purpose> FromRequest<'a> for SessionFor<P> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::of(request).await?)
    }
}

/// The administrator who is signed in, as an account and as an authority over the realm that they act in.
pub(crate) struct Administering {
    pub(crate) caller: Caller,
    pub(crate) administrator: Administrator,
}

impl<'a> FromRequest<'a> for Administering {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let SessionFor { caller, .. } = SessionFor::<Anything>::of(request).await?;
        // An administrator by name, who becomes one by enrolling, is led there.
        let lacking = if caller.account.role == Role::Member { Refusal::Forbidden } else { Refusal::Enroll };
        let Data(application) = Data::<&Application>::from_request_without_body(request).await?;
        let administrator = acting::administrator(application, request.headers(), &caller).await?.ok_or(lacking)?;
        acting::demand_same(request, &administrator, &caller)?;
        Ok(Self { caller, administrator })
    }
}
