//! What a guesser gets, by arithmetic and by playing a year.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{
    Attempt, Budget, BudgetRules, CODE_BUDGET, CONSECUTIVE_CODES_BUDGET, Counters, Digits, Gate, GuessingOdds,
    GuessingRules, Throttle, ThrottleSchedule, Timestamp, Waiting,
};
use proptest::prelude::*;

const YEAR: u64 = 365 * 86_400;
const CODE: Attempt = Attempt::Code { authenticators: 1 };
const PAIR: Attempt = Attempt::ConsecutiveCodes { authenticators: 1 };

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix_seconds(1_700_000_000).plus_seconds(seconds)
}

fn rules() -> GuessingRules {
    GuessingRules::with_waits(ThrottleSchedule {
        free_failures: 4,
        first_wait_seconds: 30,
        longest_wait_seconds: 3_600,
    })
}

/// How many guesses are looked at within `seconds`, of someone who makes each as soon as it is looked at. `owner` says
/// whether the owner signs in with two consecutive codes after each of them, which ends every wait.
fn guesses_within(seconds: u64, rules: &GuessingRules, attempt: Attempt, owner: bool) -> u64 {
    let (mut counters, mut now, mut guesses) = (Counters::default(), 0, 0);
    while now <= seconds {
        match counters.gate(rules, attempt, at(now)) {
            Gate::Open => {
                guesses += 1;
                counters = counters.after_failure(rules, attempt, at(now)).counters;
                if owner {
                    counters = counters.after_success(rules, PAIR, at(now));
                }
            }
            closed => now += closed.seconds().unwrap(),
        }
    }
    guesses
}

#[test]
fn in_a_year_3305_guesses_are_looked_at_at_most() {
    assert_eq!(CODE_BUDGET.most_within(YEAR), 3_305);
    assert_eq!(guesses_within(YEAR, &rules(), CODE, true), 3_305, "the owner signs in in between");
    // Without, the waits come first, and the hundredth in a row disables what is guessed at.
    assert!(guesses_within(YEAR, &rules(), CODE, false) <= 3_305);
}

#[test]
fn a_guess_at_several_authenticators_costs_as_many() {
    for authenticators in 1..=10 {
        let attempt = Attempt::Code { authenticators };
        let guesses = guesses_within(YEAR, &rules(), attempt, true);
        let compared = guesses * u64::from(authenticators);
        assert!(compared <= 3_305, "{guesses} guesses at {authenticators}");
        assert!(compared > 3_305 - u64::from(authenticators), "and none is lost");
    }
}

#[test]
fn waits_that_a_policy_makes_short_add_no_guesses() {
    let quick = GuessingRules::with_waits(ThrottleSchedule {
        free_failures: 10,
        first_wait_seconds: 1,
        longest_wait_seconds: 1,
    });
    assert_eq!(guesses_within(YEAR, &quick, CODE, true), 3_305);
    assert!(guesses_within(YEAR, &quick, CODE, false) <= 3_305);
}

#[test]
fn the_odds_of_a_year_are_less_than_a_percent() {
    let odds = GuessingOdds::of(&rules(), 1, Digits::SIX);
    assert_eq!((odds.guesses, odds.right_codes, odds.codes), (3_305, 3, 1_000_000));
    // 3,305 × 3 / 10^6 = 0.9915 %, and the pairs (1,000,000 + 3,153,600) × 3 / 10^12 = 0.00125 %.
    assert_eq!(odds.consecutive_guesses, 4_153_600);
    assert_eq!(odds.per_billion(), 9_915_000 + 12_461);
    assert_eq!(odds.to_string(), "0.99 %");
    assert!(!odds.exceed_a_percent());
}

#[test]
fn a_wider_window_or_more_digits_change_the_odds() {
    let of = |skew_steps, digits| {
        let odds = GuessingOdds::of(&rules(), skew_steps, Digits::new(digits).unwrap());
        (odds.to_string(), odds.exceed_a_percent())
    };
    assert_eq!(of(0, 6), ("0.33 %".to_owned(), false));
    assert_eq!(of(2, 6), ("1.65 %".to_owned(), true));
    assert_eq!(of(2, 7), ("0.17 %".to_owned(), false));
    assert_eq!(of(1, 8), ("0.01 %".to_owned(), false));
}

#[test]
fn four_failures_are_free_and_then_waits_double_up_to_an_hour() {
    let (rules, mut counters, mut now) = (rules(), Counters::default(), 0);
    for failure in 1..=20_u64 {
        assert_eq!(counters.gate(&rules, CODE, at(now)), Gate::Open, "before failure {failure}");
        let counted = counters.after_failure(&rules, CODE, at(now));
        counters = counted.counters;
        let wait = match failure {
            1..=4 => 0,
            5..=11 => 30 << (failure - 5),
            _ => 3_600,
        };
        match counted.gate {
            Gate::Open => assert_eq!(wait, 0),
            Gate::Wait { seconds } => assert_eq!(seconds, wait, "after failure {failure}"),
            // Who waits as long as that has some of the budget back.
            Gate::Hardened { .. } => unreachable!("after failure {failure}"),
        }
        now += wait;
    }
}

