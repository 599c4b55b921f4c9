//! What a run shows while it goes on, and what it says at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter, Write as _};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::checks::{Finding, Violation};
use crate::faults::schedule::Injected;
use crate::history::{Action, Evidence, Kind, Operation, Outcome, Recorder};
use crate::run::Options;

/// The columns of the table of operations.
const WORDS: [&str; 6] = ["accepted", "refused", "throttled", "not sent", "unknown", "BROKEN"];

/// How many violations of a promise are shown.
const SHOWN: usize = 3;

/// How far around a violation the history is shown.
const AROUND: Duration = Duration::from_millis(300);

/// One line that says how a run goes.
pub(crate) struct Progress<'a> {
    recorder: &'a Recorder,
    injected: &'a Mutex<Vec<Injected>>,
    begun: Duration,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(recorder: &'a Recorder, injected: &'a Mutex<Vec<Injected>>) -> Self {
        Self { recorder, injected, begun: recorder.now() }
    }

    /// Shows it every half a second until it is told to stop.
    pub(crate) fn show(&self, stop: &AtomicBool) {
        let (mut seen, mut counts) = (0, BTreeMap::<&str, usize>::new());
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(500));
            self.recorder.look(|operations| {
                for operation in &operations[seen..] {
                    *counts.entry(operation.outcome.word()).or_default() += 1;
                }
                seen = operations.len();
            });
            let elapsed = (self.recorder.now() - self.begun).as_secs_f64();
            let told: Vec<String> =
                WORDS.iter().filter_map(|word| Some(format!("{} {word}", counts.get(word)?))).collect();
            let injected = self.injected.lock().unwrap();
            let last = injected.last().map_or("none yet", |injected| injected.what.as_str());
            let line = format!(
                "{elapsed:5.1} s  {seen} operations: {}; {} faults, the last: {last}",
                told.join(", "),
                injected.len()
            );
            eprint!("\r{line:<150}");
            let _ = std::io::stderr().flush();
        }
        eprintln!();
    }
}

