//! The same answers as other implementations, on random input.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{Algorithm, Digits, MatchedStep, SharedSecret, Timestamp, Totp, TotpCode, TotpParameters, hotp};
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use proptest::prelude::*;

fn secret() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 16..=64)
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(Algorithm::ALL.to_vec())
}

/// HOTP as RFC 4226 tells it, on the general HMAC of the `hmac` crate.
fn plain_hotp<D: EagerHash>(key: &[u8], counter: u64, digits: u32) -> String {
    let mut mac = Hmac::<D>::new_from_slice(key).unwrap();
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[digest.len() - 1] & 0x0f);
    let window = digest[offset..offset + 4].try_into().unwrap();
    let number = (u32::from_be_bytes(window) & 0x7fff_ffff) % 10_u32.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn codes_equal_those_computed_with_the_hmac_crate(
        key in secret(), counter in any::<u64>(), algorithm in algorithm(), digits in 6_u8..=8,
    ) {
        let plain = match algorithm {
            Algorithm::Sha1 => plain_hotp::<sha1::Sha1>,
            Algorithm::Sha256 => plain_hotp::<sha2::Sha256>,
            Algorithm::Sha512 => plain_hotp::<sha2::Sha512>,
        };
        let ours = hotp(
            &SharedSecret::from_bytes(&key).unwrap(),
            counter,
            algorithm,
            Digits::new(digits).unwrap(),
        );
        prop_assert_eq!(ours.as_str(), plain(&key, counter, u32::from(digits)));
    }

    #[test]
    fn verdicts_equal_those_of_totp_rs(
        key in secret(),
        seconds in 0_i64..=253_402_300_799,
        algorithm in algorithm(),
        digits in 6_u8..=8,
        period in 1_u32..=86_400,
        skew in 0_u8..=10,
        drift in -12_i64..=12,
    ) {
        let theirs = totp_rs::Builder::new()
            .with_algorithm(match algorithm {
                Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
                Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
                Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
            })
            .with_digits(digits)
            .with_secret(key.clone())
            .with_skew(u16::from(skew))
            .with_step_duration(u64::from(period))
            .build()
            .unwrap();
        let digits = Digits::new(digits).unwrap();
        let parameters = TotpParameters::new(algorithm, digits, period).unwrap();
        let ours = Totp::new(parameters, skew);
        let secret = SharedSecret::from_bytes(&key).unwrap();

        let now = seconds.cast_unsigned();
        let typed_at = seconds.saturating_add(drift * i64::from(period)).max(0);
        let typed = theirs.generate(typed_at.cast_unsigned()).to_string();
        let generated = ours.code_at(&secret, Timestamp::from_unix_seconds(typed_at));
        prop_assert_eq!(generated.as_str(), typed.as_str());

        let matched = ours.match_step(
            &secret,
            &TotpCode::parse(&typed).unwrap(),
            Timestamp::from_unix_seconds(seconds),
            None,
        );
        prop_assert_eq!(matched.map(MatchedStep::step), theirs.check(&typed, now));
    }
}
