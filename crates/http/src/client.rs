//! Who the client is, as far as the listener can vouch for it.

use countersign_application::Origin;
use poem::{FromRequest, Request, RequestBody};

/// The origin of a request.
pub(crate) struct Client(pub(crate) Origin);

impl<'a> FromRequest<'a> for Client {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::of(request))
    }
}

impl Client {
    /// The client of a request.
    pub(crate) fn of(request: &Request) -> Self {
        Self(request.data::<Origin>().cloned().unwrap_or(Origin::UNKNOWN))
    }
}
