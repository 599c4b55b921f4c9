//! All connections of a listener: who gets one, who loses one, and who was too slow.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::connection::{Connection, Worth};
use crate::limits::Limits;
use crate::network::Network;

/// How long nothing may be under way on a connection when the server is about to end.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// All connections of a listener.
pub(crate) struct Connections {
    limits: Limits,
    open: Mutex<Open>,
    all_ended: Notify,
}

#[derive(Default)]
struct Open {
    by_network: HashMap<Network, Vec<Arc<Connection>>>,
    total: usize,
}

/// A connection that is open for as long as this lives.
pub(crate) struct Admitted {
    connections: Arc<Connections>,
    pub(crate) connection: Arc<Connection>,
}

impl Connections {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, open: Mutex::default(), all_ended: Notify::new() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection, if need be in place of one that is worth less. `None` where all that there are work for
    /// someone.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr, is_proxied: bool) -> Option<Admitted> {
        let network = Network::of(peer);
        let limits = &self.limits;
        let connection = Arc::new(Connection::new(network, is_proxied, limits.patience));
        let mut open = self.open();
        let its = open.by_network.get(&network).map_or(0, Vec::len);
        if !is_proxied && its >= limits.connections_per_address && !open.evict_of(network) {
            return None;
        }
        let is_near = peer.to_canonical().is_loopback() && !is_proxied;
        let most = limits.connections + if is_near { limits.reserve } else { 0 };
        if open.total >= most && !open.evict(network) {
            return None;
        }
        open.insert(&connection);
        Some(Admitted { connections: Arc::clone(self), connection })
    }

    /// Ends so many of the connections that are worth least: there are no descriptors left.
    pub(crate) fn make_room(&self, count: usize) {
        let mut open = self.open();
        for _ in 0..count {
            if !open.evict_any() {
                return;
            }
        }
    }

    /// Ends the connection of the same address that is slowest to send or to take what is under way on it.
    pub(crate) fn end_slowest_beside(&self, connection: &Arc<Connection>) -> bool {
        // What a proxy brings is not all of one client.
        !connection.is_proxied && self.open().evict_slowest_beside(connection)
    }

    /// Ends those whose clients are too late.
    pub(crate) fn end_overdue(&self) {
        self.end_those(Connection::overdue);
    }

    /// Ends those on which nothing is under way: the server is about to end.
    pub(crate) fn end_quiet(&self) {
        self.end_those(|connection| connection.is_quiet_for(LAST_WORDS).then_some("the end of the server"));
    }

    /// Ends all.
    pub(crate) fn end_all(&self) {
        self.end_those(|_| Some("the end of the server"));
    }

    fn end_those(&self, why: impl Fn(&Connection) -> Option<&'static str>) {
        let open = self.open();
        for connection in open.by_network.values().flatten() {
            if let Some(late) = why(connection) {
                tracing::debug!(late, "a connection was ended");
                connection.cut();
            }
        }
    }

    /// Waits until none is open.
    pub(crate) async fn wait_for_all(&self) {
        loop {
            let ended = self.all_ended.notified();
            if self.open().total == 0 {
                return;
            }
            ended.await;
        }
    }
}

impl Open {
    fn insert(&mut self, connection: &Arc<Connection>) {
        self.by_network.entry(connection.network).or_default().push(Arc::clone(connection));
        self.total += 1;
    }

    /// Forgets a connection, if it was not forgotten before.
    fn remove(&mut self, connection: &Arc<Connection>) {
        let Some(its) = self.by_network.get_mut(&connection.network) else { return };
        let Some(index) = its.iter().position(|other| Arc::ptr_eq(other, connection)) else { return };
        its.swap_remove(index);
        if its.is_empty() {
            self.by_network.remove(&connection.network);
        }
        self.total -= 1;
    }

    /// Makes room for `newcomer`: whoever holds most gives one up, then its own network, then the proxies.
    fn evict(&mut self, newcomer: Network) -> bool {
        let holder = self.by_network.iter().filter(|(_, its)| !its[0].is_proxied).max_by_key(|(_, its)| its.len());
        let holder = holder.map(|(network, _)| *network);
        holder.is_some_and(|holder| self.evict_of(holder)) || self.evict_of(newcomer) || self.evict_any()
    }

    fn evict_of(&mut self, network: Network) -> bool {
        let its = self.by_network.get(&network).map(Vec::as_slice).unwrap_or_default();
        let victim = least(its.iter());
        self.cut(victim)
    }

    fn evict_slowest_beside(&mut self, connection: &Arc<Connection>) -> bool {
        let its = self.by_network.get(&connection.network).map(Vec::as_slice).unwrap_or_default();
        let others = its.iter().filter(|other| !Arc::ptr_eq(other, connection));
        let victim = least(others.filter(|other| matches!(other.worth(), Some(Worth::Slow(_)))));
        self.cut(victim)
    }

