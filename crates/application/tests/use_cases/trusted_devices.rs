use countersign_application::recovery::RegenerateRecoveryCodes;
use countersign_application::second_factor::RemoveAuthenticator;
use countersign_application::sign_in::{SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome};
use countersign_application::trusted_device::{
    ListTrustedDevices, RecognizeTrustedDevice, RevokeAllTrustedDevices, RevokeTrustedDevice,
};
use countersign_application::{AccountId, PageRequest};
use countersign_testing::PASSWORD;
use secrecy::SecretString;

use crate::world::{Phone, World, password_and_code};

async fn trust(world: &World, phone: &Phone) -> Option<SecretString> {
    let challenge = world.challenge().await;
    let verify = VerifySecondFactor { code: world.code(phone).into(), remember_device: true, origin: World::origin(1) };
    match world.answer(&world.test.application, &challenge, &verify).await.unwrap() {
        VerifySecondFactorOutcome::SignedIn(done) => done.device_token,
        other => panic!("{other:?}"),
    }
}

async fn skips(world: &World, device: &SecretString) -> bool {
    let mut sign_in = world.sign_in_with(PASSWORD);
    sign_in.device_tokens = vec![device.clone()];
    matches!(sign_in.execute(&world.test.application).await.unwrap(), SignInOutcome::SignedIn { .. })
}

#[tokio::test]
async fn a_trusted_device_skips_the_second_factor_until_it_expires() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let device = trust(&world, &phone).await.unwrap();
    assert!(skips(&world, &device).await);
    world.test.clock.advance_seconds(30 * 86_400 - 1);
    assert!(skips(&world, &device).await);
    world.test.clock.advance_seconds(1);
    assert!(!skips(&world, &device).await);
}

#[tokio::test]
async fn where_the_policy_has_no_trusted_devices_none_is_made() {
    let world = World::new(|policy| policy.sign_in.trusted_device_days = 0).await;
    let (_, phone) = world.enrolled().await;
    assert!(trust(&world, &phone).await.is_none());
}

#[tokio::test]
async fn a_revoked_device_is_trusted_no_more() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let device = trust(&world, &phone).await.unwrap();
    let list = ListTrustedDevices { page: PageRequest::first() };
    let device_id = list.execute(&world.test.application, &caller).await.unwrap().items[0].id;
    let revoke = RevokeTrustedDevice { device_id };
    assert!(revoke.execute(&world.test.application, &caller).await.unwrap());
    assert!(!revoke.execute(&world.test.application, &caller).await.unwrap());
    assert!(!skips(&world, &device).await);
}

#[tokio::test]
async fn a_browser_is_recognized_by_its_token_and_only_for_its_own_account() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let device_token = trust(&world, &phone).await.unwrap();
    let list = ListTrustedDevices { page: PageRequest::first() };
    let id = list.execute(&world.test.application, &caller).await.unwrap().items[0].id;
    let recognize = RecognizeTrustedDevice { device_tokens: vec![device_token] };
    assert_eq!(recognize.clone().execute(&world.test.application, &caller).await.unwrap(), Some(id));
    let mut other = caller.clone();
    other.account.id = AccountId::from_uuid(uuid::Uuid::from_u128(7));
    assert_eq!(recognize.execute(&world.test.application, &other).await.unwrap(), None);
    let recognize = RecognizeTrustedDevice { device_tokens: vec!["not a token".into()] };
    assert_eq!(recognize.execute(&world.test.application, &caller).await.unwrap(), None);
}

#[tokio::test]
async fn all_browsers_are_revoked_at_once() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let one = trust(&world, &phone).await.unwrap();
    world.test.clock.advance_seconds(30);
    let other = trust(&world, &phone).await.unwrap();
    RevokeAllTrustedDevices.execute(&world.test.application, &caller).await.unwrap();
    assert!(!skips(&world, &one).await && !skips(&world, &other).await);
    let list = ListTrustedDevices { page: PageRequest::first() };
    assert!(list.execute(&world.test.application, &caller).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn what_stands_in_for_nothing_any_more_is_not_listed() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    trust(&world, &phone).await.unwrap();
    let list = ListTrustedDevices { page: PageRequest::first() };
    let listed = async |caller| list.execute(&world.test.application, caller).await.unwrap().items.len();
    assert_eq!(listed(&caller).await, 1);
    let mut changed = caller.clone();
    changed.account.password_version += 1;
    assert_eq!(listed(&changed).await, 0, "the password is another one");
    let mut stricter = caller.clone();
    stricter.realm.policy = crate::world::policy(|policy| policy.sign_in.trusted_device_days = 0);
    assert_eq!(listed(&stricter).await, 0, "the policy trusts no browser");
    world.test.clock.advance_seconds(30 * 86_400);
    assert_eq!(listed(&caller).await, 0, "its time is over");
}

#[tokio::test]
async fn trusted_devices_die_with_any_change_of_the_second_factor() {
    let world = World::new(|_| {}).await;
    let (caller, phone) = world.enrolled().await;
    let device = trust(&world, &phone).await.unwrap();
    world.test.clock.advance_seconds(30);
    let proof = password_and_code(&world.code(&phone));
    let second = world.enroll(&caller, proof, countersign_application::verification::GivenProof::default()).await;
    assert!(!skips(&world, &device).await, "adding an authenticator");

    let device = trust(&world, &phone).await.unwrap();
    world.test.clock.advance_seconds(30);
    let regenerate = RegenerateRecoveryCodes { proof: password_and_code(&world.code(&phone)) };
    regenerate.execute(&world.test.application, &caller).await.unwrap();
    assert!(skips(&world, &device).await, "new recovery codes are no other factor");
    world.test.clock.advance_seconds(30);

    let proof = password_and_code(&world.code(&phone));
    let remove = RemoveAuthenticator { authenticator_id: second.id, proof };
    remove.execute(&world.test.application, &caller).await.unwrap();
    assert!(!skips(&world, &device).await, "removing one");
}
