//! An account whose budget of failures is spent, and how its owner gets in all the same.

use countersign_application::account::{ChangePassword, ChangePasswordOutcome, Role, UnlockAccount, UpdateAccount};
use countersign_application::audit::EventKind;
use countersign_application::caller::Caller;
use countersign_application::core::{Budget, CODE_BUDGET, Counters, Throttle};
use countersign_application::second_factor::{
    AuthenticatorStatus, CodeState, DisableTwoFactor, DisableTwoFactorOutcome, SecondFactor,
};
use countersign_application::sign_in::{FindChallenge, SignInOutcome, VerifySecondFactorOutcome};
use countersign_application::verification::{GivenProof, ProofDenial};
use countersign_testing::PASSWORD;

use crate::world::{Administration, Phone, WRONG, World, password_and_code, text};

async fn factor(world: &World) -> SecondFactor {
    world.store().find_second_factor(world.account.id).await.unwrap().unwrap()
}

/// Sets what was counted, without the hours that it would take.
async fn count(world: &World, counters: Counters) {
    let mut unit = world.store().begin().await.unwrap();
    let state = unit.second_factors().lock(world.account.id).await.unwrap().unwrap();
    assert!(unit.second_factors().set_counters(state.account_id, state.revision, &counters).await.unwrap());
    unit.commit().await.unwrap();
}

/// An account that someone who has the password has guessed at until single codes are not looked at any more.
async fn hardened() -> (World, Caller, Phone) {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    for _ in 0..CODE_BUDGET.failures {
        let challenge = world.challenge().await;
        match world.verify(&challenge, WRONG).await {
            VerifySecondFactorOutcome::InvalidCode { .. } => {}
            other => panic!("looked at, and not {other:?}"),
        }
        // The owner is let in in between, which ends the waits and gives nothing back.
        let counters = factor(&world).await.state.counters;
        count(&world, Counters { codes: Throttle::NONE, ..counters }).await;
    }
    (world, caller, phone)
}

/// The code that the phone shows now and the next one, once it shows that.
async fn two_codes(world: &World, phone: &Phone) -> String {
    let first = world.code(phone);
    world.test.clock.advance_seconds(30);
    format!("{first} {}", world.code(phone))
}

#[tokio::test]
async fn a_spent_budget_asks_for_two_consecutive_codes_and_says_so_after_the_password() {
    let (world, _, phone) = hardened().await;
    let SignInOutcome::SecondFactorRequired { challenge_token, consecutive_codes_required, .. } = world.sign_in().await
    else {
        panic!("a second factor is due")
    };
    assert!(consecutive_codes_required);
    let find = FindChallenge { challenge_token: challenge_token.clone() };
    let found = find.execute(&world.test.application).await.unwrap().unwrap();
    let shown = found.overview(world.test.application.now());
    assert_eq!(shown.code_state, CodeState::Hardened);
    assert_eq!(factor(&world).await.code_state(&world.realm.policy, world.test.application.now()), CodeState::Hardened);
    // Right and wrong, a single code gets the same answer, and counts nothing.
    let before = factor(&world).await.state.counters;
    for single in [world.code(&phone).as_str(), WRONG, "123456"] {
        match world.verify(&challenge_token, single).await {
            VerifySecondFactorOutcome::Throttled { retry_after_seconds, consecutive_codes_required: true } => {
                assert_eq!(retry_after_seconds, 9_600);
            }
            other => panic!("not looked at, and not {other:?}"),
        }
    }
    assert_eq!(factor(&world).await.state.counters, before);
    assert!(world.signs_in(&two_codes(&world, &phone).await).await);
    // It was let in, and single codes are looked at no sooner for it.
    assert_eq!(factor(&world).await.state.counters.code_budget, before.code_budget);
    assert_eq!(world.events(EventKind::SecondFactorThrottled).await, 1, "hardening is recorded");
}

#[tokio::test]
async fn two_consecutive_codes_are_spent_together() {
    let (world, _, phone) = hardened().await;
    let first = world.code(&phone);
    world.test.clock.advance_seconds(30);
    let second = world.code(&phone);
    assert!(world.signs_in(&format!("{first}{second}")).await);
    let spent = factor(&world).await.state.counters;
    for again in [format!("{first} {second}"), format!("{second} {first}"), format!("{second} {second}")] {
        assert!(!world.signs_in(&again).await, "{again}");
    }
    assert_eq!(
        factor(&world).await.state.counters.consecutive_failures,
        2,
        "the repeat of what was accepted is no failure"
    );
    assert_eq!(factor(&world).await.state.counters.code_budget, spent.code_budget);
    // The second of them opens no next pair either.
    world.test.clock.advance_seconds(30);
    assert!(!world.signs_in(&format!("{second} {}", world.code(&phone))).await);
    assert!(world.signs_in(&two_codes(&world, &phone).await).await, "the next two do");
}

