//! Who the client is, as far as this server can vouch for it.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use countersign_application::{ForwardingDoubt, Origin, TrustedProxies};
use poem::http::header::USER_AGENT;
use poem::http::{HeaderMap, HeaderValue};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Of how many undeclared proxies the log tells: whoever likes can look like one.
const MOST_TOLD: usize = 8;

/// Reads who the client is, and tells once where that cannot be right.
pub(crate) struct Forwarding {
    proxies: TrustedProxies,
    told: Mutex<HashSet<IpAddr>>,
    told_of_clients: AtomicBool,
}

impl Forwarding {
    pub(crate) fn new(proxies: TrustedProxies) -> Self {
        Self { proxies, told: Mutex::default(), told_of_clients: AtomicBool::new(false) }
    }

    pub(crate) fn is_proxy(&self, peer: IpAddr) -> bool {
        self.proxies.contain(peer.to_canonical())
    }

    /// The origin of a request that `peer` brought.
    pub(crate) fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> Origin {
        let lines: Vec<&[u8]> = headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes).collect();
        let (client, doubt) = self.proxies.client(peer, lines.into_iter());
        match doubt {
            Some(ForwardingDoubt::Undeclared) => self.tell_of_undeclared(client),
            Some(ForwardingDoubt::OnlyProxies) => self.tell_of_clients(client),
            None => {}
        }
        let user_agent = headers.get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        Origin::new(client, user_agent.as_deref())
    }

    fn tell_of_undeclared(&self, peer: IpAddr) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST_TOLD && told.insert(peer) {
            tracing::warn!(
                %peer,
                "X-Forwarded-For is not believed, and everyone behind this address counts as one client: if it is your \
                 reverse proxy, name it in trusted_proxies"
            );
        }
    }

    fn tell_of_clients(&self, client: IpAddr) {
        if !self.told_of_clients.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %client,
                "every address in X-Forwarded-For is in trusted_proxies: if this one is a client, it may make up any \
                 address; name the addresses of the proxies only"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_read_from_bytes_and_its_name_is_kept() {
        let forwarding = Forwarding::new(TrustedProxies(vec!["127.0.0.1/32".parse().unwrap()]));
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_bytes(b"\xff, 198.51.100.7:4711").unwrap());
        headers.insert(USER_AGENT, HeaderValue::from_static("test/1"));
        let origin = forwarding.origin([127, 0, 0, 1].into(), &headers);
        assert_eq!(origin, Origin::new([198, 51, 100, 7].into(), Some("test/1")));
        let origin = forwarding.origin([192, 0, 2, 1].into(), &headers);
        assert_eq!(origin.address, Some([192, 0, 2, 1].into()));
    }

    #[test]
    fn of_undeclared_proxies_it_tells_once_each_and_not_of_endless_ones() {
        let forwarding = Forwarding::new(TrustedProxies::default());
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_static("198.51.100.7"));
        for last in 0..100 {
            forwarding.origin([192, 0, 2, last].into(), &headers);
        }
        assert_eq!(forwarding.told.lock().unwrap().len(), MOST_TOLD);
    }
}
