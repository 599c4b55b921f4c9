use std::io;
use std::sync::Arc;

use countersign_cli::CommandError;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

/// The signals that end the server, SIGTERM and SIGINT, and the one that has it read its certificate again, SIGHUP.
pub(super) struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over from the system, whose answer to them would be to kill the process.
    pub(super) fn install() -> Result<Self, CommandError> {
        let install = || -> io::Result<Self> {
            let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            Ok(Self { hangup: signal(SignalKind::hangup())?, terminate, interrupt })
        };
        install().map_err(|error| CommandError::refused("signals cannot be handled").because(error))
    }

    /// Begins an orderly end at the first signal that asks for one, and ends the process at the second. SIGHUP asks for none: it
    /// has `reload` told.
    pub(super) async fn watch(mut self, stop: watch::Sender<bool>, reload: Arc<Notify>) {
        let first = loop {
            tokio::select! {
                first = Self::end(&mut self.terminate, &mut self.interrupt) => break first,
                _ = self.hangup.recv() => reload.notify_one(),
            }
        };
        tracing::info!(signal = first, "stopping: requests that are under way may finish");
        stop.send_replace(true);
        let second = self.next().await;
        tracing::warn!(signal = second, "stopped at once");
        std::process::exit(1);
    }

    /// The name of the next signal that ends the server. A signal that came since the last call is answered at once.
    pub(super) async fn next(&mut self) -> &'static str {
        Self::end(&mut self.terminate, &mut self.interrupt).await
    }

    async fn end(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    }
}