/// What came of a run.
pub(crate) struct Report {
    pub(crate) options: Options,
    /// Operations a second while the faults went on.
    pub(crate) per_second: f64,
    pub(crate) evidence: Evidence,
    pub(crate) injected: Vec<Injected>,
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// Whether every promise was kept.
    pub(crate) fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.violations.is_empty())
    }

    /// Writes all that the checks judged by, and the nodes' logs.
    pub(crate) fn keep(&self, directory: &Path, logs: &[(usize, String)]) {
        std::fs::create_dir_all(directory).unwrap();
        let write = |name: &str, text: String| std::fs::write(directory.join(name), text).unwrap();
        let line = |operation: &Operation| format!("person {:<4} {operation}\n", operation.person);
        write("operations.txt", self.evidence.operations.iter().map(line).collect());
        write("events.txt", self.evidence.events.iter().map(|event| format!("{event:?}\n")).collect());
        for (number, (node, log)) in logs.iter().enumerate() {
            write(&format!("node-{node}-{number}.log"), log.clone());
        }
        write("report.txt", self.to_string());
    }

    fn operations(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<Kind, (BTreeMap<&str, usize>, Duration)> = BTreeMap::new();
        for operation in &self.evidence.operations {
            let (words, longest) = counts.entry(operation.kind).or_default();
            *words.entry(operation.outcome.word()).or_default() += 1;
            *longest = (*longest).max(operation.answered - operation.invoked);
        }
        write!(formatter, "| {:<31} |", "operation")?;
        WORDS.iter().try_for_each(|word| write!(formatter, " {word:>9} |"))?;
        writeln!(formatter, " longest |\n|{}|{}---------|", "-".repeat(33), "-----------|".repeat(WORDS.len()))?;
        let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
        for (kind, (words, longest)) in &counts {
            write!(formatter, "| {kind:<31} |")?;
            for word in WORDS {
                let count = words.get(word).copied().unwrap_or_default();
                *sums.entry(word).or_default() += count;
                write!(formatter, " {count:>9} |")?;
            }
            writeln!(formatter, " {:>5.2} s |", longest.as_secs_f64())?;
        }
        write!(formatter, "| {:<31} |", format!("all {}", self.evidence.operations.len()))?;
        WORDS.iter().try_for_each(|word| write!(formatter, " {:>9} |", sums.get(word).copied().unwrap_or_default()))?;
        writeln!(formatter, "         |")
    }

    fn faults(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
        for injected in &self.injected {
            let (count, longest) = counts.entry(&injected.what).or_default();
            *count += 1;
            *longest = (*longest).max(injected.until - injected.from);
        }
        writeln!(
            formatter,
            "| {:<31} | {:>9} | longest |\n|{}|-----------|---------|",
            "fault",
            "times",
            "-".repeat(33)
        )?;
        for (what, (count, longest)) in counts {
            writeln!(formatter, "| {what:<31} | {count:>9} | {:>5.2} s |", longest.as_secs_f64())?;
        }
        Ok(())
    }

    fn checks(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "| {:<62} | looked at |        |\n|{}|-----------|--------|", "check", "-".repeat(64))?;
        for Finding { promise, looked_at, violations } in &self.findings {
            let verdict = if violations.is_empty() { "held".to_owned() } else { format!("{} ×", violations.len()) };
            writeln!(formatter, "| {promise:<62} | {looked_at:>9} | {verdict:<6} |")?;
        }
        Ok(())
    }

    /// The part of the history that shows a violation: the operations themselves, marked, and what else happened to the
    /// person around them, or changed what holds for good.
    fn shown(&self, violation: &Violation) -> String {
        let marked: BTreeSet<u64> = violation.operations.iter().copied().collect();
        let times: Vec<(Duration, Duration)> = self
            .evidence
            .operations
            .iter()
            .filter(|operation| marked.contains(&operation.number))
            .map(|operation| (operation.invoked.saturating_sub(AROUND), operation.answered + AROUND))
            .collect();
        let mut text = String::new();
        for operation in &self.evidence.operations {
            let is_marked = marked.contains(&operation.number);
            let near = times.iter().any(|(from, until)| operation.invoked <= *until && *from <= operation.answered);
            let lasting = matches!(operation.action, Action::Confirm { .. } | Action::Disable | Action::Regenerate)
                && !matches!(operation.outcome, Outcome::Refused(_) | Outcome::NotSent);
            if is_marked || Some(operation.person) == violation.person && (near || lasting) {
                let _ = writeln!(text, "  {} {operation}", if is_marked { '>' } else { ' ' });
            }
        }
        for event in self.evidence.events.iter().filter(|event| event.operation.is_some_and(|it| marked.contains(&it)))
        {
            let _ = writeln!(text, "    audit: {event:?}");
        }
        if let Some(Some(last)) = violation.person.map(|person| &self.evidence.finals[person]) {
            let _ = writeln!(text, "    at the end: {last:?}");
        }
        text
    }
}

impl Display for Report {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Options { on, seed, lasting, clients, persons, .. } = &self.options;
        let (seconds, nodes) = (lasting.as_secs(), self.evidence.pulses.len());
        writeln!(
            formatter,
            "{seconds} s of faults on {on}: {nodes} nodes, {clients} clients, seed {seed}, {:.0} operations/s\n",
            self.per_second
        )?;
        self.operations(formatter)?;
        writeln!(formatter)?;
        self.faults(formatter)?;
        writeln!(formatter)?;
        self.checks(formatter)?;
        for Finding { promise, violations, .. } in &self.findings {
            for violation in violations.iter().take(SHOWN) {
                write!(formatter, "\nNOT SO: {promise}\n  {violation}\n{}", self.shown(violation))?;
            }
            if violations.len() > SHOWN {
                writeln!(formatter, "  … and {} more", violations.len() - SHOWN)?;
            }
        }
        writeln!(formatter)?;
        if self.is_clean() {
            return writeln!(formatter, "All {} promises were kept; seed {seed}.", self.findings.len());
        }
        let again = format!("--on {on} --seed {seed} --seconds {seconds} --clients {clients} --persons {persons}");
        writeln!(formatter, "PROMISES WERE BROKEN. Again: {again}")
    }
}
