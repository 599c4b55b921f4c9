use countersign_application::UseCaseError;
use countersign_application::account::{
    Account, CreateAccount, CreateAccountOutcome, DeleteAccount, Role, UnlockAccount, UpdateAccount,
    UpdateAccountOutcome,
};
use countersign_application::administration::{AdministrationDenial, Authority};
use countersign_application::api_key::{
    ApiKeyName, CreateApiKey, CreateApiKeyOutcome, RevokeApiKey, RevokeApiKeyOutcome, Scope,
};
use countersign_application::appearance::{AppearanceChange, SetAppearance, SetAppearanceOutcome};
use countersign_application::caller::Caller;
use countersign_application::policy::ProofRequirement;
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::session::EndSession;
use countersign_application::verification::{GivenProof, ProofDenial, ProofField};
use countersign_testing::{an_account, an_api_key, keep};

use crate::world::{Administration, WRONG, World, code, password, password_and_code};

/// The account of the world as an owner, in its session.
fn as_owner(caller: Caller) -> Authority {
    let account = Account { role: Role::Owner, ..caller.account.clone() };
    Authority::Administrator(Box::new(Caller { account, ..caller }))
}

/// Revokes a key by this right, and says why not where it was not.
async fn act(world: &World, authority: &Authority, proof: GivenProof) -> Result<Option<ProofDenial>, UseCaseError> {
    let key = an_api_key(&world.realm);
    keep(world.store(), &[&key]).await;
    let revoke = RevokeApiKey { id: key.id, proof };
    Ok(match revoke.execute(&world.test.application, &world.by(authority.clone()).await).await? {
        RevokeApiKeyOutcome::Revoked => None,
        RevokeApiKeyOutcome::Unproven(denial) => Some(denial),
        RevokeApiKeyOutcome::NotFound => panic!("there is the key"),
    })
}

#[tokio::test]
async fn an_administrator_gives_what_disabling_takes_and_the_password_in_any_case() {
    use ProofRequirement::{Code, Password, PasswordAndCode, PasswordOrCode};
    for (disable, with_code) in [(Password, false), (PasswordOrCode, false), (Code, true), (PasswordAndCode, true)] {
        let world = World::new(|policy| policy.proofs.disable = disable).await;
        let caller = world.caller().await;
        // Without a second factor there is no code to give.
        let owner = as_owner(caller.clone());
        assert_eq!(act(&world, &owner, password()).await.unwrap(), None, "{disable:?}");
        let missing = ProofDenial::Missing { asked_for: vec![ProofField::Password], any: false };
        assert_eq!(act(&world, &owner, GivenProof::default()).await.unwrap(), Some(missing), "{disable:?}");

        let phone = world.enroll(&caller, password(), GivenProof::default()).await;
        let owner = as_owner(world.caller_of(&phone).await);
        let outcome = act(&world, &owner, password()).await.unwrap();
        let missing = ProofDenial::Missing { asked_for: vec![ProofField::Code], any: false };
        assert_eq!(outcome, with_code.then_some(missing), "{disable:?}");
        world.test.clock.advance_seconds(60);
        let outcome = act(&world, &owner, code(&world.code(&phone))).await.unwrap();
        assert!(matches!(outcome, Some(ProofDenial::Missing { .. })), "{disable:?}: a code alone is not enough");
        let both = password_and_code(&world.code(&phone));
        assert_eq!(act(&world, &owner, both.clone()).await.unwrap(), None, "{disable:?}");
        let again = act(&world, &owner, both).await.unwrap();
        assert_eq!(again, with_code.then_some(ProofDenial::WrongCode), "{disable:?}: a code works once");
    }
}

