//! Which characters show nothing, and how the characters of a code may be written.
//!
//! Small tables of Unicode properties that hardly grow; what needs large ones (normalization, case folding, general
//! categories) is in the application's `text`.

/// Whether a character shows nothing of its own: format and filling characters, joiners, variation selectors, marks that
/// change the direction of writing, and separators of lines and paragraphs that are no control characters.
///
/// These are `Default_Ignorable_Code_Point` (Unicode Standard, section 5.21) with the code points reserved for it,
/// `Bidi_Control` (UAX #9, section 2), the anchors of interlinear annotations, and three that are blank without being
/// called so.
#[must_use]
pub const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            // Braille without a dot.
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            // Reserved for such, then the anchors of annotations, then the place of an object.
            | '\u{fff0}'..='\u{fffc}'
            | '\u{1bca0}'..='\u{1bca3}'
            // A note head that is not drawn.
            | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// What a character means where a code is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// One of `0`-`9`, `A`-`Z`, `a`-`z`.
    Symbol(u8),
    /// Between symbols, and around them: means nothing.
    Separator,
    /// Makes whatever it stands in no code.
    Other,
}

/// The zeros of the decimal digits (`Nd`) of all scripts; each is followed by its nine others.
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce,
    0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
];

/// The last of them: the segmented digits.
const SEGMENTED_ZERO: u32 = 0x1fbf0;

/// The one table of how codes are written. It holds for codes of authenticators and for recovery codes, on every page and
/// in every operation, and is applied before a code is compared, looked up, or counted.
///
/// Digits of all scripts are their value, full-width letters their plain ones. White space of any kind (the narrow and the
/// unbreakable among it), dashes and the minus sign, dots, commas, underscores, quotation marks, and whatever shows
/// nothing are separators. Control characters that are no white space, and everything else, belong to no code.
///
/// Whether `O` is `0` and `l` is `1` is for the alphabet of the code to say: Crockford's has neither letter, codes of an
/// authenticator have no letters at all.
pub(crate) fn spelling(character: char) -> Spelling {
    match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => Spelling::Symbol(character as u8),
        // Full-width letters lie 0xfee0 above the plain ones.
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            Spelling::Symbol(u8::try_from(u32::from(character) - 0xfee0).unwrap_or_default())
        }
        '-' | ' ' => Spelling::Separator,
        // Dashes (`Pd`), the hyphen bullet and the minus sign.
        '\u{58a}'
        | '\u{5be}'
        | '\u{1400}'
        | '\u{1806}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2e17}'
        | '\u{2e1a}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{2e40}'
        | '\u{2e5d}'
        | '\u{301c}'
        | '\u{3030}'
        | '\u{30a0}'
        | '\u{fe31}'
        | '\u{fe32}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{10d6e}'
        | '\u{10ead}' => Spelling::Separator,
        // Dots, commas and underscores, and their wide forms.
        '.' | ',' | '_' | '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{3001}' | '\u{3002}' | '\u{ff0c}' | '\u{ff0e}'
        | '\u{ff3f}' | '\u{ff61}' | '\u{66b}' | '\u{66c}' => Spelling::Separator,
        // What programs put around a code.
        '\'' | '"' | '`' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}' => {
            Spelling::Separator
        }
        _ if character.is_whitespace() || is_invisible(character) => Spelling::Separator,
        _ => decimal_digit(u32::from(character)).map_or(Spelling::Other, |digit| Spelling::Symbol(b'0' + digit)),
    }
}

fn decimal_digit(code_point: u32) -> Option<u8> {
    let of = |zero: u32| {
        let value = code_point.checked_sub(zero)?;
        u8::try_from(value).ok().filter(|value| *value < 10)
    };
    let before = ZEROS.partition_point(|zero| *zero <= code_point).checked_sub(1);
    before.and_then(|at| of(*ZEROS.get(at)?)).or_else(|| of(SEGMENTED_ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_all_scripts_are_their_value() {
        for zero in ZEROS.into_iter().chain([SEGMENTED_ZERO]) {
            for value in 0..10_u8 {
                let digit = char::from_u32(zero + u32::from(value)).unwrap();
                assert_eq!(spelling(digit), Spelling::Symbol(b'0' + value), "{digit:?}");
                assert!(digit.is_numeric() || !digit.is_ascii(), "{digit:?}");
            }
        }
        assert!(ZEROS.is_sorted() && ZEROS.windows(2).all(|pair| pair[0] + 10 <= pair[1]));
        for other in ['\u{bd}', '\u{2160}', '\u{2460}', '\u{4e00}', '\u{b2}', '\u{2f}', '\u{3a}', '\u{665}'] {
            let expected = if other == '\u{665}' { Spelling::Symbol(b'5') } else { Spelling::Other };
            assert_eq!(spelling(other), expected, "{other:?}");
        }
    }

    #[test]
    fn wide_letters_are_their_plain_ones() {
        for (wide, plain) in [('Ａ', b'A'), ('Ｚ', b'Z'), ('ａ', b'a'), ('ｚ', b'z'), ('０', b'0'), ('９', b'9')]
        {
            assert_eq!(spelling(wide), Spelling::Symbol(plain));
        }
    }

    #[test]
    fn control_characters_but_white_space_belong_to_no_code() {
        for control in ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}') {
            let expected = if control.is_whitespace() { Spelling::Separator } else { Spelling::Other };
            assert_eq!(spelling(control), expected, "{control:?}");
        }
    }
}
