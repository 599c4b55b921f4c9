//! The realms and persons that a run begins with.

use std::sync::Mutex;

use countersign_tests::{Account, Client, Deployment, unique};
use serde_json::json;

use super::actor::Actor;
use super::persons::{Known, Part, Person, Realm, World};
use super::wire::Wire;
use crate::cluster::Cluster;
use crate::history::{Recorder, Rules};
use crate::random::Random;

/// How many persons there are of each part, in percent of those with plain ones; a sign of life for each node comes on
/// top. Recovery codes cost slow hashes, and so does each sign-in of an account.
const SHARES: &[(Part, usize)] = &[(Part::Plain, 100), (Part::Recovery, 16), (Part::Spared, 4), (Part::Guessed, 8)];
const ACCOUNTS: usize = 8;

/// As many fresh codes as possible: short steps and a wide window. And little waiting, so that much is looked at.
const BUSY: Rules = Rules { period: 15, skew: 2, free_failures: 4, first_wait: 1, longest_wait: 4, recovery_codes: 0 };

/// The same with recovery codes.
const RECOVERY: Rules = Rules { recovery_codes: 4, ..BUSY };

/// The throttle as it is recommended.
const GUESSED: Rules = Rules { first_wait: 30, longest_wait: 3_600, ..BUSY };

/// Makes the realms, and their keys and accounts, by the command line.
pub(crate) fn make(cluster: &Cluster, plain: usize) -> World {
    let deployment = cluster.deployment(0);
    let realms: Vec<Realm> = [BUSY, RECOVERY, GUESSED].map(|rules| realm(cluster, &deployment, rules)).into();
    let mut persons = Vec::new();
    let mut add = |part, realm, name, password| {
        let number = persons.len();
        persons.push(Person { number, name, part, realm, password, known: Mutex::new(Known::default()) });
    };
    let word = unique::word();
    for (part, share) in SHARES {
        let realm = match part {
            Part::Recovery | Part::Spared => 1,
            Part::Guessed => 2,
            _ => 0,
        };
        (0..(plain * share).div_ceil(100))
            .for_each(|number| add(*part, realm, format!("{part:?}-{number}-{word}").to_lowercase(), None));
    }
    for node in 0..cluster.len() {
        add(Part::Pulse, 0, format!("pulse-{node}-{word}"), None);
    }
    for account in in_parallel((plain * ACCOUNTS).div_ceil(100), |_| {
        Account::named(&deployment, &realms[1].slug, &unique::login(), "member")
    }) {
        add(Part::Account, 1, account.login, Some(account.password));
    }
    World { realms, persons }
}

fn realm(cluster: &Cluster, deployment: &Deployment, rules: Rules) -> Realm {
    let realm = countersign_tests::Realm::create(deployment, "recommended");
    let key = realm.api_key(deployment, &["verify", "enroll", "manage"]).key;
    let admin = realm.api_key(deployment, &["admin"]).key;
    let policy = json!({
        "totp": { "period_seconds": rules.period, "skew_steps": rules.skew },
        "throttle": {
            "free_failures": rules.free_failures,
            "first_wait_seconds": rules.first_wait,
            "longest_wait_seconds": rules.longest_wait,
        },
        "recovery_codes": { "count": rules.recovery_codes },
        "authenticators": { "max_per_account": 10 },
    });
    let administrator = Client::of(cluster.address(0)).with_token(&admin);
    administrator.patch("/v1/admin/realm", json!({ "policy": policy })).expect(200);
    Realm { slug: realm.slug, key, admin, rules }
}

/// Enrolls those who must be enrolled before anything fails: accounts, which need a session for it, and those who show
/// that a node is alive.
pub(crate) fn enroll(cluster: &Cluster, world: &World, recorder: &Recorder, seed: u64) {
    let persons: Vec<&Person> = world.of(Part::Account).into_iter().chain(world.of(Part::Pulse)).collect();
    in_parallel(persons.len(), |at| {
        let person = persons[at];
        let random = || Random::new(seed, 10_000 + at as u64);
        let wire = || Wire::new(cluster, world, recorder, 0, random());
        let mut actor = Actor::new(wire(), wire(), random());
        let session = person.password.as_ref().map(|password| {
            let realm = world.realms[person.realm].slug.clone();
            Account { realm, login: person.name.clone(), password: password.clone() }.session(&actor.wire.to(0))
        });
        actor.enroll(person, session.as_ref());
        assert!(!person.known.lock().unwrap().tokens.is_empty(), "{} was not enrolled", person.name);
    });
}

/// Does `act` for each number below `count`, several at a time, and answers in order.
pub(crate) fn in_parallel<T: Send>(count: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (std::sync::atomic::AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if at >= count {
                        break;
                    }
                    let result = act(at);
                    done.lock().unwrap().push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
