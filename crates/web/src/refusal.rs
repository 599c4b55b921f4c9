//! What a page is refused for. `site.rs` turns it into a page that says what to do.

use countersign_application::UseCaseError;
use countersign_serving::BodyError;
use poem::error::ResponseError;
use poem::http::StatusCode;

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nobody is signed in: the sign-in page comes next.
    #[error("nobody is signed in")]
    SignIn,
    /// The session may only enroll: that comes next.
    #[error("the session may only enroll")]
    Enroll,
    /// The session may only change the password: that comes next.
    #[error("the session may only change the password")]
    ChangePassword,
    /// The form is of a page that was made for somebody who is not signed in any more, and somebody else is.
    #[error("somebody else is signed in")]
    SomebodyElse,
    /// The form is of a page of another realm than the one that an operator acts in now.
    #[error("another realm is acted in")]
    OtherRealm,
    /// There is no such page, account, key or authenticator.
    #[error("there is no such thing")]
    NotFound,
    /// The one who asks may not.
    #[error("not allowed")]
    Forbidden,
    /// The form is not from a page of ours that still holds.
    #[error("the form expired")]
    FormExpired,
    /// The form is longer than any of ours.
    #[error("the form is too large")]
    TooLarge,
    /// The address to return to is not in the realm's list.
    #[error("the return address is not allowed")]
    ReturnAddress,
    /// Too much is going on.
    #[error("busy")]
    Busy,
    /// Something that this program needs does not answer.
    #[error("unavailable")]
    Unavailable,
    /// A fault of this program.
    #[error("a fault of this program")]
    Internal,
}

impl Refusal {
    /// What the log says of it, where it may be part of an attack. Whoever comes without a session has tried nothing.
    pub(crate) fn line(self, had_session: bool) -> Option<&'static str> {
        match self {
            Self::SignIn => had_session.then_some("unauthenticated"),
            Self::Enroll => Some("enrollment_required"),
            Self::ChangePassword => Some("password_change_required"),
            Self::Forbidden => Some("forbidden"),
            Self::FormExpired => Some("form_token"),
            Self::ReturnAddress => Some("return_address"),
            Self::SomebodyElse => Some("somebody_else"),
            Self::OtherRealm => Some("other_realm"),
            // What belongs to someone else is answered with the same as what is not there at all.
            Self::NotFound => had_session.then_some("not_found"),
            Self::TooLarge | Self::Busy | Self::Unavailable | Self::Internal => None,
        }
    }
}

impl ResponseError for Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn | Self::Enroll | Self::ChangePassword => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::SomebodyElse | Self::OtherRealm => StatusCode::CONFLICT,
            Self::FormExpired | Self::ReturnAddress => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLong { .. } => Self::TooLarge,
            BodyError::Late | BodyError::Broken => Self::FormExpired,
        }
    }
}

impl From<UseCaseError> for Refusal {
    fn from(error: UseCaseError) -> Self {
        if let UseCaseError::SessionEnded = error {
            return Self::SignIn;
        }
        if let UseCaseError::Repeated = error {
            // The same form is being carried out elsewhere.
            return Self::Busy;
        }
        if error.is_busy() {
            tracing::debug!(%error, "too much is waiting");
            return Self::Busy;
        }
        tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
        match error {
            UseCaseError::Store(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}