    fn evict_any(&mut self) -> bool {
        let victim = least(self.by_network.values().flatten());
        self.cut(victim)
    }

    fn cut(&mut self, victim: Option<Arc<Connection>>) -> bool {
        let Some(victim) = victim else { return false };
        self.remove(&victim);
        victim.cut();
        true
    }
}

/// The one that is worth least.
fn least<'a>(connections: impl Iterator<Item = &'a Arc<Connection>>) -> Option<Arc<Connection>> {
    let worth = |connection: &'a Arc<Connection>| Some((connection.worth()?, connection));
    let least: Option<(Worth, _)> = connections.filter_map(worth).min_by_key(|(worth, _)| *worth);
    least.map(|(_, connection)| Arc::clone(connection))
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.remove(&self.connection);
        if open.total == 0 {
            self.connections.all_ended.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::advance;

    const LIMITS: Limits = Limits { connections: 6, reserve: 1, connections_per_address: 3, ..Limits::METRICS };

    fn connections() -> Arc<Connections> {
        Arc::new(Connections::new(LIMITS))
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn is_open(admitted: &Admitted) -> bool {
        let open = admitted.connections.open();
        open.by_network.values().flatten().any(|other| Arc::ptr_eq(other, &admitted.connection))
    }

    #[test]
    fn an_address_that_has_its_share_gives_up_its_own_oldest_that_does_nothing() {
        let connections = connections();
        let other = connections.admit(address(2), false).unwrap();
        let mut its = Vec::new();
        for _ in 0..5 {
            its.push(connections.admit(address(1), false).unwrap());
            advance(Duration::from_secs(1));
        }
        let open: Vec<bool> = its.iter().map(is_open).collect();
        assert_eq!(open, [false, false, true, true, true]);
        assert!(is_open(&other));
        assert_eq!(connections.open().total, 4);
    }

    #[test]
    fn one_that_waits_for_this_server_is_never_given_up() {
        let connections = connections();
        let its: Vec<_> = (0..3).map(|_| connections.admit(address(1), false).unwrap()).collect();
        let working: Vec<_> = its.iter().map(|admitted| admitted.connection.begin(false)).collect();
        working.iter().for_each(crate::connection::Exchange::is_received);
        assert!(connections.admit(address(1), false).is_none());
        assert!(its.iter().all(is_open));
        drop(working);
        assert!(connections.admit(address(1), false).is_some());
    }

    #[test]
    fn a_client_with_too_many_requests_loses_the_connection_that_is_slowest() {
        let connections = connections();
        let its: Vec<_> = (0..3).map(|_| connections.admit(address(1), false).unwrap()).collect();
        let other = connections.admit(address(2), false).unwrap();
        let slow: Vec<_> = [&other, &its[0], &its[1]].map(|admitted| admitted.connection.begin(true)).into();
        assert!(connections.end_slowest_beside(&its[0].connection));
        assert_eq!(its.iter().map(is_open).collect::<Vec<_>>(), [true, false, true]);
        assert!(!connections.end_slowest_beside(&its[0].connection) && is_open(&other));
        drop(slow);
    }

    #[test]
    fn when_all_are_taken_whoever_holds_most_makes_room_for_another() {
        let connections = connections();
        let most: Vec<_> = (0..3).map(|_| connections.admit(address(1), false).unwrap()).collect();
        let proxied: Vec<_> = (0..2).map(|_| connections.admit(address(9), true).unwrap()).collect();
        let single = connections.admit(address(2), false).unwrap();
        let newcomer = connections.admit(address(3), false).unwrap();
        assert_eq!(most.iter().filter(|admitted| is_open(admitted)).count(), 2);
        assert!(proxied.iter().all(is_open) && is_open(&single) && is_open(&newcomer));
        assert_eq!(connections.open().total, LIMITS.connections);
    }

    #[test]
    fn a_proxy_has_no_share_of_its_own_and_this_machine_a_reserve() {
        let connections = connections();
        let proxied: Vec<_> = (0..6).map(|_| connections.admit(address(9), true).unwrap()).collect();
        assert!(proxied.iter().all(is_open));
        let near = connections.admit([127, 0, 0, 1].into(), false).unwrap();
        assert!(proxied.iter().all(is_open) && is_open(&near));
    }

    #[tokio::test]
    async fn it_is_known_when_all_have_ended() {
        let connections = connections();
        let admitted = connections.admit(address(1), false).unwrap();
        let waiting = tokio::spawn({
            let connections = Arc::clone(&connections);
            async move { connections.wait_for_all().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(admitted);
        waiting.await.unwrap();
        assert_eq!(connections.open().total, 0);
    }
}
