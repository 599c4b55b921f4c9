//! One act on several accounts.

use countersign_application::account::{
    Account, ActOnSeveral, ActOnSeveralOutcome, DoneToSeveral, Login, Role, SEVERAL_AT_MOST, SelectSeveral, Several,
    SeveralAct, SeveralRefusal, WantedAccounts,
};
use countersign_application::administration::Authority;
use countersign_application::audit::{AuditFilter, Event, EventKind};
use countersign_application::session::EndSession;
use countersign_application::verification::{GivenProof, ProofDenial};
use countersign_application::{AccountId, PageRequest};
use countersign_testing::{NOW, an_account, keep};

use crate::world::{World, password};

async fn member(world: &World, login: &str) -> Account {
    let account = an_account(&world.realm, login);
    keep(world.store(), &[&account]).await;
    account
}

fn these(act: SeveralAct, accounts: &[AccountId]) -> ActOnSeveral {
    ActOnSeveral { act, several: Several::These(accounts.to_vec()), expected: None, proof: password() }
}

async fn done(world: &World, by: &Authority, act: &ActOnSeveral) -> DoneToSeveral {
    let by = world.by(by.clone()).await;
    match act.execute(&world.test.application, &by).await.unwrap() {
        ActOnSeveralOutcome::Done(done) => done,
        outcome => panic!("{outcome:?}"),
    }
}

async fn is_disabled(world: &World, account: &Account) -> bool {
    world.store().find_account(account.id).await.unwrap().unwrap().disabled_at.is_some()
}

#[tokio::test]
async fn each_account_is_changed_by_itself_and_what_is_refused_for_one_is_done_for_the_others() {
    let world = World::new(|_| {}).await;
    let Authority::Administrator(admin) = world.administrator(Role::Admin).await else { panic!("an administrator") };
    let own = admin.account.id;
    let by = Authority::Administrator(admin);
    let (kim, lee) = (member(&world, "kim").await, member(&world, "lee").await);
    let gone = Account { disabled_at: Some(NOW), ..an_account(&world.realm, "gone") };
    let owner = Account { role: Role::Owner, ..an_account(&world.realm, "owner") };
    let nobody = an_account(&world.realm, "nobody");
    let subject = Account {
        login: Login::of_subject("user-1", "A label").unwrap(),
        subject: Some("user-1".to_owned()),
        ..an_account(&world.realm, "any")
    };
    keep(world.store(), &[&gone, &owner, &subject]).await;
    let all = [kim.id, own, owner.id, gone.id, nobody.id, lee.id, subject.id, kim.id];
    let result = done(&world, &by, &these(SeveralAct::Disable, &all)).await;
    assert_eq!((result.done, result.unchanged, result.more), (3, 1, false), "{result:?}");
    let refused: Vec<_> = result.refused.iter().map(|one| (one.account, one.whom.as_deref(), one.why)).collect();
    let own_login = world.store().find_account(own).await.unwrap().unwrap().login.to_string();
    assert_eq!(
        refused,
        [
            (own, Some(&*own_login), SeveralRefusal::OwnAccount),
            (owner.id, Some("owner"), SeveralRefusal::OwnersOnly),
            (nobody.id, None, SeveralRefusal::NotFound),
        ]
    );
    for (account, disabled) in [(&kim, true), (&lee, true), (&subject, true), (&owner, false)] {
        assert_eq!(is_disabled(&world, account).await, disabled, "{}", account.login);
    }
    assert_eq!(world.events(EventKind::AccountUpdated).await, 3, "an event of each");
    // Done again, it changes nothing and leaves no event.
    let again = done(&world, &by, &these(SeveralAct::Disable, &all)).await;
    assert_eq!((again.done, again.unchanged, again.refused.len()), (0, 4, 3));
    assert_eq!(world.events(EventKind::AccountUpdated).await, 3);
    // What means nothing for a subject is refused for it alone.
    let required = done(&world, &by, &these(SeveralAct::RequireTwoFactor, &[subject.id, kim.id])).await;
    assert_eq!((required.done, required.refused[0].why), (1, SeveralRefusal::Subject));
    let signed_out = done(&world, &by, &these(SeveralAct::EndSessions, &[subject.id])).await;
    assert_eq!((signed_out.done, signed_out.refused[0].why), (0, SeveralRefusal::Subject));
}

#[tokio::test]
async fn one_proof_is_asked_for_the_whole_and_without_it_nothing_is_done() {
    let world = World::new(|_| {}).await;
    let by = world.administrator(Role::Owner).await;
    let kim = member(&world, "kim").await;
    for act in SeveralAct::ALL {
        for (proof, missing) in
            [(GivenProof::default(), true), (GivenProof { password: Some("wrong".into()), code: None }, false)]
        {
            let several = ActOnSeveral { proof, ..these(*act, &[kim.id]) };
            let by = world.by(by.clone()).await;
            let outcome = several.execute(&world.test.application, &by).await.unwrap();
            let ActOnSeveralOutcome::Unproven(denial) = outcome else { panic!("{act}: {outcome:?}") };
            assert_eq!(matches!(denial, ProofDenial::Missing { .. }), missing, "{act}: {denial:?}");
        }
    }
    assert!(!is_disabled(&world, &kim).await);
    assert_eq!(world.events(EventKind::AccountUpdated).await, 0);
}

