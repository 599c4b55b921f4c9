//! QR codes.

mod modules;
mod png;
mod svg;
mod terminal;

#[cfg(test)]
mod tests;

use countersign_application::enrollment::{QrRenderer, QrRendererError};
use countersign_core::KeyUri;
use zeroize::Zeroizing;

use modules::Modules;

/// Draws QR codes (ISO/IEC 18004) with error correction level M, which restores 15 % of the symbol, or L, which restores
/// 7 %, where the names in the key URI are long, and the quiet zone of four modules that the standard asks for.
/// A module has the same size in every picture, so that a picture grows with what it says. Every key URI that was made by
/// [`KeyUri::new`] fits.
///
/// What is returned is zeroized when dropped; the encoders' own buffers are freed as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct QrCodes;

impl QrRenderer for QrCodes {
    fn svg(&self, uri: &KeyUri) -> Result<Zeroizing<String>, QrRendererError> {
        Ok(svg::draw(&Modules::of(uri)?))
    }

    fn png(&self, uri: &KeyUri) -> Result<Zeroizing<Vec<u8>>, QrRendererError> {
        png::draw(&Modules::of(uri)?)
    }

    fn terminal(&self, uri: &KeyUri) -> Result<Zeroizing<String>, QrRendererError> {
        Ok(terminal::draw(&Modules::of(uri)?))
    }
}
