use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// A certificate chain with its private key, and so what a listener needs for TLS 1.2 and 1.3.
///
/// A listener takes them from a channel: the one that is sent is presented from the next connection on.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<ServerConfig>);

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The chain is not in PEM.
    #[error("the certificate is not in PEM")]
    Chain(#[source] pem::Error),
    /// There is no certificate in it.
    #[error("there is no certificate in the file")]
    Empty,
    /// The private key is not in PEM, or there is none.
    #[error("the private key is not in PEM")]
    Key(#[source] pem::Error),
    /// They are of no use, or do not belong together.
    #[error("the certificate and the private key do not go together")]
    Use(#[source] rustls::Error),
}

impl Certificate {
    /// Reads a chain and its key, both in PEM.
    ///
    /// # Errors
    ///
    /// When they cannot be used.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let chain =
            CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>().map_err(CertificateError::Chain)?;
        if chain.is_empty() {
            return Err(CertificateError::Empty);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(CertificateError::Key)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(CertificateError::Use)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(CertificateError::Use)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_or_no_key_is_told_apart() {
        assert!(matches!(Certificate::from_pem(b"none", b"none"), Err(CertificateError::Empty)));
        let chain = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(Certificate::from_pem(chain, b"none"), Err(CertificateError::Key(_))));
    }
}
