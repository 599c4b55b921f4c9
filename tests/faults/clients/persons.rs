//! The persons that the clients act for, and what all clients together know of them.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::codes::Codes;
use crate::history::{Rules, Way};

/// A realm, with what its clients send as tokens.
#[derive(Debug)]
pub(crate) struct Realm {
    pub(crate) slug: String,
    /// The key of the application.
    pub(crate) key: String,
    /// The key of an administrator.
    pub(crate) admin: String,
    pub(crate) rules: Rules,
}

/// An authenticator whose secret is known.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) codes: Codes,
    /// The last step that a client sent; clients share them out among themselves.
    pub(crate) last: u64,
    /// The last step of which an acceptance was acknowledged.
    pub(crate) accepted: Option<u64>,
}

/// Recovery codes of one set.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    /// The operation that issued it.
    pub(crate) number: u64,
    pub(crate) unused: Vec<String>,
    pub(crate) sent: Vec<String>,
}

/// What is known of a person. It may be behind: the truth is on the other side.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) tokens: Vec<Token>,
    pub(crate) sets: Vec<Set>,
    /// Authenticators of before a disabling.
    pub(crate) dead_tokens: Vec<Token>,
    /// Recovery codes of before they were replaced or erased.
    pub(crate) dead_sets: Vec<Set>,
}

impl Known {
    /// Sets aside what was known when a change began that was acknowledged, and took it away.
    pub(crate) fn bury(&mut self, tokens: &BTreeSet<String>, sets: &BTreeSet<u64>) {
        for token in std::mem::take(&mut self.tokens) {
            let to = if tokens.contains(&token.id) { &mut self.dead_tokens } else { &mut self.tokens };
            to.push(token);
        }
        for set in std::mem::take(&mut self.sets) {
            let to = if sets.contains(&set.number) { &mut self.dead_sets } else { &mut self.sets };
            to.push(set);
        }
    }

    /// What there is to be buried.
    pub(crate) fn living(&self) -> (BTreeSet<String>, BTreeSet<u64>) {
        let tokens = self.tokens.iter().map(|token| token.id.clone()).collect();
        (tokens, self.sets.iter().map(|set| set.number).collect())
    }
}

/// What clients do with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Anything but recovery codes, which cost slow hashes.
    Plain,
    /// Recovery codes above all.
    Recovery,
    /// The same, but left alone until every fault is healed: of the others' sets it may be that none is known for certain.
    Spared,
    /// Wrong codes above all, under the throttle as it is recommended.
    Guessed,
    /// Signs in with a password first.
    Account,
    /// Shows that a node is alive, once everything is over.
    Pulse,
}

/// Someone with a second factor.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) part: Part,
    pub(crate) realm: usize,
    /// Of one who signs in.
    pub(crate) password: Option<String>,
    pub(crate) known: Mutex<Known>,
}

impl Person {
    /// Over which operation its codes go.
    pub(crate) fn way(&self) -> Way {
        if self.password.is_some() { Way::SignIn } else { Way::Service }
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) realms: Vec<Realm>,
    pub(crate) persons: Vec<Person>,
}

impl World {
    /// The rules for a person.
    pub(crate) fn rules(&self, person: &Person) -> Rules {
        self.realms[person.realm].rules
    }

    /// Those that clients do the same with.
    pub(crate) fn of(&self, part: Part) -> Vec<&Person> {
        self.persons.iter().filter(|person| person.part == part).collect()
    }
}
