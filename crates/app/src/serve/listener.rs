use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use countersign_cli::CommandError;
use poem::listener::{
    Acceptor, AcceptorExt, BoxAcceptor, IntoTlsConfigStream, Listener, RustlsCertificate, RustlsConfig, TcpListener,
};
use poem::{IntoEndpoint, Server};
use tokio::sync::watch;

use super::signals::stopping;
use crate::settings::Settings;

/// A connection on which nothing happens for so long is closed. Longer than the keep-alive of common proxies, so that
/// it is they who close first.
const IDLE: Duration = Duration::from_secs(75);

/// A listener that already has its address, and takes no connections yet.
pub(super) struct Bound {
    acceptor: BoxAcceptor,
    address: SocketAddr,
    is_tls: bool,
}

/// Takes an address.
pub(super) async fn bind(address: SocketAddr, tls: Option<RustlsConfig>) -> Result<Bound, CommandError> {
    let is_tls = tls.is_some();
    let listener = TcpListener::bind(address);
    let bound = match tls {
        Some(config) => listener.rustls(config).into_acceptor().await.map(AcceptorExt::boxed),
        None => listener.into_acceptor().await.map(AcceptorExt::boxed),
    };
    let acceptor = bound.map_err(|error| {
        CommandError::unavailable(format!("it is not possible to listen on {address}"))
            .because(error)
            .advise("another program may have the port: set `listen` (COUNTERSIGN_LISTEN) to another one, or 0 for any")
    })?;
    // With port 0 the system chose one.
    let real = acceptor.local_addr().iter().find_map(|real| real.as_socket_addr().copied());
    Ok(Bound { acceptor, address: real.unwrap_or(address), is_tls })
}

/// The TLS configuration, if there is one.
pub(super) fn tls(settings: &Settings) -> Result<Option<RustlsConfig>, CommandError> {
    let (Some(certificate), Some(key)) = (&settings.tls_certificate_file, &settings.tls_key_file) else {
        return Ok(None);
    };
    read_certificate(certificate, key).map(Some)
}

/// Reads a certificate chain and its key.
pub(crate) fn read_certificate(certificate: &Path, key: &Path) -> Result<RustlsConfig, CommandError> {
    let read = |setting: &str, path: &Path| {
        std::fs::read(path).map_err(|error| {
            CommandError::refused(format!("{setting}, {}, cannot be read", path.display())).because(error)
        })
    };
    let (chain, private) = (read("tls_certificate_file", certificate)?, read("tls_key_file", key)?);
    let config =
        || RustlsConfig::new().fallback(RustlsCertificate::new().cert(chain.as_slice()).key(private.as_slice()));
    // Tried on a copy, because the trial consumes it: what is wrong with it is told apart from a port that is taken.
    match config().into_stream() {
        Ok(_) => Ok(config()),
        Err(error) => Err(CommandError::refused("the TLS certificate and its key cannot be used").because(error)),
    }
}

impl Bound {
    /// Whether it brings TLS itself.
    pub(super) fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("{}://{}", if self.is_tls { "https" } else { "http" }, self.address)
    }

    /// Serves until told to stop; requests that are under way then have `patience` to finish.
    pub(super) async fn serve<E>(
        self,
        endpoint: E,
        stopped: watch::Receiver<bool>,
        patience: Duration,
    ) -> Result<(), CommandError>
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Server::new_with_acceptor(self.acceptor)
            .idle_timeout(IDLE)
            .run_with_graceful_shutdown(endpoint, stopping(stopped), Some(patience))
            .await
            .map_err(|error| CommandError::refused("the listener failed").because(error))
    }
}
