//! How far the copying of a file is, for whoever waits for it.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use countersign_cli::{CommandError, Output};
use countersign_persistence::FileCopyStep;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How often it is looked how far it is.
const LOOKING: Duration = Duration::from_millis(100);

/// How often a line is written where there is no terminal.
const EVERY: u32 = 50;

const BAR: &str = "copying {wide_bar} {human_pos}/{human_len} pages  {eta} left";

/// How far it is, and whether it is still wanted.
#[derive(Default)]
struct Pace {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

/// SIGINT and SIGTERM, which the system does not answer for us any more once they were listened for: whoever has installed them
/// listens until the end of the command.
pub(crate) struct Interrupts {
    /// Whether one came: what begins after it is not begun.
    came: bool,
    terminate: Signal,
    interrupt: Signal,
}

impl Interrupts {
    pub(crate) fn install() -> Result<Self, CommandError> {
        let install = || -> std::io::Result<Self> {
            Ok(Self {
                came: false,
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            })
        };
        install().map_err(|error| CommandError::refused("signals cannot be handled").because(error))
    }

    async fn any(&mut self) {
        if !self.came {
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
            self.came = true;
        }
    }

    /// Does work that may be given up wherever it waits, and gives it up at a signal.
    pub(crate) async fn unless_any<T>(
        &mut self,
        work: impl Future<Output = Result<T, CommandError>>,
    ) -> Result<T, CommandError> {
        tokio::select! {
            biased;
            () = self.any() => Err(CommandError::refused("it was interrupted").advise("run it again")),
            done = work => done,
        }
    }
}

/// Does work on a thread of its own and shows how far it is: a bar on a terminal, a line now and then elsewhere. A signal ends
/// it between two pieces.
pub(crate) async fn watched<T: Send + 'static>(
    interrupts: &mut Interrupts,
    output: &mut Output<'_>,
    work: impl FnOnce(&mut dyn FnMut(FileCopyStep) -> ControlFlow<()>) -> Result<T, CommandError> + Send + 'static,
) -> Result<T, CommandError> {
    let pace = Arc::new(Pace::default());
    let told = Arc::clone(&pace);
    let mut running = tokio::task::spawn_blocking(move || {
        work(&mut |step| {
            told.done.store(step.done, Ordering::Relaxed);
            told.total.store(step.total, Ordering::Relaxed);
            if told.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    let bar = std::io::stderr().is_terminal().then(|| {
        ProgressBar::new(0)
            .with_style(ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let mut looks = 0_u32;
    let done = loop {
        tokio::select! {
            done = &mut running => break done,
            () = interrupts.any(), if !pace.stop.load(Ordering::Relaxed) => pace.stop.store(true, Ordering::Relaxed),
            () = tokio::time::sleep(LOOKING) => {
                looks += 1;
                show(&pace, bar.as_ref(), looks, output);
            }
        }
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    done.map_err(|error| CommandError::refused("the work ended early").because(error))?
}

fn show(pace: &Pace, bar: Option<&ProgressBar>, looks: u32, output: &mut Output<'_>) {
    let (done, total) = (pace.done.load(Ordering::Relaxed), pace.total.load(Ordering::Relaxed));
    match bar {
        Some(bar) => {
            bar.set_length(total);
            bar.set_position(done);
        }
        None if looks.is_multiple_of(EVERY) => {
            // A line that nobody can read ends nothing.
            let _ = output.note(&format!("copied {done} of {total} pages"));
        }
        None => {}
    }
}
