//! Who the client is, as far as the listener can vouch for it.

use countersign_application::Origin;
use countersign_serving::origin_of;
use poem::{FromRequest, Request, RequestBody};

/// The origin of a request.
pub(crate) struct Client(pub(crate) Origin);

impl<'a> FromRequest<'a> for Client {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(origin_of(request)))
    }
}
