//! Two consecutive codes: which are taken, and how they are written.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{
    Algorithm, ConsecutiveCodes, Digits, RecoveryAlphabet, RecoveryCodeFormat, SharedSecret, SubmittedCode, Timestamp,
    Totp, TotpCode, TotpParameters,
};

const NOW: u64 = 1_000_000;

fn secret() -> SharedSecret {
    SharedSecret::from_bytes(b"12345678901234567890").unwrap()
}

fn totp(skew_steps: u8) -> Totp {
    Totp::new(TotpParameters::DEFAULT, skew_steps)
}

fn moment(step: u64) -> Timestamp {
    Timestamp::from_unix_seconds((step * 30 + 15).cast_signed())
}

fn text(step: u64) -> String {
    totp(0).code_at_step(&secret(), step).as_str().to_owned()
}

fn pair(first: u64, second: u64) -> ConsecutiveCodes {
    ConsecutiveCodes::parse(&format!("{} {}", text(first), text(second))).unwrap()
}

#[test]
fn exactly_the_pairs_of_the_window_are_taken_and_the_later_step_is_theirs() {
    for (skew_steps, k) in [(0, 1), (1, 3), (2, 5)] {
        let totp = totp(skew_steps);
        let skew = u64::from(skew_steps);
        let mut taken = 0;
        for first in NOW - 8..=NOW + 8 {
            for second in NOW - 8..=NOW + 8 {
                let matched = totp.match_consecutive(&secret(), &pair(first, second), moment(NOW), None);
                let right = second == first + 1 && second.abs_diff(NOW) <= skew;
                assert_eq!(
                    matched.map(countersign_core::MatchedStep::step),
                    right.then_some(second),
                    "{first} {second}"
                );
                taken += usize::from(right);
            }
        }
        assert_eq!(taken, k);
    }
}

#[test]
fn both_are_later_than_what_was_accepted_last() {
    let totp = totp(1);
    let matched = |after| totp.match_consecutive(&secret(), &pair(NOW - 1, NOW), moment(NOW), after).is_some();
    assert!(matched(Some(NOW - 2)));
    for after in [NOW - 1, NOW, NOW + 1] {
        assert!(!matched(Some(after)), "after {after}");
    }
    // The accepted pair hands back its later step, which refuses all of it.
    let step = totp.match_consecutive(&secret(), &pair(NOW - 1, NOW), moment(NOW), None).unwrap().step();
    for (first, second) in [(NOW - 1, NOW), (NOW, NOW + 1)] {
        assert!(totp.match_consecutive(&secret(), &pair(first, second), moment(NOW), Some(step)).is_none());
    }
}

#[test]
fn the_second_code_alone_or_twice_the_same_is_no_pair() {
    let totp = totp(1);
    for (first, second) in [(NOW, NOW), (NOW, NOW - 1), (NOW - 2, NOW), (NOW + 5, NOW)] {
        assert!(totp.match_consecutive(&secret(), &pair(first, second), moment(NOW), None).is_none());
    }
    // Nor at the beginning of time, where there is no step before.
    assert!(totp.match_consecutive(&secret(), &pair(5, 0), moment(0), None).is_none());
    assert!(totp.match_consecutive(&secret(), &pair(0, 1), moment(0), None).is_some());
}

#[test]
fn codes_of_other_digits_or_of_another_authenticator_do_not_match() {
    let (totp, other) = (totp(1), SharedSecret::from_bytes(b"09876543210987654321").unwrap());
    let theirs = |step| totp.code_at_step(&other, step).as_str().to_owned();
    for (first, second) in [(text(NOW - 1), theirs(NOW)), (theirs(NOW - 1), text(NOW)), (theirs(NOW - 1), theirs(NOW))]
    {
        let codes = ConsecutiveCodes::parse(&(first + &second)).unwrap();
        assert!(totp.match_consecutive(&secret(), &codes, moment(NOW), None).is_none());
    }
    let eight = Totp::new(TotpParameters::new(Algorithm::Sha1, Digits::EIGHT, 30).unwrap(), 1);
    assert!(eight.match_consecutive(&secret(), &pair(NOW - 1, NOW), moment(NOW), None).is_none());
}

