//! Audit events as sentences, for the one whom they concern.

use countersign_application::account::Role;
use std::mem::take;

use countersign_application::audit::{
    AccountChange, Actor, AuditEvent, AuditOutcome, EndedSessions, Event, RevokedDevices, SignInFactor, SignInStory,
    Told,
};

use crate::moments::{Moment, Wait};
use crate::texts::{Argument, Texts, hyphenated};

/// One line of a list of events; see `_events.html`.
pub(super) struct EventLine {
    pub(super) text: String,
    pub(super) at: Moment,
    pub(super) client: String,
    pub(super) place: String,
    pub(super) tone: &'static str,
    /// What it is made of, where that is several events.
    pub(super) parts: Vec<EventPart>,
    /// Whether its owner may say that it was somebody else.
    pub(super) disputable: bool,
}

/// One event of several that are told as one.
pub(super) struct EventPart {
    pub(super) text: String,
    pub(super) at: Moment,
}

impl EventLine {
    /// What an event says to the account that it concerns.
    pub(super) fn own(event: &AuditEvent, texts: Texts) -> Self {
        // The address of an administrator or an application would look like an intruder's.
        let by_account = matches!(event.actor, Actor::Account(_) | Actor::Claimant);
        Self {
            text: sentence("event", event, texts),
            at: Moment::new(event.at, texts),
            client: event
                .user_agent
                .as_deref()
                .filter(|_| by_account)
                .and_then(|agent| client(agent, texts))
                .unwrap_or_default(),
            place: event.ip.clone().filter(|_| by_account).unwrap_or_default(),
            tone: tone(event),
            parts: Vec::new(),
            disputable: by_account && matches!(event.event, Event::SignInSucceeded { .. } | Event::SignInChallenged),
        }
    }

    /// What a part of a list says to the account that it concerns.
    pub(super) fn own_told(told: &Told, texts: Texts) -> Self {
        match told {
            Told::Event(event) => Self::own(event, texts),
            Told::SignIn(story) => Self::of_story("event", story, Self::own, texts),
        }
    }

    /// A sign-in as one line, with the lines that it is made of.
    pub(super) fn of_story(
        family: &str,
        story: &SignInStory,
        line: impl Fn(&AuditEvent, Texts) -> Self,
        texts: Texts,
    ) -> Self {
        let mut lines: Vec<Self> = story.events.iter().map(|event| line(event, texts)).collect();
        lines.reverse();
        let (client, place) =
            lines.last_mut().map(|last| (take(&mut last.client), take(&mut last.place))).unwrap_or_default();
        let factor = story.factor();
        let values: [(&str, &dyn Argument); 4] = [
            ("method", &factor.map_or("none", SignInFactor::as_str)),
            ("wrong", &u64::try_from(story.wrong_codes()).unwrap_or(u64::MAX)),
            ("remembered", if story.is_remembered() { &"yes" } else { &"no" }),
            ("login", &story.events[0].login.as_deref().unwrap_or_default()),
        ];
        Self {
            text: texts.say_with(&format!("{family}-sign-in-story"), &values),
            at: Moment::new(story.events[0].at, texts),
            client,
            place,
            tone: if factor.is_some() { "good" } else { "warn" },
            parts: lines.into_iter().map(|line| EventPart { text: line.text, at: line.at }).collect(),
            disputable: true,
        }
    }
}

/// What the sentence of an event is made of, beside who did it and whom it concerns.
#[derive(Default)]
struct Said {
    method: &'static str,
    change: &'static str,
    role: Option<Role>,
    wait_seconds: u64,
    count: u64,
    remaining: u32,
}

impl Said {
    fn of(event: &Event) -> Self {
        let said = Self::default();
        match event {
            Event::SignInSucceeded { second_factor } => Self { method: second_factor.as_str(), ..said },
            Event::SecondFactorAccepted { code, .. } => Self { method: code.method().as_str(), ..said },
            Event::SecondFactorRejected { method, .. } => Self { method: method.as_str(), ..said },
            Event::SecondFactorThrottled { method, wait_seconds, .. } => {
                Self { method: method.as_str(), wait_seconds: *wait_seconds, ..said }
            }
            Event::RecoveryCodeUsed { remaining } => Self { remaining: *remaining, ..said },
            Event::RecoveryCodesIssued { count } => Self { count: u64::from(*count), ..said },
            Event::SessionEnded { sessions: EndedSessions::AllOthers { count } } => Self { count: *count, ..said },
            Event::SessionEnded { sessions: EndedSessions::All { count } } => {
                Self { method: "all", count: *count, ..said }
            }
            Event::DeviceRevoked { devices: RevokedDevices::All } => Self { method: "all", ..said },
            Event::AccountUpdated { change } => match change {
                AccountChange::Role { after, .. } => Self { change: "role", role: Some(*after), ..said },
                AccountChange::Disabled(true) => Self { change: "disabled", ..said },
                AccountChange::Disabled(false) => Self { change: "enabled", ..said },
                _ => Self { change: "other", ..said },
            },
            _ => said,
        }
    }
}

