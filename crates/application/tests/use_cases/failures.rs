//! Failing parts refuse; they never admit.

use std::sync::Arc;

use countersign_application::UseCaseError;
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::realm::{EnsureDefaultRealm, Realm};
use countersign_application::sign_in::SignIn;
use countersign_testing::{
    FailingEntropy, MemoryStore, PASSWORD, TestApplication, a_realm, an_account, application, keep,
};

use crate::world::{World, policy};

#[tokio::test]
async fn too_many_waiting_password_computations_refuse() {
    let world = World::new(|_| {}).await;
    world.test.passwords.set_busy(true);
    let outcome = world.sign_in_with(PASSWORD).execute(&world.test.application).await;
    assert!(matches!(outcome, Err(error) if error.is_busy()));
    world.test.passwords.set_busy(false);
    world.caller().await;
}

#[tokio::test]
async fn without_randomness_nobody_gets_a_session() {
    let realm = Realm { policy: policy(|_| {}), ..a_realm() };
    let account = an_account(&realm, "ada");
    let test = TestApplication::with_entropy(Arc::new(MemoryStore::new()), Arc::new(FailingEntropy));
    keep(&*test.store, &[&realm, &account]).await;
    let sign_in = SignIn {
        realm: realm.slug.to_string(),
        login: "ada".to_owned(),
        password: PASSWORD.into(),
        device_tokens: Vec::new(),
        known_devices: Vec::new(),
        origin: World::origin(1),
    };
    assert!(matches!(sign_in.execute(&test.application).await, Err(UseCaseError::Entropy(_))));
}

#[tokio::test]
async fn the_default_realm_is_made_once() {
    let test = application(Arc::new(MemoryStore::new()));
    let ensure = EnsureDefaultRealm { issuer: "Example".to_owned(), policy: policy(|_| {}) };
    assert!(ensure.clone().execute(&test.application).await.unwrap());
    assert!(!ensure.execute(&test.application).await.unwrap());
    let taken = StoreError::Conflict { what: Conflict::RealmSlug };
    assert!(taken.to_string().contains("already"));
}
