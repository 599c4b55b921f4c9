//! A queue in which whoever asks for much waits for their own.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};

use countersign_application::ports::Behalf;

/// Where in the queue something waits.
///
/// Those whom nothing yet shows to be who they claim to be wait on one side, everyone else on the other, and the sides
/// take turns: no crowd of strangers takes more than every other turn from those who are known. On each side the lines
/// take turns, on the one a line for each network, on the other a line for each account. Within a line its strands take
/// turns: the logins that were tried from the network, the networks that the account asks from.
///
/// ```text
///            ┌ known ─────┬ account ─────┬ network   waiting, first come first served
///            │            └ account ─┐   └ network
///  next turn ┤                       ⋮
///            └ claimants ─┬ network ─────┬ login
///                         └ network ─┐   └ login
///                                    ⋮
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    side: Side,
    line: u64,
    strand: u64,
    /// Whether no share is held against it.
    unbounded: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Known,
    Claimants,
}

/// A line, of which only so many may run at once.
pub(crate) type LineKey = (Side, u64);

impl Place {
    pub(crate) fn line(&self) -> LineKey {
        (self.side, self.line)
    }
}

/// Turns what is behind a [`Behalf`] into places. The hash is keyed, so that nobody chooses with whom they share a line.
#[derive(Debug, Default)]
pub(crate) struct Places(RandomState);

impl Places {
    pub(crate) fn of(&self, behalf: &Behalf) -> Place {
        let (side, line, strand) = match behalf {
            Behalf::Account { account, network } => (Side::Known, self.key((0, account)), self.key(network)),
            Behalf::Application(key) => (Side::Known, self.key((1, key)), 0),
            Behalf::Operator => (Side::Known, self.key(2), 0),
            Behalf::Claimant { network, claimed } => (Side::Claimants, self.key(network), self.key(claimed)),
        };
        Place { side, line, strand, unbounded: *behalf == Behalf::Operator }
    }

    fn key(&self, what: impl Hash) -> u64 {
        self.0.hash_one(what)
    }
}

/// A mark by which something that waits is found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

pub(crate) struct FairQueue<T> {
    most: usize,
    waiting: usize,
    last_ticket: u64,
    known: Lines<T>,
    claimants: Lines<T>,
    known_is_next: bool,
}

impl<T> FairQueue<T> {
    /// A queue of at most `most`. One side may hold three quarters of it, a network half, an account or login an eighth;
    /// each of them always one.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            waiting: 0,
            last_ticket: 0,
            known: Lines::default(),
            claimants: Lines::default(),
            known_is_next: true,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting
    }

    /// Adds something at the end of its strand; `None` where the queue or a share of it is full.
    pub(crate) fn push(&mut self, place: Place, what: T) -> Option<Ticket> {
        self.has_room(place).then(|| self.push_freely(place, what))
    }

    /// Adds something whatever there is: to be taken out again at once.
    pub(crate) fn push_freely(&mut self, place: Place, what: T) -> Ticket {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.waiting += 1;
        self.lines(place.side).strand(place).push_back((ticket, what));
        ticket
    }

    /// Puts something back at the front of its strand, which has had its turn. Who was let in is not turned away half way.
    pub(crate) fn put_back(&mut self, place: Place, ticket: Ticket, what: T) {
        self.waiting += 1;
        self.lines(place.side).strand(place).push_front((ticket, what));
    }

    /// Takes out what is next, of the lines of which one more may run.
    pub(crate) fn pop(&mut self, may_run: impl Fn(LineKey) -> bool) -> Option<(Ticket, T)> {
        let sides = if self.known_is_next { [Side::Known, Side::Claimants] } else { [Side::Claimants, Side::Known] };
        for side in sides {
            if let Some(next) = self.lines(side).pop(|line| may_run((side, line))) {
                self.waiting -= 1;
                self.known_is_next = side == Side::Claimants;
                return Some(next);
            }
        }
        None
    }

    /// Takes out what waits there under this ticket.
    pub(crate) fn remove(&mut self, place: Place, ticket: Ticket) -> Option<T> {
        let what = self.lines(place.side).remove(place, ticket)?;
        self.waiting -= 1;
        Some(what)
    }

    fn has_room(&self, place: Place) -> bool {
        let share = |of: usize, by: usize| (self.most * of / by).max(1);
        let lines = match place.side {
            Side::Known => &self.known,
            Side::Claimants => &self.claimants,
        };
        if self.waiting >= self.most {
            return false;
        }
        if place.unbounded {
            return true;
        }
        let line = lines.lines.get(&place.line);
        let in_line = line.map_or(0, |line| line.waiting);
        let in_strand = line.and_then(|line| line.strands.get(&place.strand)).map_or(0, VecDeque::len);
        let most_in_line = match place.side {
            Side::Known => share(1, 8),
            Side::Claimants => share(1, 2),
        };
        lines.waiting < share(3, 4) && in_line < most_in_line && in_strand < share(1, 8)
    }

    fn lines(&mut self, side: Side) -> &mut Lines<T> {
        match side {
            Side::Known => &mut self.known,
            Side::Claimants => &mut self.claimants,
        }
    }
}

