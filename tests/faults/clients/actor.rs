//! One client: chooses again and again whom to act for, and what to do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign_tests::Client;
use countersign_tests::account::text;

use super::codes::Codes;
use super::persons::{Part, Person, Set, Token};
use super::wire::Wire;
use crate::history::{Action, Kind, Operation, Outcome};
use crate::random::Random;

/// How long a code has to be good for when it is sent, at least.
const MARGIN: Duration = Duration::from_millis(1_500);

/// How many authenticators of a person are active at most, where the clients have their way.
const AUTHENTICATORS: usize = 4;

/// How many persons of a part are in everyone's hands, and how often one of them is chosen, in percent.
const BUSY: (usize, usize) = (12, 40);

/// A code to be sent: of which authenticator and steps.
struct Chosen {
    authenticator: String,
    code: String,
    step: u64,
    steps: Vec<u64>,
}

/// What a client may do.
#[derive(Clone, Copy, Debug)]
enum Act {
    Enroll,
    Fresh,
    Twice,
    Used,
    Wrong,
    Dead,
    Recovery,
    RecoveryTwice,
    RecoveryUsed,
    RecoveryDead,
    Regenerate,
    Disable,
}

/// How often a client does what with a person of a part.
fn acts(part: Part) -> &'static [(usize, Act)] {
    match part {
        Part::Plain => &[
            (50, Act::Fresh),
            (9, Act::Twice),
            (12, Act::Used),
            (6, Act::Wrong),
            (3, Act::Dead),
            (4, Act::Disable),
            (8, Act::Enroll),
        ],
        Part::Recovery | Part::Spared => &[
            (20, Act::Fresh),
            (4, Act::Used),
            (3, Act::Wrong),
            (22, Act::Recovery),
            (10, Act::RecoveryTwice),
            (8, Act::RecoveryUsed),
            (4, Act::RecoveryDead),
            (6, Act::Regenerate),
            (4, Act::Disable),
            (4, Act::Enroll),
        ],
        Part::Guessed => &[(75, Act::Wrong), (12, Act::Fresh), (8, Act::Used), (1, Act::Disable), (4, Act::Enroll)],
        Part::Account => &[
            (45, Act::Fresh),
            (12, Act::Twice),
            (12, Act::Used),
            (6, Act::Wrong),
            (12, Act::Recovery),
            (6, Act::RecoveryTwice),
            (5, Act::RecoveryUsed),
        ],
        Part::Pulse => &[(1, Act::Fresh)],
    }
}

/// How often a client acts for someone of which part.
const PARTS: &[(usize, Part)] = &[(72, Part::Plain), (9, Part::Recovery), (11, Part::Guessed), (8, Part::Account)];

/// One client. It has a second connection for what it sends twice at once.
pub(crate) struct Actor<'a> {
    pub(crate) wire: Wire<'a>,
    twin: Wire<'a>,
    random: Random,
}

impl<'a> Actor<'a> {
    pub(crate) fn new(wire: Wire<'a>, twin: Wire<'a>, random: Random) -> Self {
        Self { wire, twin, random }
    }

