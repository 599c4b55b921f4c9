use countersign_application::audit::EventKind;
use countersign_application::core::RecoveryAlphabet;
use countersign_application::policy::{AfterUse, OnDisable};
use countersign_application::recovery::{
    RecoverySetStatus, RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome, TestRecoveryCode,
    TestRecoveryCodeOutcome, ViewRecoveryCodes, ViewRecoveryCodesOutcome,
};
use countersign_application::second_factor::{DisableTwoFactor, SecondFactorMethod};
use countersign_application::sign_in::VerifySecondFactorOutcome;

use crate::world::{World, password, password_and_code, text};

#[tokio::test]
async fn a_recovery_code_works_once_however_it_is_typed() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let code = text(&phone.recovery_codes[0]);
    let typed = code.replace('-', " ").to_lowercase();
    let challenge = world.challenge().await;
    match world.verify(&challenge, &typed).await {
        VerifySecondFactorOutcome::SignedIn(done) => {
            assert_eq!(done.code.method, SecondFactorMethod::RecoveryCode);
            assert_eq!(done.code.recovery_codes_remaining, 9);
        }
        other => panic!("{other:?}"),
    }
    for spelling in [code.to_owned(), typed, code.replace('-', "")] {
        assert!(!world.signs_in(&spelling).await);
    }
}

#[tokio::test]
async fn a_recovery_code_costs_one_slow_digest_an_attempt() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let before = world.test.recovery_digester.digests();
    assert!(world.signs_in(text(&phone.recovery_codes[7])).await);
    assert_eq!(world.test.recovery_digester.digests(), before + 1);
}

#[tokio::test]
async fn regenerating_voids_all_older_codes() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let regenerate = RegenerateRecoveryCodes { proof: password_and_code(&world.code(&phone)) };
    let issued = match regenerate.execute(&world.test.application, &caller).await.unwrap() {
        RegenerateRecoveryCodesOutcome::Issued(codes) => codes,
        other => panic!("{other:?}"),
    };
    assert!(!world.signs_in(text(&phone.recovery_codes[0])).await);
    assert!(world.signs_in(text(&issued[0])).await);
}

#[tokio::test]
async fn codes_can_be_viewed_only_where_the_policy_keeps_them_and_viewing_changes_nothing() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let view = ViewRecoveryCodes { proof: password() };
    let outcome = view.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, ViewRecoveryCodesOutcome::NotViewable));

    let world = World::new(|policy| {
        policy.recovery_codes.viewable = true;
        policy.recovery_codes.alphabet = RecoveryAlphabet::Alphanumeric;
        policy.recovery_codes.format = "XXXXX-XXXXX".to_owned();
    })
    .await;
    let (caller, phone) = world.enrolled().await;
    assert!(world.signs_in(text(&phone.recovery_codes[2])).await);
    for _ in 0..2 {
        world.test.clock.advance_seconds(30);
        let view = ViewRecoveryCodes { proof: password_and_code(&world.code(&phone)) };
        match view.execute(&world.test.application, &caller).await.unwrap() {
            ViewRecoveryCodesOutcome::Shown(codes) => {
                let shown: Vec<&str> = codes.iter().map(text).collect();
                let mut expected: Vec<&str> = phone.recovery_codes.iter().map(text).collect();
                expected.remove(2);
                assert_eq!(shown, expected);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(world.signs_in(text(&phone.recovery_codes[3])).await);
}

#[tokio::test]
async fn a_used_code_is_replaced_where_the_policy_says_so() {
    let world = World::new(|policy| policy.recovery_codes.after_use = AfterUse::Replace).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let replacement = match world.verify(&challenge, text(&phone.recovery_codes[0])).await {
        VerifySecondFactorOutcome::SignedIn(done) => {
            assert_eq!(done.code.recovery_codes_remaining, 10);
            done.code.replacement_recovery_code.unwrap()
        }
        other => panic!("{other:?}"),
    };
    assert!(!world.signs_in(text(&phone.recovery_codes[0])).await);
    assert!(world.signs_in(text(&replacement)).await);
}

#[tokio::test]
async fn codes_are_erased_or_kept_on_disabling_and_kept_ones_are_worthless() {
    for (on_disable, expected) in [(OnDisable::Erase, None), (OnDisable::Keep, Some(RecoverySetStatus::Dormant))] {
        let world = World::new(|policy| policy.recovery_codes.on_disable = on_disable).await;
        let (caller, phone) = world.enrolled().await;
        let proof = password_and_code(&world.code(&phone));
        DisableTwoFactor { proof, reason: None }.execute(&world.test.application, &caller).await.unwrap();
        let factor = world.store().find_second_factor(world.account.id).await.unwrap().unwrap();
        assert_eq!(factor.recovery_sets.first().map(|set| set.status), expected);
        let new = world.enroll(&caller, password(), countersign_application::verification::GivenProof::default()).await;
        assert!(!world.signs_in(text(&phone.recovery_codes[0])).await);
        assert!(world.signs_in(text(&new.recovery_codes[0])).await);
    }
}

#[tokio::test]
async fn a_realm_without_recovery_codes_issues_none() {
    let world = World::new(|policy| policy.recovery_codes.count = 0).await;
    let (caller, phone) = world.enrolled().await;
    assert!(phone.recovery_codes.is_empty());
    let regenerate = RegenerateRecoveryCodes { proof: password() };
    let outcome = regenerate.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, RegenerateRecoveryCodesOutcome::NoRecoveryCodes));
}

