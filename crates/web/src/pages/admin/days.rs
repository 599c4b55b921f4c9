//! Days, as filters and plots have them. All of them are days of UTC, as all times here are.

use countersign_application::Timestamp;
use time::{Date, Duration, Month, OffsetDateTime};

use crate::moments::{Moment, Told};
use crate::texts::Texts;

/// How many letters of a month's name stand under a plot.
const SHORT: usize = 3;

/// Reads a day as a browser's field for dates sends it: `2026-03-31`.
pub(super) fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = [year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if parts.next().is_some() || !digits || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// When a day begins.
pub(super) fn start(day: Date) -> Timestamp {
    Timestamp::from_unix_seconds(day.midnight().assume_utc().unix_timestamp())
}

/// When the day after begins.
pub(super) fn end(day: Date) -> Timestamp {
    start(day).plus_seconds(24 * 60 * 60)
}

/// The day that is so many days after 1970-01-01.
pub(super) fn of_epoch(day: i64) -> Option<Date> {
    let seconds = day.checked_mul(24 * 60 * 60)?;
    OffsetDateTime::UNIX_EPOCH.date().checked_add(Duration::seconds(seconds))
}

/// The day of a point in time, counted from 1970-01-01.
pub(super) fn epoch_day(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(24 * 60 * 60 * 1_000_000)
}

/// A day for a template.
pub(super) fn moment(day: Date, texts: Texts) -> Moment {
    let month = texts.say(&format!("month-{}", u8::from(day.month())));
    let text = texts.say_with("date-day", &[("day", &day.day()), ("month", &month), ("year", &day.year().to_string())]);
    Moment { iso: day.to_string(), text: Told::Always(text) }
}

/// A day where there is little room.
pub(super) fn short(day: Date, texts: Texts) -> String {
    let month: String = texts.say(&format!("month-{}", u8::from(day.month()))).chars().take(SHORT).collect();
    texts.say2("date-short", "day", &day.day(), "month", &month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn a_day_is_read_as_browsers_write_it_and_in_no_other_way() {
        assert_eq!(parse("2026-02-28").map(|day| day.to_string()), Some("2026-02-28".to_owned()));
        for bad in ["", "2026", "2026-2-28", "2026-02-30", "2026-13-01", "28.02.2026", "2026-02-28T00:00", "+026-02-28"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_and_ends_with_the_next() {
        let day = parse("1970-01-02").unwrap();
        assert_eq!((start(day).unix_seconds(), end(day).unix_seconds()), (86_400, 172_800));
        assert_eq!((of_epoch(1), epoch_day(start(day)), epoch_day(end(day))), (Some(day), 1, 2));
        assert_eq!(epoch_day(Timestamp::from_unix_seconds(-1)), -1);
        assert_eq!(of_epoch(i64::MAX), None);
    }

    #[test]
    fn days_are_written_in_the_readers_language() {
        let day = parse("2026-03-09").unwrap();
        assert_eq!(moment(day, Texts(Language::default())).text.to_string(), "9 March 2026");
        assert_eq!(short(day, Texts(Language::from_code("de").unwrap())), "9. Mär");
        assert_eq!(moment(day, Texts(Language::from_code("de").unwrap())).iso, "2026-03-09");
    }
}
