//! Nothing secret is in `Debug` or in errors.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{
    KeyUri, KeyUriError, RecoveryAlphabet, RecoveryCodeFormat, SharedSecret, SubmittedCode, Timestamp, Totp, TotpCode,
    TotpParameters,
};

/// What a reader makes of it that takes what other systems write.
fn parsed(uri: &str) -> Result<KeyUri, KeyUriError> {
    KeyUri::parse_lenient(uri).map(|read| read.uri)
}

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[test]
fn debug_prints_the_name_of_the_type_and_nothing_else() {
    let secret = SharedSecret::from_base32(SECRET).unwrap();
    let format = RecoveryCodeFormat::new("XXXXX-XXXXX", RecoveryAlphabet::Crockford32).unwrap();
    let recovery = format.parse("A1B2C-D3E4F").unwrap();
    let code = Totp::new(TotpParameters::DEFAULT, 1).code_at(&secret, Timestamp::from_micros(0));

    assert_eq!(format!("{:?}", TotpCode::parse("123456").unwrap()), "TotpCode");
    assert_eq!(format!("{code:?}"), "GeneratedCode");
    assert_eq!(format!("{recovery:?}"), "RecoveryCode");
    assert_eq!(format!("{secret:#?}"), "SharedSecret");
    for (input, expected) in [
        ("123456", "SubmittedCode::Totp"),
        ("A1B2C-D3E4F", "SubmittedCode::Recovery"),
        ("a password", "SubmittedCode::Malformed"),
    ] {
        let submitted = SubmittedCode::parse(input, Some(&format), &[]);
        assert_eq!(format!("{submitted:?}"), expected);
    }
}

#[test]
fn debug_of_a_key_uri_has_no_secret() {
    let secret = SharedSecret::from_base32(SECRET).unwrap();
    let uri = KeyUri::new("Acme", "alice", secret, TotpParameters::DEFAULT).unwrap();
    let text = format!("{uri:?}");
    assert_eq!(text, "KeyUri { issuer: \"Acme\", account_name: \"alice\", .. }");
}

#[test]
fn errors_do_not_repeat_the_input() {
    let uri = "otpauth://totp/Acme:alice?secret=SENTINEL1&issuer=Acme";
    let errors = [
        TotpCode::parse("SENTINEL").unwrap_err().to_string(),
        SharedSecret::from_base32("SENTINEL1").unwrap_err().to_string(),
        parsed(uri).unwrap_err().to_string(),
        format!("{:?}", parsed(uri).unwrap_err()),
    ];
    for error in errors {
        assert!(!error.contains("SENTINEL"), "{error}");
    }
}