#[tokio::test]
async fn the_owner_gets_in_while_someone_with_the_password_guesses_without_end() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    for round in 0..12_u64 {
        // Single codes, pairs and recovery codes, as fast as they are looked at and faster.
        for _ in 0..10 {
            for wrong in [WRONG, "000000 000001", "0000000000000000"] {
                let challenge = world.challenge().await;
                let outcome = world.verify(&challenge, wrong).await;
                assert!(!matches!(outcome, VerifySecondFactorOutcome::SignedIn(_)));
            }
        }
        assert!(world.signs_in(&two_codes(&world, &phone).await).await, "round {round}");
        world.test.clock.advance_seconds(60 + round * 600);
    }
}

#[tokio::test]
async fn two_consecutive_codes_are_taken_while_single_ones_wait_and_end_the_wait() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    for _ in 0..5 {
        let challenge = world.challenge().await;
        world.verify(&challenge, WRONG).await;
    }
    let policy = &world.realm.policy;
    assert_eq!(factor(&world).await.code_state(policy, world.test.application.now()), CodeState::Waiting);
    let first = world.code(&phone);
    world.test.clock.advance_seconds(29);
    let challenge = world.challenge().await;
    let waits = world.verify(&challenge, &first).await;
    assert!(matches!(waits, VerifySecondFactorOutcome::Throttled { consecutive_codes_required: true, .. }));
    world.test.clock.turn_back_seconds(29);
    let next = phone.totp.code_at(&phone.secret, world.test.application.now().plus_seconds(30));
    assert!(world.signs_in(&format!("{first} {}", next.as_str())).await, "the window is that of single codes");
    assert_eq!(factor(&world).await.state.counters.codes, Throttle::NONE);
    assert_eq!(factor(&world).await.state.counters.code_budget.spent, 5);
}

#[tokio::test]
async fn what_the_owner_does_in_a_session_is_possible_under_attack_as_well() {
    let (world, caller, phone) = hardened().await;
    let disable = async |proof: GivenProof| {
        let disable = DisableTwoFactor { proof, reason: None };
        disable.execute(&world.test.application, &caller).await.unwrap()
    };
    let single = disable(password_and_code(&world.code(&phone))).await;
    assert!(matches!(
        single,
        DisableTwoFactorOutcome::Denied(ProofDenial::Throttled { consecutive_codes_required: true, .. })
    ));
    let codes = two_codes(&world, &phone).await;
    let change = ChangePassword {
        current_password: PASSWORD.into(),
        new_password: "another horse battery".into(),
        code: Some(codes.as_str().into()),
    };
    let changed = change.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(changed, ChangePasswordOutcome::Changed { session: None }), "{changed:?}");
    assert_eq!(factor(&world).await.state.counters, Counters::default(), "a new password refills the budget");
}

#[tokio::test]
async fn the_operator_ends_the_hardening_by_unlocking_or_with_a_new_password() {
    for unlock in [true, false] {
        let (world, _, phone) = hardened().await;
        let counters = factor(&world).await.state.counters;
        let recovery_codes = Throttle { failures_in_a_row: 9, blocked_until: Some(world.test.application.now()) };
        count(&world, Counters { recovery_codes, consecutive_failures: 9, ..counters }).await;
        if unlock {
            world.act(&world.on_the_account(), &UnlockAccount).await.unwrap();
        } else {
            let password = Some("another horse battery".into());
            let update = UpdateAccount {
                password,
                proof: countersign_application::verification::GivenProof::default(),
                ..UpdateAccount::default()
            };
            world.act(&world.on_the_account(), &update).await;
        }
        assert_eq!(factor(&world).await.state.counters, Counters::default());
        if unlock {
            assert!(world.signs_in(&world.code(&phone)).await);
        }
    }
}

#[tokio::test]
async fn an_administrator_who_unlocks_ends_the_waits_and_gives_no_guess_back() {
    let (world, _, phone) = hardened().await;
    let application = &world.test.application;
    let authority = world.administrator(Role::Owner).await;
    let on = Administration { authority, ..world.on_the_account() };
    let waiting =
        |failures_in_a_row| Throttle { failures_in_a_row, blocked_until: Some(application.now().plus_seconds(600)) };
    let spent = factor(&world).await.state.counters;
    let counters = Counters { codes: waiting(99), recovery_codes: waiting(9), consecutive_failures: 9, ..spent };
    count(&world, counters).await;
    world.act(&on, &UnlockAccount).await.unwrap();
    let codes = Throttle { failures_in_a_row: 99, blocked_until: None };
    let left = Counters { codes, recovery_codes: Throttle::NONE, ..counters };
    assert_eq!(factor(&world).await.state.counters, left);
    assert!(!world.signs_in(&world.code(&phone)).await, "still hardened");
    assert!(world.signs_in(&two_codes(&world, &phone).await).await);

    // Where the budget lasts, the owner is let in at once, and guessing is not.
    world.test.clock.advance_seconds(60);
    count(&world, Counters { codes: waiting(9), ..Counters::default() }).await;
    world.act(&on, &UnlockAccount).await.unwrap();
    assert!(!world.signs_in(WRONG).await);
    assert!(!world.signs_in(&world.code(&phone)).await, "the tenth in a row costs its wait");
    world.act(&on, &UnlockAccount).await.unwrap();
    assert!(world.signs_in(&world.code(&phone)).await);
}

