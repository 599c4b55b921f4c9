//! Shared secrets and key URIs.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{
    Algorithm, Digits, KeyUri, KeyUriError, KeyUriPart, SharedSecret, SharedSecretError, TotpParameters,
};
use proptest::prelude::*;

/// What a reader makes of it that takes what other systems write.
fn parsed(uri: &str) -> Result<KeyUri, KeyUriError> {
    KeyUri::parse_lenient(uri).map(|read| read.uri)
}

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn secret() -> SharedSecret {
    SharedSecret::from_base32(SECRET).unwrap()
}

fn refusal(text: &str) -> SharedSecretError {
    SharedSecret::from_base32(text).unwrap_err()
}

fn uri_refusal(uri: &str) -> KeyUriError {
    parsed(uri).unwrap_err()
}

#[test]
fn secrets_have_16_to_64_bytes() {
    for length in 0..=80 {
        let bytes = vec![7; length];
        let expected = match length {
            0..16 => Some(SharedSecretError::TooShort),
            16..=64 => None,
            _ => Some(SharedSecretError::TooLong),
        };
        assert_eq!(SharedSecret::from_bytes(&bytes).err(), expected);
    }
    assert_eq!(refusal("GEZDGNBVGY3TQOJQ"), SharedSecretError::TooShort);
    assert_eq!(refusal(""), SharedSecretError::TooShort);
    assert_eq!(refusal(&"A".repeat(112)), SharedSecretError::TooLong);
    assert_eq!(refusal(&"A".repeat(1_000_000)), SharedSecretError::TooLong);
    assert_eq!(refusal(&" ".repeat(1_000_000)), SharedSecretError::TooLong);
}

#[test]
fn base32_is_read_as_people_type_it() {
    for text in [
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ",
        " GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ== = ",
    ] {
        let secret = SharedSecret::from_base32(text).unwrap();
        assert_eq!(secret.expose(), b"12345678901234567890");
        assert_eq!(secret.to_base32().as_str(), SECRET);
    }
}

#[test]
fn what_is_not_canonical_base32_is_refused() {
    for text in [
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",
        "GEZDGNBVGY3TQOJQ=GEZDGNBVGY3TQOJ",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\n",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\u{ff31}",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\0",
    ] {
        assert_eq!(refusal(text), SharedSecretError::ForbiddenCharacter);
    }
    // 1, 3, and 6 characters beyond a multiple of 8 encode no whole number of bytes.
    for extra in [1, 3, 6] {
        assert_eq!(refusal(&"A".repeat(32 + extra)), SharedSecretError::Incomplete);
    }
    for extra in [0, 2, 4, 5, 7] {
        assert!(SharedSecret::from_base32(&"A".repeat(32 + extra)).is_ok());
    }
    // The last of two characters holds three bits of the byte and two that must be zero.
    for last in ["B", "C", "D"] {
        let text = format!("{}A{last}", "A".repeat(32));
        assert_eq!(refusal(&text), SharedSecretError::Incomplete);
    }
}

#[test]
fn a_key_uri_is_written_with_everything_in_it() {
    let parameters = TotpParameters::new(Algorithm::Sha256, Digits::EIGHT, 60).unwrap();
    let uri = KeyUri::new("Ärzte & Söhne", "alice+x@example.org", secret(), parameters).unwrap();
    assert_eq!(
        uri.to_uri().as_str(),
        "otpauth://totp/%C3%84rzte%20%26%20S%C3%B6hne:alice%2Bx%40example.org\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%C3%84rzte%20%26%20S%C3%B6hne\
         &algorithm=SHA256&digits=8&period=60"
    );
    let uri = KeyUri::new("Acme", "alice", secret(), TotpParameters::DEFAULT).unwrap();
    assert_eq!(
        uri.to_uri().as_str(),
        "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme\
         &algorithm=SHA1&digits=6&period=30"
    );
}

