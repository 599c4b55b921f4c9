use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use crate::RealmId;
use crate::ports::TokenKind;
use crate::text::legible;

/// How much of what a client calls itself is kept, in characters.
const USER_AGENT_CHARS: usize = 300;

/// Proxies whose word about a client's address is believed (`X-Forwarded-For`).
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

/// What may be wrong with [`TrustedProxies`], as a request shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardingDoubt {
    /// Someone who was not declared brought a forwarded address. It is not believed.
    Undeclared,
    /// All forwarded addresses are declared: a client is in the networks of the proxies, and may write what it likes.
    OnlyProxies,
}

/// What is wrong with a declared network itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkDoubt {
    /// It has a good part of all public addresses, so that almost anybody may make up an address.
    HoldsThePublic,
    /// It is a private network of more than 65,536 addresses (of more than a /48 with IPv6), which hardly are all proxies.
    HoldsNeighbors,
}

impl TrustedProxies {
    /// Whether an address is one of them.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether they are everyone, taken together.
    #[must_use]
    pub fn are_everyone(&self) -> bool {
        IpNet::aggregate(&self.0).iter().any(|network| network.prefix_len() == 0)
    }

    /// The declared networks that hold more than proxies.
    #[must_use]
    pub fn doubts(&self) -> Vec<(IpNet, NetworkDoubt)> {
        let networks = IpNet::aggregate(&self.0);
        networks.into_iter().filter_map(|network| Some((network, doubt_of(network)?))).collect()
    }

    /// The address of the client: the connection's own, unless that is a trusted proxy. Then it is the last address among
    /// the forwarded ones that is none: whatever stands before it was written by the client. `forwarded` are the lines of
    /// `X-Forwarded-For` in their order, as bytes: what is no text in one place says nothing against the others.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    ) -> (IpAddr, Option<ForwardingDoubt>) {
        let mut client = peer.to_canonical();
        let mut hops = forwarded.rev().flat_map(|line| line.rsplit(|byte| *byte == b',')).peekable();
        if !self.contain(client) {
            return (client, hops.peek().map(|_| ForwardingDoubt::Undeclared));
        }
        let mut doubt = None;
        for hop in hops {
            let Some(address) = forwarded_address(hop) else { return (client, None) };
            client = address;
            if !self.contain(client) {
                return (client, None);
            }
            doubt = Some(ForwardingDoubt::OnlyProxies);
        }
        (client, doubt)
    }
}

fn doubt_of(network: IpNet) -> Option<NetworkDoubt> {
    let is_private = match network {
        IpNet::V4(network) => {
            let address = network.network();
            address.is_private() || address.is_loopback() || address.is_link_local() || is_shared(address.octets())
        }
        IpNet::V6(network) => {
            let address = network.network();
            address.is_unique_local() || address.is_unicast_link_local()
        }
    };
    let (public, private) = match network {
        IpNet::V4(_) => (8, 16),
        IpNet::V6(_) => (16, 48),
    };
    let is_large = |least: u8| network.prefix_len() < least;
    match is_private {
        // All of 127.0.0.0/8 is this machine.
        true if network.addr().is_loopback() && !is_large(8) => None,
        true if is_large(private) => Some(NetworkDoubt::HoldsNeighbors),
        false if is_large(public) => Some(NetworkDoubt::HoldsThePublic),
        _ => None,
    }
}

/// 100.64.0.0/10 (RFC 6598).
const fn is_shared(octets: [u8; 4]) -> bool {
    octets[0] == 100 && octets[1] & 0xC0 == 0x40
}

