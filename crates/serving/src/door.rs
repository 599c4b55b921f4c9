//! What each request passes, and each answer.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use poem::endpoint::DynEndpoint;
use poem::http::uri::Scheme;
use poem::http::{HeaderMap, HeaderValue, Method, Request as HttpRequest, Response as HttpResponse, Version, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, Request, Response};

use crate::body::{Answer, AnyBody, Hold, Received};
use crate::client::Forwarding;
use crate::clients::{Clients, Share};
use crate::connection::{Connection, Exchange};
use crate::connections::Connections;
use crate::network::Network;
use crate::refusal::Refusal;

/// For two years, for this host and all below it (RFC 6797).
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// The way of a request to the endpoint and of its answer back.
pub(crate) struct Door {
    pub(crate) endpoint: Arc<dyn DynEndpoint<Output = Response>>,
    pub(crate) forwarding: Forwarding,
    pub(crate) clients: Arc<Clients>,
    pub(crate) connections: Arc<Connections>,
    /// Whether browsers reach this server by HTTPS only, and are to hold to it.
    pub(crate) https_only: bool,
}

/// Where a connection leads.
#[derive(Clone)]
pub(crate) struct Ends {
    pub(crate) local: SocketAddr,
    pub(crate) peer: SocketAddr,
    pub(crate) scheme: Scheme,
}

impl Door {
    /// Answers a request.
    pub(crate) async fn answer(
        &self,
        request: HttpRequest<Incoming>,
        ends: Ends,
        connection: &Arc<Connection>,
    ) -> HttpResponse<Answer> {
        let mut response = self.answer_by_endpoint(request, ends, connection).await;
        if self.https_only {
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
        }
        response
    }

    /// Counts a request for its client. Whoever has too many loses those first that only wait for the client itself. Each
    /// connection may have one in any case, so that others at the same address are served as well; but not one of a declared
    /// proxy, behind which a client has as many connections as it likes.
    fn share(&self, client: Network, exchange: &Exchange, connection: &Arc<Connection>) -> Option<Share> {
        let is_only_one = exchange.is_alone && !connection.is_proxied;
        self.clients.admit(client).or_else(|| {
            let has_room = self.connections.end_slowest_beside(connection) || is_only_one;
            has_room.then(|| self.clients.admit_instead(client))
        })
    }

    async fn answer_by_endpoint(
        &self,
        mut request: HttpRequest<Incoming>,
        ends: Ends,
        connection: &Arc<Connection>,
    ) -> HttpResponse<Answer> {
        let exchange = connection.begin(request.version() == Version::HTTP_2);
        if request.version() == Version::HTTP_11 && request.headers().get_all(header::HOST).iter().count() != 1 {
            return Refusal::Host.response();
        }
        let origin = self.forwarding.origin(ends.peer.ip(), request.headers());
        let client = Network::of(origin.address.unwrap_or_else(|| ends.peer.ip()));
        let Some(share) = self.share(client, &exchange, connection) else { return Refusal::Busy.response() };
        let hold = Arc::new(Hold { exchange, share });

        // Whoever asks for the head only is to get that of the whole answer (RFC 9110, 9.3.2), wherever there is one.
        let head_only = request.method() == Method::HEAD;
        if head_only {
            *request.method_mut() = Method::GET;
        }
        request.extensions_mut().insert(origin);
        let local = LocalAddr(Addr::SocketAddr(ends.local));
        let remote = RemoteAddr(Addr::SocketAddr(ends.peer));
        let mut request = Request::from((request, local, remote, ends.scheme));
        let body = Received::new(AnyBody::from(request.take_body()), Arc::clone(&hold));
        request.set_body(Body::from(AnyBody::new(body)));
        let response = HttpResponse::<AnyBody>::from(self.endpoint.get_response(request).await);
        let (mut parts, body) = response.into_parts();
        if head_only {
            note_length(&mut parts.headers, &body);
            return HttpResponse::from_parts(parts, Answer::short(nothing()));
        }
        HttpResponse::from_parts(parts, Answer::new(body, hold))
    }
}

/// Says how long the body is that is left out.
fn note_length(headers: &mut HeaderMap, body: &AnyBody) {
    use http_body::Body;
    if let Some(length) = body.size_hint().exact() {
        headers.entry(header::CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
}

fn nothing() -> AnyBody {
    AnyBody::new(Empty::new().map_err(|never| match never {}))
}
