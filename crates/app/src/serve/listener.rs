use countersign_application::text::text_of_file;
use std::net::SocketAddr;
use std::path::Path;

use countersign_cli::CommandError;
use countersign_serving::{Certificate, Limits, Listener, descriptor_limit, raise_descriptor_limit};

use tokio::sync::watch;

use crate::settings::Settings;

/// Takes an address.
pub(super) async fn bind(
    address: SocketAddr,
    certificate: Option<watch::Receiver<Certificate>>,
) -> Result<Listener, CommandError> {
    Listener::bind(address, certificate).await.map_err(|error| {
        CommandError::unavailable(format!("it is not possible to listen on {address}"))
            .because(error)
            .advise("another program may have the port: set `listen` (COUNTERSIGN_LISTEN) to another one, or 0 for any")
    })
}

/// Reads a certificate chain and its key.
pub(crate) fn read_certificate(certificate: &Path, key: &Path) -> Result<Certificate, CommandError> {
    let read = |setting: &str, path: &Path| {
        let bytes = std::fs::read(path).map_err(|error| {
            CommandError::refused(format!("{setting}, {}, cannot be read", path.display())).because(error)
        })?;
        let text = text_of_file(&bytes);
        text.map(|text| text.as_bytes().to_vec())
            .map_err(|error| CommandError::refused(format!("{setting}, {}, {error}", path.display())))
    };
    let (chain, private) = (read("tls_certificate_file", certificate)?, read("tls_key_file", key)?);
    Certificate::from_pem(&chain, &private)
        .map_err(|error| CommandError::refused("the TLS certificate and its key cannot be used").because(error))
}

/// Raises the limit of descriptors, and says what it allows.
pub(super) fn limits(settings: &Settings) -> Limits {
    let limit = raise_descriptor_limit().unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files cannot be raised");
        descriptor_limit()
    });
    let limits = limits_within(settings, limit.soft);
    tracing::info!(open_files = limit.soft, connections = limits.connections, "limits");
    limits
}

/// What a limit of descriptors allows.
pub(crate) fn limits_within(settings: &Settings, descriptors: u64) -> Limits {
    // An SQLite connection has the database, its log and its index open.
    let each = if settings.database_url.engine().is_server() { 1 } else { 3 };
    let databases = each * (u64::from(settings.database_connections) + 1);
    Limits::public(descriptors, databases, settings.connections_per_address)
}
