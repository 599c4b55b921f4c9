//! How realms look.

use countersign_application::appearance::{
    Accent, Appearance, ContactLink, ContactName, DisplayName, Logo, ReturnAddresses, TimeZone,
};
use countersign_application::ports::StoreError;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{a_realm, keep, seconds};

fn addresses(texts: &[String]) -> ReturnAddresses {
    ReturnAddresses::new(texts).expect("the addresses follow the rule")
}

/// An appearance as large as it may be, with bytes and text that databases like to break.
fn full() -> Appearance {
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    picture.extend((0..=255).cycle().take(Logo::MAX_BYTES - picture.len()));
    let long: Vec<String> = (10..10 + ReturnAddresses::MAX)
        .map(|it| format!("https://panel-{it}.example/{}", "'%C3%A9_".repeat(58)))
        .collect();
    Appearance {
        name: Some(DisplayName::new("O'Brien \"x\" \\ %_ 北京 📱 e\u{301}").expect("the name follows the rule")),
        accent: Accent::new("#0a7d55").ok(),
        logo: Some(Logo::new(picture).expect("the picture follows the rule")),
        contact_name: ContactName::new("O'Brien \"x\" \\ %_ 北京 📱").ok(),
        contact_link: ContactLink::new(&format!("https://help.example/{}", "'%C3%A9".repeat(68))).ok(),
        time_zone: TimeZone::new("America/Argentina/ComodRivadavia").ok(),
        return_addresses: addresses(&long),
    }
}

/// An appearance that nobody has set is the empty one; any other is read as it was written, within the unit of work as
/// well.
pub async fn an_appearance_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let bare = Appearance::default();
    let long = Appearance { name: DisplayName::new(&"é".repeat(100)).ok(), ..Appearance::default() };
    let drawn = Appearance { logo: Logo::new("<svg>é</svg>".into()).ok(), ..Appearance::default() };
    let asked = Appearance { contact_link: ContactLink::new("tel:4711").ok(), ..Appearance::default() };
    let elsewhere = Appearance { time_zone: TimeZone::new("Asia/Kolkata").ok(), ..Appearance::default() };
    assert!(full().contact_link.is_some() && full().contact_name.is_some() && full().time_zone.is_some());
    for appearance in [full(), bare, long, drawn, asked, elsewhere] {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        assert_eq!(bench.store().find_appearance(realm.id).await.unwrap(), Appearance::default());
        let within = in_unit!(bench.store(), |unit| async {
            assert_eq!(unit.appearances().lock(realm.id).await?, Appearance::default());
            unit.appearances().set(realm.id, &appearance, seconds(1)).await?;
            unit.appearances().lock(realm.id).await
        });
        assert_eq!(within.unwrap(), appearance);
        assert_eq!(bench.store().find_appearance(realm.id).await.unwrap(), appearance);
    }
}

/// What is set replaces all that was there before, and nothing of another realm; a realm that is not there has no look.
pub async fn an_appearance_is_replaced_as_a_whole(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other, never) = (a_realm(), a_realm(), a_realm());
    keep(bench.store(), &[&realm, &other]).await;
    let set = async |id, appearance: &Appearance| {
        in_unit!(bench.store(), |unit| unit.appearances().set(id, appearance, seconds(1)))
    };
    let find = async |id| bench.store().find_appearance(id).await.unwrap();
    set(realm.id, &full()).await.unwrap();
    set(other.id, &full()).await.unwrap();
    let changed = Appearance { accent: Accent::new("#ffee00").ok(), ..Appearance::default() };
    for appearance in [&changed, &Appearance::default(), &full(), &full()] {
        set(realm.id, appearance).await.unwrap();
        assert_eq!(find(realm.id).await, *appearance);
    }
    set(realm.id, &changed).await.unwrap();
    assert_eq!(find(other.id).await, full());
    assert_eq!(bench.store().find_realm_by_id(realm.id).await.unwrap(), Some(realm), "the realm itself is as it was");
    let outcome = set(never.id, &full()).await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    assert_eq!(find(never.id).await, Appearance::default());
}

/// Of many that read, change and set an appearance at once, each finds what the one before it left.
pub async fn of_many_changes_of_an_appearance_none_is_lost(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for _ in bench.rounds() {
        let realm = a_realm();
        keep(bench.store(), &[&realm]).await;
        let id = realm.id;
        bench
            .contend(|task, store| async move {
                let change = in_unit!(store, |unit| async {
                    let before = unit.appearances().lock(id).await?;
                    let mut texts = before.return_addresses.to_texts();
                    texts.push(format!("https://task-{task}.example/"));
                    let after = Appearance { return_addresses: addresses(&texts), ..before };
                    unit.appearances().set(id, &after, seconds(1)).await
                });
                change.unwrap();
            })
            .await;
        let kept = bench.store().find_appearance(id).await.unwrap().return_addresses;
        assert_eq!(kept.iter().count(), bench.tasks(), "each change is there: {kept:?}");
    }
}
