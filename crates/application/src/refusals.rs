//! Refusals in the log, for whoever runs this and for programs that ban addresses.
//!
//! ```text
//! sign-in refused from 203.0.113.7 (password)
//! request refused from 2001:db8::7 (forbidden)
//! ```
//!
//! The first kind has the target `countersign::sign_in`, the second `countersign::refused`; `docs/fail2ban.md` says how they are
//! read. Nothing that was sent stands in them: neither a login, in whose place people type passwords, nor what a client
//! calls itself, nor a token. The address is the one that attempts are counted by. Who asked, as far as that is known, and
//! for which request, the span says that a line stands in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::PoisonError;

use countersign_core::Timestamp;

use crate::named::named;
use crate::{Application, Origin};

/// So many lines a minute one network may cause beside those that an audit event was written for as well.
const LINES_OF_A_NETWORK: u32 = 60;

/// So many lines a minute all of them may cause together.
const LINES: u32 = 1_000;

/// So many networks are told apart within a minute; what comes from others is counted together.
const NETWORKS: usize = 10_000;

/// So many of them are named when a minute is over.
const NAMED_NETWORKS: usize = 20;

named! {
    /// Why a sign-in was refused, as the log says it.
    pub enum SignInRefusal {
        /// Unknown realm or login, wrong password, or disabled account.
        Password = "password",
        /// A code that is wrong or was used before.
        Code = "code",
        /// An unknown, expired, spent or exhausted challenge.
        Challenge = "challenge",
        /// It was not looked at, because of earlier failures.
        Throttled = "throttled",
    }
}

impl SignInRefusal {
    /// Whether it costs whoever sends it a slow computation or a try of few, and this program an audit event: then each
    /// leaves its line. The others come as fast as a network can send them.
    fn is_scarce(self) -> bool {
        matches!(self, Self::Password | Self::Code)
    }
}

impl Application {
    /// Notes that a sign-in was refused: one line for each.
    pub(crate) fn sign_in_refused(&self, why: SignInRefusal, origin: &Origin) {
        if why.is_scarce() || self.may_write(origin) {
            tracing::warn!(target: "countersign::sign_in", "sign-in refused from {} ({why})", From(origin));
        }
    }

    /// Notes that a request was refused for something that may be an attack, in the span of that request.
    pub fn request_refused(&self, why: &'static str, operation: &str, origin: &Origin) {
        if self.may_write(origin) {
            tracing::warn!(target: "countersign::refused", operation, "request refused from {} ({why})", From(origin));
        }
    }

    /// Says how many refusals of a minute that is over left no line. To be called every few seconds.
    pub fn tell_of_unwritten_refusals(&self) {
        let unwritten = self.refusals().turn(self.now());
        tell(&unwritten);
    }

    fn may_write(&self, origin: &Origin) -> bool {
        let (may, unwritten) = {
            let mut ration = self.refusals();
            let unwritten = ration.turn(self.now());
            (ration.may_write(origin.network()), unwritten)
        };
        tell(&unwritten);
        may
    }

    fn refusals(&self) -> std::sync::MutexGuard<'_, Ration> {
        self.refusal_ration().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who asks, an `account` or an `api_key`, for the lines that the request may leave. A span without a place for it takes none.
pub(crate) fn asked_by(kind: &'static str, id: impl std::fmt::Display) {
    tracing::Span::current().record(kind, tracing::field::display(id));
}

/// An address as the lines have it.
struct From<'a>(&'a Origin);

impl std::fmt::Display for From<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.address.as_ref().map(IpAddr::to_canonical) {
            // Nobody is to be banned for what an application says of them.
            Some(address) if self.0.stated_in.is_some() => write!(f, "{address} as stated"),
            Some(address) => write!(f, "{address}"),
            None => f.write_str("unknown"),
        }
    }
}

fn tell(unwritten: &Unwritten) {
    for (network, number) in &unwritten.named {
        tracing::warn!(target: "countersign::refused", "{number} more refusals of {network} within a minute");
    }
    if unwritten.others > 0 {
        let number = unwritten.others;
        tracing::warn!(target: "countersign::refused", "{number} more refusals of other networks within a minute");
    }
}

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
struct Unwritten {
    /// The networks with most of it, and how much.
    named: Vec<(String, u64)>,
    /// How much came from others.
    others: u64,
}

impl Ration {
    /// Ends the minute if it is over.
    fn turn(&mut self, now: Timestamp) -> Unwritten {
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

    fn may_write(&mut self, network: Option<String>) -> bool {
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

    #[test]
    fn an_address_is_written_as_programs_read_it() {
        let line = |address: &str| From(&Origin { address: address.parse().ok(), ..Origin::UNKNOWN }).to_string();
        assert_eq!(line("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(line("2001:db8::7"), "2001:db8::7");
        assert_eq!(line("nonsense"), "unknown");
    }
}
