//! Claims: what a verification comes to, settled as a whole or not at all.

use countersign_application::PageRequest;
use countersign_application::account::Account;
use countersign_application::audit::{AuditEvent, AuditFilter};
use countersign_application::ports::Store;
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoveryCodeSet;
use countersign_application::second_factor::{Authenticator, AuthenticatorStatus, SecondFactor};
use countersign_application::sign_in::Challenge;
use countersign_application::verification::{
    AttemptKey, Attempts, ChallengeUse, Claim, Counted, CountedAttempts, KnownPlace, SignsIn, Spends, Verdict,
};
use countersign_core::{Counters, Throttle};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_challenge, a_realm, a_recovery_code, a_recovery_set, a_session, a_trusted_device, an_account,
    an_authenticator, an_event, keep, seconds,
};

const LIMIT: u32 = 5;

/// Counters with so many failures in a row.
fn failures(failures_in_a_row: u32) -> Counters {
    Counters { codes: Throttle { failures_in_a_row, blocked_until: None }, ..Counters::default() }
}

/// An account with everything that a claim can be about.
struct Scene {
    realm: Realm,
    account: Account,
    authenticator: Authenticator,
    set: RecoveryCodeSet,
    codes: Vec<countersign_application::recovery::SealedRecoveryCode>,
    challenge: Challenge,
    key: AttemptKey,
}

impl Scene {
    async fn lay(store: &dyn Store, login: &str) -> Self {
        let realm = a_realm();
        let account = an_account(&realm, login);
        let authenticator = an_authenticator(&account);
        let (set, codes) = a_recovery_set(&account);
        let challenge = a_challenge(&account);
        keep(store, &[&realm, &account, &authenticator, &challenge]).await;
        in_unit!(store, |unit| unit.recovery_codes().insert(&set, &codes)).unwrap();
        let mut key = [7; 32];
        key[..16].copy_from_slice(account.id.as_uuid().as_bytes());
        Self { realm, account, authenticator, set, codes, challenge, key }
    }

    /// A sign-in with the code of a step, with all that comes with it.
    fn claim(&self, seen: i64, step: u64) -> Claim {
        Claim {
            counted: Some(Counted { seen, counters: failures(0) }),
            spends: Some(Spends::Step { authenticator: self.authenticator.id, step }),
            attempts: vec![CountedAttempts {
                key: self.key,
                seen: Attempts::default(),
                next: Some((Throttle { failures_in_a_row: 2, blocked_until: None }.into(), NOW)),
            }],
            known_place: Some(KnownPlace { key: self.key, network: Some("here".to_owned()), kept_from: NOW }),
            challenge: Some(ChallengeUse::Spend { id: self.challenge.id, limit: LIMIT }),
            signs_in: Some(SignsIn {
                session: a_session(&self.account),
                device: Some(a_trusted_device(&self.account)),
            }),
            events: vec![an_event(&self.realm, &self.account)],
            ..Claim::nothing(self.account.id, seconds(30))
        }
    }

    async fn factor(&self, store: &dyn Store) -> SecondFactor {
        store.find_second_factor(self.account.id).await.unwrap().unwrap()
    }

    async fn events(&self, store: &dyn Store) -> Vec<AuditEvent> {
        let filter = AuditFilter { account_id: Some(self.account.id), ..AuditFilter::default() };
        store.list_audit_events(&filter, PageRequest::first()).await.unwrap().items
    }

    /// Nothing of `claim` is there, and everything else is as it was.
    async fn is_untouched_by(&self, store: &dyn Store, claim: &Claim, revision: i64, what: &str) {
        let factor = self.factor(store).await;
        assert_eq!((factor.state.revision, factor.state.counters), (revision, Counters::default()), "{what}");
        assert_eq!(factor.authenticators[0].last_step, self.authenticator.last_step, "{what}: the step");
        assert_eq!(factor.authenticators[0].status, AuthenticatorStatus::Active, "{what}: the authenticator");
        let unused = store.list_unused_recovery_codes(self.set.id).await.unwrap();
        assert_eq!(unused.len(), self.codes.len(), "{what}: the recovery codes");
        assert_eq!(self.events(store).await, [], "{what}: the events");
        if let Some(SignsIn { session, device }) = &claim.signs_in {
            assert_eq!(store.find_session(&session.token_digest).await.unwrap(), None, "{what}: the session");
            let token = &device.as_ref().unwrap().token_digest;
            assert_eq!(store.find_trusted_device(token).await.unwrap(), None, "{what}: the device");
        }
        let account = store.find_account(self.account.id).await.unwrap().unwrap();
        assert_eq!(account.last_sign_in_at, None, "{what}: the account");
    }
}

