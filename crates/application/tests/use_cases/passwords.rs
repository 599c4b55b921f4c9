//! Wrong passwords: who waits for them, and who does not.

use countersign_application::Origin;
use countersign_application::account::{ChangePassword, UnlockAccount, UpdateAccount};
use countersign_application::core::Timestamp;
use countersign_application::ports::Clock;
use countersign_application::sign_in::{SignIn, SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome};
use countersign_application::trusted_device::RememberDevice;
use countersign_application::verification::{ClearThrottles, ListThrottles};
use countersign_testing::PASSWORD;
use secrecy::SecretString;

use crate::world::World;

const HOUR: u64 = 3_600;
const NOBODY: &str = "nobody@example.org";

/// A network of its own for each number.
fn network(number: u16) -> Origin {
    Origin { address: Some(std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, number, 0, 0, 0, 1).into()), ..Origin::UNKNOWN }
}

async fn run(world: &World, attempt: SignIn) -> SignInOutcome {
    attempt.execute(&world.test.application).await.unwrap()
}

/// A wrong password for a login, from a network.
async fn fail(world: &World, login: &str, origin: Origin) -> SignInOutcome {
    run(world, SignIn { login: login.to_owned(), origin, ..world.sign_in_with("wrong password") }).await
}

async fn owner_from(world: &World, origin: Origin) -> SignInOutcome {
    run(world, SignIn { origin, ..world.sign_in_with(PASSWORD) }).await
}

async fn owner_on(world: &World, known_device: &SecretString, origin: Origin) -> SignInOutcome {
    let attempt = world.sign_in_with(PASSWORD);
    run(world, SignIn { origin, known_devices: vec![known_device.clone()], ..attempt }).await
}

async fn known_device(world: &World) -> SecretString {
    let remember = RememberDevice { account_id: world.account.id, known_devices: Vec::new(), origin: World::origin(9) };
    remember.execute(&world.test.application).await.unwrap().expect("a new device gets a token")
}

fn waits(outcome: &SignInOutcome) -> Option<u64> {
    match outcome {
        SignInOutcome::Throttled { retry_after_seconds } => Some(*retry_after_seconds),
        _ => None,
    }
}

fn evaluated(outcome: &SignInOutcome) -> bool {
    matches!(outcome, SignInOutcome::InvalidCredentials)
}

fn signed_in(outcome: &SignInOutcome) -> bool {
    matches!(outcome, SignInOutcome::SignedIn { .. })
}

/// Uses up what unknown places may fail at a login.
async fn use_up(world: &World, login: &str) {
    for number in 0..100 {
        assert!(evaluated(&fail(world, login, network(number)).await), "{number}");
    }
}

#[tokio::test]
async fn an_address_that_fails_much_keeps_nobody_from_a_login_that_it_has_not_failed_at() {
    let world = World::new(|_| {}).await;
    for number in 0..150 {
        let outcome = fail(&world, &format!("someone-{number}@example.org"), World::origin(1)).await;
        assert!(evaluated(&outcome), "a login that was not tried is looked at, whether or not there is one: {number}");
    }
    assert!(signed_in(&world.sign_in().await));
}

#[tokio::test]
async fn an_address_that_fails_much_soon_waits_at_the_logins_that_it_fails_at() {
    let world = World::new(|_| {}).await;
    for number in 0..101 {
        fail(&world, &format!("someone-{number}@example.org"), World::origin(1)).await;
    }
    for login in [world.account.login.as_str(), NOBODY] {
        for _ in 0..4 {
            assert!(evaluated(&fail(&world, login, World::origin(1)).await), "{login}");
        }
        assert_eq!(waits(&fail(&world, login, World::origin(1)).await), Some(30), "{login}");
        assert!(evaluated(&fail(&world, login, World::origin(2)).await), "{login}");
    }
    // An hour without failures, and a slip is a slip again.
    world.test.clock.advance_seconds(HOUR + 1);
    assert!(signed_in(&world.sign_in().await));
    for _ in 0..10 {
        assert!(evaluated(&fail(&world, world.account.login.as_str(), World::origin(1)).await));
    }
}

