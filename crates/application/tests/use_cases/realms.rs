use countersign_application::Origin;
use countersign_application::account::Role;
use countersign_application::administration::Authority;
use countersign_application::audit::EventKind;
use countersign_application::caller::Caller;
use countersign_application::enrollment::ConfirmEnrollmentOutcome;
use countersign_application::policy::{KeyHolder, PolicyField, Preset};
use countersign_application::realm::{
    CreateRealm, CreateRealmOutcome, FindRealm, PolicyChange, Realm, UpdateRealm, UpdateRealmOutcome,
};
use countersign_application::second_factor::SecondFactorMethod;
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactorOutcome};
use countersign_application::verification::{GivenProof, ProofDenial};
use serde_json::{Value, json};

use crate::world::{World, password, policy};

async fn patch(world: &World, patch: Value) -> UpdateRealmOutcome {
    change(world, PolicyChange { preset: None, patch: Some(patch) }).await
}

async fn change(world: &World, policy: PolicyChange) -> UpdateRealmOutcome {
    let update = UpdateRealm { expected_version: None, issuer: None, policy, proof: GivenProof::default() };
    update.execute(&world.test.application, &world.operator().await).await.unwrap()
}

async fn present(world: &World) -> Realm {
    FindRealm { realm: world.realm.slug.clone() }.execute(&world.test.application).await.unwrap().unwrap()
}

#[tokio::test]
async fn bad_values_change_nothing_and_name_their_keys() {
    let world = World::new(|_| {}).await;
    let bad = [
        (json!({"totp": {"period_seconds": 7}}), "totp.period_seconds", "15 to 120"),
        (json!({"totp": {"period_seconds": "thirty"}}), "totp.period_seconds", "15 to 120"),
        (json!({"totp": {"algorithm": "MD5"}}), "totp.algorithm", "SHA1, SHA256 or SHA512"),
        (json!({"totp": {"colour": 1}}), "totp.colour", "not a key"),
        (json!({"colour": {"of": "money"}}), "colour.of", "not a key"),
        (json!({"totp": 6}), "totp", "not a key"),
        (json!({"totp": {"digits": null}}), "totp.digits", "6 to 8"),
        (json!({"recovery_codes": {"format": "XXXX"}}), "recovery_codes.format", ""),
        (json!({"proofs": {"disable": "none"}}), "proofs.disable", ""),
        (json!({"proofs": {"recovery_codes": "none"}}), "proofs.recovery_codes", ""),
        (json!([1, 2]), "policy", "object"),
    ];
    for (document, key, rule) in bad {
        match patch(&world, document.clone()).await {
            UpdateRealmOutcome::Invalid(violations) => {
                assert_eq!(violations[0].key, key, "{document}");
                assert!(violations[0].rule.contains(rule), "{document}: {}", violations[0].rule);
            }
            other => panic!("{document}: {other:?}"),
        }
    }
    match change(&world, PolicyChange { preset: Some("nonesuch".to_owned()), patch: None }).await {
        UpdateRealmOutcome::Invalid(violations) => assert!(violations[0].rule.contains("pterodactyl")),
        other => panic!("{other:?}"),
    }
    assert_eq!(present(&world).await.policy, world.realm.policy);
    assert_eq!(world.events(EventKind::PolicyChanged).await, 0);
}

#[tokio::test]
async fn a_patch_changes_the_keys_it_names_and_the_trail_says_which() {
    let world = World::new(|_| {}).await;
    let outcome = patch(&world, json!({"totp": {"digits": 8}, "enforcement": {"required_for": "admins"}})).await;
    assert!(matches!(outcome, UpdateRealmOutcome::Updated(realm) if realm.version == world.realm.version + 1));
    let expected = policy(|policy| {
        policy.totp.digits = 8;
        policy.enforcement.required_for = countersign_application::policy::RequiredFor::Admins;
    });
    assert_eq!(present(&world).await.policy, expected);
    assert_eq!(world.events(EventKind::PolicyChanged).await, 1);
}

#[tokio::test]
async fn a_preset_is_applied_before_the_keys() {
    let world = World::new(|_| {}).await;
    let keys = json!({"enforcement": {"required_for": "everyone"}});
    change(&world, PolicyChange { preset: Some("pterodactyl".to_owned()), patch: Some(keys) }).await;
    let changed = present(&world).await.policy;
    let preset = Preset::from_name("pterodactyl").unwrap().policy().unwrap();
    assert_eq!(changed.proofs, preset.proofs);
    assert_eq!(changed.enforcement.required_for, countersign_application::policy::RequiredFor::Everyone);
}