/// Of any number of claims that were decided on one revision one is settled: also where each has a step of its own, or
/// spends nothing and counts a failure.
pub async fn of_claims_at_one_revision_one_is_settled(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    for round in bench.rounds() {
        let scene = std::sync::Arc::new(Scene::lay(bench.store(), &format!("account {round}")).await);
        let shared = &scene;
        let verdicts = bench.contend(|task, store| {
            let scene = std::sync::Arc::clone(shared);
            async move {
                let mut claim = scene.claim(0, 2_000 + task as u64 % 3);
                if task % 3 == 2 {
                    claim.spends = None;
                    claim.signs_in = None;
                    claim.challenge = None;
                    claim.attempts.clear();
                    claim.known_place = None;
                    claim.counted = Some(Counted { seen: 0, counters: failures(1) });
                }
                let mut patience = super::Patience::default();
                loop {
                    match store.claim(&claim).await {
                        Err(error) if patience.allows_another_try(&error).await => {}
                        verdict => break verdict.unwrap(),
                    }
                }
            }
        });
        let verdicts = verdicts.await;
        let settled = verdicts.iter().filter(|verdict| **verdict == Verdict::Settled).count();
        assert_eq!(settled, 1, "one of the claims at a revision is settled, not {settled}");
        let moved = verdicts.iter().filter(|verdict| **verdict == Verdict::Moved).count();
        assert_eq!(moved, bench.tasks() - 1, "and the others have moved");
        assert_eq!(scene.factor(bench.store()).await.state.revision, 1);
        assert_eq!(scene.events(bench.store()).await.len(), 1, "the event of the one that was settled");
    }
}

/// Whatever was not as it was seen, nothing of the claim is done.
pub async fn a_claim_that_is_not_settled_changes_nothing(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let scene = Scene::lay(store, "ada").await;
    let other = Scene::lay(store, "bob").await;
    let right = || scene.claim(0, 2_000);
    let unknown = Spends::RecoveryCode { set: scene.set.id, digest: a_recovery_code().digest, replacement: None };
    let of_another =
        Spends::RecoveryCode { set: other.set.id, digest: other.codes[0].digest, replacement: Some(a_recovery_code()) };
    let anothers_step = Spends::Step { authenticator: other.authenticator.id, step: 2_000 };
    let failed = Attempts { account: Some(scene.account.id), ..Attempts::default() };
    let seen = CountedAttempts { key: scene.key, seen: failed, next: None };
    let gone = ChallengeUse::Spend { id: a_challenge(&scene.account).id, limit: LIMIT };
    let exhausted = ChallengeUse::CountRefusal { id: scene.challenge.id, limit: 0 };
    for (what, verdict, claim) in [
        ("an older revision", Verdict::Moved, scene.claim(-1, 2_000)),
        ("a later revision", Verdict::Moved, scene.claim(1, 2_000)),
        ("an earlier step", Verdict::Moved, scene.claim(0, 999)),
        ("the last step", Verdict::Moved, scene.claim(0, 1_000)),
        ("an authenticator of another account", Verdict::Moved, Claim { spends: Some(anothers_step), ..right() }),
        ("a recovery code", Verdict::UnknownRecoveryCode, Claim { spends: Some(unknown), ..right() }),
        ("one of another account", Verdict::UnknownRecoveryCode, Claim { spends: Some(of_another), ..right() }),
        ("a counter", Verdict::Moved, Claim { attempts: vec![seen], ..right() }),
        ("a challenge", Verdict::Moved, Claim { challenge: Some(gone), ..right() }),
        ("an exhausted challenge", Verdict::Moved, Claim { challenge: Some(exhausted), ..right() }),
        ("disabling", Verdict::Moved, Claim { disables_authenticators: true, ..scene.claim(9, 2_000) }),
    ] {
        assert_eq!(store.claim(&claim).await.unwrap(), verdict, "{what}");
        scene.is_untouched_by(store, &claim, 0, what).await;
        other.is_untouched_by(store, &claim, 0, what).await;
        assert_eq!(store.find_attempts(&scene.key).await.unwrap(), Attempts::default(), "{what}");
        let challenge = store.find_challenge(&scene.challenge.token_digest).await.unwrap();
        assert_eq!(challenge.as_ref(), Some(&scene.challenge), "{what}");
    }
    // And what is right is settled, after all of them.
    assert_eq!(store.claim(&right()).await.unwrap(), Verdict::Settled);
}