#[tokio::test]
async fn slips_that_are_followed_by_a_right_password_never_add_up() {
    let world = World::new(|_| {}).await;
    for slip in 0..400 {
        assert!(evaluated(&fail(&world, world.account.login.as_str(), World::origin(1)).await), "{slip}");
        assert!(signed_in(&world.sign_in().await), "{slip}");
    }
}

#[tokio::test]
async fn a_hundred_failures_are_evaluated_over_all_unknown_places_and_then_one_an_hour() {
    for login in ["ada@example.org", NOBODY] {
        let world = World::new(|_| {}).await;
        use_up(&world, login).await;
        for number in 100..400 {
            assert_eq!(waits(&fail(&world, login, network(number)).await), Some(HOUR), "{login} {number}");
        }
        assert_eq!(waits(&owner_from(&world, network(400)).await), (login != NOBODY).then_some(HOUR));
        let hashed = world.test.passwords.verifications();
        for hour in 0..3 {
            world.test.clock.advance_seconds(HOUR);
            assert!(evaluated(&fail(&world, login, network(500 + hour)).await), "{login} {hour}");
            assert!(waits(&fail(&world, login, network(600 + hour)).await).is_some(), "{login} {hour}");
        }
        assert_eq!(world.test.passwords.verifications(), hashed + 3, "a refused attempt costs no slow hash");
    }
}

#[tokio::test]
async fn a_wait_over_all_places_is_told_in_quarters_of_an_hour() {
    let world = World::new(|_| {}).await;
    use_up(&world, NOBODY).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(waits(&fail(&world, NOBODY, network(200)).await));
        world.test.clock.advance_seconds(850);
    }
    assert_eq!(told, [Some(3_600), Some(2_700 + 900), Some(2_700), Some(1_800)]);
}

#[tokio::test]
async fn a_burst_from_many_networks_gets_no_more_verdicts_than_there_are() {
    let world = World::new(|_| {}).await;
    let attempts = (0..300).map(|number| fail(&world, "ada@example.org", network(number)));
    let mut verdicts = 0;
    for attempt in futures_of(attempts).await {
        verdicts += u32::from(evaluated(&attempt));
    }
    assert_eq!(verdicts, 100);
}

/// All at the same time, on one thread.
async fn futures_of<F: Future<Output = SignInOutcome>>(attempts: impl Iterator<Item = F>) -> Vec<SignInOutcome> {
    let mut running: Vec<_> = attempts.map(|attempt| (Box::pin(attempt), None)).collect();
    std::future::poll_fn(move |context| {
        let mut pending = false;
        for (attempt, outcome) in running.iter_mut().filter(|(_, outcome)| outcome.is_none()) {
            match attempt.as_mut().poll(context) {
                std::task::Poll::Ready(ready) => *outcome = Some(ready),
                std::task::Poll::Pending => pending = true,
            }
        }
        if pending {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(running.iter_mut().filter_map(|(_, outcome)| outcome.take()).collect())
    })
    .await
}

#[tokio::test]
async fn a_network_that_was_signed_in_from_is_not_kept_waiting_by_others() {
    let world = World::new(|_| {}).await;
    assert!(signed_in(&world.sign_in().await));
    use_up(&world, "ada@example.org").await;
    assert!(waits(&owner_from(&world, network(400)).await).is_some(), "nobody knows this place");
    assert!(signed_in(&world.sign_in().await));
    // Half a year later it is a place like any other.
    world.test.clock.advance_seconds(180 * 86_400);
    use_up(&world, "ada@example.org").await;
    assert!(waits(&world.sign_in().await).is_some());
}

#[tokio::test]
async fn a_network_is_known_only_after_the_second_factor() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let elsewhere = network(900);
    let SignInOutcome::SecondFactorRequired { challenge_token, .. } = owner_from(&world, elsewhere.clone()).await
    else {
        panic!("a second factor is due")
    };
    use_up(&world, "ada@example.org").await;
    assert!(waits(&owner_from(&world, elsewhere.clone()).await).is_some(), "the password alone makes no place known");
    let code = world.code(&phone);
    let outcome = world.verify_from(&challenge_token, &code, elsewhere.clone()).await;
    assert!(matches!(outcome, VerifySecondFactorOutcome::SignedIn(_)));
    assert!(waits(&owner_from(&world, elsewhere).await).is_none());
}

