//! Texts out of files and pipes, as editors and shells write them.

/// Why the bytes of a file or a pipe are no text, to follow its name. Never contains any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileTextError {
    /// It begins with the byte-order mark of UTF-16 or UTF-32.
    #[error("is UTF-16; save it as UTF-8")]
    Utf16,
    /// It is in some other encoding.
    #[error("is not UTF-8: byte {at} belongs to no character")]
    NotUtf8 {
        /// Which byte, counted from 1.
        at: usize,
    },
}

/// The text of a file: UTF-8, without the byte-order mark that some editors and shells put in front.
///
/// # Errors
/// See [`FileTextError`].
pub fn text_of_file(bytes: &[u8]) -> Result<&str, FileTextError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(FileTextError::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| FileTextError::NotUtf8 { at: error.valid_up_to() + 1 })
}

/// The same of a file that holds one value: without the one line end at its end, LF or CRLF. White space and further line
/// ends stay: a password may end in a space.
///
/// # Errors
/// See [`FileTextError`].
pub fn line_of_file(bytes: &[u8]) -> Result<&str, FileTextError> {
    let text = text_of_file(bytes)?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    Ok(line.strip_suffix('\r').unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_add_is_taken_off_once() {
        for (bytes, line) in [
            (&b"tulip"[..], "tulip"),
            (b"tulip\n", "tulip"),
            (b"tulip\r\n", "tulip"),
            (b"\xef\xbb\xbftulip\r\n", "tulip"),
            (b" tulip \n", " tulip "),
            (b"tulip\n\n", "tulip\n"),
            (b"\xef\xbb\xbf\xef\xbb\xbftulip", "\u{feff}tulip"),
            (b"", ""),
        ] {
            assert_eq!(line_of_file(bytes), Ok(line));
        }
        assert_eq!(text_of_file(b"\xef\xbb\xbfa\r\nb\r\n"), Ok("a\r\nb\r\n"));
    }

    #[test]
    fn what_is_no_utf_8_is_told_apart() {
        for bytes in [&b"\xff\xfet\0u\0"[..], b"\xfe\xff\0t\0u", b"\xff\xfe\0\0t\0\0\0"] {
            assert_eq!(text_of_file(bytes), Err(FileTextError::Utf16));
        }
        assert_eq!(text_of_file(b"caf\xe9"), Err(FileTextError::NotUtf8 { at: 4 }));
    }
}
