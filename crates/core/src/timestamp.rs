//! A point in time.

const MICROSECONDS_PER_SECOND: i64 = 1_000_000;

/// A point in time: microseconds since the Unix epoch, in UTC.
///
/// All arithmetic saturates at the ends of the range, some 292,000 years away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `micros` microseconds after the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The point `seconds` seconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROSECONDS_PER_SECOND))
    }

    /// Microseconds since the Unix epoch, negative before it.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down; 0 before the epoch, where RFC 6238 defines no steps.
    #[must_use]
    pub const fn unix_seconds(self) -> u64 {
        if self.0 < 0 { 0 } else { self.0.unsigned_abs() / MICROSECONDS_PER_SECOND.unsigned_abs() }
    }

    /// The point `seconds` seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add_unsigned(seconds.saturating_mul(1_000_000)))
    }

    /// The point `seconds` seconds earlier.
    #[must_use]
    pub const fn minus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub_unsigned(seconds.saturating_mul(1_000_000)))
    }

    /// Seconds from here to `later`, rounded up, so that whoever waits that long has waited long enough;
    /// 0 if `later` is not after `self`.
    #[must_use]
    pub const fn seconds_until(self, later: Self) -> u64 {
        if later.0 <= self.0 { 0 } else { later.0.abs_diff(self.0).div_ceil(1_000_000) }
    }
}

#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        let micros = |duration: std::time::Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => micros(since),
            Err(before) => micros(before.duration()).saturating_neg(),
        })
    }
}