#[test]
fn parts_that_would_break_the_label_are_refused() {
    let new = |issuer, name| KeyUri::new(issuer, name, secret(), TotpParameters::DEFAULT).unwrap_err();
    let long = "x".repeat(201);
    assert_eq!(new("", "a"), KeyUriError::Empty(KeyUriPart::Issuer));
    assert_eq!(new("i", " "), KeyUriError::Empty(KeyUriPart::AccountName));
    assert_eq!(new(&long, "a"), KeyUriError::TooLong(KeyUriPart::Issuer));
    assert_eq!(new("i", &long), KeyUriError::TooLong(KeyUriPart::AccountName));
    for bad in ["a:b", "a\nb", "\ta", "a\u{85}", "a\0"] {
        assert_eq!(new(bad, "a"), KeyUriError::ForbiddenCharacter(KeyUriPart::Issuer));
        assert_eq!(new("i", bad), KeyUriError::ForbiddenCharacter(KeyUriPart::AccountName));
    }
    // Characters are counted, not bytes.
    assert!(KeyUri::new(&"ä".repeat(200), "a", secret(), TotpParameters::DEFAULT).is_ok());
}

#[test]
fn a_minimal_key_uri_has_the_usual_parameters() {
    let uri = parsed(&format!("otpauth://totp/Acme:alice?secret={SECRET}")).unwrap();
    assert_eq!((uri.issuer(), uri.account_name()), ("Acme", "alice"));
    assert_eq!(uri.parameters(), TotpParameters::DEFAULT);
    assert_eq!(uri.secret().expose(), secret().expose());
}

#[test]
fn spellings_of_other_systems_are_understood() {
    for uri in [
        format!("otpauth://totp/Acme%3Aalice?secret={SECRET}"),
        format!("otpauth://totp/Acme:%20alice?secret={SECRET}"),
        format!("otpauth://totp/alice?secret={SECRET}&issuer=Acme"),
        format!("OTPAUTH://TOTP/Acme:alice?Secret={SECRET}&ISSUER=Acme"),
        format!("otpauth://totp/Acme:alice?secret={SECRET}&image=https%3A%2F%2Facme&"),
        format!("otpauth://totp/Acme:alice?secret={SECRET}&algorithm=sha1&digits=06"),
    ] {
        let read = parsed(&uri).unwrap();
        assert_eq!((read.issuer(), read.account_name()), ("Acme", "alice"));
        assert_eq!(read.parameters(), TotpParameters::DEFAULT);
    }
}

#[test]
fn broken_key_uris_are_refused_for_their_reason() {
    let with = |rest: &str| uri_refusal(&format!("otpauth://totp/Acme:alice{rest}"));
    let secret = format!("?secret={SECRET}");

    for uri in [
        "",
        "otpauth",
        "https://totp/Acme:alice",
        "otpauth://totp",
        "otpauth://totp/A\nb:c",
        "otpauth://totp/A\0b:c",
        "otpauth://totp/A\u{202e}b:c",
        "otpauth://totp/A:c?secret=A#fragment",
    ] {
        assert_eq!(uri_refusal(uri), KeyUriError::NotAKeyUri, "{uri}");
    }
    assert_eq!(uri_refusal(&"o".repeat(1_000_000)), KeyUriError::NotAKeyUri);
    assert_eq!(uri_refusal("otpauth://hotp/Acme:alice?counter=0"), KeyUriError::HotpNotSupported);
    assert_eq!(uri_refusal("otpauth://steam/Acme:alice"), KeyUriError::UnknownType);
    for broken in ["%", "%4", "%4g", "%+4", "%ff", "%C3"] {
        assert_eq!(with(broken), KeyUriError::BrokenEncoding, "{broken}");
        assert_eq!(with(&format!("{secret}&x={broken}")), KeyUriError::BrokenEncoding);
    }
    assert_eq!(with(""), KeyUriError::MissingSecret);
    assert_eq!(with("?issuer=Acme"), KeyUriError::MissingSecret);
    assert_eq!(with("?secret="), KeyUriError::Secret(SharedSecretError::TooShort));
    assert_eq!(uri_refusal(&format!("otpauth://totp/:alice{secret}")), KeyUriError::Empty(KeyUriPart::Issuer));
    assert_eq!(uri_refusal(&format!("otpauth://totp/Acme:{secret}")), KeyUriError::Empty(KeyUriPart::AccountName));
    assert_eq!(
        uri_refusal(&format!("otpauth://totp/A:b:c{secret}")),
        KeyUriError::ForbiddenCharacter(KeyUriPart::AccountName)
    );
    for (rest, error) in [
        ("&issuer=Acme&issuer=Acme", KeyUriError::DuplicateParameter("issuer")),
        ("&SECRET=AAAA", KeyUriError::DuplicateParameter("secret")),
        ("&algorithm=MD5", KeyUriError::Algorithm(countersign_core::UnknownAlgorithm)),
        ("&digits=5", KeyUriError::Digits),
        ("&digits=9", KeyUriError::Digits),
        ("&digits=+6", KeyUriError::Digits),
        ("&digits=262", KeyUriError::Digits),
        ("&digits", KeyUriError::Digits),
        ("&period=0", KeyUriError::Period),
        ("&period=86401", KeyUriError::Period),
        ("&period=-30", KeyUriError::Period),
        ("&period=99999999999", KeyUriError::Period),
        ("&period=", KeyUriError::Period),
    ] {
        assert_eq!(with(&format!("{secret}{rest}")), error, "{rest}");
    }
}