#[tokio::test]
async fn codes_issued_under_an_older_format_stay_good() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let mut later = caller;
    later.realm.policy = crate::world::policy(|policy| {
        policy.recovery_codes.alphabet = RecoveryAlphabet::Alphanumeric;
        policy.recovery_codes.format = "XXXXXXXXXX".to_owned();
    });
    let proof = password_and_code(text(&phone.recovery_codes[0]));
    let regenerate = RegenerateRecoveryCodes { proof };
    match regenerate.execute(&world.test.application, &later).await.unwrap() {
        RegenerateRecoveryCodesOutcome::Issued(codes) => assert_eq!(text(&codes[0]).len(), 10),
        other => panic!("{other:?}"),
    }
}

async fn tested(
    world: &World,
    caller: &countersign_application::caller::Caller,
    code: &str,
) -> TestRecoveryCodeOutcome {
    TestRecoveryCode { code: code.into() }.execute(&world.test.application, caller).await.unwrap()
}

#[tokio::test]
async fn a_code_that_is_tried_out_is_as_good_as_before() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let code = text(&phone.recovery_codes[0]);
    for spelling in [code.to_owned(), code.replace('-', " ").to_lowercase(), code.to_owned()] {
        assert_eq!(tested(&world, &caller, &spelling).await, TestRecoveryCodeOutcome::Good);
    }
    assert_eq!(world.events(EventKind::RecoveryCodeTested).await, 3);
    assert!(world.signs_in(code).await);
    assert_eq!(tested(&world, &caller, code).await, TestRecoveryCodeOutcome::Unknown, "used up");
    assert_eq!(tested(&world, &caller, &world.code(&phone)).await, TestRecoveryCodeOutcome::Malformed);
    assert!(world.signs_in(&world.code(&phone)).await, "a code of the app is not spent by it");
}

#[tokio::test]
async fn trying_codes_out_is_no_way_around_the_brake_on_guessing() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let right = text(&phone.recovery_codes[0]);
    let wrong: Vec<String> = phone.recovery_codes[0..8].iter().map(|code| text(code).chars().rev().collect()).collect();
    let mut unknown = 0;
    for code in &wrong {
        // A right one in between gives nothing back.
        if tested(&world, &caller, code).await == TestRecoveryCodeOutcome::Unknown {
            unknown += 1;
        }
        let _ = tested(&world, &caller, right).await;
    }
    assert!(unknown < wrong.len(), "there is a wait after some");
    let digests = world.test.recovery_digester.digests();
    for code in [right, &wrong[0]] {
        let outcome = tested(&world, &caller, code).await;
        assert!(matches!(outcome, TestRecoveryCodeOutcome::Denied(_)), "right and wrong get one answer: {outcome:?}");
    }
    assert_eq!(world.test.recovery_digester.digests(), digests, "nothing is digested that has to wait");
    // It is one brake with that of the sign-in.
    assert!(!world.signs_in(right).await);
}

#[tokio::test]
async fn many_who_try_codes_out_at_once_get_no_more_verdicts_than_one_after_another() {
    let world = std::sync::Arc::new(World::new(|_| {}).await);
    let (caller, phone) = world.enrolled().await;
    let code: String = text(&phone.recovery_codes[0]).chars().rev().collect();
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (world, caller, code) = (std::sync::Arc::clone(&world), caller.clone(), code.clone());
        tries.spawn(async move { tested(&world, &caller, &code).await });
    }
    let verdicts = tries.join_all().await.into_iter().filter(|it| *it == TestRecoveryCodeOutcome::Unknown).count();
    assert!(verdicts < 10, "{verdicts} verdicts");
}
