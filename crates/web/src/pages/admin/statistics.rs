//! Numbers of the realm.

use askama::Template;
use countersign_application::audit::EventKind;
use countersign_application::realm::{DailyCount, ShowStatistics, Statistics};
use poem::{Response, handler};
use time::Date;

use super::days;
use crate::moments::Moment;
use crate::page::Page;
use crate::plot::{Bar, Plot};
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_statistics.html")]
struct StatisticsPage {
    t: Texts,
    page: Page,
    accounts: u64,
    enabled: u64,
    pending: u64,
    missing: u64,
    percent: u64,
    accepted: u64,
    rejected: u64,
    has_codes: bool,
    codes_svg: String,
    days: Vec<DayRow>,
    has_drift: bool,
    drift_svg: String,
    drift: Vec<DriftRow>,
}

struct DayRow {
    day: Moment,
    accepted: u64,
    rejected: u64,
}

struct DriftRow {
    text: String,
    count: u64,
}

/// Codes of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    date: Date,
    accepted: u64,
    rejected: u64,
}

/// All days from one to another, also those on which nothing happened: a gap is something that a plot should show.
fn by_day(first: i64, last: i64, counts: &[DailyCount]) -> Vec<Day> {
    let sum = |day: i64, accepted: bool| -> u64 {
        let counted = counts.iter().filter(|count| count.day == day);
        counted
            .filter(|count| (count.event == EventKind::SecondFactorAccepted) == accepted)
            .map(|count| count.count)
            .sum()
    };
    let day = |day| days::of_epoch(day).map(|date| Day { date, accepted: sum(day, true), rejected: sum(day, false) });
    (first..=last).filter_map(day).collect()
}

/// How far the clocks of phones are off, in words.
fn drift_text(steps: i8, texts: Texts) -> String {
    let by = u32::from(steps.unsigned_abs());
    match steps {
        ..0 => texts.say1("drift-behind", "steps", &by),
        0 => texts.say("drift-none"),
        1.. => texts.say1("drift-ahead", "steps", &by),
    }
}

/// A share of a hundred, rounded; of nothing it is none.
fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).saturating_add(whole / 2).checked_div(whole).unwrap_or(0)
}

/// The numbers.
#[handler]
pub(super) async fn show(
    mut visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let statistics = ShowStatistics.execute(&visit.application, &administrator.realm).await?;
    let today = days::epoch_day(visit.application.now());
    let texts = visit.texts;
    let page = visit.page_of("admin-statistics-title", &caller, "admin-statistics").await;
    let page = statistics_page(page, &statistics, today, texts);
    visit.show(&page)
}

fn statistics_page(page: Page, statistics: &Statistics, today: i64, t: Texts) -> StatisticsPage {
    let days = by_day(days::epoch_day(statistics.since), today, &statistics.codes);
    let (accepted, rejected) =
        days.iter().fold((0_u64, 0_u64), |(good, bad), day| (good + day.accepted, bad + day.rejected));
    let codes: Vec<Bar> =
        days.iter().map(|day| Bar { label: days::short(day.date, t), good: day.accepted, bad: day.rejected }).collect();
    let drift: Vec<DriftRow> =
        statistics.drift.iter().map(|(steps, count)| DriftRow { text: drift_text(*steps, t), count: *count }).collect();
    let clocks: Vec<Bar> = drift.iter().map(|row| Bar { label: row.text.clone(), good: row.count, bad: 0 }).collect();
    let draw = |id: &str, title: &str, description: &str, bars: &[Bar]| {
        Plot { id, title: &t.say(title), description, bars }.draw()
    };
    let codes_text = t.say2("plot-codes-text", "accepted", &accepted, "rejected", &rejected);
    StatisticsPage {
        t,
        page,
        accounts: statistics.accounts,
        enabled: statistics.enabled,
        pending: statistics.pending,
        missing: statistics.required_but_missing,
        percent: percent(statistics.enabled, statistics.accounts),
        accepted,
        rejected,
        has_codes: accepted + rejected > 0,
        codes_svg: draw("plot-codes", "plot-codes-title", &codes_text, &codes),
        days: days
            .iter()
            .map(|day| DayRow { day: days::moment(day.date, t), accepted: day.accepted, rejected: day.rejected })
            .collect(),
        has_drift: drift.iter().any(|row| row.count > 0),
        drift_svg: draw("plot-drift", "plot-drift-title", &t.say("plot-drift-text"), &clocks),
        drift,
    }
}

#[cfg(test)]
mod tests {
    use countersign_application::Timestamp;

    use super::*;
    use crate::texts::Language;

    fn count(day: i64, event: EventKind, count: u64) -> DailyCount {
        DailyCount { day, event, count }
    }

    #[test]
    fn every_day_is_there_also_those_without_codes() {
        let counts = [
            count(10, EventKind::SecondFactorAccepted, 3),
            count(10, EventKind::SecondFactorRejected, 1),
            count(12, EventKind::SecondFactorRejected, 2),
        ];
        let days: Vec<_> = by_day(10, 12, &counts).iter().map(|day| (day.accepted, day.rejected)).collect();
        assert_eq!(days, [(3, 1), (0, 0), (0, 2)]);
    }

    #[test]
    fn shares_are_rounded_and_of_nothing_there_is_none() {
        assert_eq!((percent(1, 3), percent(2, 3), percent(3, 3), percent(0, 0)), (33, 67, 100, 0));
    }

    #[test]
    fn the_page_shows_the_plot_and_the_table() {
        let statistics = Statistics {
            accounts: 4,
            enabled: 3,
            pending: 0,
            required_but_missing: 1,
            codes: vec![count(20_000, EventKind::SecondFactorAccepted, 7)],
            drift: vec![(-1, 0), (0, 6), (1, 1)],
            since: Timestamp::from_unix_seconds(20_000 * 86_400 - 3_600),
        };
        for language in Language::all() {
            let texts = Texts(language);
            let page = Page { lang: language.code(), ..Page::default() };
            let html = statistics_page(page, &statistics, 20_001, texts).render().unwrap();
            assert!(html.contains("<svg viewBox") && html.contains("class=\"bar\""), "{html}");
            assert_eq!(html.matches("<tbody><tr><th scope=\"row\"><time").count(), 1, "{html}");
            assert!(html.contains(&drift_text(1, texts)) && html.contains("75"), "{html}");
            assert!(!html.contains(" style="), "{html}");
        }
    }
}
