use std::net::IpAddr;

/// Where a request came from, as far as the adapter can vouch for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address: the connection's own, or what a configured trusted proxy says.
    pub address: Option<IpAddr>,
    /// What the client calls itself, shortened by the adapter to at most 300 characters.
    pub user_agent: Option<String>,
}

impl Origin {
    /// Nothing is known of where it came from.
    pub const UNKNOWN: Self = Self { address: None, user_agent: None };

    /// Under what attempts of this origin are counted: an IPv4 address, or the /64 of an IPv6 address, within which one
    /// subscriber has addresses without end.
    pub(crate) fn network(&self) -> Option<String> {
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
        Origin { address: address.parse().ok(), user_agent: None }.network()
    }

    #[test]
    fn addresses_of_one_subscriber_are_counted_together() {
        assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:bbbb::2"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:203.0.113.7"), network("203.0.113.7"));
    }
}
