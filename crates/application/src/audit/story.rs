//! What belongs together in a list of events, for people.

use crate::ChallengeId;
use crate::audit::{AuditEvent, Event, SignInFactor};

/// A part of a list of events that is told as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// One event.
    Event(Box<AuditEvent>),
    /// A sign-in that took a second factor.
    SignIn(SignInStory),
}

/// What happened in one sign-in, as far as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInStory {
    /// Its events, newest first: at least two.
    pub events: Vec<AuditEvent>,
}

impl SignInStory {
    /// What was shown beside the password; `None` where it was not completed.
    #[must_use]
    pub fn factor(&self) -> Option<SignInFactor> {
        self.events.iter().find_map(|event| match event.event {
            Event::SignInSucceeded { second_factor } => Some(second_factor),
            _ => None,
        })
    }

    /// How many codes were refused.
    #[must_use]
    pub fn wrong_codes(&self) -> usize {
        let refused = |event: &&AuditEvent| matches!(event.event, Event::SecondFactorRejected { .. });
        self.events.iter().filter(refused).count()
    }

    /// Whether the browser is trusted since.
    #[must_use]
    pub fn is_remembered(&self) -> bool {
        self.events.iter().any(|event| matches!(event.event, Event::DeviceTrusted { .. }))
    }
}

/// Tells events, newest first, with those of one sign-in together: where the newest of them stands.
#[must_use]
pub fn told(events: Vec<AuditEvent>) -> Vec<Told> {
    let mut told: Vec<(Option<ChallengeId>, Vec<AuditEvent>)> = Vec::with_capacity(events.len());
    for event in events {
        let same = told.iter_mut().find(|(sign_in, _)| sign_in.is_some() && *sign_in == event.sign_in);
        match same {
            Some((_, events)) => events.push(event),
            None => told.push((event.sign_in, vec![event])),
        }
    }
    let one = |(_, mut events): (_, Vec<AuditEvent>)| match (events.pop(), events.is_empty()) {
        (Some(event), true) => Told::Event(Box::new(event)),
        (last, _) => {
            events.extend(last);
            Told::SignIn(SignInStory { events })
        }
    };
    told.into_iter().map(one).collect()
}