#[test]
fn with_the_budget_spent_single_codes_are_not_looked_at_and_two_consecutive_ones_are() {
    let rules = rules();
    let mut counters = Counters::default();
    for _ in 0..20 {
        counters = counters.after_failure(&rules, CODE, at(0)).counters.after_success(&rules, CODE, at(0));
    }
    assert_eq!(counters.gate(&rules, CODE, at(0)), Gate::Hardened { seconds: 9_600 });
    assert_eq!(counters.gate(&rules, CODE, at(9_599)), Gate::Hardened { seconds: 1 });
    for open in [PAIR, Attempt::RecoveryCode, Attempt::Password] {
        assert_eq!(counters.gate(&rules, open, at(0)), Gate::Open, "{open:?}");
    }
    // What success does not give back, time does: one.
    assert_eq!(counters.gate(&rules, CODE, at(9_600)), Gate::Open);
    let again = counters.after_failure(&rules, CODE, at(9_600)).gate;
    assert_eq!(again, Gate::Hardened { seconds: 9_600 });
    let owner = counters.after_success(&rules, PAIR, at(1));
    assert_eq!(owner.gate(&rules, CODE, at(1)), Gate::Hardened { seconds: 9_599 }, "nor do two consecutive codes");
}

#[test]
fn wrong_pairs_close_nothing_but_themselves_and_only_after_a_million() {
    let rules = rules();
    let mut counters = Counters::default();
    for failure in 1..=1_000_000_u32 {
        let counted = counters.after_failure(&rules, PAIR, at(0));
        counters = counted.counters;
        assert!(!counted.disables_authenticators);
        assert_eq!(counted.gate == Gate::Open, failure < 1_000_000, "after failure {failure}");
        assert_eq!(counted.worth_recording, failure <= 100 || failure % 1_000 == 0);
    }
    assert_eq!(counters.gate(&rules, PAIR, at(0)), Gate::Wait { seconds: 10 });
    for open in [CODE, Attempt::RecoveryCode, Attempt::Password] {
        assert_eq!(counters.gate(&rules, open, at(0)), Gate::Open, "{open:?}");
    }
    // Ten seconds after the flood ends the owner is in.
    assert_eq!(counters.gate(&rules, PAIR, at(10)), Gate::Open);
    let consecutive = CONSECUTIVE_CODES_BUDGET;
    assert_eq!(consecutive.most_within(YEAR), 4_153_600);
}

#[test]
fn a_hundred_failures_in_a_row_disable_and_take_more_than_eight_days() {
    let rules = rules();
    let (mut counters, mut now, mut failures) = (Counters::default(), 0, 0);
    loop {
        if let Some(seconds) = counters.gate(&rules, CODE, at(now)).seconds() {
            now += seconds;
            continue;
        }
        failures += 1;
        let counted = counters.after_failure(&rules, CODE, at(now));
        counters = counted.counters;
        if counted.disables_authenticators {
            break;
        }
        assert_eq!(counters.codes.failures_in_a_row, failures);
    }
    assert_eq!(failures, 100);
    assert!(now >= 80 * 160 * 60, "it took {} hours", now / 3_600);
    assert_eq!(counters.codes, Throttle::NONE, "another one is enrolled without a wait");

    // One success of the owner in between, and the count begins anew.
    let mut counters = Counters { codes: Throttle { failures_in_a_row: 99, ..Throttle::NONE }, ..Counters::default() };
    assert!(counters.after_failure(&rules, CODE, at(0)).disables_authenticators);
    assert!(!counters.after_failure(&rules, Attempt::Password, at(0)).disables_authenticators);
    assert!(!counters.after_failure(&rules, Attempt::RecoveryCode, at(0)).disables_authenticators);
    counters = counters.after_success(&rules, PAIR, at(0));
    assert!(!counters.after_failure(&rules, CODE, at(0)).disables_authenticators);
}

#[test]
fn a_password_or_an_administrator_forgives_everything_and_a_success_only_its_own_row() {
    let rules = rules();
    let mut counters = Counters::default();
    for attempt in [CODE, Attempt::Password, PAIR, Attempt::RecoveryCode] {
        for _ in 0..5 {
            counters = counters.after_failure(&rules, attempt, at(0)).counters;
        }
    }
    assert_eq!((counters.codes.failures_in_a_row, counters.code_budget.spent), (10, 10), "proofs share the budget");
    assert_eq!(counters.forgiven(), Counters::default());
    assert_eq!(counters.without_second_factor(), Counters::default());
    assert_eq!(counters.after_success(&rules, Attempt::Password, at(0)), counters, "a right password forgives nothing");

    let redeemed = counters.after_success(&rules, Attempt::RecoveryCode, at(0));
    assert_eq!(redeemed, Counters { recovery_codes: Throttle::NONE, ..counters });
    let single = counters.after_success(&rules, CODE, at(0));
    assert_eq!(single, Counters { codes: Throttle::NONE, ..counters });
    let pair = counters.after_success(&rules, PAIR, at(0));
    assert_eq!(pair, Counters { codes: Throttle::NONE, consecutive_failures: 0, ..counters });
}

