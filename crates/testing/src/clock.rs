use std::sync::atomic::{AtomicI64, Ordering};

use countersign_application::ports::Clock;
use countersign_core::Timestamp;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_micros()))
    }

    /// Moves the clock to `now`, forward or backward.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }

    /// Moves the clock forward.
    pub fn advance_seconds(&self, seconds: u64) {
        self.set(self.now().plus_seconds(seconds));
    }

    /// Moves the clock backward.
    pub fn turn_back_seconds(&self, seconds: u64) {
        self.set(self.now().minus_seconds(seconds));
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(crate::NOW)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