#[tokio::test]
async fn guesses_at_an_administrators_password_have_to_wait() {
    let world = World::new(|policy| policy.proofs.disable = ProofRequirement::Password).await;
    let owner = as_owner(world.caller().await);
    let mut verdicts = 0;
    for _ in 0..20 {
        let wrong = GivenProof { password: Some(WRONG.into()), code: None };
        match act(&world, &owner, wrong).await.unwrap() {
            Some(ProofDenial::WrongPassword) => verdicts += 1,
            Some(ProofDenial::Throttled { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(verdicts, 5);
    let right = act(&world, &owner, password()).await.unwrap();
    assert!(matches!(right, Some(ProofDenial::Throttled { .. })), "also the right one is not looked at");
}

#[tokio::test]
async fn a_session_that_was_ended_meanwhile_confirms_nothing() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let application = &world.test.application;
    EndSession { session_id: caller.session_id().unwrap() }.execute(application, &caller).await.unwrap();
    let outcome = act(&world, &as_owner(caller), password()).await;
    assert!(matches!(outcome, Err(UseCaseError::SessionEnded)));
}

#[tokio::test]
async fn whoever_has_no_session_proves_nothing_again() {
    let world = World::new(|_| {}).await;
    let key = Authority::Application { key_id: an_api_key(&world.realm).id, made_by_owner: false };
    for authority in [Authority::Operator, key] {
        assert_eq!(act(&world, &authority, GivenProof::default()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn every_act_that_outlasts_the_session_asks_for_a_proof_and_no_other_does() {
    let world = World::new(|_| {}).await;
    let application = &world.test.application;
    let owner = world.administrator(Role::Owner).await;
    let (by, none) = (world.by(owner.clone()).await, GivenProof::default());
    let kim = an_account(&world.realm, "kim@example.org");
    keep(world.store(), &[&kim]).await;
    let on_kim = Administration { account: kim.id, authority: owner.clone() };
    let asked = |denial: &ProofDenial| matches!(denial, ProofDenial::Missing { .. });

    let create = CreateAccount {
        login: "lee".to_owned(),
        password: None,
        password_change_required: false,
        role: Role::Member,
        proof: none.clone(),
    };
    let outcome = create.execute(application, &by).await.unwrap();
    assert!(matches!(&outcome, CreateAccountOutcome::Unproven(denial) if asked(denial)), "{outcome:?}");
    let make = CreateApiKey {
        name: ApiKeyName::new("shop").unwrap(),
        scopes: vec![Scope::Verify],
        expires_at: None,
        proof: none.clone(),
    };
    let outcome = make.execute(application, &by).await.unwrap();
    assert!(matches!(&outcome, CreateApiKeyOutcome::Unproven(denial) if asked(denial)), "{outcome:?}");
    assert!(act(&world, &owner, none.clone()).await.unwrap().is_some_and(|denial| asked(&denial)));
    let set_appearance = SetAppearance { change: AppearanceChange::default(), proof: none.clone() };
    let outcome = set_appearance.execute(application, &by).await.unwrap();
    assert!(matches!(&outcome, SetAppearanceOutcome::Unproven(denial) if asked(denial)), "{outcome:?}");

    let delete = DeleteAccount { reason: None, even_the_last_owner: false, proof: none.clone() };
    let outcome = world.act(&on_kim, &delete).await;
    assert!(matches!(&outcome, Err(AdministrationDenial::Unproven(denial)) if asked(denial)), "{outcome:?}");
    let reset = ResetTwoFactor { reason: None, proof: none.clone() };
    let outcome = world.act(&on_kim, &reset).await;
    let unproven = |denial: &AdministrationDenial| matches!(denial, AdministrationDenial::Unproven(it) if asked(it));
    assert!(matches!(&outcome, ResetTwoFactorOutcome::Denied(denial) if unproven(denial)), "{outcome:?}");
    let update = |role, password: Option<&str>, disabled| UpdateAccount {
        role,
        password: password.map(Into::into),
        disabled,
        ..UpdateAccount::default()
    };
    // Shutting someone out may have to be quick, and gives nobody anything.
    for (update, free) in [
        (update(Some(Role::Admin), None, None), false),
        (update(Some(Role::Member), None, Some(true)), false),
        (update(None, Some("amber lantern harbor"), None), false),
        (update(None, None, Some(true)), true),
        (update(None, None, Some(false)), false),
        (UpdateAccount { login: Some("kim.new".to_owned()), ..update(None, None, None) }, false),
        (update(None, None, None), true),
    ] {
        let told = format!("{update:?}");
        match world.act(&on_kim, &update).await {
            UpdateAccountOutcome::Updated(_) => assert!(free, "{told}"),
            UpdateAccountOutcome::Denied(denial) => assert!(!free && unproven(&denial), "{told}: {denial:?}"),
            outcome => panic!("{told}: {outcome:?}"),
        }
    }
    assert_eq!(world.act(&on_kim, &UnlockAccount).await, Ok(()));
}
