//! How long nobody was served.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::time::Duration;

use crate::faults::schedule::Injected;
use crate::report::Report;

/// The longest time after each fault in which no node accepted anything.
pub(crate) struct Outages<'a>(pub(crate) &'a Report);

impl Outages<'_> {
    /// Writes each fault, when it came, when it was healed, and how long nobody was served, to a file.
    pub(crate) fn keep(&self, directory: &Path) {
        let line = |(Injected { what, from, until }, longest): (&Injected, Duration)| {
            let (from, until, longest) = (from.as_secs_f64(), until.as_secs_f64(), longest.as_secs_f64());
            format!("{from:9.4} to {until:9.4}  {what:35} nobody served for {longest:.2} s\n")
        };
        let lines: String = self.each().into_iter().map(line).collect();
        std::fs::write(directory.join("faults.txt"), lines).unwrap();
    }

    /// Each fault with the longest time after it in which nothing was accepted, up to the next fault.
    fn each(&self) -> Vec<(&Injected, Duration)> {
        let accepted = self.0.evidence.operations.iter().filter(|operation| operation.is_accepted());
        let mut accepted: Vec<Duration> = accepted.map(|operation| operation.answered).collect();
        accepted.sort_unstable();
        let injected = &self.0.injected;
        let nexts = injected.iter().skip(1).map(|next| next.from).chain([Duration::MAX]);
        injected.iter().zip(nexts).map(|(one, next)| (one, longest_gap(&accepted, one.from, one.until, next))).collect()
    }

    /// For each kind of fault, the longest such time of each that came, shortest first.
    fn by_kind(&self) -> BTreeMap<&str, Vec<Duration>> {
        let mut kinds: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
        for (injected, longest) in self.each() {
            kinds.entry(&injected.what).or_default().push(longest);
        }
        kinds.values_mut().for_each(|longest| longest.sort_unstable());
        kinds
    }
}

/// The longest time without one of `events`, which are sorted, that begins between `from` and `until`; what lasts until
/// `next` belongs to what comes then.
fn longest_gap(events: &[Duration], from: Duration, until: Duration, next: Duration) -> Duration {
    let first = events.partition_point(|event| *event <= from);
    let (mut begun, mut longest) = (from, Duration::ZERO);
    for event in &events[first..] {
        longest = longest.max((*event).min(next) - begun);
        begun = *event;
        if begun > until.min(next) {
            break;
        }
    }
    longest
}

impl Display for Outages<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| {:<35} | times | nobody served: median | longest |", "fault")?;
        writeln!(formatter, "|{}|-------|-----------------------|---------|", "-".repeat(37))?;
        for (kind, longest) in self.by_kind() {
            let (median, most) = (longest[longest.len() / 2].as_secs_f64(), longest[longest.len() - 1].as_secs_f64());
            writeln!(formatter, "| {kind:<35} | {:>5} | {median:>19.2} s | {most:>5.2} s |", longest.len())?;
        }
        Ok(())
    }
}
