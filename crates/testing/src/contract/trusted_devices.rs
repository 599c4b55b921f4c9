//! Trusted devices.

use countersign_application::trusted_device::TrustedDevice;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{a_realm, a_trusted_device, an_account, keep, seconds};

/// A trusted device is found by the digest of its own token only, and revoked by its own account only.
pub async fn a_trusted_device_is_revoked_by_its_own_account_only(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, stranger) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (device, other) = (a_trusted_device(&account), a_trusted_device(&account));
    keep(bench.store(), &[&realm, &account, &stranger, &device, &other]).await;
    let revoke =
        async |account| in_unit!(bench.store(), |unit| unit.trusted_devices().revoke(account, device.id)).unwrap();
    let find = async |device: &TrustedDevice| bench.store().find_trusted_device(&device.token_digest).await.unwrap();
    assert_eq!(find(&a_trusted_device(&account)).await, None);
    assert!(!revoke(stranger.id).await, "a stranger revoked the device");
    assert_eq!(find(&device).await.as_ref(), Some(&device));
    assert!(revoke(account.id).await);
    assert_eq!(find(&device).await, None);
    assert!(!revoke(account.id).await, "it is revoked already");
    assert_eq!(find(&other).await.as_ref(), Some(&other));
}

/// Revoking all takes the trusted devices of the account only.
pub async fn revoking_trusted_devices_touches_only_the_account(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (account, other) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let (first, second) = (a_trusted_device(&account), a_trusted_device(&account));
    let others = a_trusted_device(&other);
    keep(bench.store(), &[&realm, &account, &other, &first, &second, &others]).await;
    for revoked in [2, 0] {
        let count = in_unit!(bench.store(), |unit| unit.trusted_devices().revoke_all(account.id)).unwrap();
        assert_eq!(count, revoked);
    }
    for device in [&first, &second] {
        assert_eq!(bench.store().find_trusted_device(&device.token_digest).await.unwrap(), None);
    }
    assert_eq!(bench.store().find_trusted_device(&others.token_digest).await.unwrap(), Some(others));
}

/// A use is noted with its time, and changes nothing else.
pub async fn a_use_of_a_trusted_device_is_noted(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let (device, other) = (a_trusted_device(&account), a_trusted_device(&account));
    keep(bench.store(), &[&realm, &account, &device, &other]).await;
    in_unit!(bench.store(), |unit| unit.trusted_devices().touch(device.id, seconds(60))).unwrap();
    let used = TrustedDevice { last_used_at: Some(seconds(60)), ..device.clone() };
    assert_eq!(bench.store().find_trusted_device(&device.token_digest).await.unwrap(), Some(used));
    assert_eq!(bench.store().find_trusted_device(&other.token_digest).await.unwrap(), Some(other));
}
