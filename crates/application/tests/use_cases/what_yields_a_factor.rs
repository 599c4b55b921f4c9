//! Nothing that yields a factor asks for less than what turns one off, and nothing new turns off what was there before.

use countersign_application::AuthenticatorId;
use countersign_application::account::{ChangePassword, ChangePasswordOutcome};
use countersign_application::caller::Caller;
use countersign_application::enrollment::BeginEnrollmentOutcome;
use countersign_application::policy::{PolicyDocument, ProofRequirement};
use countersign_application::recovery::{
    RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome, ViewRecoveryCodes, ViewRecoveryCodesOutcome,
};
use countersign_application::second_factor::{
    DisableTwoFactor, DisableTwoFactorOutcome, RemoveAuthenticator, RemoveAuthenticatorOutcome,
};
use countersign_application::session::AuthenticationMethod;
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome};
use countersign_application::verification::{GivenProof, ProofDenial, ProofField};
use countersign_testing::PASSWORD;
use secrecy::SecretString;

use crate::world::{NEW_PASSWORD, Phone, WRONG, World, password, password_and_code, text};

const HOUR: u64 = 3_600;

/// A realm that yields factors, and turns them off, for the password alone, as some systems document it.
fn for_the_password(policy: &mut PolicyDocument) {
    policy.proofs.begin = ProofRequirement::Password;
    policy.proofs.disable = ProofRequirement::Password;
    policy.proofs.recovery_codes = ProofRequirement::Password;
    policy.recovery_codes.viewable = true;
    long_sessions(policy);
}

/// Sessions outlast the hold.
fn long_sessions(policy: &mut PolicyDocument) {
    policy.sign_in.session_ttl_seconds = 7_776_000;
    policy.sign_in.session_idle_seconds = 7_776_000;
}

fn needs_a_code(denial: &ProofDenial) -> bool {
    matches!(denial, ProofDenial::Missing { asked_for, any: false } if asked_for == &[ProofField::Code])
}

async fn disable(world: &World, caller: &Caller, proof: GivenProof) -> DisableTwoFactorOutcome {
    DisableTwoFactor { proof, reason: None }.execute(&world.test.application, caller).await.unwrap()
}

async fn remove(world: &World, caller: &Caller, id: AuthenticatorId, proof: GivenProof) -> RemoveAuthenticatorOutcome {
    let remove = RemoveAuthenticator { authenticator_id: id, proof };
    remove.execute(&world.test.application, caller).await.unwrap()
}

async fn regenerate(world: &World, caller: &Caller, proof: GivenProof) -> RegenerateRecoveryCodesOutcome {
    RegenerateRecoveryCodes { proof }.execute(&world.test.application, caller).await.unwrap()
}

async fn issued(world: &World, caller: &Caller, proof: GivenProof) -> Vec<SecretString> {
    match regenerate(world, caller, proof).await {
        RegenerateRecoveryCodesOutcome::Issued(codes) => codes,
        other => panic!("issued, and not {other:?}"),
    }
}

async fn view(world: &World, caller: &Caller, proof: GivenProof) -> ViewRecoveryCodesOutcome {
    ViewRecoveryCodes { proof }.execute(&world.test.application, caller).await.unwrap()
}

async fn change_password(world: &World, caller: &Caller, code: &str) -> ChangePasswordOutcome {
    let change = ChangePassword {
        current_password: PASSWORD.into(),
        new_password: NEW_PASSWORD.into(),
        code: Some(code.into()),
    };
    change.execute(&world.test.application, caller).await.unwrap()
}

/// A second authenticator, added with the password and a code of the first.
async fn second(world: &World, caller: &Caller, first: &Phone) -> Phone {
    world.enroll(caller, password_and_code(&world.code(first)), GivenProof::default()).await
}

#[tokio::test]
async fn the_password_alone_yields_no_factor_while_two_factor_is_on() {
    let world = World::new(|policy| policy.recovery_codes.viewable = true).await;
    let (caller, phone) = world.enrolled().await;
    match world.begin(&caller, password()).await {
        BeginEnrollmentOutcome::Denied(denial) => assert!(needs_a_code(&denial)),
        other => panic!("{other:?}"),
    }
    match regenerate(&world, &caller, password()).await {
        RegenerateRecoveryCodesOutcome::Denied(denial) => assert!(needs_a_code(&denial)),
        other => panic!("{other:?}"),
    }
    match view(&world, &caller, password()).await {
        ViewRecoveryCodesOutcome::Denied(denial) => assert!(needs_a_code(&denial)),
        other => panic!("{other:?}"),
    }
    // With a code of what is there already, all of it is possible.
    second(&world, &caller, &phone).await;
    issued(&world, &caller, password_and_code(&world.code(&phone))).await;
}