/// Everything that a settled claim says is so, and nothing of another account is touched.
pub async fn a_settled_claim_changes_all_that_it_says(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let (scene, other) = (Scene::lay(store, "ada").await, Scene::lay(store, "bob").await);

    let wrong = Claim {
        counted: Some(Counted { seen: 0, counters: failures(3) }),
        challenge: Some(ChallengeUse::CountRefusal { id: scene.challenge.id, limit: LIMIT }),
        events: vec![an_event(&scene.realm, &scene.account)],
        ..Claim::nothing(scene.account.id, NOW)
    };
    assert_eq!(store.claim(&wrong).await.unwrap(), Verdict::Settled);
    let state = scene.factor(store).await.state;
    assert_eq!((state.revision, state.counters), (1, failures(3)));
    let challenge = store.find_challenge(&scene.challenge.token_digest).await.unwrap().unwrap();
    assert_eq!(challenge.failed_tries, 1);

    let right = scene.claim(1, 2_000);
    assert_eq!(store.claim(&right).await.unwrap(), Verdict::Settled);
    let factor = scene.factor(store).await;
    assert_eq!((factor.state.revision, factor.state.counters), (2, Counters::default()));
    let authenticator = &factor.authenticators[0];
    assert_eq!((authenticator.last_step, authenticator.last_used_at), (Some(2_000), Some(right.at)));
    assert_eq!(store.find_challenge(&scene.challenge.token_digest).await.unwrap(), None);
    let SignsIn { session, device } = right.signs_in.as_ref().unwrap();
    assert_eq!(store.find_session(&session.token_digest).await.unwrap().as_ref(), Some(session));
    let token = &device.as_ref().unwrap().token_digest;
    assert_eq!(store.find_trusted_device(token).await.unwrap().as_ref(), device.as_ref());
    assert_eq!(store.find_account(scene.account.id).await.unwrap().unwrap().last_sign_in_at, Some(right.at));
    let noted = store.find_attempts(&scene.key).await.unwrap();
    assert_eq!(
        (noted.known_at, noted.account, noted.network.as_deref()),
        (Some(right.at), Some(scene.account.id), Some("here"))
    );
    assert_eq!(noted.throttle.failures_in_a_row, 2, "what was counted there stays counted");

    let fresh = a_recovery_code();
    let spends =
        Spends::RecoveryCode { set: scene.set.id, digest: scene.codes[3].digest, replacement: Some(fresh.clone()) };
    let with_a_recovery_code = Claim {
        counted: Some(Counted { seen: 2, counters: failures(1) }),
        spends: Some(spends),
        disables_authenticators: true,
        ..Claim::nothing(scene.account.id, NOW)
    };
    assert_eq!(store.claim(&with_a_recovery_code).await.unwrap(), Verdict::Settled);
    let unused = store.list_unused_recovery_codes(scene.set.id).await.unwrap();
    assert!(unused.contains(&fresh) && !unused.contains(&scene.codes[3]) && unused.len() == 10);
    let factor = scene.factor(store).await;
    assert_eq!((factor.state.revision, factor.state.counters), (3, failures(1)));
    assert_eq!(factor.authenticators[0].status, AuthenticatorStatus::Disabled);

    // Events alone change nothing else, at whatever revision.
    let told = Claim { events: vec![an_event(&scene.realm, &scene.account)], ..Claim::nothing(scene.account.id, NOW) };
    assert_eq!(store.claim(&told).await.unwrap(), Verdict::Settled);
    assert_eq!(scene.factor(store).await.state.revision, 3);
    assert_eq!(scene.events(store).await.len(), 3);
    other.is_untouched_by(store, &other.claim(0, 2_000), 0, "another account").await;
}

