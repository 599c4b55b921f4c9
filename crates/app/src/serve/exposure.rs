use std::net::SocketAddr;

use countersign_cli::CommandError;

use crate::settings::Settings;

/// Who can reach the listener, and what protects the passwords and codes on their way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// Only this machine.
    Loopback,
    /// Anyone, over TLS.
    Tls,
    /// Anyone, but a proxy was declared that is expected to bring TLS.
    BehindProxy,
    /// Anyone, in the clear.
    Plain(SocketAddr),
}

impl Exposure {
    /// What the settings make of it.
    pub(crate) fn of(settings: &Settings) -> Self {
        if settings.tls_certificate_file.is_some() {
            Self::Tls
        } else if settings.listen.ip().to_canonical().is_loopback() {
            Self::Loopback
        } else if !settings.trusted_proxies.is_empty() {
            Self::BehindProxy
        } else {
            Self::Plain(settings.listen)
        }
    }

    /// Refuses to take passwords and codes in the clear from the network.
    pub(crate) fn refuse_plain(self) -> Result<(), CommandError> {
        let Self::Plain(address) = self else { return Ok(()) };
        Err(CommandError::refused(format!(
            "listening on {address} would take passwords and codes from the network in the clear"
        ))
        .advise(Self::REMEDY))
    }

    /// What to do about [`Self::Plain`].
    pub(crate) const REMEDY: &str = "set tls_certificate_file and tls_key_file; or, behind a reverse proxy that brings \
                                     TLS, set trusted_proxies to its address; or listen on 127.0.0.1";
}
