//! Points in time, as they are printed.

use countersign_application::Timestamp;
use serde::{Serialize, Serializer};
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
        let at = self.date_time().ok_or_else(|| S::Error::custom("a time is beyond the year 9999"))?;
        serializer.serialize_str(&at.format(&Rfc3339).map_err(S::Error::custom)?)
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
    fn a_moment_beyond_all_calendars_is_an_error_and_no_panic() {
        let moment = Moment(Timestamp::from_micros(i64::MAX));
        assert!(serde_json::to_string(&moment).is_err());
        assert_eq!(moment.for_people(), "out of range");
    }
}
