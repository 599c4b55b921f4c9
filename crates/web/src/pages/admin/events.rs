//! Audit events, as administrators read them.

use std::collections::HashMap;

use countersign_application::account::FindAccount;
use countersign_application::api_key::{ApiKey, ListApiKeys};
use countersign_application::audit::{Actor, AuditEvent, ChangedPolicy, CreatedAs, Event, Told};
use countersign_application::realm::Realm;
use countersign_application::{AccountId, Application, PageRequest};

use super::policy_fields::rule_name;
use super::role_text;
use crate::moments::Moment;
use crate::pages::events::{self, EventLine, tone};
use crate::refusal::Refusal;
use crate::texts::Texts;

/// How much is shown of what a client that is no known browser calls itself.
const CLIENT_CHARS: usize = 40;

/// One line of a list of events, in the third person.
pub(super) fn line(event: &AuditEvent, texts: Texts) -> EventLine {
    EventLine {
        text: sentence(event, texts),
        at: Moment::new(event.at, texts),
        client: client(event, texts),
        place: event.ip.clone().unwrap_or_default(),
        tone: tone(event),
        parts: Vec::new(),
        disputable: false,
    }
}

/// One line of what is told of events, in the third person.
pub(super) fn told_line(told: &Told, texts: Texts) -> EventLine {
    match told {
        Told::Event(event) => line(event, texts),
        Told::SignIn(story) => {
            EventLine { disputable: false, ..EventLine::of_story("admin-event", story, line, texts) }
        }
    }
}

/// What happened, in the third person.
pub(super) fn sentence(event: &AuditEvent, texts: Texts) -> String {
    match (&event.event, &event.login) {
        // What was typed is not kept: people type passwords into the wrong field.
        (Event::SignInFailed { .. }, None) => texts.say("admin-event-sign-in-failed-unknown"),
        _ => events::sentence("admin-event", event, texts),
    }
}

/// Such as "Firefox on Windows"; what is no known browser by the first word of what it calls itself.
pub(super) fn client(event: &AuditEvent, texts: Texts) -> String {
    let Some(agent) = event.user_agent.as_deref() else { return String::new() };
    events::client(agent, texts).unwrap_or_else(|| {
        let word = agent.split_whitespace().next().unwrap_or_default();
        word.chars().take(CLIENT_CHARS).collect()
    })
}

/// What the sentence does not say and an administrator may want to know. What this version does not know is told as it is.
pub(super) fn details(event: &AuditEvent, texts: Texts) -> String {
    let mut told: Vec<String> = match &event.event {
        Event::TwoFactorDisabled { reason: Some(reason), .. } | Event::AccountDeleted { reason: Some(reason) } => {
            vec![texts.say1("detail-reason", "reason", &reason.as_str())]
        }
        Event::PolicyChanged { change: ChangedPolicy::Keys(changes) } => {
            changes.iter().map(|(key, change)| format!("{}: {change}", rule_name(key, texts))).collect()
        }
        Event::ApiKeyCreated { name, scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
            vec![name.to_string(), scopes.join(" ")]
        }
        Event::AccountCreated { created_as: CreatedAs::Role(role) } => vec![role_text(*role, texts)],
        _ => Vec::new(),
    };
    told.extend(event.further.iter().map(|(name, text)| format!("{name}: {text}")));
    told.join("; ")
}

/// What those who acted are called. Whoever is gone goes by the identifier that the event keeps.
pub(super) struct Actors {
    logins: HashMap<AccountId, String>,
    keys: HashMap<String, String>,
}

impl Actors {
    /// Looks up those of some events: administrators are few, and the same ones again and again.
    pub(super) async fn of(application: &Application, realm: &Realm, events: &[AuditEvent]) -> Result<Self, Refusal> {
        let mut actors = Self { logins: HashMap::new(), keys: HashMap::new() };
        for event in events {
            if let Actor::Administrator(id) | Actor::OperatorAccount(id) = &event.actor
                && !actors.logins.contains_key(id)
            {
                let found = FindAccount { account: *id }.execute(application, realm).await?;
                let login = found.map_or_else(|| id.to_string(), |(account, _)| account.login.to_string());
                actors.logins.insert(*id, login);
            }
        }
        if events.iter().any(|event| matches!(event.actor, Actor::Application(_))) {
            let page = ListApiKeys { page: PageRequest::first() }.execute(application, realm).await?;
            let named = |key: &ApiKey| (key.id.to_string(), key.name.as_str().to_owned());
            actors.keys = page.items.iter().map(named).collect();
        }
        Ok(actors)
    }

