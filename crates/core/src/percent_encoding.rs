//! Percent-encoding (RFC 3986, section 2.1).

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

/// Appends `text` to `out`, everything encoded but the unreserved characters (RFC 3986, section 2.3): also what a
/// reader of `application/x-www-form-urlencoded` would take for something else, such as `+`.
pub(crate) fn encode_into(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if encoded_length(byte) == 1 {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 0x0f)]);
        }
    }
}

/// How many bytes a byte of a text takes: one if it is an unreserved character (RFC 3986, section 2.3), else three.
pub(crate) const fn encoded_length(byte: u8) -> usize {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => 1,
        _ => 3,
    }
}

/// Decodes `text`; `None` if an escape is broken or the result is not UTF-8. A `+` stays a `+`.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { (nibble(rest.next()?)? << 4) | nibble(rest.next()?)? } else { byte });
    }
    let text = str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(String::from(text)))
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
