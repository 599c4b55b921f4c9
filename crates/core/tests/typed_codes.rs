//! Codes as they are typed: normalization of time-based codes, recovery codes, and which is which.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::convert::Infallible;

use countersign_core::{
    MINIMUM_ENTROPY_BITS, NotATotpCode, RecoveryAlphabet, RecoveryCode, RecoveryCodeFormat, RecoveryFormatError,
    SharedSecret, SubmittedCode, Timestamp, Totp, TotpCode, TotpParameters,
};
use proptest::prelude::*;

fn format(pattern: &str, alphabet: RecoveryAlphabet) -> RecoveryCodeFormat {
    RecoveryCodeFormat::new(pattern, alphabet).unwrap()
}

fn crockford() -> RecoveryCodeFormat {
    format("XXXX-XXXX-XXXX-XXXX", RecoveryAlphabet::Crockford32)
}

fn alphanumeric() -> RecoveryCodeFormat {
    format("XXXXX-XXXXX", RecoveryAlphabet::Alphanumeric)
}

/// A small generator of bytes, good enough for counting symbols.
fn bytes(seed: u64) -> impl FnMut(&mut [u8]) -> Result<(), Infallible> {
    let mut state = seed;
    move |out| {
        for byte in out {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
        Ok(())
    }
}

fn generate(format: &RecoveryCodeFormat, seed: u64) -> RecoveryCode {
    format.generate(&mut bytes(seed)).unwrap()
}

fn matches(typed: &str, now: Timestamp) -> bool {
    let secret = SharedSecret::from_bytes(b"12345678901234567890").unwrap();
    let code = TotpCode::parse(typed).unwrap();
    Totp::new(TotpParameters::DEFAULT, 0).match_step(&secret, &code, now, None).is_some()
}

#[test]
fn spaces_and_hyphens_in_a_code_do_not_matter() {
    let now = Timestamp::from_unix_seconds(59);
    for typed in ["287082", "287 082", "287-082", " 2 8 7 0 8 2 ", "--287082"] {
        assert!(matches(typed, now), "{typed}");
    }
}

/// What keyboards of other scripts write, and what programs put into and around a code on the way.
#[test]
fn a_code_in_another_script_or_with_other_separators_is_the_same_code() {
    let now = Timestamp::from_unix_seconds(59);
    for typed in [
        "２８７０８２",
        "٢٨٧٠٨٢",
        "۲۸۷۰۸۲",
        "२८७०८२",
        "287\u{a0}082",
        "287\u{202f}082",
        "287\u{2009}082",
        "287\u{3000}082",
        "287082\n",
        "287082\r\n",
        "287082\t",
        "287082\u{200b}",
        "\u{200e}287082",
        "\u{2068}287082\u{2069}",
        "\u{feff}287082",
        "287\u{2010}082",
        "287\u{2011}082",
        "287\u{2012}082",
        "287\u{2013}082",
        "287\u{2014}082",
        "287\u{2015}082",
        "287\u{2212}082",
        "287\u{ad}082",
        "287.082",
        "287,082",
        "287_082",
        "287’082",
        "`287082`",
        "“287082”.",
    ] {
        assert!(matches(typed, now), "{typed:?}");
    }
}

#[test]
fn everything_else_is_no_code() {
    for typed in [
        "",
        "12345",
        "123456789",
        "0000123456",
        "12345a",
        "+123456",
        "123/456",
        "0x1234",
        "O12345",
        "l23456",
        "①②③④⑤⑥",
        "½23456",
        "²23456",
        "一二三四五六",
        "123456\0",
        "123\u{7f}456",
        "123\u{301}456",
        "null",
    ] {
        assert_eq!(TotpCode::parse(typed).err(), Some(NotATotpCode), "{typed}");
    }
    for long in [" ".repeat(1_000_000), "1".repeat(1_000_000)] {
        assert!(TotpCode::parse(&long).is_err());
        assert!(crockford().parse(&long).is_none());
    }
    assert!(TotpCode::parse(&format!("123456{}", " ".repeat(58))).is_ok());
    assert!(TotpCode::parse(&format!("123456{}", " ".repeat(59))).is_err());
    // Characters are counted, not bytes.
    assert!(TotpCode::parse(&format!("１２３４５６{}", "\u{2009}".repeat(58))).is_ok());
}

#[test]
fn patterns_are_checked() {
    use RecoveryFormatError as Error;
    let crockford = RecoveryAlphabet::Crockford32;
    let alphanumeric = RecoveryAlphabet::Alphanumeric;
    for (pattern, alphabet, expected) in [
        ("XXXXXXXXXX", crockford, None),
        ("XXXXX XXXXX", crockford, None),
        ("XXXXXXXXX", alphanumeric, None),
        ("XXXXXXXXX", crockford, Some(Error::TooLittleEntropy)),
        ("XXXXXXXX", alphanumeric, Some(Error::TooFewSymbols)),
        ("", crockford, Some(Error::TooFewSymbols)),
        ("-XXXXXXXXXX", crockford, Some(Error::SeparatorAtEdge)),
        ("XXXXXXXXXX ", crockford, Some(Error::SeparatorAtEdge)),
        ("XXXXX_XXXXX", crockford, Some(Error::ForbiddenCharacter)),
        ("xxxxxxxxxx", crockford, Some(Error::ForbiddenCharacter)),
        ("XXXXX\tXXXXX", crockford, Some(Error::ForbiddenCharacter)),
    ] {
        let found = RecoveryCodeFormat::new(pattern, alphabet).err();
        assert_eq!(found, expected, "{pattern:?}");
    }
    assert!(RecoveryCodeFormat::new(&"X".repeat(64), crockford).is_ok());
    assert_eq!(RecoveryCodeFormat::new(&"X".repeat(65), crockford).err(), Some(Error::TooLong));
}

#[test]
fn entropy_is_that_of_the_symbols() {
    for symbols in 10..=64_u32 {
        let pattern = "X".repeat(symbols as usize);
        for (alphabet, size) in [(RecoveryAlphabet::Crockford32, 32_f64), (RecoveryAlphabet::Alphanumeric, 62_f64)] {
            let bits = format(&pattern, alphabet).entropy_bits();
            assert_eq!(f64::from(bits), (f64::from(symbols) * size.log2()).floor());
            assert!(bits >= MINIMUM_ENTROPY_BITS);
        }
    }
}

#[test]
fn all_symbols_are_equally_likely() {
    for (alphabet, size) in [(RecoveryAlphabet::Crockford32, 32), (RecoveryAlphabet::Alphanumeric, 62)] {
        // Every byte value once: each symbol must come out equally often, the rest be thrown away.
        let format = format(&"X".repeat(62), alphabet);
        let mut next = 0_u8;
        let mut counts = BTreeMap::new();
        let mut used = 0;
        let mut all_values = |out: &mut [u8]| {
            for byte in out {
                *byte = next;
                next = next.wrapping_add(1);
            }
            Ok::<(), Infallible>(())
        };
        let kept = 256 / size * size;
        while used < kept * 62 {
            let code = format.generate(&mut all_values).unwrap();
            for symbol in code.normalized().chars() {
                *counts.entry(symbol).or_insert(0) += 1;
            }
            used += 62;
        }
        assert_eq!(counts.len(), size);
        let (least, most) = (counts.values().min(), counts.values().max());
        assert!(most.unwrap() - least.unwrap() <= 8, "{counts:?}");
    }
}

#[test]
fn an_error_of_the_source_is_passed_on() {
    let result = alphanumeric().generate(&mut |_| Err("no entropy"));
    assert_eq!(result.unwrap_err(), "no entropy");
}

#[test]
fn crockford_input_forgives_case_and_look_alikes() {
    let format = crockford();
    let code = format.parse("0o0O-1iIl-L1AB-CDEF").unwrap();
    assert_eq!(code.normalized(), "0000111111ABCDEF");
    assert_eq!(format.display(&code).as_str(), "0000-1111-11AB-CDEF");
    for typed in [
        "0000-1111-11AB-CDEU",
        "0000-1111-11AB-CDE",
        "0000-1111-11AB-CDEF0",
        "0000-1111-11AB-CDEé",
        "0000/1111/11AB/CDEF",
        "0000-1111-11AB-CDEF\0",
        "",
    ] {
        assert!(format.parse(typed).is_none(), "{typed}");
    }
}

/// The ways in which people keep them: notes turn hyphens into dashes, PDF files add spaces that do not break, lists end in
/// a period.
#[test]
fn a_recovery_code_with_other_separators_or_wide_letters_is_the_same_code() {
    let format = crockford();
    for dash in
        ["-", " ", "", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2014}", "\u{2212}", "\u{a0}", "\u{2009}", ".", "_"]
    {
        for (before, after) in [("", ""), ("\u{feff}", "\r\n"), ("“", "”."), ("\t", "\n")] {
            let typed = format!("{before}00AB{dash}11CD{dash}22EF{dash}33GH{after}");
            let code = SubmittedCode::parse(&typed, Some(&format), &[]);
            assert!(
                matches!(&code, SubmittedCode::Recovery(code) if code.normalized() == "00AB11CD22EF33GH"),
                "{typed:?}"
            );
        }
    }
    assert_eq!(format.parse("ＯＯａｂ-ｌＩｃｄ-２２ＥＦ-٣٣GH").unwrap().normalized(), "00AB11CD22EF33GH");
    assert_eq!(alphanumeric().parse("ａBcDe–fGhＯ٠").unwrap().normalized(), "aBcDefGhO0");
}

#[test]
fn alphanumeric_input_is_case_sensitive() {
    let format = alphanumeric();
    let code = format.parse(" aBcDe fGh0O--").unwrap();
    assert_eq!(code.normalized(), "aBcDefGh0O");
    assert_ne!(format.parse("abcde-fgh0o").unwrap().normalized(), code.normalized());
    assert!(format.parse("aBcDe-fGh0Ö").is_none());
}

#[test]
fn a_code_of_another_format_is_shown_whole() {
    let long = generate(&crockford(), 1);
    let shown = alphanumeric().display(&long);
    assert_eq!(shown.replace('-', ""), long.normalized());
    let short = generate(&alphanumeric(), 1);
    let shown = crockford().display(&short);
    assert_eq!(shown.replace('-', ""), short.normalized());
    assert!(!shown.ends_with('-'));
}

#[test]
fn one_field_takes_either_kind_of_code() {
    let format = alphanumeric();
    let parse = |input| SubmittedCode::parse(input, Some(&format), &[]);
    assert!(matches!(parse("123 456"), SubmittedCode::Totp(_)));
    assert!(matches!(parse("12345678"), SubmittedCode::Totp(_)));
    assert!(matches!(parse("1234567890"), SubmittedCode::Recovery(_)));
    assert!(matches!(parse("aBcDe-fGhIj"), SubmittedCode::Recovery(_)));
    assert!(matches!(parse("123456789"), SubmittedCode::Malformed));
    assert!(matches!(parse(""), SubmittedCode::Malformed));
    assert!(matches!(SubmittedCode::parse("aBcDe-fGhIj", None, &[]), SubmittedCode::Malformed));
    assert!(matches!(SubmittedCode::parse("123456", None, &[]), SubmittedCode::Totp(_)));
}

proptest! {
    #[test]
    fn a_code_is_the_same_in_every_spelling(
        seconds in 0_i64..4_000_000_000,
        separators in prop::collection::vec("[ \\-\t\n.,_'\u{a0}\u{2009}\u{2010}-\u{2015}\u{2212}\u{200b}\u{202e}\u{feff}]{0,4}", 7),
        zero in prop::sample::select(vec!['0', '０', '٠', '۰', '०', '\u{1d7ce}', '\u{1fbf0}']),
    ) {
        let now = Timestamp::from_unix_seconds(seconds);
        let secret = SharedSecret::from_bytes(b"12345678901234567890").unwrap();
        let code = Totp::new(TotpParameters::DEFAULT, 0).code_at(&secret, now);
        let mut typed = separators[6].clone();
        for (digit, separator) in code.as_str().chars().zip(&separators) {
            typed.push(char::from_u32(u32::from(zero) + digit.to_digit(10).unwrap()).unwrap());
            typed.push_str(separator);
        }
        prop_assert!(matches(&typed, now));
    }

    #[test]
    fn a_recovery_code_survives_being_shown_and_typed(
        seed in any::<u64>(),
        groups in prop::collection::vec(1_usize..8, 2..8),
        crockford in any::<bool>(),
        lower in any::<bool>(),
        bare in any::<bool>(),
    ) {
        let pattern = groups.iter().map(|length| "X".repeat(*length)).collect::<Vec<_>>().join("-");
        let alphabet = if crockford {
            RecoveryAlphabet::Crockford32
        } else {
            RecoveryAlphabet::Alphanumeric
        };
        prop_assume!(RecoveryCodeFormat::new(&pattern, alphabet).is_ok());
        let format = format(&pattern, alphabet);
        let code = generate(&format, seed);
        let mut typed = format.display(&code).to_string();
        prop_assert_eq!(typed.len(), pattern.len());
        if bare {
            typed = typed.replace('-', "");
        }
        if lower && crockford {
            typed = typed.to_lowercase();
        }
        let parsed = format.parse(&typed).unwrap();
        prop_assert_eq!(parsed.normalized(), code.normalized());
        prop_assert!(matches!(
            SubmittedCode::parse(&typed, Some(&format), &[]),
            SubmittedCode::Recovery(_)
        ));
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in any::<String>()) {
        let _ = SubmittedCode::parse(&text, Some(&crockford()), &[]);
        let _ = SubmittedCode::parse(&text, Some(&alphanumeric()), &[]);
        let _ = RecoveryCodeFormat::new(&text, RecoveryAlphabet::Crockford32);
    }
}