#[tokio::test]
async fn all_that_match_are_those_for_whom_it_changes_something_and_as_many_as_were_said() {
    let world = World::new(|_| {}).await;
    let gone = Account { disabled_at: Some(NOW), ..an_account(&world.realm, "zz gone") };
    keep(world.store(), &[&gone]).await;
    let (kim, lee) = (member(&world, "zz kim").await, member(&world, "zz lee").await);
    let wanted = WantedAccounts { query: Some("zz".to_owned()), ..WantedAccounts::default() };
    let all = |expected| ActOnSeveral {
        act: SeveralAct::Disable,
        several: Several::Matching(wanted.clone()),
        expected: Some(expected),
        proof: GivenProof::default(),
    };
    let operator = world.operator().await;
    let outcome = all(3).execute(&world.test.application, &operator).await.unwrap();
    let ActOnSeveralOutcome::Changed(now) = outcome else { panic!("{outcome:?}") };
    assert_eq!(now.accounts, [kim.id, lee.id]);
    assert!(!is_disabled(&world, &kim).await, "nothing was done");
    let result = done(&world, &Authority::Operator, &all(2)).await;
    assert_eq!((result.done, result.unchanged, result.refused.len()), (2, 0, 0));
    assert!(!is_disabled(&world, &world.account).await, "who does not match");
}

#[tokio::test]
async fn an_act_concerns_a_thousand_at_most_and_says_that_there_are_more() {
    let world = World::new(|_| {}).await;
    let accounts: Vec<_> =
        (0..=SEVERAL_AT_MOST).map(|number| an_account(&world.realm, &format!("x{number}"))).collect();
    for account in &accounts {
        keep(world.store(), &[account]).await;
    }
    let wanted = WantedAccounts { query: Some("x".to_owned()), ..WantedAccounts::default() };
    let several = [Several::Matching(wanted), Several::These(accounts.iter().map(|account| account.id).collect())];
    for several in several {
        let select = SelectSeveral { act: SeveralAct::Disable, several };
        let selected = select.execute(&world.test.application, &world.operator().await).await.unwrap();
        assert_eq!((selected.accounts.len(), selected.more), (SEVERAL_AT_MOST, true));
    }
}

#[tokio::test]
async fn ending_sessions_signs_out_everywhere_and_is_told_once() {
    let world = World::new(|_| {}).await;
    let caller = world.caller().await;
    let result = done(&world, &Authority::Operator, &these(SeveralAct::EndSessions, &[world.account.id])).await;
    assert_eq!(result.done, 1);
    let sessions = world.store().list_sessions(caller.account.id, PageRequest::first()).await.unwrap();
    assert!(sessions.items.is_empty());
    let filter = AuditFilter { event: Some(EventKind::SessionEnded), ..AuditFilter::default() };
    let events = world.store().list_audit_events(&filter, PageRequest::first()).await.unwrap().items;
    let [event] = &events[..] else { panic!("{events:?}") };
    let Event::SessionEnded { .. } = event.event else { panic!("{event:?}") };
    assert_eq!(event.details().get("sessions").map(String::as_str), Some("all"));
    let again = done(&world, &Authority::Operator, &these(SeveralAct::EndSessions, &[world.account.id])).await;
    assert_eq!((again.done, again.unchanged), (0, 1));
}

#[tokio::test]
async fn of_all_owners_one_is_left() {
    let world = World::new(|_| {}).await;
    let owners: Vec<_> = ["first", "second", "third"]
        .map(|login| Account { role: Role::Owner, ..an_account(&world.realm, login) })
        .into();
    for owner in &owners {
        keep(world.store(), &[owner]).await;
    }
    let ids: Vec<_> = owners.iter().map(|owner| owner.id).collect();
    let result = done(&world, &Authority::Operator, &these(SeveralAct::Disable, &ids)).await;
    assert_eq!((result.done, result.refused.len(), result.refused[0].why), (2, 1, SeveralRefusal::LastOwner));
}

#[tokio::test]
async fn what_nobody_can_be_called_means_nobody_and_not_everybody() {
    let world = World::new(|_| {}).await;
    let kim = member(&world, "kim").await;
    for query in ["ki\u{200b}m", "k\tm", "\u{202e}"] {
        let wanted = WantedAccounts { query: Some(query.to_owned()), ..WantedAccounts::default() };
        let act = ActOnSeveral {
            act: SeveralAct::Disable,
            several: Several::Matching(wanted),
            expected: None,
            proof: GivenProof::default(),
        };
        let result = done(&world, &Authority::Operator, &act).await;
        assert_eq!((result.done, result.more), (0, false), "{query:?}");
    }
    assert!(!is_disabled(&world, &kim).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_no_more_stops_between_two_accounts() {
    let world = std::sync::Arc::new(World::new(|_| {}).await);
    let by = world.administrator(Role::Owner).await;
    let Authority::Administrator(owner) = by.clone() else { panic!("an administrator") };
    let mut accounts = Vec::new();
    for number in 0..SEVERAL_AT_MOST {
        accounts.push(member(&world, &format!("member-{number}")).await);
    }
    let act = these(SeveralAct::Disable, &accounts.iter().map(|account| account.id).collect::<Vec<_>>());
    let acting = tokio::spawn({
        let world = std::sync::Arc::clone(&world);
        async move { done(&world, &by, &act).await }
    });
    while !is_disabled(&world, &accounts[0]).await {
        tokio::task::yield_now().await;
    }
    // Signed out elsewhere, after the proof was taken.
    let end = EndSession { session_id: owner.session_id().unwrap() };
    end.execute(&world.test.application, &owner).await.unwrap();
    let result = acting.await.unwrap();
    assert!(result.done > 0 && !result.refused.is_empty(), "{} were done", result.done);
    assert!(!is_disabled(&world, &accounts[SEVERAL_AT_MOST - 1]).await);
}
