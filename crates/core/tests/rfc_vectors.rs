//! The test vectors of RFC 4226 and RFC 6238.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use countersign_core::{Algorithm, Digits, SharedSecret, Timestamp, Totp, TotpCode, TotpParameters, hotp};

fn rows(csv: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    csv.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect())
}

/// The secret that both documents use, repeated to a length.
fn secret(length: usize) -> SharedSecret {
    let bytes: Vec<u8> = b"1234567890".iter().copied().cycle().take(length).collect();
    SharedSecret::from_bytes(&bytes).unwrap()
}

#[test]
fn counter_based_codes_are_those_of_rfc_4226_appendix_d() {
    let mut count = 0;
    for row in rows(include_str!("vectors/rfc4226_appendix_d.csv")) {
        let [counter, truncated, code] = row[..] else {
            panic!("three columns");
        };
        let counter = counter.parse().unwrap();
        let six = hotp(&secret(20), counter, Algorithm::Sha1, Digits::SIX);
        assert_eq!(six.as_str(), code, "counter {counter}");
        // Eight digits show more of the truncated value than the six of the table.
        let eight = hotp(&secret(20), counter, Algorithm::Sha1, Digits::EIGHT);
        let truncated = format!("{truncated:0>10}");
        assert_eq!(eight.as_str(), &truncated[2..], "counter {counter}");
        count += 1;
    }
    assert_eq!(count, 10);
}

#[test]
fn time_based_codes_are_those_of_rfc_6238_appendix_b() {
    let mut count = 0;
    for row in rows(include_str!("vectors/rfc6238_appendix_b.csv")) {
        let [seconds, step, algorithm, code] = row[..] else {
            panic!("four columns");
        };
        let now = Timestamp::from_unix_seconds(seconds.parse().unwrap());
        let step = u64::from_str_radix(step, 16).unwrap();
        let algorithm: Algorithm = algorithm.parse().unwrap();
        let secret = secret(match algorithm {
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        });
        let totp = Totp::new(TotpParameters::new(algorithm, Digits::EIGHT, 30).unwrap(), 0);

        assert_eq!(totp.step_at(now), step);
        assert_eq!(totp.code_at(&secret, now).as_str(), code);
        let typed = TotpCode::parse(code).unwrap();
        let matched = totp.match_step(&secret, &typed, now, None).unwrap();
        assert_eq!((matched.step(), matched.drift_steps()), (step, 0));
        count += 1;
    }
    assert_eq!(count, 18);
}
