//! The audit log.

use countersign_application::audit::{
    Actor, ActorKind, AuditEvent, AuditFilter, AuditOutcome, Event, EventKind, SignInFactor, SignInFailure,
};
use countersign_application::{AuditEventId, PageRequest};

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{NOW, a_realm, an_account, an_authenticator, an_event, keep, seconds};

async fn listed(bench: &Bench, filter: AuditFilter) -> Vec<AuditEventId> {
    let page = bench.store().list_audit_events(&filter, PageRequest::first()).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(|event| event.id).collect()
}

/// Of units of work that claim and record at once, there is an event of the one that committed its claim, and no other.
pub async fn an_event_exists_exactly_when_its_act_was_committed(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    let dropped = {
        let mut unit = bench.store().begin().await.unwrap();
        unit.audit_log().append(&[an_event(&realm, &account), an_event(&realm, &account)]).await.unwrap();
        drop(unit);
        listed(&bench, AuditFilter::default()).await
    };
    assert_eq!(dropped, [], "an event of something undone");
    in_unit!(bench.store(), |unit| unit.audit_log().append(&[])).expect("nothing is recorded");

    let mut expected = Vec::new();
    for _ in bench.rounds() {
        let authenticator = an_authenticator(&account);
        keep(bench.store(), &[&authenticator]).await;
        let verdicts = bench.contend(|_, store| {
            let event = an_event(&realm, &account);
            async move {
                let recorded = in_unit!(store, |unit| async {
                    unit.audit_log().append(std::slice::from_ref(&event)).await?;
                    let accepted = unit.authenticators().accept_step(account.id, authenticator.id, 2_000, NOW).await?;
                    // Whoever lost the claim leaves without commit.
                    if accepted {
                        Ok(true)
                    } else {
                        Err(countersign_application::ports::StoreError::Unavailable("lost".into()))
                    }
                });
                (event.id, recorded.is_ok())
            }
        });
        let verdicts = verdicts.await;
        let won: Vec<bool> = verdicts.iter().map(|(_, won)| *won).collect();
        assert_eq!(winners(&won), 1, "one claim is committed");
        expected.extend(verdicts.iter().filter(|(_, won)| *won).map(|(id, _)| *id));
    }
    expected.sort_unstable();
    let mut seen = Vec::new();
    let mut asked = PageRequest { limit: 200, after: None };
    loop {
        let page = bench.store().list_audit_events(&AuditFilter::default(), asked).await.unwrap();
        seen.extend(page.items.iter().map(|event| event.id));
        let Some(next) = page.next else { break };
        asked.after = Some(next);
    }
    seen.sort_unstable();
    assert_eq!(seen, expected, "there is an event of each committed claim, and of no other");
}

/// All that a filter gives must fit: realm, account, kind, outcome, address, from a time on, before a time.
pub async fn a_filter_of_events_wants_all_that_it_gives(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other_realm) = (a_realm(), a_realm());
    let (ada, bob) = (an_account(&realm, "ada"), an_account(&other_realm, "bob"));
    keep(bench.store(), &[&realm, &other_realm, &ada, &bob]).await;
    let at = |account, realm, seconds_after, event| {
        let at = seconds(seconds_after);
        AuditEvent { id: AuditEventId::new(at, 0, [1; 8]), at, event, ..an_event(realm, account) }
    };
    let failed = Event::SignInFailed { reason: SignInFailure::WrongPassword };
    let first = at(&ada, &realm, 10, Event::SignInSucceeded { second_factor: SignInFactor::Totp });
    let second = at(&ada, &realm, 20, failed.clone());
    let third = at(&bob, &other_realm, 30, failed.clone());
    let outcome = AuditOutcome::Failure;
    let third = AuditEvent { outcome, ip: Some("2001:db8::7".to_owned()), ..third };
    let nobodys = AuditEvent { account_id: None, login: None, outcome, ip: None, ..at(&bob, &realm, 40, failed) };
    keep(bench.store(), &[&first, &second, &third, &nobodys]).await;
    let none = AuditFilter::default();
    let (first, second, third, nobodys) = (first.id, second.id, third.id, nobodys.id);
    for (filter, expected) in [
        (none.clone(), vec![nobodys, third, second, first]),
        (AuditFilter { realm_id: Some(realm.id), ..none.clone() }, vec![nobodys, second, first]),
        (AuditFilter { account_id: Some(ada.id), ..none.clone() }, vec![second, first]),
        (AuditFilter { event: Some(EventKind::SignInFailed), ..none.clone() }, vec![nobodys, third, second]),
        (AuditFilter { outcome: Some(outcome), ..none.clone() }, vec![nobodys, third]),
        (AuditFilter { address: Some("2001:db8::7".to_owned()), ..none.clone() }, vec![third]),
        (AuditFilter { address: Some("2001:db8::".to_owned()), ..none.clone() }, vec![]),
        (AuditFilter { since: Some(seconds(20)), ..none.clone() }, vec![nobodys, third, second]),
        (AuditFilter { until: Some(seconds(20)), ..none.clone() }, vec![first]),
        (AuditFilter { since: Some(seconds(20)), until: Some(seconds(40)), ..none.clone() }, vec![third, second]),
        (AuditFilter { realm_id: Some(other_realm.id), account_id: Some(ada.id), ..none.clone() }, vec![]),
        (
            AuditFilter {
                realm_id: Some(realm.id),
                account_id: Some(ada.id),
                event: Some(EventKind::SignInFailed),
                outcome: Some(AuditOutcome::Success),
                since: Some(seconds(20)),
                until: Some(seconds(21)),
                ..none.clone()
            },
            vec![second],
        ),
    ] {
        assert_eq!(listed(&bench, filter.clone()).await, expected, "{filter:?}");
    }
}