/// An entry of `X-Forwarded-For`: an address, with a port, in brackets or in quotes as some proxies write it.
fn forwarded_address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop.trim_ascii()).ok()?;
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<std::net::Ipv6Addr>().ok().map(IpAddr::from);
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip())).or_else(bare);
    address.map(|address| address.to_canonical())
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
    /// What the client calls itself, at most 300 characters of it; what cannot be seen is replaced.
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

    /// The origin of a request from `address` ([`TrustedProxies::client`]).
    #[must_use]
    pub fn new(address: IpAddr, user_agent: Option<&str>) -> Self {
        let user_agent = user_agent.map(|text| legible(&text.chars().take(USER_AGENT_CHARS).collect::<String>()));
        Self { address: Some(address), user_agent, door: Door::Api, stated_in: None }
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

    fn trace(proxies: &[&str], peer: &str, forwarded: &[&[u8]]) -> (String, Option<ForwardingDoubt>) {
        let proxies = TrustedProxies(proxies.iter().map(|network| network.parse().unwrap()).collect());
        let (client, doubt) = proxies.client(peer.parse().unwrap(), forwarded.iter().copied());
        (client.to_string(), doubt)
    }

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let lines: Vec<&[u8]> = forwarded.iter().map(|line| line.as_bytes()).collect();
        trace(proxies, peer, &lines).0
    }

    #[test]
    fn what_a_client_calls_itself_cannot_change_the_sentence_around_it() {
        let agent = |text| Origin::new([203, 0, 113, 7].into(), Some(text)).user_agent.unwrap();
        assert_eq!(
            agent("Mozilla/5.0 (evil\u{202e}gnp.exe)\n\0x"),
            "Mozilla/5.0 (evil\u{fffd}gnp.exe)\u{fffd}\u{fffd}x"
        );
        assert_eq!(agent(&"é".repeat(400)), "é".repeat(300));
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
        assert_eq!(client(&proxies, "::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn an_entry_is_understood_with_its_port_in_brackets_and_in_quotes() {
        for (entry, address) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"203.0.113.9\"", "203.0.113.9"),
            ("\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
            ("2001:db8::1:4711", "2001:db8::1:4711"),
            (" 203.0.113.9\t", "203.0.113.9"),
        ] {
            assert_eq!(client(&["10.0.0.1/32"], "10.0.0.1", &[entry]), address, "{entry}");
        }
        for nonsense in ["unknown", "_hidden", "203.0.113.9:", "203.0.113.9:99999", "[203.0.113.9]", "[2001:db8::1", ""]
        {
            assert_eq!(client(&["10.0.0.1/32"], "10.0.0.1", &[nonsense]), "10.0.0.1", "{nonsense}");
        }
    }

    #[test]
    fn what_is_no_text_hides_nothing_that_stands_after_it() {
        for line in [&b"\xff, 198.51.100.7"[..], b"\xc3\xa9, 198.51.100.7", b"\xff,198.51.100.7:80"] {
            assert_eq!(trace(&["10.0.0.1/32"], "10.0.0.1", &[line]).0, "198.51.100.7");
        }
        assert_eq!(trace(&["10.0.0.1/32"], "10.0.0.1", &[b"\xff", b"198.51.100.7"]).0, "198.51.100.7");
        assert_eq!(trace(&["10.0.0.1/32"], "10.0.0.1", &[b"198.51.100.7, \xff"]).0, "10.0.0.1");
    }

    #[test]
    fn what_shows_that_the_declared_proxies_are_not_the_real_ones_is_told() {
        let doubt = |proxies: &[&str], peer, line: &str| trace(proxies, peer, &[line.as_bytes()]).1;
        assert_eq!(doubt(&[], "127.0.0.1", "198.51.100.1"), Some(ForwardingDoubt::Undeclared));
        assert_eq!(doubt(&["10.0.0.0/8"], "10.0.0.1", "10.5.5.5"), Some(ForwardingDoubt::OnlyProxies));
        assert_eq!(doubt(&["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 10.5.5.5"), None);
        assert_eq!(trace(&["10.0.0.0/8"], "10.0.0.1", &[]).1, None);
        assert_eq!(trace(&[], "127.0.0.1", &[]).1, None);
    }

    #[test]
    fn networks_that_hold_more_than_proxies_are_told() {
        let proxies = |networks: &[&str]| TrustedProxies(networks.iter().map(|one| one.parse().unwrap()).collect());
        let doubts =
            |networks: &[&str]| proxies(networks).doubts().into_iter().map(|(_, doubt)| doubt).collect::<Vec<_>>();
        for everyone in [&["0.0.0.0/1", "128.0.0.0/1"][..], &["::/0"], &["10.0.0.0/8", "0.0.0.0/0"]] {
            assert!(proxies(everyone).are_everyone(), "{everyone:?}");
        }
        for wide in ["0.0.0.0/1", "64.0.0.0/2", "2000::/3", "::/1"] {
            assert!(!proxies(&[wide]).are_everyone());
            assert_eq!(doubts(&[wide]), [NetworkDoubt::HoldsThePublic], "{wide}");
        }
        for neighbors in ["10.0.0.0/8", "172.16.0.0/12", "100.64.0.0/10", "fc00::/7", "fd00::/8"] {
            assert_eq!(doubts(&[neighbors]), [NetworkDoubt::HoldsNeighbors], "{neighbors}");
        }
        assert_eq!(doubts(&["10.0.0.0/9", "10.128.0.0/9"]), [NetworkDoubt::HoldsNeighbors]);
        for fine in ["127.0.0.0/8", "::1/128", "172.17.0.0/16", "104.16.0.0/13", "2606:4700::/32", "fd00:1:2::/64"] {
            assert_eq!(doubts(&[fine]), [], "{fine}");
        }
    }
}
