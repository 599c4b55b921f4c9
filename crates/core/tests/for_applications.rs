//! What applications need beside the verdict: times, several authenticators, counters, data, foreign key URIs.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{
    Algorithm, Digits, KeyUri, KeyUriError, KeyUriWarning, MAXIMUM_LOOK_AHEAD, SharedSecret, Throttle,
    ThrottleSchedule, Timestamp, Totp, TotpCode, TotpParameters, hotp, match_counter,
};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn secret() -> SharedSecret {
    SharedSecret::from_base32(SECRET).unwrap()
}

fn typed(code: &str) -> TotpCode {
    TotpCode::parse(code).unwrap()
}

#[test]
fn a_code_is_shown_until_the_next_step() {
    let totp = Totp::new(TotpParameters::DEFAULT, 1);
    for (micros, left) in [(0, 30), (1, 30), (29_000_000, 1), (29_999_999, 1), (30_000_000, 30), (59_500_000, 1)] {
        let now = Timestamp::from_micros(micros);
        assert_eq!(totp.seconds_left(now), left, "{micros}");
        let next = totp.next_step_at(now);
        assert_eq!(totp.step_at(next), totp.step_at(now) + 1, "{micros}");
        assert_eq!(totp.step_at(Timestamp::from_micros(next.as_micros() - 1)), totp.step_at(now), "{micros}");
    }
    assert_eq!(totp.next_step_at(Timestamp::from_unix_seconds(i64::MAX)), Timestamp::from_micros(i64::MAX));
}

#[test]
fn of_several_authenticators_the_one_that_shows_the_code_is_found() {
    let (now, totp) = (Timestamp::from_unix_seconds(1_700_000_000), Totp::new(TotpParameters::DEFAULT, 1));
    let long = Totp::new(TotpParameters::new(Algorithm::Sha512, Digits::EIGHT, 60).unwrap(), 0);
    let secrets = [SharedSecret::from_bytes(&[1; 20]).unwrap(), secret(), SharedSecret::from_bytes(&[3; 64]).unwrap()];
    let among = |after: Option<u64>| [(totp, &secrets[0], None), (totp, &secrets[1], after), (long, &secrets[2], None)];
    let of = |place: usize| {
        let (totp, secret, _) = among(None)[place];
        typed(totp.code_at(secret, now).as_str())
    };
    for place in 0..3 {
        let (found, matched) = Totp::match_among(among(None), &of(place), now).unwrap();
        assert_eq!((found, matched.drift_steps()), (place, 0));
    }
    assert!(Totp::match_among(among(Some(totp.step_at(now))), &of(1), now).is_none(), "spent");
    assert!(Totp::match_among([], &of(1), now).is_none());
}

#[test]
fn counters_are_found_within_the_look_ahead_and_never_before() {
    // RFC 4226, appendix D.
    let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    let find =
        |code: &str, next, ahead| match_counter(&secret(), &typed(code), Algorithm::Sha1, Digits::SIX, next, ahead);
    for (counter, code) in (0_u64..).zip(codes) {
        assert_eq!(find(code, 0, 9), Some(counter));
        assert_eq!(find(code, counter, 0), Some(counter));
        assert_eq!(find(code, counter + 1, 20), None, "{code} is spent");
        if counter > 3 {
            assert_eq!(find(code, 0, 3), None, "{code} is too far ahead");
        }
    }
    let far = hotp(&secret(), u64::from(MAXIMUM_LOOK_AHEAD) + 1, Algorithm::Sha1, Digits::SIX);
    assert_eq!(find(far.as_str(), 0, u8::MAX), None);
    assert_eq!(find("00755224", 0, 9), None, "other digits");
    let last = hotp(&secret(), u64::MAX, Algorithm::Sha1, Digits::SIX);
    assert_eq!(find(last.as_str(), u64::MAX, 9), Some(u64::MAX));
}