/// What Google Authenticator, Aegis and Ente take.
#[test]
fn key_uris_of_systems_that_are_less_exact_are_understood() {
    for (uri, issuer, account_name) in [
        (format!("otpauth://totp/alice?secret={SECRET}"), "", "alice"),
        (format!("otpauth://totp/Some%20Company%3Ame?secret={SECRET}&issuer=Microsoft"), "Microsoft", "me"),
        (format!("otpauth://totp/Acme:alice?secret={SECRET}&issuer&algorithm=SHA1"), "Acme", "alice"),
        (format!("otpauth://totp/alice?secret={SECRET}&issuer="), "", "alice"),
        (format!("otpauth://totp/My App:alice?secret={SECRET}&issuer=My App"), "My App", "alice"),
        (format!("otpauth://totp/My%20App:alice?secret={SECRET}&issuer=My+App"), "My App", "alice"),
        (format!("otpauth://totp/Ärzte:alice?secret={SECRET}&issuer=Ärzte"), "Ärzte", "alice"),
        (format!("otpauth://totp/Acme:alice?secret={SECRET}&algorithm=HmacSHA1"), "Acme", "alice"),
    ] {
        let read = parsed(&uri).unwrap();
        assert_eq!((read.issuer(), read.account_name()), (issuer, account_name), "{uri}");
        assert_eq!((read.parameters(), read.secret().expose()), (TotpParameters::DEFAULT, secret().expose()));
        // What is written of it reads the same.
        let again = parsed(&read.to_uri()).unwrap();
        assert_eq!((again.issuer(), again.account_name()), (issuer, account_name));
    }
    let secret_of = |text: &str| {
        parsed(&format!("otpauth://totp/Acme:alice?secret={text}")).map(|uri| uri.secret().expose().to_vec())
    };
    for spelling in
        ["GEZD+GNBV+GY3T+QOJQ", "gezd%20gnbv%20gy3t%20qojq", "GEZDGNBVGY3TQOJQ======", "GEZDGNBVGY3TQOJQ%3D"]
    {
        assert_eq!(secret_of(spelling).unwrap(), b"1234567890", "{spelling}");
    }
    assert_eq!(secret_of(&SECRET[..26]).unwrap(), b"1234567890123456");
    // Bits after the last byte that are not zero: apps do not look at them.
    assert_eq!(secret_of("GEZDGNBVGY3TQOJQGEZDGNBVGZ").unwrap(), b"1234567890123456");
    assert_eq!(secret_of("GEZDGNBVGY3TQ").unwrap_err(), KeyUriError::Secret(SharedSecretError::TooShort));
}

