use countersign_core::KeyUri;
use zeroize::Zeroizing;

/// The key URI does not fit a QR code.
#[derive(Debug, thiserror::Error)]
#[error("a QR code could not be drawn")]
pub struct QrRendererError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Draws QR codes of key URIs. What it returns shows the secret to whoever sees it.
pub trait QrRenderer: Send + Sync {
    /// An SVG element, without an XML declaration, dark on light with a quiet zone.
    ///
    /// # Errors
    /// The URI is too long.
    fn svg(&self, uri: &KeyUri) -> Result<Zeroizing<String>, QrRendererError>;

    /// A PNG image, dark on light with a quiet zone.
    ///
    /// # Errors
    /// The URI is too long.
    fn png(&self, uri: &KeyUri) -> Result<Zeroizing<Vec<u8>>, QrRendererError>;

    /// Text for a terminal with a dark or light ground.
    ///
    /// # Errors
    /// The URI is too long.
    fn terminal(&self, uri: &KeyUri) -> Result<Zeroizing<String>, QrRendererError>;
}
