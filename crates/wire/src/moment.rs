//! Points in time.

use countersign_application::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time that is to be printed: RFC 3339 in UTC in JSON, easier to read in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Moment {
    fn date_time(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0.as_micros()) * 1_000).ok()
    }

    /// As people read it, to the minute: `2026-01-31 18:05 UTC`.
    #[must_use]
    pub fn for_people(self) -> String {
        match self.date_time() {
            Some(at) => {
                let (date, hour, minute) = (at.date(), at.hour(), at.minute());
                format!("{date} {hour:02}:{minute:02} UTC")
            }
            None => "out of range".to_owned(),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;

        // No store holds a time beyond the year 9999, but a damaged row must not become a panic.
        let at = self.for_programs().ok_or_else(|| S::Error::custom("a time is beyond the year 9999"))?;
        serializer.serialize_str(&at)
    }
}

impl Moment {
    /// Reads a time: RFC 3339, in any zone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(time.unix_timestamp_nanos() / 1_000).ok().map(|micros| Self(Timestamp::from_micros(micros)))
    }

    /// As programs read it: RFC 3339 in UTC; `None` beyond the year 9999.
    #[must_use]
    pub fn for_programs(self) -> Option<String> {
        self.date_time()?.format(&Rfc3339).ok()
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a time is not as RFC 3339 writes it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_rfc_3339_in_json_and_shorter_for_people() {
        let moment = Moment(Timestamp::from_micros(1_767_225_600_250_000));
        assert_eq!(serde_json::to_string(&moment).unwrap(), r#""2026-01-01T00:00:00.25Z""#);
        assert_eq!(moment.for_people(), "2026-01-01 00:00 UTC");
    }

    #[test]
    fn a_moment_is_read_as_it_was_written() {
        let moment = Moment(Timestamp::from_micros(1_767_225_600_250_001));
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
        assert_eq!(Moment::parse("2026-01-01T01:00:00.250001+01:00"), Some(moment));
        assert_eq!(Moment::parse("yesterday"), None);
    }

    #[test]
    fn a_moment_beyond_all_calendars_is_an_error_and_no_panic() {
        let moment = Moment(Timestamp::from_micros(i64::MAX));
        assert!(serde_json::to_string(&moment).is_err());
        assert_eq!(moment.for_people(), "out of range");
    }
}
