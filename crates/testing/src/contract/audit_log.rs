//! The audit log.

use countersign_application::audit::{
    AuditEvent, AuditFilter, AuditOutcome, Event, EventKind, SignInFactor, SignInFailure,
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
                address: None,
                since: Some(seconds(20)),
                until: Some(seconds(21)),
            },
            vec![second],
        ),
    ] {
        assert_eq!(listed(&bench, filter.clone()).await, expected, "{filter:?}");
    }
}