/// The largest QR code (version 40, error correction level L) holds 2,953 bytes.
#[test]
fn a_key_uri_that_is_made_here_always_fits_a_qr_code() {
    let largest = TotpParameters::new(Algorithm::Sha512, Digits::EIGHT, 86_400).unwrap();
    for character in ['x', '~', ' ', 'ä', '語', '🙂', '\u{200d}'] {
        let long = character.to_string().repeat(200);
        let (issuer, account_name) = (format!("i{long}"), format!("n{long}"));
        let cut = |text: &str| text.chars().take(200).collect::<String>();
        let secret = SharedSecret::from_bytes(&[0xff; 64]).unwrap();
        let uri = KeyUri::new(&cut(&issuer), &cut(&account_name), secret, largest).unwrap();
        let length = uri.to_uri().len();
        assert!(length <= 2_874, "{character:?}: {length}");
        let read = parsed(&uri.to_uri()).unwrap();
        assert_eq!((read.issuer(), read.account_name()), (uri.issuer(), uri.account_name()));
    }
    let new = |issuer, name| KeyUri::new(issuer, name, secret(), TotpParameters::DEFAULT).unwrap();
    let (ascii, wide) = ("x".repeat(200), "🙂".repeat(200));
    assert_eq!((new(&ascii, &ascii).issuer(), new(&ascii, &ascii).account_name()), (ascii.as_str(), ascii.as_str()));
    let shortened = new(&wide, &wide);
    assert_eq!(shortened.issuer(), format!("{}…", "🙂".repeat(49)));
    assert_eq!(shortened.account_name(), format!("{}…", "🙂".repeat(124)));
}

#[test]
fn a_plus_in_a_key_uri_is_a_plus() {
    let uri = format!("otpauth://totp/A+B:a+b?secret={SECRET}&issuer=A%2BB");
    let read = parsed(&uri).unwrap();
    assert_eq!((read.issuer(), read.account_name()), ("A+B", "a+b"));
}

prop_compose! {
    fn part()(text in "[^\\p{Cc}:]{1,200}") -> String { text }
}

proptest! {
    #[test]
    fn a_secret_survives_base32(
        bytes in prop::collection::vec(any::<u8>(), 16..=64),
        lower in any::<bool>(),
        group in 1_usize..12,
    ) {
        let secret = SharedSecret::from_bytes(&bytes).unwrap();
        let text = secret.to_base32();
        prop_assert!(text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')));
        let mut typed: String = text
            .as_bytes()
            .chunks(group)
            .map(|chunk| format!("{} ", str::from_utf8(chunk).unwrap()))
            .collect();
        if lower {
            typed = typed.to_lowercase();
        }
        let parsed = SharedSecret::from_base32(&typed).unwrap();
        prop_assert_eq!(parsed.expose(), &bytes[..]);
    }

    #[test]
    fn any_text_read_as_base32_is_the_only_spelling_of_its_secret(text in "[A-Z2-7]{26,103}") {
        if let Ok(secret) = SharedSecret::from_base32(&text) {
            let again = secret.to_base32();
            prop_assert_eq!(again.as_str(), text.as_str());
        }
    }

    #[test]
    fn a_key_uri_survives_writing_and_reading(
        issuer in part(),
        account_name in part(),
        bytes in prop::collection::vec(any::<u8>(), 16..=64),
        algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
        digits in 6_u8..=8,
        period in 1_u32..=86_400,
    ) {
        prop_assume!(!issuer.trim().is_empty() && !account_name.trim().is_empty());
        let parameters =
            TotpParameters::new(algorithm, Digits::new(digits).unwrap(), period).unwrap();
        let secret = SharedSecret::from_bytes(&bytes).unwrap();
        let made = KeyUri::new(&issuer, &account_name, secret, parameters).unwrap();
        let uri = made.to_uri();
        prop_assert!(uri.is_ascii() && !uri.contains('+') && !uri.contains(' ') && uri.len() <= 2_874);

        let read = parsed(&uri).unwrap();
        prop_assert_eq!(read.issuer(), made.issuer());
        prop_assert_eq!(read.account_name(), made.account_name());
        // Cut only where it would not fit.
        let start = |part: &str| part.strip_suffix('…').unwrap_or(part).trim().to_owned();
        prop_assert!(issuer.trim().starts_with(&start(made.issuer())));
        prop_assert!(account_name.trim().starts_with(&start(made.account_name())));
        if issuer.len() <= 200 {
            prop_assert_eq!(made.issuer(), issuer.trim());
        }
        if account_name.len() <= 500 {
            prop_assert_eq!(made.account_name(), account_name.trim());
        }
        prop_assert_eq!(read.secret().expose(), &bytes[..]);
        prop_assert_eq!(read.parameters(), parameters);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in any::<String>(), rest in "[%:?&=A-Za-z0-9+]{0,60}") {
        let _ = SharedSecret::from_base32(&text);
        let _ = parsed(&text);
        let _ = parsed(&format!("otpauth://totp/{rest}"));
    }
}