#[tokio::test]
async fn a_session_that_a_trusted_device_opened_gives_a_code_first() {
    let world = World::new(for_the_password).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let verify =
        VerifySecondFactor { code: world.code(&phone).into(), remember_device: true, origin: World::origin(1) };
    let device = match world.answer(&world.test.application, &challenge, &verify).await.unwrap() {
        VerifySecondFactorOutcome::SignedIn(done) => done.device_token,
        other => panic!("{other:?}"),
    };
    let mut sign_in = world.sign_in_with(PASSWORD);
    sign_in.device_tokens = device.into_iter().collect();
    let token = match sign_in.execute(&world.test.application).await.unwrap() {
        SignInOutcome::SignedIn { grant, .. } => grant.token,
        other => panic!("{other:?}"),
    };
    let caller = world.recognize(&token).await.unwrap();
    assert_eq!(caller.session().unwrap().methods, AuthenticationMethod::ONE_FACTOR);
    world.test.clock.advance_seconds(60);

    let denials = [
        match world.begin(&caller, password()).await {
            BeginEnrollmentOutcome::Denied(denial) => denial,
            other => panic!("{other:?}"),
        },
        match regenerate(&world, &caller, password()).await {
            RegenerateRecoveryCodesOutcome::Denied(denial) => denial,
            other => panic!("{other:?}"),
        },
        match view(&world, &caller, password()).await {
            ViewRecoveryCodesOutcome::Denied(denial) => denial,
            other => panic!("{other:?}"),
        },
        match disable(&world, &caller, password()).await {
            DisableTwoFactorOutcome::Denied(denial) => denial,
            other => panic!("{other:?}"),
        },
        match remove(&world, &caller, phone.id, password()).await {
            RemoveAuthenticatorOutcome::Denied(denial) => denial,
            other => panic!("{other:?}"),
        },
    ];
    assert!(denials.iter().all(needs_a_code), "{denials:?}");
    // A wrong one steps nothing up.
    let wrong = regenerate(&world, &caller, password_and_code(WRONG)).await;
    assert!(matches!(wrong, RegenerateRecoveryCodesOutcome::Denied(ProofDenial::WrongCode)));
    assert!(!world.recognize(&token).await.unwrap().session().unwrap().has_shown_second_factor());

    issued(&world, &caller, password_and_code(&world.code(&phone))).await;
    let stepped_up = world.recognize(&token).await.unwrap();
    assert_eq!(stepped_up.session().unwrap().methods, AuthenticationMethod::TWO_FACTORS);
    issued(&world, &stepped_up, password()).await;
}

#[tokio::test]
async fn what_was_just_added_turns_off_nothing_that_was_there_before() {
    let world = World::new(long_sessions).await;
    let (caller, first) = world.enrolled().await;
    world.test.clock.advance_seconds(48 * HOUR);
    let second = second(&world, &caller, &first).await;
    let until = world.test.clock.now().plus_seconds(24 * HOUR - 60);
    use countersign_application::ports::Clock;

    let held = ProofDenial::Held { until };
    let proof = || password_and_code(&world.code(&second));
    assert_eq!(disable(&world, &caller, proof()).await, DisableTwoFactorOutcome::Denied(held.clone()));
    assert_eq!(remove(&world, &caller, first.id, proof()).await, RemoveAuthenticatorOutcome::Denied(held.clone()));
    match change_password(&world, &caller, &world.code(&second)).await {
        ChangePasswordOutcome::Denied(denial) => assert_eq!(denial, held),
        other => panic!("{other:?}"),
    }
    // It is a code all the same, and was not spent.
    assert!(world.signs_in(&world.code(&second)).await);

    // With the older one at once, and after the hold with either.
    world.test.clock.advance_seconds(24 * HOUR - 61);
    assert!(matches!(
        disable(&world, &caller, proof()).await,
        DisableTwoFactorOutcome::Denied(ProofDenial::Held { .. })
    ));
    world.test.clock.advance_seconds(1);
    assert_eq!(disable(&world, &caller, proof()).await, DisableTwoFactorOutcome::Disabled);
}

