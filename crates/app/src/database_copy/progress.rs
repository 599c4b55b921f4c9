//! How far a copy is, for whoever waits for it.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use countersign_cli::{CommandError, Output};
use countersign_persistence::{CopyObserver, CopyPhase, CopyStep};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

const BAR: &str = "{msg:29} {wide_bar} {human_pos}/{human_len} rows  {rate}  {eta} left";

/// Shows how far the copy is: a bar on a terminal, a line now and then elsewhere. Ends it on SIGINT or SIGTERM.
pub(super) struct Progress<'a, 'o> {
    output: &'a mut Output<'o>,
    bar: Option<ProgressBar>,
    pace: Pace,
    stop: Arc<AtomicBool>,
}

/// How fast a phase goes.
struct Pace {
    phase: Option<CopyPhase>,
    began: Instant,
    began_with: u64,
    told: Instant,
}

impl<'a, 'o> Progress<'a, 'o> {
    pub(super) fn new(output: &'a mut Output<'o>) -> Result<Self, CommandError> {
        let bar = std::io::stderr().is_terminal().then(|| {
            let rate = |state: &indicatif::ProgressState, text: &mut dyn std::fmt::Write| {
                // Nobody is left to tell when a line cannot be written.
                let _ = write!(text, "{:.0} rows/s", state.per_sec());
            };
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style.with_key("rate", rate))
        });
        let began = now();
        let pace = Pace { phase: None, began, began_with: 0, told: began };
        Ok(Self { output, bar, pace, stop: stop_on_signal()? })
    }

    /// Leaves the line to what comes next.
    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self, step: &CopyStep) {
        let doing = match step.phase {
            CopyPhase::Copying => "copying",
            CopyPhase::Verifying => "comparing",
        };
        let new_phase = self.pace.phase != Some(step.phase);
        if new_phase {
            self.pace = Pace { phase: Some(step.phase), began: now(), began_with: step.done, told: self.pace.told };
        }
        if let Some(bar) = &self.bar {
            if new_phase {
                bar.reset();
                bar.set_length(step.total);
                bar.set_position(step.done);
                bar.reset_eta();
            }
            bar.set_message(format!("{doing} {}", step.table));
            bar.set_position(step.done);
        } else if self.pace.told.elapsed() >= EVERY {
            self.pace.told = now();
            // A line that nobody can read ends nothing.
            let _ = self.output.note(&self.pace.line(doing, step));
        }
    }
}

impl Pace {
    fn line(&self, doing: &str, step: &CopyStep) -> String {
        let CopyStep { table, done, total, .. } = step;
        let seconds = self.began.elapsed().as_secs_f64();
        let rate = (done.saturating_sub(self.began_with)) as f64 / seconds.max(0.001);
        let left = match total.saturating_sub(*done) {
            left if rate > 0.0 => format!("{:.0} s left", left as f64 / rate),
            _ => "no telling how long".to_owned(),
        };
        format!("{doing} {table}: {done} of {total} rows, {rate:.0} rows/s, {left}")
    }
}

#[async_trait(?Send)]
impl CopyObserver for Progress<'_, '_> {
    async fn step(&mut self, step: CopyStep) -> ControlFlow<()> {
        self.show(&step);
        // Lets the signals be heard.
        tokio::task::yield_now().await;
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Set at the first signal, so that the copy ends between two batches; the second ends the process.
fn stop_on_signal() -> Result<Arc<AtomicBool>, CommandError> {
    let install = || Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?));
    let (mut terminate, mut interrupt) =
        install().map_err(|error: std::io::Error| CommandError::refused("signals cannot be handled").because(error))?;
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if told.swap(true, Ordering::Relaxed) {
                std::process::exit(1);
            }
        }
    });
    Ok(stop)
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "measures how long it takes and decides nothing")]
    Instant::now()
}
