use crate::named::named;

named! {
    /// What kind of picture a logo is.
    pub enum LogoType {
        /// Portable Network Graphics.
        Png = "image/png",
        /// Scalable Vector Graphics. May hold scripts: whoever serves it forbids them.
        Svg = "image/svg+xml",
        /// WebP.
        WebP = "image/webp",
    }
}

/// A realm's picture: PNG, SVG or WebP of at most 64 KiB. What it is says its content, never a name or whoever sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    bytes: Vec<u8>,
    kind: LogoType,
}

/// Why bytes are not a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// There is too much of it.
    #[error("must be at most 64 KiB")]
    TooLarge,
    /// It is something else.
    #[error("must be a PNG, SVG or WebP picture; an SVG in UTF-8, and without declarations of its own in its DOCTYPE")]
    Unrecognized,
}

impl Logo {
    /// The most bytes that a logo has.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Recognizes a picture.
    ///
    /// # Errors
    /// The bytes break the rule of the type.
    pub fn new(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(LogoError::TooLarge);
        }
        let kind = if is_png(&bytes) {
            LogoType::Png
        } else if is_webp(&bytes) {
            LogoType::WebP
        } else if is_svg(&bytes) {
            LogoType::Svg
        } else {
            return Err(LogoError::Unrecognized);
        };
        Ok(Self { bytes, kind })
    }

    /// The picture.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What kind of picture it is.
    #[must_use]
    pub fn kind(&self) -> LogoType {
        self.kind
    }
}

/// Without the bytes, which would drown whatever is told beside them.
impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logo").field("kind", &self.kind).field("bytes", &self.bytes.len()).finish()
    }
}

fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")
}

fn is_webp(bytes: &[u8]) -> bool {
    let part = |at: usize| bytes.get(at..at + 4).unwrap_or_default();
    part(0) == b"RIFF" && part(8) == b"WEBP" && [b"VP8 ", b"VP8L", b"VP8X"].iter().any(|kind| part(12) == *kind)
}

/// Whether the first element of a document is `svg`. A DOCTYPE may name the standard's; one with declarations of its own
/// could let a few bytes grow into many.
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    loop {
        rest = rest.trim_start();
        let after = if rest.starts_with("<?") {
            rest.split_once("?>")
        } else if rest.starts_with("<!--") {
            rest.split_once("-->")
        } else if rest.starts_with("<!DOCTYPE") {
            rest.split_once('>').filter(|(doctype, _)| !doctype.contains('['))
        } else {
            let Some(name) = rest.strip_prefix("<svg") else { return false };
            return name.starts_with(|next: char| next.is_ascii_whitespace() || matches!(next, '>' | '/'));
        };
        let Some((_, next)) = after else { return false };
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_known_by_its_content() {
        let svg = "<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\">\n<svg/>";
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0"[..], LogoType::Png),
            (b"RIFF\x04\0\0\0WEBPVP8L", LogoType::WebP),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", LogoType::Svg),
            ("\u{feff}  <svg>".as_bytes(), LogoType::Svg),
            (svg.as_bytes(), LogoType::Svg),
        ] {
            let logo = Logo::new(bytes.to_vec()).unwrap();
            assert_eq!((logo.kind(), logo.bytes()), (kind, bytes));
        }
        for bad in [
            &b""[..],
            b"GIF89a",
            b"\xff\xd8\xff\xe0",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\x04\0\0\0WAVEfmt ",
            b"<html><svg></svg></html>",
            b"<svgx>",
            b"<!-- never ends <svg>",
            b"\xff<svg>",
            b"<!DOCTYPE svg [<!ENTITY a \"b\">]><svg>&a;</svg>",
            b"BM\0\0",
        ] {
            assert_eq!(Logo::new(bad.to_vec()), Err(LogoError::Unrecognized), "{bad:?}");
        }
    }

    #[test]
    fn a_logo_has_an_end() {
        let mut bytes = b"<svg>".to_vec();
        bytes.resize(Logo::MAX_BYTES, b' ');
        assert!(Logo::new(bytes.clone()).is_ok());
        bytes.push(b' ');
        assert_eq!(Logo::new(bytes), Err(LogoError::TooLarge));
    }

    #[test]
    fn what_is_told_of_a_logo_does_not_hold_it() {
        let logo = Logo::new(b"<svg>hunter2</svg>".to_vec()).unwrap();
        assert_eq!(format!("{logo:?}"), "Logo { kind: Svg, bytes: 18 }");
    }
}
