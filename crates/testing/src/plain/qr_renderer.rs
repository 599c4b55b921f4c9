use countersign_application::enrollment::{QrRenderer, QrRendererError};
use countersign_core::KeyUri;
use zeroize::Zeroizing;

/// Writes the key URI itself where the picture would be, so that a test can read it.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainQrRenderer;

impl QrRenderer for PlainQrRenderer {
    fn svg(&self, uri: &KeyUri) -> Result<Zeroizing<String>, QrRendererError> {
        let text = Zeroizing::new(uri.to_uri().replace('&', "&amp;"));
        Ok(Zeroizing::new(format!("<svg><title>{}</title></svg>", *text)))
    }

    fn png(&self, uri: &KeyUri) -> Result<Zeroizing<Vec<u8>>, QrRendererError> {
        Ok(Zeroizing::new([b"\x89PNG\r\n\x1a\n", uri.to_uri().as_bytes()].concat()))
    }

    fn terminal(&self, uri: &KeyUri) -> Result<Zeroizing<String>, QrRendererError> {
        Ok(uri.to_uri())
    }
}
