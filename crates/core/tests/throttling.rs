//! The arithmetic of throttling and of time.

use countersign_core::{Throttle, ThrottleSchedule, Timestamp};
use proptest::prelude::*;

const SCHEDULE: ThrottleSchedule =
    ThrottleSchedule { free_failures: 4, first_wait_seconds: 30, longest_wait_seconds: 3_600 };

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

#[test]
fn four_failures_are_free_and_then_the_wait_doubles_up_to_an_hour() {
    let mut throttle = Throttle::default();
    let mut now = at(1_700_000_000);
    let mut waits = Vec::new();
    for _ in 0..14 {
        throttle = throttle.after_failure(&SCHEDULE, now);
        let wait = throttle.blocked_for(now).unwrap_or(0);
        waits.push(wait);
        now = now.plus_seconds(wait);
        assert_eq!(throttle.blocked_for(now), None);
    }
    assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
    assert_eq!(throttle.failures_in_a_row, 14);
}

#[test]
fn what_is_left_of_a_wait_is_rounded_up_to_at_least_a_second() {
    let throttle = Throttle { failures_in_a_row: 5, blocked_until: Some(at(100)) };
    let just_before = |micros| Timestamp::from_micros(at(100).as_micros() - micros);
    assert_eq!(throttle.blocked_for(just_before(1)), Some(1));
    assert_eq!(throttle.blocked_for(just_before(1_000_000)), Some(1));
    assert_eq!(throttle.blocked_for(just_before(1_000_001)), Some(2));
    assert_eq!(throttle.blocked_for(at(100)), None);
    assert_eq!(throttle.blocked_for(at(101)), None);
    assert_eq!(Throttle::default().blocked_for(at(0)), None);
}

#[test]
fn a_clock_that_goes_backward_shortens_no_wait() {
    let long = Throttle { failures_in_a_row: 5, blocked_until: Some(at(3_000)) };
    let later = long.after_failure(&SCHEDULE, at(0));
    assert_eq!(later.blocked_until, Some(at(3_000)));
    // A free failure leaves the wait alone as well.
    let free = Throttle { failures_in_a_row: 0, blocked_until: Some(at(3_000)) };
    assert_eq!(free.after_failure(&SCHEDULE, at(0)).blocked_until, Some(at(3_000)));
}

#[test]
fn nothing_overflows_after_four_billion_failures() {
    let throttle = Throttle { failures_in_a_row: u32::MAX, blocked_until: None };
    let schedule = ThrottleSchedule { free_failures: 0, first_wait_seconds: u32::MAX, longest_wait_seconds: u32::MAX };
    let after = throttle.after_failure(&schedule, Timestamp::from_micros(i64::MAX));
    assert_eq!(after.failures_in_a_row, u32::MAX);
    assert_eq!(after.blocked_until, Some(Timestamp::from_micros(i64::MAX)));
    let after = throttle.after_failure(&SCHEDULE, at(0));
    assert_eq!(after.blocked_for(at(0)), Some(3_600));
}

#[test]
fn a_wait_that_a_clock_ahead_began_is_none_and_the_next_failure_waits_as_it_should() {
    let ahead = Throttle { failures_in_a_row: 5, blocked_until: Some(at(3 * 86_400 + 30)) };
    assert_eq!(ahead.waits_for(&SCHEDULE, at(0)), None);
    let next = ahead.after_failure(&SCHEDULE, at(0));
    assert_eq!((next.failures_in_a_row, next.blocked_until), (6, Some(at(60))), "the failures in a row stay");
    assert_eq!(next.waits_for(&SCHEDULE, at(0)), Some(60));

    // What is shown is never more than the longest wait, and clocks that differ by a minute end none.
    let longest = Throttle { failures_in_a_row: 20, blocked_until: Some(at(3_600)) };
    assert_eq!(longest.waits_for(&SCHEDULE, at(-60)), Some(3_600));
    assert_eq!(longest.waits_for(&SCHEDULE, at(-61)), None);
    assert_eq!(longest.waits_for(&SCHEDULE, at(3_599)), Some(1));
    assert_eq!(longest.waits_for(&SCHEDULE, at(3_600)), None);
}

#[test]
fn time_before_the_epoch_counts_as_zero_and_its_ends_saturate() {
    let end = Timestamp::from_micros(i64::MAX);
    let begin = Timestamp::from_micros(i64::MIN);
    assert_eq!(Timestamp::from_micros(-1).unix_seconds(), 0);
    assert_eq!(begin.unix_seconds(), 0);
    assert_eq!(at(-1).as_micros(), -1_000_000);
    assert_eq!(Timestamp::from_micros(1_999_999).unix_seconds(), 1);
    assert_eq!(at(i64::MAX), end);
    assert_eq!(at(i64::MIN), begin);
    assert_eq!(end.plus_seconds(1), end);
    assert_eq!(begin.minus_seconds(1), begin);
    assert_eq!(at(0).plus_seconds(u64::MAX), end);
    assert_eq!(at(0).minus_seconds(u64::MAX), begin);
    assert_eq!(at(100).minus_seconds(40), at(60));
    assert_eq!(begin.seconds_until(end), u64::MAX.div_ceil(1_000_000));
    assert_eq!(end.seconds_until(begin), 0);
    assert_eq!(at(5).seconds_until(at(5)), 0);
}

fn schedule() -> impl Strategy<Value = ThrottleSchedule> {
    (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(free, first, longest)| ThrottleSchedule {
        free_failures: free % 20,
        first_wait_seconds: first,
        longest_wait_seconds: longest,
    })
}

proptest! {
    #[test]
    fn more_failures_never_wait_less(
        schedule in schedule(),
        failures in prop_oneof![0..50_u32, any::<u32>()],
        now in any::<i64>(),
    ) {
        let now = Timestamp::from_micros(now);
        let wait_after = |failures_in_a_row| {
            Throttle { failures_in_a_row, blocked_until: None }
                .after_failure(&schedule, now)
                .blocked_for(now)
        };
        prop_assert!(wait_after(failures) <= wait_after(failures.saturating_add(1)));
        prop_assert!(wait_after(failures) <= Some(u64::from(schedule.longest_wait_seconds)));
    }

    #[test]
    fn the_end_of_a_wait_never_moves_earlier(
        schedule in schedule(),
        failures in any::<u32>(),
        until in any::<Option<i64>>(),
        times in prop::collection::vec(any::<i64>(), 1..20),
    ) {
        let mut throttle = Throttle {
            failures_in_a_row: failures,
            blocked_until: until.map(Timestamp::from_micros),
        };
        for now in times {
            let next = throttle.after_failure(&schedule, Timestamp::from_micros(now));
            let possible = Timestamp::from_micros(now).plus_seconds(u64::from(schedule.longest_wait_seconds) + 60);
            if throttle.blocked_until.is_none_or(|until| until <= possible) {
                prop_assert!(next.blocked_until >= throttle.blocked_until);
            }
            prop_assert!(next.failures_in_a_row >= throttle.failures_in_a_row);
            throttle = next;
        }
    }
}
