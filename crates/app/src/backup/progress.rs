//! How far the copying of a file is, for whoever waits for it.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use countersign_cli::{CommandError, Output};
use countersign_persistence::FileCopyStep;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

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

/// Does work on a thread of its own and shows how far it is: a bar on a terminal, a line now and then elsewhere. SIGINT and
/// SIGTERM end it between two pieces.
pub(crate) async fn watched<T: Send + 'static>(
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
    let install = || Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?));
    let (mut terminate, mut interrupt) =
        install().map_err(|error: std::io::Error| CommandError::refused("signals cannot be handled").because(error))?;
    let bar = std::io::stderr().is_terminal().then(|| {
        ProgressBar::new(0)
            .with_style(ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let mut looks = 0_u32;
    let done = loop {
        tokio::select! {
            done = &mut running => break done,
            _ = terminate.recv() => pace.stop.store(true, Ordering::Relaxed),
            _ = interrupt.recv() => pace.stop.store(true, Ordering::Relaxed),
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
