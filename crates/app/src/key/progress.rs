//! How far a pass over all sealed values is, for whoever waits for it.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use countersign_cli::{CommandError, Output};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

/// How often it is looked how far it is.
const LOOKING: Duration = Duration::from_millis(100);

/// How often a line is written where there is no terminal.
const EVERY: u32 = 50;

const BAR: &str = "{msg} {wide_bar} {human_pos}/{human_len} values  {per_sec}  {eta} left";

/// How far it is, and whether it is still wanted.
#[derive(Default)]
pub(super) struct Pace {
    done: AtomicU64,
    stop: AtomicBool,
}

impl Pace {
    /// Notes how many values are done, and answers whether to go on.
    pub(super) fn goes_on(&self, done: u64) -> ControlFlow<()> {
        self.done.store(done, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Does work and shows how far it is: a bar on a terminal, a line now and then elsewhere. SIGINT and SIGTERM end it between two
/// pieces.
pub(super) async fn watched<T>(
    doing: &'static str,
    total: u64,
    output: &mut Output<'_>,
    work: impl AsyncFnOnce(Arc<Pace>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let pace = Arc::new(Pace::default());
    let install = || Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?));
    let (mut terminate, mut interrupt) =
        install().map_err(|error: std::io::Error| CommandError::refused("signals cannot be handled").because(error))?;
    let bar = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(total).with_style(style).with_message(doing)
    });
    let mut looks = 0_u32;
    let mut running = std::pin::pin!(work(Arc::clone(&pace)));
    let done = loop {
        tokio::select! {
            done = &mut running => break done,
            _ = terminate.recv() => pace.stop.store(true, Ordering::Relaxed),
            _ = interrupt.recv() => pace.stop.store(true, Ordering::Relaxed),
            () = tokio::time::sleep(LOOKING) => {
                looks += 1;
                let done = pace.done.load(Ordering::Relaxed);
                match &bar {
                    Some(bar) => bar.set_position(done),
                    None if looks.is_multiple_of(EVERY) => {
                        // A line that nobody can read ends nothing.
                        let _ = output.note(&format!("{doing}: {done} of {total} values"));
                    }
                    None => {}
                }
            }
        }
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    done
}
