//! Who the client is, as far as this server can vouch for it.

use countersign_application::{Origin, TrustedProxies};
use poem::http::header::USER_AGENT;
use poem::{Addr, FromRequest, Request, RequestBody};

/// The origin of a request.
pub(crate) struct Client(pub(crate) Origin);

impl<'a> FromRequest<'a> for Client {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let none = TrustedProxies::default();
        Ok(Self::of(request, request.data::<TrustedProxies>().unwrap_or(&none)))
    }
}

impl Client {
    /// The client of a request, where these proxies are believed.
    pub(crate) fn of(request: &Request, proxies: &TrustedProxies) -> Self {
        let peer = match &request.remote_addr().0 {
            Addr::SocketAddr(address) => Some(address.ip()),
            Addr::Unix(_) | Addr::Custom(..) => None,
        };
        let forwarded: Vec<&str> =
            request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
        let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        Self(Origin::observed(proxies, peer, forwarded.into_iter(), user_agent))
    }
}
