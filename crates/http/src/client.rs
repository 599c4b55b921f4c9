//! Who the client is, as far as this server can vouch for it.

use std::net::IpAddr;

use countersign_application::Origin;
use ipnet::IpNet;
use poem::http::HeaderMap;
use poem::{Addr, FromRequest, Request, RequestBody};

/// Proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(pub(crate) Vec<IpNet>);

impl TrustedProxies {
    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client: the connection's own, unless that is a trusted proxy. Then it is the last address in
    /// `X-Forwarded-For` that is none: whatever stands before it was written by the client.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        if !self.contain(peer) {
            return client;
        }
        let forwarded: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
        for hop in forwarded.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { return client };
            client = address.to_canonical();
            if !self.contain(client) {
                return client;
            }
        }
        client
    }
}

/// The origin of a request.
pub(crate) struct Client(pub(crate) Origin);

/// How much of a user agent is kept.
const USER_AGENT_CHARS: usize = 300;

impl<'a> FromRequest<'a> for Client {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let peer = match &request.remote_addr().0 {
            Addr::SocketAddr(address) => Some(address.ip().to_canonical()),
            Addr::Unix(_) | Addr::Custom(..) => None,
        };
        let none = TrustedProxies::default();
        let proxies = request.data::<TrustedProxies>().unwrap_or(&none);
        let user_agent = request.headers().get(poem::http::header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(Origin {
            address: peer.map(|peer| proxies.client(peer, request.headers())),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARS).collect()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> IpAddr {
        let proxies = TrustedProxies(proxies.iter().map(|network| network.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers)
    }

    #[test]
    fn forwarding_headers_of_anyone_but_a_trusted_proxy_are_ignored() {
        assert_eq!(client(&[], "203.0.113.7", &["198.51.100.1"]).to_string(), "203.0.113.7");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.7", &["198.51.100.1"]).to_string(), "203.0.113.7");
    }

    #[test]
    fn what_a_client_wrote_before_its_proxys_entry_is_ignored() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(client(&proxies, "10.0.0.1", &["1.1.1.1, 198.51.100.1"]).to_string(), "198.51.100.1");
        assert_eq!(client(&proxies, "10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"]).to_string(), "198.51.100.1");
        assert_eq!(client(&proxies, "10.0.0.1", &["nonsense, 10.0.0.2"]).to_string(), "10.0.0.2");
        assert_eq!(client(&proxies, "10.0.0.1", &[]).to_string(), "10.0.0.1");
    }
}