/// What waits on one side.
struct Lines<T> {
    waiting: usize,
    /// The lines in which something waits, in the order of their turns.
    turns: VecDeque<u64>,
    lines: HashMap<u64, Line<T>>,
}

struct Line<T> {
    waiting: usize,
    /// The strands in which something waits, in the order of their turns.
    turns: VecDeque<u64>,
    strands: HashMap<u64, VecDeque<(Ticket, T)>>,
}

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self { waiting: 0, turns: VecDeque::new(), lines: HashMap::new() }
    }
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { waiting: 0, turns: VecDeque::new(), strands: HashMap::new() }
    }
}

impl<T> Lines<T> {
    /// The strand of a place, in which one more will wait.
    fn strand(&mut self, place: Place) -> &mut VecDeque<(Ticket, T)> {
        self.waiting += 1;
        let line = self.lines.entry(place.line).or_default();
        if line.waiting == 0 {
            self.turns.push_back(place.line);
        }
        line.waiting += 1;
        let strand = line.strands.entry(place.strand).or_default();
        if strand.is_empty() {
            line.turns.push_back(place.strand);
        }
        strand
    }

    fn pop(&mut self, may_run: impl Fn(u64) -> bool) -> Option<(Ticket, T)> {
        let at = self.turns.iter().position(|line| may_run(*line))?;
        let key = self.turns.remove(at)?;
        let line = self.lines.get_mut(&key)?;
        let next = line.pop()?;
        self.waiting -= 1;
        if line.waiting > 0 {
            self.turns.push_back(key);
        } else {
            self.lines.remove(&key);
        }
        Some(next)
    }

    fn remove(&mut self, place: Place, ticket: Ticket) -> Option<T> {
        let line = self.lines.get_mut(&place.line)?;
        let strand = line.strands.get_mut(&place.strand)?;
        let at = strand.iter().position(|(waiting, _)| *waiting == ticket)?;
        let (_, what) = strand.remove(at)?;
        if strand.is_empty() {
            line.strands.remove(&place.strand);
            line.turns.retain(|strand| *strand != place.strand);
        }
        self.waiting -= 1;
        line.waiting -= 1;
        if line.waiting == 0 {
            self.lines.remove(&place.line);
            self.turns.retain(|line| *line != place.line);
        }
        Some(what)
    }
}