/// Whether an event is among those that are looked for.
type Fits<'a> = &'a (dyn Fn(&AuditEvent) -> bool + Sync);

/// What is looked for among many events is found however few are looked at for a page, each once and in order, and only that.
pub async fn a_search_of_events_goes_on_where_it_stopped(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other) = (a_realm(), a_realm());
    let [ada, kim] = ["Ada.Lovelace@example.org", "kim_100%"].map(|login| an_account(&realm, login));
    keep(bench.store(), &[&realm, &other, &ada, &kim]).await;
    let administrator = Actor::Administrator(kim.id);
    let mut made = Vec::new();
    for number in 0..14 {
        let whose = if number % 7 == 3 { &ada } else { &kim };
        let actor = if number % 5 == 1 { administrator.clone() } else { Actor::Account(whose.id) };
        let event = AuditEvent { actor, login: Some(whose.login.to_string()), ..an_event(&realm, whose) };
        keep(bench.store(), &[&event, &an_event(&other, &ada)]).await;
        made.insert(0, event);
    }
    let everything = AuditFilter { realm_id: Some(realm.id), ..AuditFilter::default() };
    let login = |part: &str| AuditFilter { login: Some(part.to_owned()), ..everything.clone() };
    let actor = AuditFilter { actor_id: Some(kim.id.to_string()), ..everything.clone() };
    let kind = AuditFilter { actor_kind: Some(ActorKind::Administrator), ..actor.clone() };
    let is_adas = |event: &AuditEvent| event.account_id == Some(ada.id);
    let by_kim = |event: &AuditEvent| event.actor.id() == Some(kim.id.to_string());
    let by_administrator = |event: &AuditEvent| event.actor == administrator;
    let sought: [(AuditFilter, Fits<'_>); 8] = [
        (login("LOVELACE"), &is_adas),
        (login("@example"), &is_adas),
        (login("_100%"), &|event| !is_adas(event)),
        (login("m%1"), &|_| false),
        (login("nobody"), &|_| false),
        (actor, &by_kim),
        (kind.clone(), &by_administrator),
        (AuditFilter { login: Some("ada".to_owned()), ..kind }, &|event| by_administrator(event) && is_adas(event)),
    ];
    for (filter, fits) in sought {
        let expected: Vec<_> = made.iter().filter(|event| fits(event)).map(|event| event.id).collect();
        for most_looked_at in [None, Some(1), Some(3), Some(13), Some(14), Some(100)] {
            let filter = AuditFilter { most_looked_at, ..filter.clone() };
            for limit in [1, 2, 200] {
                let (mut found, mut asked, mut pages) = (Vec::new(), PageRequest { limit, after: None }, 0);
                loop {
                    let page = bench.store().list_audit_events(&filter, asked).await.unwrap();
                    found.extend(page.items.iter().map(|event| event.id));
                    pages += 1;
                    assert!(pages <= 2 * made.len() + 2, "it goes on for ever");
                    let Some(next) = page.next else { break };
                    asked.after = Some(next);
                }
                assert_eq!(found, expected, "{filter:?} by {limit}");
                if most_looked_at.is_none_or(|most| most >= 14) && limit == 200 {
                    assert_eq!(pages, 1, "what is looked at as a whole is one page");
                }
            }
        }
    }
}
