//! What is looked at when every fault is healed: signs of life, codes that were used, the state, and the audit trail.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use countersign_tests::Client;
use countersign_tests::account::text;
use countersign_tests::subject::path;
use serde_json::Value;

use super::actor::Actor;
use super::persons::{Part, Person, World};
use super::setting::in_parallel;
use super::wire::Wire;
use crate::checks::PATIENCE;
use crate::cluster::Cluster;
use crate::history::{Event, FinalState, Kind, Outcome, Pulse, Recorder};
use crate::random::Random;

/// How much longer than it may take a sign of life is waited for, to tell slow from dead.
const LONGER: u32 = 3;

/// Of every so many persons with nothing but codes, one goes through everything that a short run may not have come to;
/// the others all do.
const CLOSING: usize = 7;

/// What everything that is looked at afterward needs.
pub(crate) struct Afterwards<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) world: &'a World,
    pub(crate) recorder: &'a Recorder,
    pub(crate) seed: u64,
}

impl Afterwards<'_> {
    fn wire(&self, client: usize) -> Wire<'_> {
        let random = Random::new(self.seed, 20_000 + client as u64);
        Wire::new(self.cluster, self.world, self.recorder, client, random)
    }

    fn actor(&self, client: usize) -> Actor<'_> {
        Actor::new(self.wire(client), self.wire(client), Random::new(self.seed, 30_000 + client as u64))
    }

    /// Waits until each node has answered a verification, and says how long it took.
    pub(crate) fn pulses(&self) -> Vec<Pulse> {
        let persons = self.world.of(Part::Pulse);
        let healed = Instant::now();
        in_parallel(self.cluster.len(), |node| {
            let mut wire = self.wire(node);
            let mut after = None;
            while after.is_none() && healed.elapsed() < PATIENCE * LONGER {
                let Some((action, code)) = self.actor(node).sign_of_life(persons[node]) else { break };
                let given = wire.give(node, persons[node], (Kind::Pulse, action), &code);
                match given.map(|operation| operation.outcome) {
                    Some(Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::Throttled) => {
                        after = Some(healed.elapsed());
                    }
                    _ => std::thread::sleep(Duration::from_millis(50)),
                }
            }
            Pulse { node, after }
        })
    }

    /// Sends what was used once more, then reads how everyone stands.
    pub(crate) fn finals(&self) -> Vec<Option<FinalState>> {
        in_parallel(self.world.persons.len(), |number| {
            let person = &self.world.persons[number];
            let mut actor = self.actor(number);
            actor.unlock(person);
            actor.used_ones(person);
            actor.dead(person);
            actor.unlock(person);
            actor.fresh(person, Kind::FreshCode);
            actor.recovery_codes_used(person);
            if number % CLOSING == 0 || person.part != Part::Plain {
                actor.close(person);
            }
            let client = actor.wire.to(number % self.cluster.len());
            self.state(&client, person)
        })
    }

    fn state(&self, client: &Client, person: &Person) -> Option<FinalState> {
        if person.password.is_some() {
            // An account shows it in a session only, which takes a code.
            return None;
        }
        let client = client.with_token(&self.world.realms[person.realm].key);
        let state = client.try_send("GET", &path(&person.name, "two-factor"), None).ok()?;
        if state.status != 200 {
            return None;
        }
        let state = state.body;
        let active = state["authenticators"].as_array().into_iter().flatten();
        let active = active.filter(|authenticator| authenticator["status"] == "active");
        Some(FinalState {
            enabled: state["enabled"] == true,
            active: active.map(|authenticator| text(&authenticator["id"])).collect(),
            recovery_codes: state["recovery_codes"]["remaining"].as_u64().unwrap_or_default(),
        })
    }

    /// Reads the audit trail of all realms.
    pub(crate) fn events(&self) -> Vec<Event> {
        let names: BTreeMap<&str, &Person> =
            self.world.persons.iter().map(|person| (person.name.as_str(), person)).collect();
        let mut events = Vec::new();
        for realm in &self.world.realms {
            let client = Client::of(self.cluster.address(0)).with_token(&realm.admin);
            let first = "/v1/admin/audit-events?limit=200".to_owned();
            let mut next = Some(first.clone());
            while let Some(path) = next.take() {
                let page = client.get(&path).expect(200);
                next = page["next_cursor"].as_str().map(|cursor| format!("{first}&cursor={cursor}"));
                for event in page["items"].as_array().into_iter().flatten() {
                    let person = event["login"].as_str().and_then(|login| names.get(login)).copied();
                    events.push(read(event, person, realm.rules.period));
                }
            }
        }
        events
    }
}

/// An event as the checks need it.
fn read(event: &Value, person: Option<&Person>, period: u64) -> Event {
    let detail = |name: &str| event["details"][name].as_str().unwrap_or_default().to_owned();
    let (purpose, reason, at) = (detail("purpose"), detail("reason"), text(&event["at"]));
    let numbered = [&purpose, &reason].into_iter().find_map(|text| text.strip_prefix("op-")?.parse().ok());
    let drift: Option<i64> = detail("drift_steps").parse().ok();
    let step = drift.map(|drift| (unix_seconds(&at) / period).saturating_add_signed(drift));
    Event {
        kind: text(&event["event"]),
        person: person.map(|person| person.number),
        operation: numbered,
        purpose,
        authenticator: detail("authenticator_id"),
        step,
        at,
    }
}

/// The seconds since the epoch of a time in the one spelling of RFC 3339 that the API has.
fn unix_seconds(at: &str) -> u64 {
    let number = |part: std::ops::Range<usize>| -> u64 {
        at.get(part).and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("no time: {at}"))
    };
    assert!(at.ends_with('Z'), "a time in UTC: {at}");
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    (days - 719_468) * 86_400 + number(11..13) * 3_600 + number(14..16) * 60 + number(17..19)
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;

    #[test]
    fn times_are_read() {
        assert_eq!(unix_seconds("1970-01-01T00:00:00Z"), 0);
        assert_eq!(unix_seconds("2000-02-29T12:34:56.789012Z"), 951_827_696);
        assert_eq!(unix_seconds("2026-11-21T22:46:42Z"), 1_795_301_202);
    }
}
