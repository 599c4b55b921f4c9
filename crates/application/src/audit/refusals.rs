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

use std::net::IpAddr;
use std::sync::PoisonError;

use crate::audit::{Ration, Unwritten};
use crate::named::named;
use crate::{Application, Origin};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_programs_read_it() {
        let line = |address: &str| From(&Origin { address: address.parse().ok(), ..Origin::UNKNOWN }).to_string();
        assert_eq!(line("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(line("2001:db8::7"), "2001:db8::7");
        assert_eq!(line("nonsense"), "unknown");
    }
}
