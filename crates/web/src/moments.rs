//! Points in time, as people read them.

use std::cell::Cell;
use std::fmt;

use countersign_application::Timestamp;
use countersign_application::appearance::TimeZone;
use fluent_bundle::FluentValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::texts::{Argument, Texts, escaped};

thread_local! {
    /// The zone of the page that is being rendered.
    static ZONE: Cell<TimeZone> = const { Cell::new(TimeZone::UTC) };
}

/// Renders a page whose times are told in a zone. Whose page it is, and so in which zone it tells them, is found out after
/// its texts were chosen and before it is rendered; a page is rendered on one thread, without a pause.
pub(crate) fn in_zone<T>(zone: TimeZone, render: impl FnOnce() -> T) -> T {
    struct Restore(TimeZone);
    impl Drop for Restore {
        fn drop(&mut self) {
            ZONE.set(self.0);
        }
    }
    let _restore = Restore(ZONE.replace(zone));
    render()
}

/// A point in time for a template. The clock of whoever reads is not known here: it is told in the realm's zone, and a script
/// tells it by that clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moment {
    /// RFC 3339.
    pub(crate) iso: String,
    /// The same for people.
    pub(crate) text: Told,
}

/// What is told of a time.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// This, in every zone.
    Always(String),
    /// A point in time, in the zone of the page.
    Point(Timestamp, Texts),
}

impl Default for Told {
    fn default() -> Self {
        Self::Always(String::new())
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always(text) => f.write_str(text),
            Self::Point(at, texts) => f.write_str(&told(*at, ZONE.get(), *texts)),
        }
    }
}

impl Argument for Told {
    fn value(&self) -> FluentValue<'_> {
        self.to_string().into()
    }
}

/// A point in time in a zone: day, minute, and which zone it is.
fn told(at: Timestamp, zone: TimeZone, texts: Texts) -> String {
    let Some(local) = zone.at(at) else { return String::new() };
    let month = texts.say(&format!("month-{}", local.month));
    let day = i64::from(local.day);
    let date = texts.say_with("date-day", &[("day", &day), ("month", &month), ("year", &local.year.to_string())]);
    let time = format!("{:02}:{:02}", local.hour, local.minute);
    let zone = match local.abbreviation {
        Some(abbreviation) if abbreviation != local.offset => format!("{abbreviation} ({})", local.offset),
        _ => local.offset,
    };
    texts.say_with("date-time", &[("date", &date), ("time", &time), ("zone", &zone)])
}

impl Moment {
    pub(crate) fn new(at: Timestamp, texts: Texts) -> Self {
        let nanos = i128::from(at.as_micros()) * 1_000;
        let Ok(utc) = OffsetDateTime::from_unix_timestamp_nanos(nanos) else { return Self::default() };
        let whole = utc.replace_nanosecond(0).unwrap_or(utc);
        Self { iso: whole.format(&Rfc3339).unwrap_or_default(), text: Told::Point(at, texts) }
    }

    /// The same as an element, of which a script makes a time of the reader's own clock.
    pub(crate) fn html(&self) -> String {
        format!("<time datetime=\"{}\">{}</time>", self.iso, escaped(&self.text.to_string()))
    }

    /// Nothing, where there is no such time.
    pub(crate) fn of(at: Option<Timestamp>, texts: Texts) -> Self {
        at.map(|at| Self::new(at, texts)).unwrap_or_default()
    }
}

impl Texts {
    /// A text with a point in time in it, as HTML: the time is an element.
    pub(crate) fn say_at(&self, key: &str, name: &str, at: &Moment) -> String {
        // A character of the private use area stands for the time while the rest is escaped.
        const HERE: &str = "\u{e000}";
        escaped(&self.say1(key, name, HERE)).replace(HERE, &at.html())
    }
}

/// A wait for a template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wait {
    /// 0 for none.
    pub(crate) seconds: u64,
    /// The same for people.
    pub(crate) text: String,
}

impl Wait {
    pub(crate) fn new(seconds: u64, texts: Texts) -> Self {
        let text = match seconds {
            0..=119 => texts.say1("duration-seconds", "count", &seconds),
            120..=7_199 => texts.say1("duration-minutes", "count", &seconds.div_ceil(60)),
            _ => texts.say1("duration-hours", "count", &seconds.div_ceil(3_600)),
        };
        Self { seconds, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn a_page_tells_times_in_its_zone_and_programs_read_them_in_utc() {
        let moment = |seconds, texts| Moment::new(Timestamp::from_unix_seconds(seconds), texts);
        let english = Texts(Language::default());
        // A minute before and the minute at which clocks in Berlin go forward, and the one at which they go back.
        for (seconds, iso, said) in [
            (1_774_745_940, "2026-03-29T00:59:00Z", "29 March 2026, 01:59 CET (UTC+01:00)"),
            (1_774_746_000, "2026-03-29T01:00:00Z", "29 March 2026, 03:00 CEST (UTC+02:00)"),
            (1_792_890_000, "2026-10-25T01:00:00Z", "25 October 2026, 02:00 CET (UTC+01:00)"),
        ] {
            let at = moment(seconds, english);
            let shown = in_zone(TimeZone::new("Europe/Berlin").unwrap(), || at.html());
            assert_eq!(shown, format!("<time datetime=\"{iso}\">{said}</time>"));
        }
        let at = moment(1_774_746_000, english);
        assert_eq!(at.text.to_string(), "29 March 2026, 01:00 UTC", "the zone ends with the page");
        let shown = |zone| in_zone(TimeZone::new(zone).unwrap(), || at.text.to_string());
        assert_eq!(shown("America/Sao_Paulo"), "28 March 2026, 22:00 UTC-03:00");
        assert_eq!(shown("UTC"), "29 March 2026, 01:00 UTC");
        let german = moment(1_774_746_000, Texts(Language::from_code("de").unwrap()));
        let shown = in_zone(TimeZone::new("Europe/Vienna").unwrap(), || german.text.to_string());
        assert_eq!(shown, "29. März 2026, 03:00 Uhr CEST (UTC+02:00)");
    }
}
