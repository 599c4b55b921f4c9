//! QR codes as PNG.

use ::png::{BitDepth, ColorType, Encoder, EncodingError};
use countersign_application::enrollment::QrRendererError;
use zeroize::Zeroizing;

use super::Modules;

/// Pixels a side of a module.
const SCALE: usize = 6;

/// One bit a pixel, grayscale: 0 is black.
pub(super) fn draw(modules: &Modules) -> Result<Zeroizing<Vec<u8>>, QrRendererError> {
    encode(modules).map_err(|error| QrRendererError(Box::new(error)))
}

fn encode(modules: &Modules) -> Result<Zeroizing<Vec<u8>>, EncodingError> {
    let side = modules.width() * SCALE;
    let row_bytes = side.div_ceil(8);
    let mut pixels = Zeroizing::new(Vec::with_capacity(row_bytes * side));
    for y in 0..modules.width() {
        let mut row = Zeroizing::new(vec![0xff_u8; row_bytes]);
        for x in (0..side).filter(|x| modules.is_dark(x / SCALE, y)) {
            if let Some(byte) = row.get_mut(x / 8) {
                *byte &= !(0x80 >> (x % 8));
            }
        }
        for _ in 0..SCALE {
            pixels.extend_from_slice(&row);
        }
    }

    // More than the pixels take uncompressed, so that it never grows and leaves copies behind.
    let mut png = Zeroizing::new(Vec::with_capacity(pixels.len() + side + 1024));
    // At most 185 modules of 6 pixels.
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut encoder = Encoder::new(&mut *png, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(png)
}
