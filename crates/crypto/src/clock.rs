//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_application::Timestamp;
use countersign_application::ports::Clock;

/// The clock of this machine, which the operator keeps synchronized. It may jump backward: nothing relies on it not to.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind the Clock port")]
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            // A machine without a battery may start before 1970.
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_tells_the_present_time() {
        let year_2024 = Timestamp::from_unix_seconds(1_704_067_200);
        let year_2200 = Timestamp::from_unix_seconds(7_258_118_400);
        let now = SystemClock.now();
        assert!(year_2024 < now && now < year_2200, "the clock of this machine says {now:?}");
    }
}
