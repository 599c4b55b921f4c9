//! API keys.

use countersign_application::api_key::ApiKey;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{a_realm, an_api_key, keep, seconds};

/// An API key is found by the digest of its own token only, and revoked in its own realm only.
pub async fn an_api_key_is_revoked_only_in_its_realm(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, stranger) = (a_realm(), a_realm());
    let (key, other, strangers) = (an_api_key(&realm), an_api_key(&realm), an_api_key(&stranger));
    keep(bench.store(), &[&realm, &stranger, &key, &other, &strangers]).await;
    let revoke = async |realm| in_unit!(bench.store(), |unit| unit.api_keys().revoke(realm, key.id)).unwrap();
    let find = async |key: &ApiKey| bench.store().find_api_key(&key.digest).await.unwrap();
    assert_eq!(find(&an_api_key(&realm)).await, None);
    assert!(!revoke(stranger.id).await, "a stranger revoked the key");
    assert_eq!(find(&key).await.as_ref(), Some(&key));
    assert!(revoke(realm.id).await);
    assert_eq!(find(&key).await, None);
    assert!(!revoke(realm.id).await, "it is revoked already");
    assert_eq!(find(&other).await.as_ref(), Some(&other));
    assert_eq!(find(&strangers).await.as_ref(), Some(&strangers));
}

/// A use is noted with its time, and changes nothing else.
pub async fn a_use_of_an_api_key_is_noted(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (key, other) = (an_api_key(&realm), an_api_key(&realm));
    keep(bench.store(), &[&realm, &key, &other]).await;
    for at in [60, 120] {
        in_unit!(bench.store(), |unit| unit.api_keys().touch(key.id, seconds(at))).unwrap();
        let used = ApiKey { last_used_at: Some(seconds(at)), ..key.clone() };
        assert_eq!(bench.store().find_api_key(&key.digest).await.unwrap(), Some(used));
    }
    assert_eq!(bench.store().find_api_key(&other.digest).await.unwrap(), Some(other));
    in_unit!(bench.store(), |unit| async {
        unit.api_keys().revoke(realm.id, key.id).await?;
        unit.api_keys().touch(key.id, seconds(180)).await
    })
    .expect("a use of a revoked key is nothing");
    assert_eq!(bench.store().find_api_key(&key.digest).await.unwrap(), None);
}
