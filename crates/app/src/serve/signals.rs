use std::io;

use countersign_cli::CommandError;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// The signals that end the server: SIGTERM and SIGINT.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over from the system, whose answer to them would be to kill the process.
    pub(super) fn install() -> Result<Self, CommandError> {
        let install = || -> io::Result<Self> {
            let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            Ok(Self { terminate, interrupt })
        };
        install().map_err(|error| CommandError::refused("signals cannot be handled").because(error))
    }

    /// Begins an orderly end at the first signal, and ends the process at the second.
    pub(super) async fn watch(mut self, stop: watch::Sender<bool>) {
        let first = self.next().await;
        tracing::info!(signal = first, "stopping: requests that are under way may finish");
        stop.send_replace(true);
        let second = self.next().await;
        tracing::warn!(signal = second, "stopped at once");
        std::process::exit(1);
    }

    /// The name of the next signal. A signal that came since the last call is answered at once.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