#[test]
fn a_foreign_key_uri_is_read_with_warnings_and_refused_by_the_strict_reader() {
    let cases = [
        (format!("otpauth://totp/alice?secret={SECRET}"), vec![KeyUriWarning::NoIssuer]),
        (format!("otpauth://totp/Acme:alice?secret={SECRET}&issuer=Other"), vec![KeyUriWarning::IssuersDiffer]),
        ("otpauth://totp/A:alice?secret=JBSWY3DPEHPK3PXP&issuer=A".to_owned(), vec![KeyUriWarning::ShortSecret]),
        (format!("otpauth://totp/Müller:jörg?secret={SECRET}&issuer=Müller"), vec![KeyUriWarning::NotEncoded]),
        (format!("otpauth://totp/A b:alice?secret={SECRET}&issuer=A%20b"), vec![KeyUriWarning::NotEncoded]),
        (
            "otpauth://totp/jörg?secret=JBSWY3DPEHPK3PXP".to_owned(),
            vec![KeyUriWarning::NoIssuer, KeyUriWarning::ShortSecret, KeyUriWarning::NotEncoded],
        ),
    ];
    for (uri, warnings) in cases {
        let read = KeyUri::parse_lenient(&uri).unwrap();
        assert_eq!(read.warnings, warnings, "{uri}");
        let refused = KeyUri::parse(&uri).unwrap_err();
        assert_eq!(refused, KeyUriError::Unusual(warnings[0]), "{uri}");
        assert!(!refused.to_string().is_empty());
    }
    let exact = KeyUri::new("Müller & Söhne", "jörg", secret(), TotpParameters::DEFAULT).unwrap().to_uri();
    assert_eq!(KeyUri::parse(&exact).unwrap().issuer(), "Müller & Söhne");
    assert_eq!(KeyUri::parse_lenient(&exact).unwrap().warnings, []);
    let prefix_alone = format!("otpauth://totp/Acme:alice?secret={SECRET}");
    assert_eq!(KeyUri::parse(&prefix_alone).unwrap().issuer(), "Acme", "the label says it");
    let refused = KeyUri::parse_lenient(&format!("otpauth://totp/A:a?secret={SECRET}&digits=5")).unwrap_err();
    assert_eq!(refused, KeyUriError::Digits, "no app shows five digits of such a code");
}

#[cfg(feature = "serde")]
#[test]
fn parameters_and_throttles_are_data_and_checked_when_they_are_read() {
    let parameters = TotpParameters::new(Algorithm::Sha256, Digits::EIGHT, 60).unwrap();
    let json = serde_json::to_string(&parameters).unwrap();
    assert_eq!(json, r#"{"algorithm":"SHA256","digits":8,"period_seconds":60}"#);
    assert_eq!(serde_json::from_str::<TotpParameters>(&json).unwrap(), parameters);
    for wrong in [json.replace("60", "0"), json.replace('8', "9"), json.replace("60", "60,\"more\":1")] {
        assert!(serde_json::from_str::<TotpParameters>(&wrong).is_err(), "{wrong}");
    }
    let schedule = ThrottleSchedule { free_failures: 4, first_wait_seconds: 30, longest_wait_seconds: 3_600 };
    let mut throttle = Throttle::NONE;
    for _ in 0..6 {
        throttle = throttle.after_failure(&schedule, Timestamp::from_unix_seconds(1_700_000_000));
    }
    let json = serde_json::to_string(&(throttle, schedule)).unwrap();
    assert_eq!(serde_json::from_str::<(Throttle, ThrottleSchedule)>(&json).unwrap(), (throttle, schedule));
}

#[cfg(feature = "rand")]
#[test]
fn a_secret_is_drawn_from_the_generator_and_from_nothing_else() {
    use countersign_core::GenerateSecretError;
    use rand_core::{TryCryptoRng, TryRng};

    struct Counting(u8);

    #[derive(Debug, PartialEq)]
    struct Empty;

    impl std::fmt::Display for Empty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("empty")
        }
    }

    impl std::error::Error for Empty {}

    impl TryRng for Counting {
        type Error = Empty;

        fn try_next_u32(&mut self) -> Result<u32, Empty> {
            Err(Empty)
        }

        fn try_next_u64(&mut self) -> Result<u64, Empty> {
            Err(Empty)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Empty> {
            for byte in bytes {
                self.0 = self.0.checked_add(1).ok_or(Empty)?;
                *byte = self.0;
            }
            Ok(())
        }
    }

    impl TryCryptoRng for Counting {}

    let drawn = SharedSecret::generate(20, &mut Counting(0)).unwrap();
    assert_eq!(drawn.expose(), (1..=20).collect::<Vec<u8>>());
    let refused = |bytes, generator| SharedSecret::generate(bytes, &mut Counting(generator)).unwrap_err();
    assert!(matches!(refused(15, 0), GenerateSecretError::Length(_)));
    assert!(matches!(refused(65, 0), GenerateSecretError::Length(_)));
    assert_eq!(refused(20, 250), GenerateSecretError::Generator(Empty));
}

#[cfg(feature = "qr")]
#[test]
fn a_key_uri_has_a_qr_code() {
    let uri = KeyUri::new("Acme", "kim", secret(), TotpParameters::DEFAULT).unwrap();
    assert!(uri.to_qr_code().unwrap().width() > 20);
}

#[cfg(feature = "std")]
#[test]
fn the_systems_time_is_a_timestamp() {
    use std::time::{Duration, UNIX_EPOCH};
    let at = |micros: u64| Timestamp::from(UNIX_EPOCH + Duration::from_micros(micros));
    assert_eq!(at(1_700_000_000_000_001), Timestamp::from_micros(1_700_000_000_000_001));
    assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_secs(1)), Timestamp::from_unix_seconds(-1));
}