/// Of many claims at once, of as many accounts, each is judged by itself: a guard that fails for one fails it alone, and
/// of two of one account one is settled.
pub async fn many_claims_at_once_are_settled_each_by_itself(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    for round in 0..bench.rounds().len().min(4) {
        let mut asked = Vec::new();
        let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2 * 48));
        for number in 0..48 {
            let scene = std::sync::Arc::new(Scene::lay(store, &format!("{round} {number}")).await);
            for copy in 0..2 {
                let plain = Claim { attempts: Vec::new(), ..scene.claim(0, 2_000 + number) };
                let gone = ChallengeUse::Spend { id: a_challenge(&scene.account).id, limit: LIMIT };
                let refused = ChallengeUse::CountRefusal { id: scene.challenge.id, limit: LIMIT };
                let claim = match number % 6 {
                    2 => Claim { spends: None, signs_in: None, challenge: Some(refused), ..plain },
                    3 => Claim { counted: Some(Counted { seen: 7, counters: failures(1) }), ..plain },
                    // Nobody else can have changed these without the revision: they fail where all are settled together.
                    4 => Claim { challenge: Some(gone), ..plain },
                    5 => Claim {
                        spends: Some(Spends::Step { authenticator: scene.authenticator.id, step: 999 }),
                        ..plain
                    },
                    _ => plain,
                };
                let (scene, barrier) = (std::sync::Arc::clone(&scene), std::sync::Arc::clone(&barrier));
                let store = bench.node(number as usize + copy);
                asked.push(tokio::spawn(async move {
                    barrier.wait().await;
                    let mut patience = super::Patience::default();
                    let verdict = loop {
                        match store.claim(&claim).await {
                            Err(error) if patience.allows_another_try(&error).await => {}
                            // Someone else may have been at its row for a moment.
                            Ok(Verdict::Moved) if number % 6 < 3 => {
                                if scene.factor(&*store).await.state.revision > 0 {
                                    break Verdict::Moved;
                                }
                            }
                            verdict => break verdict.unwrap(),
                        }
                    };
                    (number, scene, claim, verdict)
                }));
            }
        }
        let mut answers = Vec::new();
        for asked in asked {
            answers.push(asked.await.expect("no task panics"));
        }
        for pair in answers.chunks(2) {
            let [(number, scene, claim, first), (.., other, second)] = pair else { panic!("two of each") };
            let settled = [first, second].into_iter().filter(|verdict| **verdict == Verdict::Settled).count();
            if number % 6 >= 3 {
                assert_eq!(settled, 0, "{number}");
                scene.is_untouched_by(store, claim, 0, &format!("claim {number}")).await;
                scene.is_untouched_by(store, other, 0, &format!("claim {number} again")).await;
                let challenge = store.find_challenge(&scene.challenge.token_digest).await.unwrap();
                assert_eq!(challenge.as_ref(), Some(&scene.challenge), "{number}");
                continue;
            }
            assert_eq!(settled, 1, "one of the two claims of account {number}");
            let (won, lost) = if *first == Verdict::Settled { (claim, other) } else { (other, claim) };
            let events: Vec<_> = scene.events(store).await.iter().map(|event| event.id).collect();
            assert_eq!(events, [won.events[0].id], "{number}");
            assert_eq!(store.find_attempts(&scene.key).await.unwrap().known_at, Some(won.at), "{number}");
            let factor = scene.factor(store).await;
            let challenge = store.find_challenge(&scene.challenge.token_digest).await.unwrap();
            if number % 6 == 2 {
                assert_eq!((factor.state.revision, factor.authenticators[0].last_step), (1, Some(1_000)));
                assert_eq!(challenge.map(|challenge| challenge.failed_tries), Some(1), "{number}");
                continue;
            }
            assert_eq!((factor.state.revision, factor.authenticators[0].last_step), (1, Some(2_000 + number)));
            assert_eq!(challenge, None, "{number}");
            let token = |claim: &Claim| claim.signs_in.as_ref().unwrap().session.token_digest;
            assert!(store.find_session(&token(won)).await.unwrap().is_some(), "{number}: the session of the one");
            assert_eq!(store.find_session(&token(lost)).await.unwrap(), None, "{number}: none of the other");
            assert_eq!(store.find_account(scene.account.id).await.unwrap().unwrap().last_sign_in_at, Some(won.at));
        }
    }
}