#[tokio::test]
async fn a_repeat_of_the_code_accepted_last_counts_nothing_and_says_so_in_the_audit_trail() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let accepted = world.code(&phone);
    assert!(world.signs_in(&accepted).await);
    let challenge = world.challenge().await;
    for _ in 0..20 {
        let refused = world.verify(&challenge, &accepted).await;
        assert!(matches!(refused, VerifySecondFactorOutcome::InvalidCode { .. }), "nor does the challenge count it");
    }
    assert_eq!(factor(&world).await.state.counters, Counters::default());
    assert_eq!(world.events(EventKind::SecondFactorRejected).await, 20);
    world.test.clock.advance_seconds(30);
    let next = world.code(&phone);
    assert!(matches!(world.verify(&challenge, &next).await, VerifySecondFactorOutcome::SignedIn(_)));
    // The one before it is not the last any more, and tells whether it was ever right: it counts.
    assert!(!world.signs_in(&accepted).await);
    assert_eq!(factor(&world).await.state.counters.codes.failures_in_a_row, 1);
}

#[tokio::test]
async fn of_one_code_given_many_times_at_once_one_is_accepted_and_none_is_counted() {
    let world = std::sync::Arc::new(World::new(|_| {}).await);
    let (_, phone) = world.enrolled().await;
    let code = world.code(&phone);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (world, code, challenge) = (std::sync::Arc::clone(&world), code.clone(), world.challenge().await);
        tries.spawn(
            async move { matches!(world.verify(&challenge, &code).await, VerifySecondFactorOutcome::SignedIn(_)) },
        );
    }
    assert_eq!(tries.join_all().await.into_iter().filter(|signed_in| *signed_in).count(), 1);
    assert_eq!(factor(&world).await.state.counters, Counters::default());
}

#[tokio::test]
async fn the_hundredth_failure_in_a_row_disables_the_authenticators_and_recovery_codes_are_the_way_back() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let codes = Throttle { failures_in_a_row: 99, blocked_until: None };
    count(&world, Counters { codes, ..Counters::default() }).await;
    let challenge = world.challenge().await;
    assert!(matches!(world.verify(&challenge, WRONG).await, VerifySecondFactorOutcome::InvalidCode { .. }));
    assert_eq!(world.events(EventKind::AuthenticatorDisabled).await, 1);
    let after = factor(&world).await;
    assert!(after.state.is_enabled(), "the second factor stays on");
    assert!(after.authenticators.iter().all(|it| it.status == AuthenticatorStatus::Disabled));
    assert_eq!(after.code_state(&world.realm.policy, world.test.application.now()), CodeState::Disabled);
    world.test.clock.advance_seconds(7_200);
    assert!(!world.signs_in(&world.code(&phone)).await, "its codes are worth nothing");
    assert!(!world.signs_in(&two_codes(&world, &phone).await).await, "nor are two of them");
    // Nor does an administrator who ends the waits bring it back.
    world.act(&world.on_the_account(), &UnlockAccount).await.unwrap();
    assert!(!world.signs_in(&world.code(&phone)).await);
    let SignInOutcome::SecondFactorRequired { methods, .. } = world.sign_in().await else { panic!("it is due") };
    assert_eq!(methods, [countersign_application::sign_in::ChallengeMethod::RecoveryCode]);
    assert!(world.signs_in(text(&phone.recovery_codes[0])).await);

    // Enrolled again, from the session that is there.
    let proof = password_and_code(text(&phone.recovery_codes[1]));
    let fresh = world.enroll(&caller, proof, GivenProof::default()).await;
    let after = factor(&world).await;
    assert_eq!(after.authenticators.iter().map(|it| it.id).collect::<Vec<_>>(), [fresh.id], "in place of the old one");
    assert!(world.signs_in(&world.code(&fresh)).await);
    assert!(!world.signs_in(&world.code(&phone)).await);
}

#[tokio::test]
async fn several_authenticators_share_one_budget() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let proof = password_and_code(text(&phone.recovery_codes[0]));
    let second = world.enroll(&caller, proof, GivenProof::default()).await;
    let challenge = world.challenge().await;
    world.verify(&challenge, WRONG).await;
    let Budget { spent, .. } = factor(&world).await.state.counters.code_budget;
    assert_eq!(spent, 2, "a guess at two is two guesses");
    assert!(world.signs_in(&two_codes(&world, &second).await).await, "two codes of either");
}