#[tokio::test]
async fn a_realm_is_made_once_and_with_a_legal_name() {
    let world = World::new(|_| {}).await;
    let create = |slug: &str, issuer: &str| CreateRealm {
        slug: slug.to_owned(),
        issuer: issuer.to_owned(),
        policy: PolicyChange::default(),
        origin: Origin::default(),
        proof: GivenProof::default(),
    };
    let outcome = create("shop", "Shop").execute(&world.test.application, &Authority::Operator).await.unwrap();
    assert!(matches!(outcome, CreateRealmOutcome::Created(_)));
    let outcome = create("shop", "Shop").execute(&world.test.application, &Authority::Operator).await.unwrap();
    assert!(matches!(outcome, CreateRealmOutcome::SlugTaken));
    let outcome = create("Shop", "Shop").execute(&world.test.application, &Authority::Operator).await.unwrap();
    assert!(matches!(outcome, CreateRealmOutcome::InvalidSlug(_)));
    let outcome = create("other", "a:b").execute(&world.test.application, &Authority::Operator).await.unwrap();
    assert!(matches!(outcome, CreateRealmOutcome::Invalid(_)));
}

#[test]
fn every_key_of_a_policy_is_described_and_nothing_else_is() {
    let document = serde_json::to_value(policy(|_| {}).document()).unwrap();
    let mut keys = Vec::new();
    for (group, rules) in document.as_object().unwrap() {
        keys.extend(rules.as_object().unwrap().keys().map(|key| format!("{group}.{key}")));
    }
    let mut described: Vec<_> = PolicyField::ALL.iter().map(|field| field.key.to_owned()).collect();
    keys.sort();
    described.sort();
    assert_eq!(keys, described);
}

async fn set(world: &World, patch: Value) {
    let update = UpdateRealm {
        expected_version: None,
        issuer: None,
        policy: PolicyChange { preset: None, patch: Some(patch) },
        proof: GivenProof::default(),
    };
    let outcome = update.execute(&world.test.application, &world.operator().await).await.unwrap();
    assert!(matches!(outcome, UpdateRealmOutcome::Updated(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_policy_made_stricter_holds_for_what_was_begun_under_the_old_one() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    set(&world, json!({"recovery_codes": {"count": 0}})).await;
    let outcome = world.verify(&challenge, crate::world::text(&phone.recovery_codes[0])).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidCode { .. }), "recovery codes are no more");
    match world.sign_in().await {
        SignInOutcome::SecondFactorRequired { methods, .. } => assert_eq!(methods, [SecondFactorMethod::Totp]),
        other => panic!("{other:?}"),
    }
    set(&world, json!({"sign_in": {"challenge_ttl_seconds": 60}})).await;
    world.test.clock.advance_seconds(60);
    let outcome = world.verify(&challenge, &world.code(&phone)).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::InvalidChallenge), "the challenge is too old now");

    let begun = world.begun(&caller, crate::world::password_and_code(&world.code(&phone))).await;
    set(&world, json!({"totp": {"digits": 8}})).await;
    let second = world.phone(&begun);
    let stale = Caller { realm: present(&world).await, ..caller.clone() };
    let outcome = world.confirm(&stale, second.id, &world.code(&second), GivenProof::default()).await;
    assert!(matches!(outcome, ConfirmEnrollmentOutcome::NoPendingEnrollment));

    world.test.clock.advance_seconds(30);
    let challenge = world.challenge().await;
    let token = match world.verify(&challenge, &world.code(&phone)).await {
        VerifySecondFactorOutcome::SignedIn(done) => done.grant.token,
        other => panic!("{other:?}"),
    };
    world.test.clock.advance_seconds(600);
    assert!(world.recognize(&token).await.is_some());
    set(&world, json!({"sign_in": {"session_ttl_seconds": 300, "session_idle_seconds": 300}})).await;
    assert!(world.recognize(&token).await.is_none(), "the session is too old now");
}

#[tokio::test]
async fn who_is_held_back_from_disabling_cannot_lift_the_rule() {
    use countersign_application::policy::MayDisableTwoFactor::{Admins, Nobody, Owners};
    for (rule, role, allowed) in [
        (Admins, Some(Role::Owner), true),
        (Owners, Some(Role::Owner), true),
        (Nobody, Some(Role::Owner), false),
        (Nobody, None, true),
    ] {
        let world = World::new(|policy| policy.administration.may_disable_two_factor = rule).await;
        let authority = match role {
            Some(role) => world.administrator(role).await,
            None => Authority::Operator,
        };
        let name = if rule == Admins { "nobody" } else { "admins" };
        let patch = json!({"administration": {"may_disable_two_factor": name}});
        let outcome = update(&world, &authority, password(), patch).await;
        assert_eq!(matches!(outcome, UpdateRealmOutcome::Updated(_)), allowed, "{rule:?} {authority:?}");
        let outcome = update(&world, &authority, password(), json!({"totp": {"digits": 8}})).await;
        assert!(matches!(outcome, UpdateRealmOutcome::Updated(_)), "other keys are free: {rule:?}");
    }
}

async fn update(world: &World, authority: &Authority, proof: GivenProof, patch: Value) -> UpdateRealmOutcome {
    let update = UpdateRealm {
        expected_version: None,
        issuer: None,
        policy: PolicyChange { preset: None, patch: Some(patch) },
        proof,
    };
    update.execute(&world.test.application, &world.by(authority.clone()).await).await.unwrap()
}

