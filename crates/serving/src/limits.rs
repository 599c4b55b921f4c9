use std::time::Duration;

/// Descriptors for the log, the key ring, the runtime and what else is open beside connections.
const OTHERS: u64 = 64;

/// More connections than this one process serves none: each costs memory, also where descriptors are plenty.
const MOST_CONNECTIONS: u64 = 16_384;

/// How many connections and requests there may be.
///
/// The figures bound what one client may cost: 256 connections of at most some 100 KiB, and 512 requests of at most
/// some 150 KiB (headers 16, body 64, the answer, and what carries them).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections beyond these that only this machine gets: for health checks and whoever looks for the cause.
    pub reserve: usize,
    /// Connections of one address (of one /64 with IPv6) that is no declared proxy.
    pub connections_per_address: usize,
    /// Requests of one client that are under way or whose answers were not taken yet, beside one on each connection.
    pub requests_per_client: usize,
    /// Bytes of answers that were made for one client and not taken yet, from which on further requests are refused.
    pub pending_bytes_per_client: usize,
    /// How long what may take.
    pub patience: Patience,
}

/// How long this server waits for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From accepting a connection to the end of the headers of its first request, a TLS handshake included; also from
    /// the first byte of a later request to the end of its headers.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// Without a byte of an answer being taken.
    pub stalled: Duration,
    /// How slowly an answer may be taken at the slowest, in bytes per second, beside [`Self::stalled`].
    pub slowest: u64,
    /// Without a request. Longer than the keep-alive of common proxies, so that it is they who close first.
    pub idle: Duration,
}

impl Patience {
    /// What holds on every listener.
    pub const USUAL: Self = Self {
        head: Duration::from_secs(20),
        body: Duration::from_secs(30),
        stalled: Duration::from_secs(30),
        slowest: 4096,
        idle: Duration::from_secs(75),
    };
}

impl Limits {
    /// For the listener of API and pages: what the limit of descriptors leaves beside `others`, the descriptors that
    /// databases take.
    #[must_use]
    pub fn public(descriptors: u64, others: u64, connections_per_address: usize) -> Self {
        let metrics = Self::METRICS.connections as u64;
        let reserve = 16;
        let left = descriptors.saturating_sub(OTHERS + others + metrics + reserve);
        // At least some, however little is left: refusing is up to the system then.
        let connections = left.clamp(16, MOST_CONNECTIONS) as usize;
        Self {
            connections,
            reserve: reserve as usize,
            // One address alone must not take all that there is.
            connections_per_address: connections_per_address.min(connections / 2),
            ..Self::METRICS
        }
    }

    /// For the listener of metrics.
    pub const METRICS: Self = Self {
        connections: 32,
        reserve: 4,
        connections_per_address: 16,
        requests_per_client: 256,
        pending_bytes_per_client: 16 * 1024 * 1024,
        patience: Patience::USUAL,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_never_take_all_descriptors() {
        for descriptors in [200, 256, 1024, 4096, 20_000, 1 << 20, u64::MAX] {
            let limits = Limits::public(descriptors, 15, 256);
            let all = limits.connections + limits.reserve + Limits::METRICS.connections + Limits::METRICS.reserve;
            assert!((all as u64) < descriptors - 60, "{descriptors}: {limits:?}");
            assert!(limits.connections_per_address <= limits.connections / 2, "{descriptors}: {limits:?}");
        }
        assert_eq!(Limits::public(1024, 15, 256).connections_per_address, 256);
        assert_eq!(Limits::public(64, 3000, 256).connections, 16);
    }
}
