//! The modules of a QR code.

use countersign_application::enrollment::QrRendererError;
use countersign_core::KeyUri;
use qrcode::Color;
use zeroize::Zeroizing;

/// The dark and light squares, with the quiet zone around them.
pub(super) struct Modules {
    inner_width: usize,
    dark: Zeroizing<Vec<bool>>,
}

impl Modules {
    const QUIET_ZONE: usize = 4;

    pub(super) fn of(uri: &KeyUri) -> Result<Self, QrRendererError> {
        let code = uri.to_qr_code().map_err(|error| QrRendererError(Box::new(error)))?;
        let inner_width = code.width();
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { inner_width, dark: Zeroizing::new(dark) })
    }

    /// Modules a side, quiet zone included.
    pub(super) fn width(&self) -> usize {
        self.inner_width + 2 * Self::QUIET_ZONE
    }

    /// Whether a module is dark; light beyond the edges.
    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        let inner = |at: usize| at.checked_sub(Self::QUIET_ZONE).filter(|at| *at < self.inner_width);
        let Some((x, y)) = inner(x).zip(inner(y)) else {
            return false;
        };
        self.dark.get(y * self.inner_width + x).copied().unwrap_or(false)
    }
}