/// A change of each key: what it is in another preset, or at the other end of its range.
fn change_of(field: &PolicyField, document: &Value) -> Value {
    let pointer = format!("/{}", field.key.replace('.', "/"));
    let now = document.pointer(&pointer).unwrap();
    let presets = Preset::ALL.iter().map(|preset| serde_json::to_value(preset.policy().unwrap().document()).unwrap());
    let (group, name) = field.key.split_once('.').unwrap();
    let is_legal = |value: &Value| {
        let patch = Some(json!({ group: { name: value } }));
        PolicyChange { preset: None, patch }.apply(&policy(|_| {})).is_ok()
    };
    let elsewhere =
        presets.map(|preset| preset.pointer(&pointer).unwrap().clone()).find(|value| value != now && is_legal(value));
    let value = elsewhere.unwrap_or_else(|| match now {
        Value::Bool(switch) => json!(!switch),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        _ => match field.key {
            "totp.algorithm" => json!("SHA256"),
            "enforcement.required_for" => json!("everyone"),
            "administration.may_disable_two_factor" => json!("owners"),
            "recovery_codes.after_use" => json!("replace"),
            key if key.starts_with("proofs.") => json!("password_and_code"),
            key => panic!("another value of {key} is not known here"),
        },
    });
    json!({ group: { name: value } })
}

#[tokio::test]
async fn keys_that_protect_owners_are_changed_by_owners_and_by_keys_that_they_made() {
    let key_id = countersign_application::ApiKeyId::from_uuid(uuid::Uuid::nil());
    for field in PolicyField::ALL {
        let world = World::new(|_| {}).await;
        if field.key == "proofs.recovery_codes" {
            // Beside what disabling asks for, no other value is legal; it changes together with that.
            assert_eq!(field.who, KeyHolder::Owners);
            continue;
        }
        let patch = change_of(field, &serde_json::to_value(world.realm.policy.document()).unwrap());
        for authority in
            [world.administrator(Role::Admin).await, Authority::Application { key_id, made_by_owner: false }]
        {
            let outcome = update(&world, &authority, password(), patch.clone()).await;
            match field.who {
                KeyHolder::Admins => {
                    assert!(matches!(outcome, UpdateRealmOutcome::Updated(_)), "{}: {outcome:?}", field.key);
                }
                KeyHolder::Owners => {
                    let UpdateRealmOutcome::OwnersKeys(keys) = outcome else { panic!("{}: {outcome:?}", field.key) };
                    assert_eq!(keys, [field.key]);
                    assert_eq!(present(&world).await.policy, world.realm.policy);
                }
            }
        }
        for authority in
            [world.administrator(Role::Owner).await, Authority::Application { key_id, made_by_owner: true }]
        {
            let outcome = update(&world, &authority, password(), patch.clone()).await;
            assert!(matches!(outcome, UpdateRealmOutcome::Updated(_)), "{}: {outcome:?}", field.key);
        }
    }
}

#[tokio::test]
async fn a_preset_that_changes_what_protects_owners_is_refused_to_administrators() {
    let world = World::new(|_| {}).await;
    for preset in Preset::ALL.iter().filter(|preset| **preset != Preset::RECOMMENDED) {
        let update = UpdateRealm {
            expected_version: None,
            issuer: None,
            policy: PolicyChange { preset: Some(preset.name().to_owned()), patch: None },
            proof: password(),
        };
        let by = world.by(world.administrator(Role::Admin).await).await;
        let outcome = update.execute(&world.test.application, &by).await.unwrap();
        let UpdateRealmOutcome::OwnersKeys(keys) = outcome else { panic!("{}: {outcome:?}", preset.name()) };
        assert!(keys.contains(&"proofs.disable".to_owned()) || keys.contains(&"proofs.begin".to_owned()), "{keys:?}");
    }
}

#[tokio::test]
async fn a_policy_is_not_changed_by_a_session_alone_and_the_reason_why_not_comes_first() {
    let world = World::new(|_| {}).await;
    let owner = world.administrator(Role::Owner).await;
    let change = json!({"totp": {"digits": 8}});
    let outcome = update(&world, &owner, GivenProof::default(), change.clone()).await;
    assert!(matches!(outcome, UpdateRealmOutcome::Unproven(ProofDenial::Missing { .. })), "{outcome:?}");
    let wrong = GivenProof { password: Some("not the password".into()), code: None };
    let outcome = update(&world, &owner, wrong, change.clone()).await;
    assert!(matches!(outcome, UpdateRealmOutcome::Unproven(ProofDenial::WrongPassword)), "{outcome:?}");
    assert_eq!(present(&world).await.policy, world.realm.policy);
    // What would be refused in any case counts no failure and spends no code.
    let admin = world.administrator(Role::Admin).await;
    let outcome = update(&world, &admin, GivenProof::default(), change.clone()).await;
    assert!(matches!(outcome, UpdateRealmOutcome::OwnersKeys(_)), "{outcome:?}");
    let outcome = update(&world, &owner, GivenProof::default(), json!({"totp": {"digits": 9}})).await;
    assert!(matches!(outcome, UpdateRealmOutcome::Invalid(_)), "{outcome:?}");
    let outcome = update(&world, &owner, password(), change).await;
    assert!(matches!(outcome, UpdateRealmOutcome::Updated(_)), "{outcome:?}");
}