#[tokio::test]
async fn a_known_device_waits_for_nothing_that_others_did() {
    let world = World::new(|_| {}).await;
    let device = known_device(&world).await;
    use_up(&world, "ada@example.org").await;
    for _ in 0..20 {
        fail(&world, "ada@example.org", World::origin(1)).await;
    }
    assert!(waits(&world.sign_in().await).is_some(), "a guesser at the same address keeps others there waiting");
    assert!(signed_in(&owner_on(&world, &device, World::origin(1)).await));
    assert!(signed_in(&owner_on(&world, &device, network(777)).await), "wherever it is");
    // It skips nothing but the wait, and has a lane of its own.
    for _ in 0..11 {
        let wrong = world.sign_in_with("wrong password");
        let attempt = SignIn { known_devices: vec![device.clone()], ..wrong };
        assert!(evaluated(&run(&world, attempt).await));
    }
    assert_eq!(waits(&owner_on(&world, &device, World::origin(1)).await), Some(1));
}

#[tokio::test]
async fn a_known_device_is_one_of_its_account_and_of_its_password() {
    let world = World::new(|_| {}).await;
    let device = known_device(&world).await;
    use_up(&world, "ada@example.org").await;
    use_up(&world, NOBODY).await;
    let other = SignIn {
        login: NOBODY.to_owned(),
        known_devices: vec![device.clone()],
        origin: network(800),
        ..world.sign_in_with(PASSWORD)
    };
    assert!(waits(&run(&world, other).await).is_some(), "it is no device of another login");
    let made_up = SecretString::from("cs_known_made-up");
    assert!(waits(&owner_on(&world, &made_up, network(801)).await).is_some());

    let remember = |known_device: &SecretString| RememberDevice {
        account_id: world.account.id,
        known_devices: vec![known_device.clone()],
        origin: World::origin(9),
    };
    assert!(remember(&device).execute(&world.test.application).await.unwrap().is_none(), "it keeps what it has");
    let update = UpdateAccount {
        password: Some(PASSWORD.into()),
        proof: countersign_application::verification::GivenProof::default(),
        ..UpdateAccount::default()
    };
    world.act(&world.on_the_account(), &update).await;
    use_up(&world, "ada@example.org").await;
    assert!(waits(&owner_on(&world, &device, network(802)).await).is_some(), "a new password makes it void");
    assert!(remember(&device).execute(&world.test.application).await.unwrap().is_some());
}

#[tokio::test]
async fn a_trusted_device_is_a_known_one() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let verify =
        VerifySecondFactor { code: world.code(&phone).into(), remember_device: true, origin: World::origin(3) };
    let VerifySecondFactorOutcome::SignedIn(done) =
        world.answer(&world.test.application, &challenge, &verify).await.unwrap()
    else {
        panic!("signed in")
    };
    use_up(&world, "ada@example.org").await;
    assert!(waits(&owner_from(&world, network(800)).await).is_some());
    let attempt = SignIn {
        device_tokens: done.device_token.into_iter().collect(),
        origin: network(801),
        ..world.sign_in_with(PASSWORD)
    };
    assert!(signed_in(&run(&world, attempt).await));
}

#[tokio::test]
async fn a_place_where_a_hundred_fail_in_a_row_is_known_no_more() {
    let world = World::new(|_| {}).await;
    assert!(signed_in(&world.sign_in().await));
    let mut failures = 0;
    while failures < 100 {
        failures += u32::from(evaluated(&fail(&world, "ada@example.org", World::origin(1)).await));
        world.test.clock.advance_seconds(900);
    }
    use_up(&world, "ada@example.org").await;
    world.test.clock.advance_seconds(900);
    assert!(waits(&world.sign_in().await).is_some());
}

#[tokio::test]
async fn a_trusted_device_where_a_hundred_fail_in_a_row_is_known_no_more() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let verify =
        VerifySecondFactor { code: world.code(&phone).into(), remember_device: true, origin: World::origin(3) };
    let VerifySecondFactorOutcome::SignedIn(done) =
        world.answer(&world.test.application, &challenge, &verify).await.unwrap()
    else {
        panic!("signed in")
    };
    let on_device = |password: &str| SignIn {
        device_tokens: done.device_token.iter().cloned().collect(),
        origin: network(801),
        ..world.sign_in_with(password)
    };
    let mut failures = 0;
    while failures < 100 {
        failures += u32::from(evaluated(&run(&world, on_device("wrong password")).await));
        world.test.clock.advance_seconds(900);
    }
    use_up(&world, "ada@example.org").await;
    assert!(waits(&run(&world, on_device(PASSWORD)).await).is_some(), "as everywhere");
}