#[test]
fn any_separator_stands_between_them_or_none() {
    for typed in [
        "123456 654321",
        "123456654321",
        "123 456 654 321",
        "123-456-654-321",
        " 123456  -  654321 ",
        "1 2 3 4 5 6 6 5 4 3 2 1",
    ] {
        let SubmittedCode::Consecutive(codes) = SubmittedCode::parse(typed, None, &[Digits::SIX]) else {
            unreachable!("{typed:?} is two codes")
        };
        assert!(codes.have(Digits::SIX) && !codes.have(Digits::EIGHT));
    }
    for typed in ["123456 65432", "123456 6543210", "123456+654321", "123456 654321 111111", "", " ", "123456 abcdef"] {
        assert!(ConsecutiveCodes::parse(typed).is_none(), "{typed:?}");
        assert!(matches!(SubmittedCode::parse(typed, None, &[Digits::SIX]), SubmittedCode::Malformed));
    }
    assert!(ConsecutiveCodes::parse("1234567 7654321").unwrap().have(Digits::SEVEN));
    assert!(ConsecutiveCodes::parse("1234567887654321").unwrap().have(Digits::EIGHT));
    assert!(ConsecutiveCodes::parse(&format!("123456{}654321", " ".repeat(116))).is_some());
    assert!(ConsecutiveCodes::parse(&format!("123456{}654321", " ".repeat(117))).is_none(), "longer than is looked at");
}

#[test]
fn a_recovery_code_of_digits_is_one_where_it_is_written_as_it_was_shown() {
    let format = RecoveryCodeFormat::new("XXXX-XXXX-XXXX", RecoveryAlphabet::Crockford32).unwrap();
    let parse = |typed, digits: &[Digits]| SubmittedCode::parse(typed, Some(&format), digits);
    assert!(matches!(parse("1234-5665-4321", &[Digits::SIX]), SubmittedCode::Recovery(_)));
    assert!(matches!(parse("123456 654321", &[Digits::SIX]), SubmittedCode::Consecutive(_)));
    assert!(
        matches!(parse("123456 654321", &[Digits::EIGHT]), SubmittedCode::Recovery(_)),
        "no authenticator has such"
    );
    assert!(matches!(parse("123456 65432A", &[Digits::SIX]), SubmittedCode::Recovery(_)));
    assert!(matches!(parse("123456", &[Digits::SIX]), SubmittedCode::Totp(_)));
}

#[test]
fn what_was_accepted_last_is_known_again_for_a_while() {
    let totp = totp(1);
    let one = |step| TotpCode::parse(&text(step)).unwrap();
    assert!(totp.repeats(&secret(), &one(NOW), NOW, moment(NOW)));
    for later in [NOW + 1, NOW + 10, NOW - 10] {
        assert!(totp.repeats(&secret(), &one(NOW), NOW, moment(later)), "at {later}");
    }
    for later in [NOW + 11, NOW - 11] {
        assert!(!totp.repeats(&secret(), &one(NOW), NOW, moment(later)), "at {later}");
    }
    assert!(!totp.repeats(&secret(), &one(NOW - 1), NOW, moment(NOW)), "an older one is no repeat");
    assert!(totp.repeats_consecutive(&secret(), &pair(NOW - 1, NOW), NOW, moment(NOW)));
    for (first, second) in [(NOW, NOW), (NOW - 1, NOW + 1), (NOW, NOW + 1)] {
        assert!(!totp.repeats_consecutive(&secret(), &pair(first, second), NOW, moment(NOW)));
    }
    let seven = TotpCode::parse(&format!("0{}", text(NOW))).unwrap();
    assert!(!totp.repeats(&secret(), &seven, NOW, moment(NOW)), "with another number of digits");
}