impl<T> Line<T> {
    fn pop(&mut self) -> Option<(Ticket, T)> {
        let key = self.turns.pop_front()?;
        let strand = self.strands.get_mut(&key)?;
        let next = strand.pop_front()?;
        self.waiting -= 1;
        if strand.is_empty() {
            self.strands.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use countersign_application::AccountId;
    use uuid::Uuid;

    use super::*;

    struct Scene {
        places: Places,
        queue: FairQueue<String>,
    }

    fn account(number: u128, network: &str) -> Behalf {
        Behalf::Account { account: AccountId::from_uuid(Uuid::from_u128(number)), network: Some(network.to_owned()) }
    }

    fn claimant(network: &str, login: u8) -> Behalf {
        Behalf::Claimant { network: Some(network.to_owned()), claimed: [login; 32] }
    }

    impl Scene {
        fn new(most: usize) -> Self {
            Self { places: Places::default(), queue: FairQueue::new(most) }
        }

        fn push(&mut self, behalf: &Behalf, what: &str) -> bool {
            self.queue.push(self.places.of(behalf), what.to_owned()).is_some()
        }

        fn all(&mut self) -> String {
            let all: Vec<_> = std::iter::from_fn(|| self.queue.pop(|_| true)).map(|(_, what)| what).collect();
            assert_eq!(self.queue.len(), 0);
            all.join(" ")
        }
    }

    #[test]
    fn an_account_that_asks_for_much_is_passed_by_every_other() {
        let mut scene = Scene::new(100);
        for _ in 0..5 {
            scene.push(&account(1, "office"), "greedy");
        }
        scene.push(&account(2, "office"), "second");
        scene.push(&account(3, "office"), "third");
        assert_eq!(scene.all(), "greedy second third greedy greedy greedy greedy");
    }

    #[test]
    fn an_account_has_its_turn_from_each_of_its_networks() {
        let mut scene = Scene::new(100);
        for _ in 0..3 {
            scene.push(&account(1, "thief"), "thief");
        }
        scene.push(&account(1, "home"), "owner");
        assert_eq!(scene.all(), "thief owner thief thief");
    }

    #[test]
    fn strangers_from_ever_new_networks_take_every_other_turn_and_no_more() {
        let mut scene = Scene::new(100);
        for number in 0..4 {
            scene.push(&claimant(&format!("network {number}"), number), "stranger");
        }
        scene.push(&account(1, "home"), "ada");
        scene.push(&account(2, "home"), "bob");
        assert_eq!(scene.all(), "ada stranger bob stranger stranger stranger");
    }

    #[test]
    fn a_known_crowd_leaves_every_other_turn_to_strangers() {
        let mut scene = Scene::new(100);
        for number in 0..4 {
            scene.push(&account(number, "home"), "known");
        }
        scene.push(&claimant("abroad", 1), "stranger");
        assert_eq!(scene.all(), "known stranger known known known");
    }

    #[test]
    fn networks_take_turns_and_within_one_the_logins_that_are_tried_from_it() {
        let mut scene = Scene::new(100);
        for _ in 0..3 {
            scene.push(&claimant("shared", 1), "guesser");
        }
        scene.push(&claimant("shared", 2), "neighbor");
        scene.push(&claimant("elsewhere", 3), "other");
        assert_eq!(scene.all(), "guesser other neighbor guesser guesser");
    }

    #[test]
    fn a_share_that_is_full_refuses_its_own_and_no_others() {
        let mut scene = Scene::new(16);
        assert!(scene.push(&account(1, "a"), "") && scene.push(&account(1, "b"), ""));
        assert!(!scene.push(&account(1, "c"), ""), "an eighth for an account");
        assert!(scene.push(&account(2, "a"), ""));
        for login in 0..8 {
            assert!(scene.push(&claimant("shared", login), ""), "{login}");
        }
        assert!(!scene.push(&claimant("shared", 9), ""), "half for a network");
        for login in 0..4 {
            assert!(scene.push(&claimant("elsewhere", login), ""), "{login}");
        }
        assert!(!scene.push(&claimant("a third", 1), ""), "three quarters for claimants");
        assert!(scene.push(&account(3, "a"), ""));
        assert!(!scene.push(&account(4, "a"), ""), "all places are taken");
        assert_eq!(scene.queue.len(), 16);
    }

    #[test]
    fn a_login_holds_an_eighth_of_the_places_at_most() {
        let mut scene = Scene::new(16);
        assert!(scene.push(&claimant("shared", 1), "") && scene.push(&claimant("shared", 1), ""));
        assert!(!scene.push(&claimant("shared", 1), ""));
        assert!(scene.push(&claimant("shared", 2), ""));
    }

    #[test]
    fn a_line_that_runs_as_much_as_it_may_is_passed_without_losing_its_turn() {
        let mut scene = Scene::new(100);
        scene.push(&account(1, "a"), "first");
        scene.push(&account(2, "a"), "second");
        let running = scene.places.of(&account(1, "a")).line();
        assert_eq!(scene.queue.pop(|line| line != running).unwrap().1, "second");
        assert!(scene.queue.pop(|line| line != running).is_none());
        scene.push(&account(2, "a"), "third");
        assert_eq!(scene.all(), "first third");
    }

    #[test]
    fn what_is_put_back_keeps_its_place_in_its_strand_and_lets_other_lines_pass() {
        let mut scene = Scene::new(100);
        let place = scene.places.of(&account(1, "a"));
        scene.push(&account(1, "a"), "set");
        scene.push(&account(1, "a"), "next");
        scene.push(&account(2, "a"), "other");
        let (ticket, set) = scene.queue.pop(|_| true).unwrap();
        scene.queue.put_back(place, ticket, set);
        assert_eq!(scene.all(), "other set next");
    }

    #[test]
    fn what_is_removed_gives_its_place_back() {
        let mut scene = Scene::new(1);
        let place = scene.places.of(&account(1, "a"));
        let ticket = scene.queue.push(place, "gone".to_owned()).unwrap();
        assert!(!scene.push(&account(2, "a"), "refused"));
        assert_eq!(scene.queue.remove(place, ticket).unwrap(), "gone");
        assert!(scene.queue.remove(place, ticket).is_none());
        assert!(scene.push(&account(2, "a"), "taken"));
        assert_eq!(scene.all(), "taken");
    }
}
