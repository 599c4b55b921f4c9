//! Which codes match, and at which step.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use countersign_core::{Algorithm, Digits, MatchedStep, SharedSecret, Timestamp, Totp, TotpCode, TotpParameters};

fn secret() -> SharedSecret {
    SharedSecret::from_bytes(b"12345678901234567890").unwrap()
}

fn totp(skew_steps: u8) -> Totp {
    Totp::new(TotpParameters::DEFAULT, skew_steps)
}

/// The middle of a step.
fn middle_of(step: u64) -> Timestamp {
    Timestamp::from_unix_seconds((step * 30 + 15).cast_signed())
}

fn code(totp: Totp, step: u64) -> TotpCode {
    TotpCode::parse(totp.code_at_step(&secret(), step).as_str()).unwrap()
}

fn codes_that_match(totp: Totp, now: Timestamp) -> BTreeMap<String, u64> {
    (0..1_000_000)
        .filter_map(|number| {
            let text = format!("{number:06}");
            let code = TotpCode::parse(&text).unwrap();
            let matched = totp.match_step(&secret(), &code, now, None)?;
            Some((text, matched.step()))
        })
        .collect()
}

/// An earlier and a later step, at most `distance` apart, with the same code.
fn collision(totp: Totp, distance: u64) -> (u64, u64) {
    let mut latest = BTreeMap::new();
    (distance..)
        .find_map(|later| {
            let text = totp.code_at_step(&secret(), later).as_str().to_owned();
            let earlier = latest.insert(text, later)?;
            (later - earlier <= distance).then_some((earlier, later))
        })
        .unwrap()
}

#[test]
fn a_window_accepts_exactly_k_of_a_million_codes() {
    for (skew_steps, k) in [(0, 1), (1, 3), (2, 5)] {
        let totp = totp(skew_steps);
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let matching = codes_that_match(totp, now);
        assert_eq!(matching.len(), k, "skew {skew_steps}");

        let current = totp.step_at(now);
        let skew = u64::from(skew_steps);
        let expected: BTreeMap<String, u64> = (current - skew..=current + skew)
            .map(|step| (totp.code_at_step(&secret(), step).as_str().to_owned(), step))
            .collect();
        assert_eq!(matching, expected);
    }
}

#[test]
fn steps_up_to_the_last_accepted_one_never_match() {
    let totp = totp(2);
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    let current = totp.step_at(now);
    for step in current - 2..=current + 2 {
        let typed = code(totp, step);
        for after in current - 5..=current + 5 {
            let matched = totp.match_step(&secret(), &typed, now, Some(after));
            let expected = (step > after).then_some(step);
            assert_eq!(matched.map(MatchedStep::step), expected);
        }
        let end = totp.match_step(&secret(), &typed, now, Some(u64::MAX));
        assert!(end.is_none());
    }
}

#[test]
fn steps_with_the_same_code_count_once_and_the_earlier_one_matches() {
    let totp = totp(2);
    let (earlier, later) = collision(totp, 4);
    let now = middle_of(later.midpoint(earlier));
    let current = totp.step_at(now);
    let distinct: BTreeSet<String> =
        (current - 2..=current + 2).map(|step| totp.code_at_step(&secret(), step).as_str().to_owned()).collect();
    assert!(distinct.len() < 5);
    assert_eq!(codes_that_match(totp, now).len(), distinct.len());

    let typed = code(totp, later);
    let first = totp.match_step(&secret(), &typed, now, None).unwrap();
    assert_eq!(first.step(), earlier);
    let second = totp.match_step(&secret(), &typed, now, Some(earlier)).unwrap();
    assert_eq!(second.step(), later);
    assert!(totp.match_step(&secret(), &typed, now, Some(later)).is_none());
}

#[test]
fn drift_is_the_matched_step_minus_the_current_one() {
    for skew_steps in [0, 1, 2, 10] {
        let totp = totp(skew_steps);
        let skew = i64::from(skew_steps);
        for drift in -skew..=skew {
            let step = 50_000_000_u64;
            let now = middle_of(step.strict_add_signed(-drift));
            let matched = totp.match_step(&secret(), &code(totp, step), now, None).unwrap();
            assert_eq!(matched.step(), step);
            assert_eq!(i64::from(matched.drift_steps()), drift);
        }
    }
}

