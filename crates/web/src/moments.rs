//! Points in time, as people read them.

use countersign_application::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::texts::{Texts, escaped};

/// A point in time for a template. The clock of whoever reads is not known here: all times are in UTC.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moment {
    /// RFC 3339.
    pub(crate) iso: String,
    /// The same for people.
    pub(crate) text: String,
}

impl Moment {
    pub(crate) fn new(at: Timestamp, texts: Texts) -> Self {
        let nanos = i128::from(at.as_micros()) * 1_000;
        let Ok(at) = OffsetDateTime::from_unix_timestamp_nanos(nanos) else { return Self::default() };
        let (year, day) = (at.year(), at.day());
        let month = texts.say(&format!("month-{}", u8::from(at.month())));
        let date = texts.say_with("date-day", &[("day", &day), ("month", &month), ("year", &year.to_string())]);
        let time = format!("{:02}:{:02}", at.hour(), at.minute());
        let text = texts.say2("date-time", "date", &date, "time", &time);
        let whole = at.replace_nanosecond(0).unwrap_or(at);
        Self { iso: whole.format(&Rfc3339).unwrap_or_default(), text }
    }

    /// The same as an element, of which a script makes a time of the reader's own clock.
    pub(crate) fn html(&self) -> String {
        format!("<time datetime=\"{}\">{}</time>", self.iso, escaped(&self.text))
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