/// The sentence of an event. `family` begins its key.
pub(super) fn sentence(family: &str, event: &AuditEvent, texts: Texts) -> String {
    let key = |family: &str| format!("{family}-{}", hyphenated(event.event.name()));
    match (&event.event, event.event.kind()) {
        (Event::Unknown { name }, None) => return texts.say1("event-unknown", "name", name),
        // Of what happened no more is known than its kind.
        (Event::Unknown { .. }, Some(_)) => return texts.say(&key("event-kind")),
        _ => {}
    }
    let Said { method, change, role, wait_seconds, count, remaining } = Said::of(&event.event);
    let role = role.map(|role| texts.say(&format!("role-{role}"))).unwrap_or_default();
    let wait = Wait::new(wait_seconds, texts).text;
    let (actor, login) = (event.actor.kind(), event.login.as_deref().unwrap_or_default());
    let values: [(&str, &dyn Argument); 8] = [
        ("method", &method),
        ("change", &change),
        ("role", &role),
        ("wait", &wait),
        ("count", &count),
        ("remaining", &remaining),
        ("actor", &actor),
        ("login", &login),
    ];
    texts.say_with(&key(family), &values)
}

/// How an event looks: "good", "plain", "warn" or "bad".
pub(super) fn tone(event: &AuditEvent) -> &'static str {
    match &event.event {
        Event::SecondFactorThrottled { .. }
        | Event::AuthenticatorDisabled { .. }
        | Event::AccountDeleted { .. }
        | Event::AccountUpdated { change: AccountChange::Disabled(true) } => "bad",
        Event::TwoFactorDisabled { .. } | Event::RecoveryCodeUsed { .. } | Event::AuthenticatorRemoved { .. } => "warn",
        _ if event.outcome == AuditOutcome::Failure => "warn",
        Event::SignInSucceeded { .. } | Event::TwoFactorEnabled { .. } | Event::AuthenticatorAdded { .. } => "good",
        _ => "plain",
    }
}

/// What a browser calls itself, and what people call it. The first that is found counts: most browsers also give the
/// names of those that they descend from.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// The same for systems. Android says that it is Linux, and an iPhone that it is like a Mac.
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
];

/// A client, such as "Firefox on Windows"; `None` for one that is not known. What it says of itself proves nothing.
pub(super) fn client(user_agent: &str, texts: Texts) -> Option<String> {
    match (named(BROWSERS, user_agent), named(SYSTEMS, user_agent)) {
        (Some(browser), Some(system)) => Some(texts.say2("client-on", "browser", browser, "system", system)),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// The same where there has to be a name.
pub(super) fn client_or_unknown(user_agent: Option<&str>, texts: Texts) -> String {
    user_agent.and_then(|agent| client(agent, texts)).unwrap_or_else(|| texts.say("client-unknown"))
}

fn named(names: &[(&str, &'static str)], user_agent: &str) -> Option<&'static str> {
    names.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use countersign_application::audit::EventKind;

    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_event_has_its_texts_in_every_language() {
        for language in Language::all() {
            for event in EventKind::ALL {
                for family in ["event", "admin-event", "event-kind"] {
                    let key = format!("{family}-{}", hyphenated(event.as_str()));
                    assert!(Texts(language).has(&key), "{key} in {}", language.code());
                }
            }
        }
    }

    #[test]
    fn clients_are_called_by_their_usual_names() {
        let texts = Texts(Language::default());
        for (user_agent, name) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 \
                 Safari/537.36 Edg/138.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 \
                 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.5 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
                "Firefox on iOS",
            ),
            ("curl/8.14.1", "curl"),
        ] {
            assert_eq!(client(user_agent, texts).as_deref(), Some(name));
        }
        assert_eq!(client("panel/1.0", texts), None);
        assert_eq!(client_or_unknown(None, texts), "Unknown browser");
    }
}
