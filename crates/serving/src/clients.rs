use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits::Limits;
use crate::network::Network;

/// What the requests of each client hold, until their answers were taken.
pub(crate) struct Clients {
    limits: Limits,
    held: Mutex<HashMap<Network, Held>>,
}

#[derive(Default)]
struct Held {
    requests: usize,
    bytes: usize,
}

impl Clients {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Network, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more request of a client, unless it has too many.
    pub(crate) fn admit(self: &Arc<Self>, client: Network) -> Option<Share> {
        let mut held = self.held();
        let its = held.entry(client).or_default();
        if its.requests >= self.limits.requests_per_client || its.bytes >= self.limits.pending_bytes_per_client {
            return None;
        }
        its.requests += 1;
        Some(Share { clients: Arc::clone(self), client })
    }

    /// Counts one more request of a client beyond what it may have: others of it were given up just now, or it is the
    /// only one on its connection.
    pub(crate) fn admit_instead(self: &Arc<Self>, client: Network) -> Share {
        self.held().entry(client).or_default().requests += 1;
        Share { clients: Arc::clone(self), client }
    }
}

/// One request of a client.
pub(crate) struct Share {
    clients: Arc<Clients>,
    client: Network,
}

impl Share {
    /// Counts bytes of an answer that are held for the client.
    pub(crate) fn hold(&self, bytes: usize) {
        if let Some(its) = self.clients.held().get_mut(&self.client) {
            its.bytes += bytes;
        }
    }

    /// They were taken.
    pub(crate) fn release(&self, bytes: usize) {
        if let Some(its) = self.clients.held().get_mut(&self.client) {
            its.bytes = its.bytes.saturating_sub(bytes);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.clients.held();
        if let Some(its) = held.get_mut(&self.client) {
            its.requests = its.requests.saturating_sub(1);
            if its.requests == 0 {
                held.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_so_many_requests_and_so_many_bytes_and_others_have_theirs() {
        let limits = Limits { requests_per_client: 3, pending_bytes_per_client: 100, ..Limits::METRICS };
        let clients = Arc::new(Clients::new(limits));
        let (one, other) = (Network::of([192, 0, 2, 1].into()), Network::of([192, 0, 2, 2].into()));
        let mut shares: Vec<Share> = (0..3).map(|_| clients.admit(one).unwrap()).collect();
        assert!(clients.admit(one).is_none() && clients.admit(other).is_some());
        drop(clients.admit_instead(one));
        shares.pop();
        shares[0].hold(100);
        assert!(clients.admit(one).is_none());
        shares[0].release(1);
        drop(clients.admit(one).unwrap());
        drop(shares);
        assert!(clients.held().is_empty());
    }
}