/// Every wait that passwords can make, at once.
async fn make_all_waits(world: &World) {
    use_up(world, "ada@example.org").await;
    world.test.clock.advance_seconds(20 * HOUR);
    for _ in 0..11 {
        assert!(evaluated(&fail(world, "ada@example.org", network(7_000)).await));
    }
    for number in 0..9 {
        fail(world, "ada@example.org", network(8_000 + number)).await;
    }
    assert!(waits(&owner_from(world, network(7_000)).await).is_some());
    assert!(waits(&owner_from(world, network(7_001)).await).is_some());
}

#[tokio::test]
async fn unlocking_ends_every_wait_of_the_account() {
    let world = World::new(|_| {}).await;
    make_all_waits(&world).await;
    world.act(&world.on_the_account(), &UnlockAccount).await.unwrap();
    assert!(signed_in(&owner_from(&world, network(7_000)).await));
    assert!(signed_in(&owner_from(&world, network(7_001)).await));
}

#[tokio::test]
async fn a_new_password_ends_every_wait_of_the_account_whoever_sets_it() {
    let new = "amber lantern harbor";
    for by_administrator in [true, false] {
        let world = World::new(|_| {}).await;
        let caller = world.caller().await;
        make_all_waits(&world).await;
        if by_administrator {
            let update = UpdateAccount {
                password: Some(new.into()),
                proof: countersign_application::verification::GivenProof::default(),
                ..UpdateAccount::default()
            };
            world.act(&world.on_the_account(), &update).await;
        } else {
            let change = ChangePassword { current_password: PASSWORD.into(), new_password: new.into(), code: None };
            change.execute(&world.test.application, &caller).await.unwrap();
        }
        for origin in [network(7_000), network(7_001)] {
            let outcome = run(&world, SignIn { origin, ..world.sign_in_with(new) }).await;
            assert!(waits(&outcome).is_none() && !evaluated(&outcome), "{by_administrator}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_leaves_no_wait_behind() {
    for ahead in [3 * 24 * HOUR, 400 * 24 * HOUR] {
        let world = World::new(|_| {}).await;
        let right: Timestamp = world.test.clock.now();
        world.test.clock.advance_seconds(ahead);
        for _ in 0..13 {
            fail(&world, "ada@example.org", World::origin(1)).await;
        }
        world.test.clock.set(right);
        assert!(signed_in(&world.sign_in().await), "{ahead}");
        // A wait that began before it is still one.
        for _ in 0..14 {
            fail(&world, "ada@example.org", World::origin(1)).await;
        }
        assert!(waits(&world.sign_in().await).is_some(), "{ahead}");
    }
}

#[tokio::test]
async fn an_operator_sees_who_waits_and_ends_it() {
    let world = World::new(|_| {}).await;
    make_all_waits(&world).await;
    let list = async || ListThrottles.execute(&world.test.application).await.unwrap();
    let clear = async |origin: Option<Origin>| {
        let address = origin.and_then(|origin| origin.address);
        ClearThrottles { address }.execute(&world.test.application).await.unwrap()
    };
    let places = list().await;
    let networks: Vec<_> = places.iter().map(|place| place.network.clone()).collect();
    assert!(networks.contains(&Some("2001:db8:0:1b58::/64".to_owned())), "{networks:?}");
    assert!(networks.contains(&None), "all places that the account is not known at: {networks:?}");
    for place in &places {
        let (realm, login) = place.account.clone().unwrap();
        assert_eq!((realm, login.as_str()), (world.realm.slug.clone(), "ada@example.org"));
        assert!(place.wait_seconds > 0 && place.failures > 0);
    }
    assert!(clear(Some(network(7_000))).await > 0);
    assert_eq!(list().await.len(), 1);
    assert!(waits(&owner_from(&world, network(7_000)).await).is_some(), "the wait over all places is the account's");
    assert!(clear(None).await > 0);
    assert!(list().await.is_empty());
    assert!(signed_in(&owner_from(&world, network(7_000)).await));
}
