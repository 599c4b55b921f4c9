//! How many lines of refusals a minute may have.

use std::collections::HashMap;

use countersign_core::Timestamp;

/// So many lines a minute one network may cause beside those that an audit event was written for as well.
const LINES_OF_A_NETWORK: u32 = 60;

/// So many lines a minute all of them may cause together.
const LINES: u32 = 1_000;

/// So many networks are told apart within a minute; what comes from others is counted together.
const NETWORKS: usize = 10_000;

/// So many of them are named when a minute is over.
const NAMED_NETWORKS: usize = 20;

/// How many lines a minute has had. A flood of refused requests must not fill the disk.
#[derive(Debug, Default)]
pub(crate) struct Ration {
    minute: i64,
    lines: u32,
    networks: HashMap<String, Share>,
    others: u64,
}

/// What one network had of it.
#[derive(Debug, Default)]
struct Share {
    lines: u32,
    unwritten: u64,
}

/// What left no line in a minute that is over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unwritten {
    /// The networks with most of it, and how much.
    pub(crate) named: Vec<(String, u64)>,
    /// How much came from others.
    pub(crate) others: u64,
}

impl Ration {
    /// Ends the minute if it is over.
    pub(crate) fn turn(&mut self, now: Timestamp) -> Unwritten {
        let minute = now.as_micros().div_euclid(60_000_000);
        if minute == self.minute {
            return Unwritten::default();
        }
        let over = std::mem::replace(self, Self { minute, ..Self::default() });
        let shares = over.networks.into_iter().map(|(network, share)| (network, share.unwritten));
        let mut named: Vec<(String, u64)> = shares.filter(|(_, unwritten)| *unwritten > 0).collect();
        named.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let rest = named.split_off(named.len().min(NAMED_NETWORKS));
        Unwritten { named, others: over.others + rest.iter().map(|(_, unwritten)| unwritten).sum::<u64>() }
    }

    pub(crate) fn may_write(&mut self, network: Option<String>) -> bool {
        let network = network.unwrap_or_else(|| "unknown".to_owned());
        if self.networks.len() >= NETWORKS && !self.networks.contains_key(&network) {
            self.others += 1;
            return false;
        }
        let share = self.networks.entry(network).or_default();
        let may = share.lines < LINES_OF_A_NETWORK && self.lines < LINES;
        if may {
            share.lines += 1;
            self.lines += 1;
        } else {
            share.unwritten += 1;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_micros(minute * 60_000_000 + 1)
    }

    fn network(number: usize) -> Option<String> {
        Some(format!("network {number}"))
    }

    #[test]
    fn a_flood_leaves_so_many_lines_a_minute_and_a_count_of_the_rest() {
        let mut ration = Ration::default();
        assert_eq!(ration.turn(minute(5)), Unwritten::default());
        let written = (0..1_000).filter(|_| ration.may_write(network(1))).count();
        assert_eq!(written, LINES_OF_A_NETWORK as usize);
        assert!(ration.may_write(network(2)), "others are heard");
        assert_eq!(ration.turn(minute(5)), Unwritten::default(), "the minute is not over");
        let rest = 1_000 - u64::from(LINES_OF_A_NETWORK);
        let unwritten = Unwritten { named: vec![("network 1".to_owned(), rest)], others: 0 };
        assert_eq!(ration.turn(minute(6)), unwritten);
        assert!(ration.may_write(network(1)), "a new minute, a new ration");
        assert_eq!(ration.turn(minute(5)), Unwritten::default(), "a clock that goes back begins anew as well");
    }

    #[test]
    fn a_flood_from_everywhere_leaves_so_many_lines_and_takes_so_much_memory() {
        let mut ration = Ration::default();
        ration.turn(minute(5));
        let sent = 3 * NETWORKS;
        let written = (0..sent).filter(|number| ration.may_write(network(*number))).count();
        assert_eq!((written, ration.networks.len()), (LINES as usize, NETWORKS));
        let unwritten = ration.turn(minute(6));
        let named: u64 = unwritten.named.iter().map(|(_, number)| number).sum();
        assert_eq!((unwritten.named.len(), named + unwritten.others), (NAMED_NETWORKS, (sent - written) as u64));
        assert_eq!(ration.networks.len(), 0);
    }
}