#[tokio::test]
async fn the_older_authenticator_turns_off_everything_at_once_and_the_newer_one_itself() {
    let world = World::new(long_sessions).await;
    let (caller, first) = world.enrolled().await;
    world.test.clock.advance_seconds(48 * HOUR);
    let removed = second(&world, &caller, &first).await;
    let proof = password_and_code(&world.code(&removed));
    assert_eq!(remove(&world, &caller, removed.id, proof).await, RemoveAuthenticatorOutcome::Removed);
    // Who has taken a new phone in place of the old one is held up no longer: nothing is older.
    let new = second(&world, &caller, &first).await;
    let proof = password_and_code(&world.code(&first));
    assert_eq!(remove(&world, &caller, first.id, proof).await, RemoveAuthenticatorOutcome::Removed);
    let outcome = change_password(&world, &caller, &world.code(&new)).await;
    assert!(matches!(outcome, ChangePasswordOutcome::Changed { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_first_factor_can_be_turned_off_again_at_once() {
    for recovery in [false, true] {
        let world = World::new(|_| {}).await;
        let (caller, phone) = world.enrolled().await;
        let code = if recovery { text(&phone.recovery_codes[0]).to_owned() } else { world.code(&phone) };
        assert_eq!(disable(&world, &caller, password_and_code(&code)).await, DisableTwoFactorOutcome::Disabled);
    }
}

#[tokio::test]
async fn recovery_codes_that_were_just_made_or_viewed_change_no_password() {
    let world = World::new(for_the_password).await;
    let (caller, phone) = world.enrolled().await;
    world.test.clock.advance_seconds(48 * HOUR);
    let held =
        |outcome: &ChangePasswordOutcome| matches!(outcome, ChangePasswordOutcome::Denied(ProofDenial::Held { .. }));

    let viewed = match view(&world, &caller, password()).await {
        ViewRecoveryCodesOutcome::Shown(codes) => codes,
        other => panic!("{other:?}"),
    };
    assert!(held(&change_password(&world, &caller, text(&viewed[0])).await), "viewed");
    world.test.clock.advance_seconds(24 * HOUR - 1);
    assert!(held(&change_password(&world, &caller, text(&viewed[0])).await), "viewed a day ago, all but a second");
    let made = issued(&world, &caller, password()).await;
    assert!(held(&change_password(&world, &caller, text(&made[0])).await), "made");
    // Whether there is such a code, the answer does not tell.
    let made_up = text(&made[0]).chars().rev().collect::<String>();
    assert!(held(&change_password(&world, &caller, &made_up).await), "made up");
    assert!(world.signs_in(text(&made[0])).await, "it gets its owner in all the same");

    let outcome = change_password(&world, &caller, &world.code(&phone)).await;
    assert!(matches!(outcome, ChangePasswordOutcome::Changed { .. }), "{outcome:?}");
}

#[tokio::test]
async fn recovery_codes_that_a_code_has_made_are_as_good_as_it() {
    let world = World::new(long_sessions).await;
    let (caller, first) = world.enrolled().await;
    world.test.clock.advance_seconds(48 * HOUR);
    let made = issued(&world, &caller, password_and_code(&world.code(&first))).await;
    let added = {
        world.test.clock.advance_seconds(60);
        second(&world, &caller, &first).await
    };
    // Made with a code of what has to wait itself, they wait as well.
    let held = issued(&world, &caller, password_and_code(&world.code(&added))).await;
    let outcome = remove(&world, &caller, first.id, password_and_code(text(&held[0]))).await;
    assert!(matches!(outcome, RemoveAuthenticatorOutcome::Denied(ProofDenial::Held { .. })), "{outcome:?}");
    assert!(!world.signs_in(text(&made[0])).await, "the older ones are void");
    world.test.clock.advance_seconds(60);

    let made = issued(&world, &caller, password_and_code(&world.code(&first))).await;
    let outcome = remove(&world, &caller, first.id, password_and_code(text(&made[0]))).await;
    assert_eq!(outcome, RemoveAuthenticatorOutcome::Removed);
}

#[tokio::test]
async fn a_code_of_something_new_gets_no_verdict_while_the_account_waits() {
    let world = World::new(long_sessions).await;
    let (caller, first) = world.enrolled().await;
    let second = second(&world, &caller, &first).await;
    for _ in 0..5 {
        disable(&world, &caller, password_and_code(WRONG)).await;
    }
    let outcome = disable(&world, &caller, password_and_code(&world.code(&second))).await;
    assert!(matches!(outcome, DisableTwoFactorOutcome::Denied(ProofDenial::Throttled { .. })), "{outcome:?}");
}