#[test]
fn a_step_begins_on_the_second() {
    let totp = totp(0);
    let begin = Timestamp::from_unix_seconds(60);
    assert_eq!(totp.step_at(begin), 2);
    assert_eq!(totp.step_at(Timestamp::from_micros(begin.as_micros() - 1)), 1);
    assert_eq!(totp.step_at(Timestamp::from_micros(begin.as_micros() + 29_999_999)), 2);
    assert_eq!(totp.step_at(begin.plus_seconds(30)), 3);
}

#[test]
fn the_window_ends_at_the_epoch() {
    let totp = totp(2);
    for now in
        [Timestamp::from_unix_seconds(0), Timestamp::from_unix_seconds(-1_000_000), Timestamp::from_micros(i64::MIN)]
    {
        let matched = |step, after| totp.match_step(&secret(), &code(totp, step), now, after).map(MatchedStep::step);
        for step in 0..=2 {
            assert_eq!(matched(step, None), Some(step));
        }
        assert_eq!(matched(3, None), None);
        // A step is accepted once, although the window is cut off there.
        assert_eq!(matched(0, Some(0)), None);
    }
}

#[test]
fn the_end_of_time_is_a_step_like_any_other() {
    let parameters = TotpParameters::new(Algorithm::Sha512, Digits::EIGHT, 1).unwrap();
    let totp = Totp::new(parameters, 10);
    let now = Timestamp::from_micros(i64::MAX);
    let code = TotpCode::parse(totp.code_at(&secret(), now).as_str()).unwrap();
    assert!(totp.match_step(&secret(), &code, now, None).is_some());
}

#[test]
fn a_code_of_another_length_never_matches() {
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    let all = [Digits::SIX, Digits::SEVEN, Digits::EIGHT];
    for digits in all {
        let parameters = TotpParameters::new(Algorithm::Sha1, digits, 30).unwrap();
        let totp = Totp::new(parameters, 1);
        let right = totp.code_at(&secret(), now).as_str().to_owned();
        assert_eq!(right.len(), usize::from(digits.get()));
        for other in 6..=8 {
            // Cut from the front, or filled with zeros at the front: the same number, where it was small.
            let text = format!("{right:0>8}")[8 - other..].to_owned();
            let typed = TotpCode::parse(&text).unwrap();
            let matches = totp.match_step(&secret(), &typed, now, None).is_some();
            assert_eq!(matches, text == right);
        }
    }
}

#[test]
fn leading_zeros_belong_to_a_code() {
    let totp = totp(0);
    let step = (0..).find(|step| totp.code_at_step(&secret(), *step).as_str().starts_with('0')).unwrap();
    let now = middle_of(step);
    let text = totp.code_at(&secret(), now).as_str().to_owned();
    assert_eq!(text.len(), 6);
    let seven = TotpCode::parse(&format!("0{text}")).unwrap();
    assert!(totp.match_step(&secret(), &seven, now, None).is_none());
    let six = TotpCode::parse(&text).unwrap();
    assert!(totp.match_step(&secret(), &six, now, None).is_some());
}

#[test]
fn a_wider_window_than_the_widest_is_the_widest() {
    assert_eq!(totp(255), totp(10));
    assert_eq!(totp(255).skew_steps(), Totp::MAXIMUM_SKEW_STEPS);
}

#[test]
fn how_far_a_clock_is_off_is_told_by_the_nearest_step() {
    let (totp, now, day) = (totp(1), middle_of(1_000_000), 86_400);
    for steps in [0_i64, 1, -1, 2, -7, 240, -2_880, 2_880] {
        let step = 1_000_000_u64.checked_add_signed(steps).unwrap();
        let difference = totp.clock_difference(&secret(), &code(totp, step), now, day).unwrap();
        // Another step nearer by may have the same code, one time in a hundred.
        assert!(difference == steps * 30 || difference.abs() < (steps * 30).abs(), "{steps}: {difference}");
    }
    let (far, near) = (code(totp, 1_000_000 + 2_881), code(totp, 1_000_000 + 2_880));
    assert_eq!(totp.clock_difference(&secret(), &far, now, day), None, "further than a day");
    assert_eq!(totp.clock_difference(&secret(), &near, now, 86_399), None);
    let eight = TotpCode::parse("12345678").unwrap();
    assert_eq!(totp.clock_difference(&secret(), &eight, now, day), None, "of another length");
    // In the first days of time there is less to look at.
    assert_eq!(totp.clock_difference(&secret(), &code(totp, 0), middle_of(1), day), Some(-30));
}
