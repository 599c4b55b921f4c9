use std::net::IpAddr;

use ipnet::IpNet;

use crate::RealmId;
use crate::ports::TokenKind;

/// How much of what a client calls itself is kept, in characters.
const USER_AGENT_CHARS: usize = 300;

/// Proxies whose word about a client's address is believed (`X-Forwarded-For`).
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl TrustedProxies {
    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client: the connection's own, unless that is a trusted proxy. Then it is the last address among
    /// the forwarded ones that is none: whatever stands before it was written by the client.
    fn client<'a>(&self, peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer;
        if !self.contain(peer) {
            return client;
        }
        for hop in forwarded.rev().flat_map(|line| line.rsplit(',')) {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { return client };
            client = address.to_canonical();
            if !self.contain(client) {
                return client;
            }
        }
        client
    }
}

/// By which door a request came in. A session opens the door that it was made at and no other: what a browser keeps is no
/// token of the API, and what a program keeps is no cookie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    /// The HTTP API.
    #[default]
    Api,
    /// The hosted pages.
    Pages,
}

impl Door {
    /// The tokens of its sessions.
    pub(crate) fn session_token(self) -> TokenKind {
        match self {
            Self::Api => TokenKind::Session,
            Self::Pages => TokenKind::PageSession,
        }
    }
}

/// Where a request came from, as far as the adapter can vouch for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address: the connection's own, or what a configured trusted proxy says.
    pub address: Option<IpAddr>,
    /// What the client calls itself, at most 300 characters of it.
    pub user_agent: Option<String>,
    /// By which door.
    pub door: Door,
    /// The realm within which an application has stated it of its end user; `None` where it was observed.
    pub stated_in: Option<RealmId>,
}

impl Origin {
    /// Nothing is known of where it came from.
    pub const UNKNOWN: Self = Self { address: None, user_agent: None, door: Door::Api, stated_in: None };

    /// What an application states of its end user. It is believed within the application's realm, and nowhere else.
    #[must_use]
    pub fn stated(realm: RealmId, address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        // As much as a header can hold.
        let legal = |c: &char| c.is_ascii_graphic() || *c == ' ';
        Self {
            address: address.map(|address| address.to_canonical()),
            user_agent: user_agent.map(|text| text.chars().filter(legal).take(USER_AGENT_CHARS).collect()),
            door: Door::Api,
            stated_in: Some(realm),
        }
    }

    /// What can be vouched for: the address of the connection, or what trusted proxies say; `forwarded` are the lines of
    /// `X-Forwarded-For` in their order.
    pub fn observed<'a>(
        proxies: &TrustedProxies,
        peer: Option<IpAddr>,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
        user_agent: Option<&str>,
    ) -> Self {
        Self {
            address: peer.map(|peer| proxies.client(peer.to_canonical(), forwarded)),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARS).collect()),
            door: Door::Api,
            stated_in: None,
        }
    }

    /// The same by another door.
    #[must_use]
    pub fn through(self, door: Door) -> Self {
        Self { door, ..self }
    }

    /// Under what attempts of this origin are counted: an IPv4 address, or the /64 of an IPv6 address, within which one
    /// subscriber has addresses without end. What an application stated is counted apart for each realm, so that nobody
    /// has to wait for what the application of another realm says.
    pub(crate) fn network(&self) -> Option<String> {
        let network = self.shown_network()?;
        Some(match self.stated_in {
            Some(realm) => format!("{network} as stated in {realm}"),
            None => network,
        })
    }

    /// The same as operators are shown it and name it, whoever stated it.
    pub(crate) fn shown_network(&self) -> Option<String> {
        self.address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Option<String> {
        Origin { address: address.parse().ok(), ..Origin::UNKNOWN }.network()
    }

    #[test]
    fn addresses_of_one_subscriber_are_counted_together() {
        assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:bbbb::2"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:203.0.113.7"), network("203.0.113.7"));
    }

    #[test]
    fn a_stated_address_is_counted_within_its_realm() {
        let realm = |n| RealmId::from_uuid(uuid::Uuid::from_u128(n));
        let address = "203.0.113.7".parse().ok();
        let stated = |n| Origin::stated(realm(n), address, None).network();
        assert_eq!(stated(1), stated(1));
        assert_ne!(stated(1), stated(2));
        assert_ne!(stated(1), network("203.0.113.7"));
        assert_eq!(Origin::stated(realm(1), None, Some("x")).network(), None);
    }

    #[test]
    fn what_is_stated_is_cleaned_and_cut() {
        let text = format!("Mozilla\u{202e}/5.0\n\0 {}", "x".repeat(400));
        let origin = Origin::stated(RealmId::from_uuid(uuid::Uuid::nil()), None, Some(&text));
        let kept = origin.user_agent.unwrap();
        assert!(kept.starts_with("Mozilla/5.0 x") && kept.len() == 300, "{kept}");
    }

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies = TrustedProxies(proxies.iter().map(|network| network.parse().unwrap()).collect());
        let origin = Origin::observed(&proxies, peer.parse().ok(), forwarded.iter().copied(), None);
        origin.address.unwrap().to_string()
    }

    #[test]
    fn forwarding_headers_of_anyone_but_a_trusted_proxy_are_ignored() {
        assert_eq!(client(&[], "203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
    }

    #[test]
    fn what_a_client_wrote_before_its_proxys_entry_is_ignored() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(client(&proxies, "10.0.0.1", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(&proxies, "10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(client(&proxies, "10.0.0.1", &["nonsense, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client(&proxies, "10.0.0.1", &[]), "10.0.0.1");
    }
}
