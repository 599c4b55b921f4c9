//! The certificate for TLS, which is renewed on disk while the server goes on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign_cli::CommandError;
use countersign_serving::Certificate;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::key_ring;
use super::listener::read_certificate;
use crate::settings::Settings;

/// How often it is looked whether the files have changed.
const LOOKING: Duration = Duration::from_secs(10);

/// The files of the certificate and its key, and by what it is known whether they have changed.
pub(super) struct Renewal {
    certificate: PathBuf,
    key: PathBuf,
    seen: Option<u64>,
    presented: watch::Sender<Certificate>,
}

impl Renewal {
    /// Reads the certificate that the settings name; `None` where they name none.
    pub(super) fn begin(settings: &Settings) -> Result<Option<Self>, CommandError> {
        let (Some(certificate), Some(key)) = (&settings.tls_certificate_file, &settings.tls_key_file) else {
            return Ok(None);
        };
        let (certificate, key) = (certificate.clone(), key.clone());
        let (presented, _) = watch::channel(read_certificate(&certificate, &key)?);
        let mut renewal = Self { certificate, key, seen: None, presented };
        renewal.seen = renewal.files();
        Ok(Some(renewal))
    }

    /// From where a listener takes the certificate.
    pub(super) fn presented(&self) -> watch::Receiver<Certificate> {
        self.presented.subscribe()
    }

    /// A number that is another one when a file is: neither is kept.
    fn files(&self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        for file in [&self.certificate, &self.key] {
            std::fs::read(file).ok()?.hash(&mut hasher);
        }
        Some(hasher.finish())
    }

    /// Presents what is on disk from the next connection on. What cannot be used changes nothing: a renewal may be under way,
    /// with one file written and the other not yet.
    fn look(&mut self, asked: bool) {
        let files = self.files();
        if files == self.seen && !asked {
            return;
        }
        self.seen = files;
        match read_certificate(&self.certificate, &self.key) {
            Ok(certificate) => {
                self.presented.send_replace(certificate);
                tracing::info!(file = %self.certificate.display(), "the TLS certificate was read again");
            }
            Err(error) => {
                tracing::error!(%error, "the TLS certificate on disk cannot be used; the one before is presented");
            }
        }
    }
}

/// Looks at the files again and again, and whenever it is asked.
pub(super) async fn run(mut renewal: Option<Renewal>, mut keys: key_ring::Watch, reload: Arc<Notify>) {
    let mut rounds = interval(LOOKING);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let asked = tokio::select! {
            _ = rounds.tick() => false,
            () = reload.notified() => true,
        };
        if let Some(renewal) = &mut renewal {
            renewal.look(asked);
        }
        keys.look(asked).await;
        if asked {
            tracing::info!(
                "SIGHUP: the TLS certificate and its key and the key ring are read again; the settings at a start"
            );
        }
    }
}