    /// Acts until it is told to stop.
    pub(crate) fn run(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let part = self.random.weighted(PARTS);
            let persons = self.wire.world.of(part);
            let among = if self.random.chance(BUSY.1) { BUSY.0.min(persons.len()) } else { persons.len() };
            if among > 0 {
                let person = persons[self.random.below(among)];
                self.act(person);
            }
        }
    }

    fn node(&mut self) -> usize {
        self.random.below(self.wire.cluster.len())
    }

    fn act(&mut self, person: &Person) {
        let enrolled = person.known.lock().unwrap().tokens.len();
        let act = self.random.weighted(acts(person.part));
        // Whoever has no second factor enrolls, but is also asked for codes that are dead.
        if enrolled == 0 && !matches!(act, Act::Dead | Act::RecoveryDead) {
            self.enroll(person, None);
            return;
        }
        match act {
            Act::Enroll if enrolled < AUTHENTICATORS => self.enroll(person, None),
            Act::Enroll => {}
            Act::Fresh => self.fresh(person, Kind::FreshCode),
            Act::Twice => self.twice(person),
            Act::Used => self.used(person),
            Act::Wrong => self.wrong(person),
            Act::Dead => self.dead(person),
            Act::Recovery => self.recovery(person),
            Act::RecoveryTwice => self.recovery_twice(person),
            Act::RecoveryUsed => self.recovery_used(person),
            Act::RecoveryDead => self.recovery_dead(person),
            Act::Regenerate => self.regenerate(person),
            Act::Disable => self.disable(person),
        }
    }

    /// The step that clocks show in `ahead`.
    fn step(&self, person: &Person, ahead: Duration) -> u64 {
        let recorder = self.wire.recorder;
        (recorder.began() + recorder.now() + ahead).as_secs() / self.wire.world.rules(person).period
    }

    /// The steps whose codes are good now and for a little longer.
    fn window(&self, person: &Person) -> (u64, u64) {
        let skew = self.wire.world.rules(person).skew;
        (self.step(person, MARGIN) - skew, self.step(person, Duration::ZERO) + skew)
    }

    /// The code of a step of a token.
    fn code(&self, person: &Person, token: &mut Token, step: u64) -> Chosen {
        let (first, last) = self.window(person);
        let code = token.codes.of(step).to_owned();
        // The window moves while the code is under way.
        let mut steps = token.codes.steps_of_the_code_of(step, first - 1..=last + 2);
        if !steps.contains(&step) {
            steps.push(step);
        }
        Chosen { authenticator: token.id.clone(), code, step, steps }
    }

    /// Takes the earliest code of a token that no client has taken and that is good now.
    fn take(&self, person: &Person, token: &mut Token) -> Option<Chosen> {
        let (first, last) = self.window(person);
        let step = first.max(token.last + 1);
        if step > last {
            return None;
        }
        token.last = step;
        Some(self.code(person, token, step))
    }

    fn take_any(&mut self, person: &Person) -> Option<Chosen> {
        let mut known = person.known.lock().unwrap();
        let from = self.random.below(known.tokens.len().max(1));
        let (after, before) = (from..known.tokens.len(), 0..from);
        after.chain(before).find_map(|at| self.take(person, &mut known.tokens[at]))
    }

    /// Begins an enrollment and confirms it, perhaps on another node. An account needs a session for it.
    pub(crate) fn enroll(&mut self, person: &Person, session: Option<&Client>) {
        let node = self.node();
        let (begun, body) = self.wire.begin(node, person, session);
        if !begun.is_accepted() {
            return;
        }
        let id = text(&body["authenticator"]["id"]);
        let rules = self.wire.world.rules(person);
        let (first, _) = self.window(person);
        let codes = Codes::new(&text(&body["secret"]), rules.period, first - 2);
        let mut token = Token { id, codes, last: first, accepted: None };
        let chosen = self.code(person, &mut token, first);
        for again in [false, true] {
            let node = self.node();
            let confirmation = (token.id.as_str(), chosen.code.as_str(), chosen.steps.clone());
            let confirmed = self.wire.confirm(node, person, session, confirmation);
            let mut known = person.known.lock().unwrap();
            match &confirmed.outcome {
                Outcome::Accepted(gain) => {
                    if !gain.recovery_codes.is_empty() {
                        let unused = gain.recovery_codes.clone();
                        known.sets.push(Set { number: confirmed.number, unused, sent: Vec::new() });
                    }
                    known.tokens.push(Token { accepted: Some(first), ..token });
                    return;
                }
                // It may be active; to confirm it again shows that nobody does so twice.
                Outcome::Unknown(_) if !again && self.random.chance(50) => {}
                Outcome::Unknown(_) => break,
                _ if again => break,
                _ => return,
            }
        }
        person.known.lock().unwrap().tokens.push(token);
    }

    /// Sends a code and remembers what came of it.
    fn send(&mut self, person: &Person, kind: Kind, chosen: &Chosen) -> Option<Operation> {
        let node = self.node();
        let operation = self.wire.give(node, person, (kind, verify(person, chosen)), &chosen.code)?;
        remember(person, chosen, &operation);
        Some(operation)
    }

    /// A code that was never sent; where the answer was lost, perhaps once more.
    pub(crate) fn fresh(&mut self, person: &Person, kind: Kind) {
        let Some(chosen) = self.take_any(person) else { return };
        let sent = self.send(person, kind, &chosen);
        if sent.is_some_and(|operation| operation.is_unknown()) && self.random.chance(60) {
            self.send(person, Kind::UsedCode, &chosen);
        }
    }

    /// A code for a node to show by that it is alive: one that was never sent, if there is one.
    pub(crate) fn sign_of_life(&mut self, person: &Person) -> Option<(Action, String)> {
        let fresh = self.take_any(person);
        let chosen = fresh.or_else(|| {
            let mut known = person.known.lock().unwrap();
            let token = known.tokens.first_mut()?;
            let last = token.last;
            Some(self.code(person, token, last))
        })?;
        Some((verify(person, &chosen), chosen.code))
    }

    /// A code that was never sent, to two nodes at once.
    fn twice(&mut self, person: &Person) {
        let Some(chosen) = self.take_any(person) else { return };
        let (one, other) = self.two_nodes();
        let action = verify(person, &chosen);
        let (wire, twin) = (&mut self.wire, &mut self.twin);
        let operations = at_once(
            || wire.give(one, person, (Kind::SameCodeAtOnce, action.clone()), &chosen.code),
            || twin.give(other, person, (Kind::SameCodeAtOnce, action.clone()), &chosen.code),
        );
        for operation in operations.into_iter().flatten() {
            remember(person, &chosen, &operation);
        }
    }

    fn two_nodes(&mut self) -> (usize, usize) {
        let (count, one) = (self.wire.cluster.len(), self.node());
        let other = if count > 1 { (one + 1 + self.random.below(count - 1)) % count } else { one };
        (one, other)
    }

    /// The code that was sent last.
    fn used(&mut self, person: &Person) {
        let chosen = {
            let mut known = person.known.lock().unwrap();
            let count = known.tokens.len();
            if count == 0 {
                return;
            }
            let token = &mut known.tokens[self.random.below(count)];
            let last = token.last;
            self.code(person, token, last)
        };
        self.send(person, Kind::UsedCode, &chosen);
    }

    /// The codes of all authenticators that were accepted last, where the window is still open: each must be refused.
    pub(crate) fn used_ones(&mut self, person: &Person) {
        let chosen: Vec<Chosen> = {
            let mut known = person.known.lock().unwrap();
            let (first, _) = self.window(person);
            let accepted = known.tokens.iter_mut().filter_map(|token| Some((token.accepted?, token)));
            accepted.filter(|(step, _)| *step >= first).map(|(step, token)| self.code(person, token, step)).collect()
        };
        for chosen in chosen {
            self.send(person, Kind::UsedCode, &chosen);
        }
    }

    fn wrong(&mut self, person: &Person) {
        let code = {
            let known = person.known.lock().unwrap();
            let mut codes = std::iter::repeat_with(|| format!("{:06}", self.random.below(1_000_000)));
            let tokens = || known.tokens.iter().chain(&known.dead_tokens);
            codes.find(|code| tokens().all(|token| token.codes.lack(code))).unwrap_or_default()
        };
        let node = self.node();
        self.wire.give(node, person, (Kind::WrongCode, Action::Guess { way: person.way() }), &code);
    }

    /// A code of an authenticator that was disabled.
    pub(crate) fn dead(&mut self, person: &Person) {
        let chosen = {
            let mut known = person.known.lock().unwrap();
            let count = known.dead_tokens.len();
            if count == 0 {
                return;
            }
            let at = self.random.below(count);
            self.take(person, &mut known.dead_tokens[at])
        };
        if let Some(chosen) = chosen {
            self.send(person, Kind::DeadCode, &chosen);
        }
    }

    /// Takes a recovery code that was never sent, with the number of its set.
    fn take_recovery_code(&mut self, person: &Person) -> Option<(u64, String)> {
        let mut known = person.known.lock().unwrap();
        let set = known.sets.last_mut()?;
        let code = set.unused.pop()?;
        set.sent.push(code.clone());
        Some((set.number, code))
    }

    fn redeem(&mut self, person: &Person, kind: Kind, (set, code): (u64, String)) -> Option<Operation> {
        let node = self.node();
        let action = Action::Redeem { set, code: code.clone(), way: person.way() };
        self.wire.give(node, person, (kind, action), &code)
    }

    fn recovery(&mut self, person: &Person) {
        let Some(taken) = self.take_recovery_code(person) else {
            // Who has none left asks for more.
            if person.part == Part::Recovery {
                self.regenerate(person);
            }
            return;
        };
        let sent = self.redeem(person, Kind::RecoveryCode, taken.clone());
        if sent.is_some_and(|operation| operation.is_unknown()) && self.random.chance(60) {
            self.redeem(person, Kind::UsedRecoveryCode, taken);
        }
    }

    fn recovery_twice(&mut self, person: &Person) {
        let Some((set, code)) = self.take_recovery_code(person) else { return };
        let (one, other) = self.two_nodes();
        let action = Action::Redeem { set, code: code.clone(), way: person.way() };
        let (wire, twin) = (&mut self.wire, &mut self.twin);
        at_once(
            || wire.give(one, person, (Kind::SameRecoveryCodeAtOnce, action.clone()), &code),
            || twin.give(other, person, (Kind::SameRecoveryCodeAtOnce, action.clone()), &code),
        );
    }

    fn recovery_used(&mut self, person: &Person) {
        let used = {
            let known = person.known.lock().unwrap();
            known.sets.last().and_then(|set| Some((set.number, self.random.pick(&set.sent)?.clone())))
        };
        if let Some(used) = used {
            self.redeem(person, Kind::UsedRecoveryCode, used);
        }
    }

    fn recovery_dead(&mut self, person: &Person) {
        let dead = {
            let known = person.known.lock().unwrap();
            let codes = |set: &Set| -> Vec<(u64, String)> {
                set.unused.iter().chain(&set.sent).map(|code| (set.number, code.clone())).collect()
            };
            self.random.pick(&known.dead_sets.iter().flat_map(codes).collect::<Vec<_>>()).cloned()
        };
        if let Some(dead) = dead {
            self.redeem(person, Kind::DeadRecoveryCode, dead);
        }
    }

    /// Goes through what the checks want to see, whatever chance has chosen before.
    pub(crate) fn close(&mut self, person: &Person) {
        if matches!(person.part, Part::Account | Part::Pulse) {
            return;
        }
        self.unlock(person);
        self.enroll(person, None);
        if person.part == Part::Guessed {
            let guesses = self.wire.world.rules(person).free_failures + 2;
            (0..guesses).for_each(|_| self.wrong(person));
            return;
        }
        if matches!(person.part, Part::Recovery | Part::Spared) {
            self.recovery_twice(person);
            self.regenerate(person);
            self.recovery_dead(person);
        }
        self.disable(person);
        self.dead(person);
        // What is left of these recovery codes is known.
        self.enroll(person, None);
        self.recovery(person);
    }

    /// Every recovery code that was ever sent, once more, with the failures forgotten before they cost a wait.
    pub(crate) fn recovery_codes_used(&mut self, person: &Person) {
        let sent: Vec<(Kind, u64, String)> = {
            let known = person.known.lock().unwrap();
            let alive = known.sets.iter().map(|set| (Kind::UsedRecoveryCode, set));
            let dead = known.dead_sets.iter().map(|set| (Kind::DeadRecoveryCode, set));
            let sets = alive.chain(dead);
            sets.flat_map(|(kind, set)| set.sent.iter().map(move |code| (kind, set.number, code.clone()))).collect()
        };
        let free = self.wire.world.rules(person).free_failures as usize;
        for part in sent.chunks(free) {
            self.unlock(person);
            for (kind, set, code) in part {
                self.redeem(person, *kind, (*set, code.clone()));
            }
        }
    }

    /// Forgets the failures of one who is asked about in service mode.
    pub(crate) fn unlock(&mut self, person: &Person) {
        if person.password.is_none() {
            let node = self.node();
            self.wire.unlock(node, person);
        }
    }

    fn regenerate(&mut self, person: &Person) {
        let (_, living) = person.known.lock().unwrap().living();
        let node = self.node();
        let regenerated = self.wire.regenerate(node, person);
        if let Outcome::Accepted(gain) = &regenerated.outcome {
            let mut known = person.known.lock().unwrap();
            known.bury(&Default::default(), &living);
            let unused = gain.recovery_codes.clone();
            known.sets.push(Set { number: regenerated.number, unused, sent: Vec::new() });
        }
    }

    fn disable(&mut self, person: &Person) {
        let (tokens, sets) = person.known.lock().unwrap().living();
        let node = self.node();
        if self.wire.disable(node, person).is_accepted() {
            person.known.lock().unwrap().bury(&tokens, &sets);
        }
    }
}

fn verify(person: &Person, chosen: &Chosen) -> Action {
    Action::Verify { authenticator: chosen.authenticator.clone(), steps: chosen.steps.clone(), way: person.way() }
}

fn remember(person: &Person, chosen: &Chosen, operation: &Operation) {
    if operation.is_accepted() {
        let mut known = person.known.lock().unwrap();
        if let Some(token) = known.tokens.iter_mut().find(|token| token.id == chosen.authenticator) {
            token.accepted = token.accepted.max(Some(chosen.step));
        }
    }
}

/// Does both in threads of their own.
fn at_once<T: Send>(one: impl FnOnce() -> T + Send, other: impl FnOnce() -> T + Send) -> [T; 2] {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        [one, other.join().unwrap()]
    })
}