    /// The one who did it.
    pub(super) fn name(&self, actor: &Actor, texts: Texts) -> String {
        match actor {
            Actor::Account(_) => texts.say("actor-account"),
            Actor::Claimant => texts.say("actor-claimant"),
            Actor::Operator => texts.say("actor-operator"),
            Actor::OperatorAccount(id) => {
                let login = self.logins.get(id).cloned().unwrap_or_else(|| id.to_string());
                texts.say1("actor-operator-account", "login", &login)
            }
            Actor::Administrator(id) => {
                let login = self.logins.get(id).cloned().unwrap_or_else(|| id.to_string());
                texts.say1("actor-administrator", "login", &login)
            }
            Actor::Application(id) => texts.say1("actor-application", "name", self.keys.get(id).unwrap_or(id)),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use countersign_application::account::Role;
    use countersign_application::audit::{
        AccountChange, AttemptMethod, AuditDetails, AuditOutcome, AuditText, Change, ProvenAct, SignInFactor,
        SignInFailure,
    };
    use countersign_application::realm::RealmSlug;
    use countersign_application::{AuditEventId, RealmId, Timestamp};

    use super::*;
    use crate::texts::Language;

    pub(in super::super) fn event(event: Event, login: Option<&str>) -> AuditEvent {
        let at = Timestamp::from_unix_seconds(1_767_225_600);
        AuditEvent {
            id: AuditEventId::new(at, 0, [1; 8]),
            at,
            event,
            realm_id: RealmId::new(at, 0, [2; 8]),
            realm: RealmSlug::default_realm(),
            account_id: login.map(|_| AccountId::new(at, 0, [3; 8])),
            login: login.map(str::to_owned),
            actor: Actor::Operator,
            ip: Some("203.0.113.7".to_owned()),
            user_agent: None,
            client_stated: false,
            sign_in: None,
            outcome: AuditOutcome::Success,
            further: AuditDetails::new(),
        }
    }

    fn failed() -> Event {
        Event::SignInFailed { reason: SignInFailure::UnknownLogin }
    }

    fn updated(change: AccountChange) -> Event {
        Event::AccountUpdated { change }
    }

    #[test]
    fn sentences_say_what_the_details_hold() {
        let texts = Texts(Language::default());
        let throttled = Event::SecondFactorThrottled {
            purpose: ProvenAct::SignIn.into(),
            method: AttemptMethod::Code,
            wait_seconds: 60,
            consecutive_codes_required: false,
        };
        let role = AccountChange::Role { before: Role::Member, after: Role::Owner };
        for (what, login, said) in [
            (
                Event::SignInSucceeded { second_factor: SignInFactor::RecoveryCode },
                Some("kim"),
                "kim signed in with a recovery code.",
            ),
            (failed(), None, "Someone tried an unknown login."),
            (throttled, Some("kim"), "kim has to wait 60 seconds after wrong entries."),
            (updated(AccountChange::Disabled(true)), Some("kim"), "The account kim was disabled."),
            (Event::RecoveryCodesIssued { count: 10 }, Some("kim"), "kim got new recovery codes: 10."),
            (updated(role), Some("kim"), "kim got the role: Owner."),
        ] {
            assert_eq!(sentence(&event(what, login), texts), said);
        }
    }

    #[test]
    fn what_a_newer_version_wrote_is_told_as_it_is() {
        let texts = Texts(Language::default());
        let further = || {
            AuditDetails::from([("credential", "blue key"), ("method", "passkey")].map(|(k, v)| (k.into(), v.into())))
        };
        let unknown = |name: &str| {
            let what = Event::Unknown { name: name.to_owned() };
            AuditEvent { further: further(), ..event(what, Some("kim")) }
        };
        for (name, said) in [
            ("passkey.added", "An event that this version does not know: passkey.added"),
            ("second_factor.accepted", "Code accepted"),
        ] {
            assert_eq!(sentence(&unknown(name), texts), said);
            assert_eq!(events::sentence("event", &unknown(name), texts), said);
            assert_eq!(details(&unknown(name), texts), "credential: blue key; method: passkey");
        }
        let disabled = Event::TwoFactorDisabled { authenticator_id: None, reason: Some(AuditText::new("lost")) };
        let more =
            AuditEvent { further: [("ticket".to_owned(), "7".to_owned())].into(), ..event(disabled, Some("kim")) };
        assert_eq!(details(&more, texts), "Reason: lost; ticket: 7");
    }

    #[test]
    fn a_client_that_is_no_browser_goes_by_its_own_first_word() {
        let mut event = event(failed(), None);
        for (agent, name) in [(Some("panel/1.0 (build 7)"), "panel/1.0"), (Some(" "), ""), (None, "")] {
            event.user_agent = agent.map(str::to_owned);
            assert_eq!(client(&event, Texts(Language::default())), name);
        }
    }

    #[test]
    fn details_name_reasons_and_rules() {
        let texts = Texts(Language::default());
        let reason = Some(AuditText::new("lost the phone"));
        let disabled = event(Event::TwoFactorDisabled { authenticator_id: None, reason }, Some("kim"));
        assert_eq!(details(&disabled, texts), "Reason: lost the phone");
        let keys = [("issuer", Change::new("A", "B")), ("totp.digits", Change::new(6, 8))];
        let change = ChangedPolicy::Keys(keys.map(|(key, change)| (key.to_owned(), change)).into());
        let changed = event(Event::PolicyChanged { change }, None);
        assert_eq!(details(&changed, texts), "Name of this realm: A → B; Digits of a code: 6 → 8");
    }
}