#[test]
fn a_clock_that_was_ahead_leaves_no_wait_and_no_hardening_that_lasts() {
    let rules = rules();
    let mut counters = Counters::default();
    for _ in 0..25 {
        counters = counters.after_failure(&rules, CODE, at(3 * 86_400)).counters;
    }
    let Gate::Hardened { seconds } = counters.gate(&rules, CODE, at(0)) else { unreachable!("the budget is spent") };
    assert!(seconds <= 9_600, "{seconds}");
    assert_eq!(counters.gate(&rules, PAIR, at(0)), Gate::Open);
    // The owner's success sets the clock right: from here on it comes back.
    let owner = counters.after_success(&rules, PAIR, at(0));
    assert_eq!(owner.gate(&rules, CODE, at(9_600)), Gate::Open);
    assert_eq!(owner.code_budget.left(&rules.codes, at(86_400)), 9);
    assert_eq!(counters.gate(&rules, Attempt::Password, at(0)), Gate::Open, "nor does a wait");
}

#[test]
fn a_full_budget_is_enough_for_any_attempt_and_rules_that_shrank_do_not_lock() {
    let small = BudgetRules { failures: 3, refill_seconds: 10 };
    let full = Budget::FULL;
    assert_eq!(full.seconds_until_left(&small, 99, at(0)), None);
    let spent = Budget { spent: 1_000, since: Some(at(0)) };
    assert_eq!(spent.left(&small, at(0)), 0);
    assert_eq!(spent.seconds_until_left(&small, 99, at(0)), Some(30));
    assert_eq!(spent.at(&small, at(30)), Budget::FULL);
    assert_eq!(spent.at(&small, at(29)), Budget { spent: 1, since: Some(at(20)) });
}

proptest! {
    /// Whatever is tried, and whenever: no more is looked at than the budget has.
    #[test]
    fn no_order_of_attempts_gets_more_out_of_a_budget(
        steps in prop::collection::vec((0..20_000_u64, 0..5_u8), 1..400),
    ) {
        let rules = rules();
        let (mut counters, mut now, mut guesses) = (Counters::default(), 0, 0);
        for (pause, act) in steps {
            now += pause;
            match act {
                0 => counters = counters.after_success(&rules, CODE, at(now)),
                1 => counters = counters.after_success(&rules, PAIR, at(now)),
                _ if counters.gate(&rules, CODE, at(now)) == Gate::Open => {
                    guesses += 1;
                    counters = counters.after_failure(&rules, CODE, at(now)).counters;
                }
                _ => {}
            }
            prop_assert!(guesses <= rules.codes.most_within(now), "{guesses} in {now} s");
        }
    }

    /// A clock that jumps never gives back more than the time that passed forward, and never adds a wait beyond the rules.
    #[test]
    fn a_clock_that_jumps_reopens_nothing(
        jumps in prop::collection::vec(-200_000_i64..200_000, 1..100),
    ) {
        let rules = rules();
        let (mut counters, mut now) = (Counters::default(), 1_000_000_i64);
        let (mut guesses, mut forward) = (0_u64, 0_u64);
        for jump in jumps {
            now += jump;
            forward += u64::try_from(jump).unwrap_or(0);
            let moment = Timestamp::from_unix_seconds(now);
            match counters.gate(&rules, CODE, moment) {
                Gate::Open => {
                    guesses += 1;
                    counters = counters.after_failure(&rules, CODE, moment).counters;
                    counters = counters.after_success(&rules, PAIR, moment);
                }
                Gate::Wait { seconds } => prop_assert!(seconds <= 3_600),
                Gate::Hardened { seconds } => prop_assert!(seconds <= 9_600),
            }
            prop_assert!(guesses <= rules.codes.most_within(forward));
        }
    }

    /// Comparisons find just those whom the gates keep waiting.
    #[test]
    fn a_store_finds_those_who_wait(
        codes in prop::option::of(-20_000_i64..20_000),
        recovery in prop::option::of(-20_000_i64..20_000),
        spent in 15_u32..25,
        since in prop::option::of(-20_000_i64..20_000),
        micros in 0_i64..2,
    ) {
        let rules = rules();
        let now = at(0);
        let moment = |seconds: i64| Timestamp::from_micros(now.as_micros() + seconds * 1_000_000 + micros);
        let throttle = |until: Option<i64>| Throttle { failures_in_a_row: 5, blocked_until: until.map(moment) };
        let counters = Counters {
            codes: throttle(codes),
            code_budget: Budget { spent, since: since.map(moment) },
            recovery_codes: throttle(recovery),
            ..Counters::default()
        };
        let waits = [CODE, Attempt::RecoveryCode].into_iter().any(|it| counters.gate(&rules, it, now) != Gate::Open);
        prop_assert_eq!(Waiting::at(&rules, now).holds(&counters), waits);
    }
}
