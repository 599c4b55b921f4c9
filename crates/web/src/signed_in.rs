//! Who is signed in at the pages, found out once a request.

use std::marker::PhantomData;
use std::ops::Deref;

use countersign_application::Application;
use countersign_application::account::Role;
use countersign_application::administration::Administrator;
use countersign_application::caller::Caller;
use countersign_application::session::purpose::{Anything, Purpose};
use countersign_application::session::{AuthenticateSession, AuthenticateSessionOutcome};
use countersign_serving::origin_of;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody};

use crate::cookies::Cookie;
use crate::refusal::Refusal;

/// The one who is signed in, in a session that is good for a purpose.
pub(crate) struct SessionFor<P>(Caller, PhantomData<P>);

impl<P> Deref for SessionFor<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P: Purpose> SessionFor<P> {
    pub(crate) async fn of(request: &Request) -> Result<Self, Refusal> {
        let application = Data::<&Application>::from_request_without_body(request).await;
        let Data(application) = application.map_err(|_| Refusal::Internal)?;
        let token = Cookie::Session.secret_of(request.headers()).ok_or(Refusal::SignIn)?;
        let authenticate = AuthenticateSession { token, origin: origin_of(request), purpose: P::PURPOSE };
        match authenticate.execute(application).await? {
            AuthenticateSessionOutcome::Recognized(caller) => Ok(Self(*caller, PhantomData)),
            AuthenticateSessionOutcome::Unknown => Err(Refusal::SignIn),
            AuthenticateSessionOutcome::EnrollmentRequired => Err(Refusal::Enroll),
            AuthenticateSessionOutcome::PasswordChangeRequired => Err(Refusal::ChangePassword),
        }
    }
}

impl<'a, P: Purpose> FromRequest<'a> for SessionFor<P> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::of(request).await?)
    }
}

/// The administrator who is signed in, as an account and as an authority over its realm.
pub(crate) struct Administering {
    pub(crate) caller: Caller,
    pub(crate) administrator: Administrator,
}

impl<'a> FromRequest<'a> for Administering {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let SessionFor(caller, _) = SessionFor::<Anything>::of(request).await?;
        // An administrator by name, who becomes one by enrolling, is led there.
        let lacking = if caller.account.role == Role::Member { Refusal::Forbidden } else { Refusal::Enroll };
        let administrator = Administrator::of(&caller).ok_or(lacking)?;
        Ok(Self { caller, administrator })
    }
}
