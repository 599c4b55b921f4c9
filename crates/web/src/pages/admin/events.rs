//! Audit events, as administrators read them.

use std::collections::HashMap;

use countersign_application::use_cases::{FindAccount, ListApiKeys};
use countersign_application::{
    AccountId, Actor, ApiKey, Application, AuditEvent, EventKind, PageRequest, RealmSlug, Role,
};

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
    }
}

/// What happened, in the third person.
pub(super) fn sentence(event: &AuditEvent, texts: Texts) -> String {
    match (event.event, &event.login) {
        // What was typed is not kept: people type passwords into the wrong field.
        (EventKind::SignInFailed, None) => texts.say("admin-event-sign-in-failed-unknown"),
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

/// What the sentence does not say and an administrator may want to know.
pub(super) fn details(event: &AuditEvent, texts: Texts) -> String {
    match event.event {
        EventKind::TwoFactorDisabled => {
            event.details.get("reason").map_or_else(String::new, |reason| texts.say1("detail-reason", "reason", reason))
        }
        EventKind::PolicyChanged => {
            let change = |(key, change): (&String, &String)| format!("{}: {change}", rule_name(key, texts));
            event.details.iter().map(change).collect::<Vec<_>>().join("; ")
        }
        EventKind::ApiKeyCreated => {
            let told = ["name", "scopes"].iter().filter_map(|key| event.details.get(*key)).cloned();
            told.collect::<Vec<_>>().join("; ")
        }
        EventKind::AccountCreated => {
            let role = event.details.get("role").and_then(|role| Role::from_name(role));
            role.map(|role| role_text(role, texts)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// What those who acted are called. Whoever is gone goes by the identifier that the event keeps.
pub(super) struct Actors {
    logins: HashMap<AccountId, String>,
    keys: HashMap<String, String>,
}

impl Actors {
    /// Looks up those of some events: administrators are few, and the same ones again and again.
    pub(super) async fn of(
        application: &Application,
        realm: &RealmSlug,
        events: &[AuditEvent],
    ) -> Result<Self, Refusal> {
        let mut actors = Self { logins: HashMap::new(), keys: HashMap::new() };
        for event in events {
            if let Actor::Administrator(id) = &event.actor
                && !actors.logins.contains_key(id)
            {
                let find = FindAccount { realm: realm.clone(), account: *id };
                let found = find.execute(application).await?;
                let login = found.map_or_else(|| id.to_string(), |(_, account, _)| account.login.to_string());
                actors.logins.insert(*id, login);
            }
        }
        if events.iter().any(|event| matches!(event.actor, Actor::Application(_))) {
            let list = ListApiKeys { realm: realm.clone(), page: PageRequest::first() };
            if let Some(page) = list.execute(application).await? {
                let named = |key: &ApiKey| (key.id.to_string(), key.name.as_str().to_owned());
                actors.keys = page.items.iter().map(named).collect();
            }
        }
        Ok(actors)
    }

    /// The one who did it.
    pub(super) fn name(&self, actor: &Actor, texts: Texts) -> String {
        match actor {
            Actor::Account(_) => texts.say("actor-account"),
            Actor::Claimant => texts.say("actor-claimant"),
            Actor::Operator => texts.say("actor-operator"),
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
    use countersign_application::{AuditEventId, AuditOutcome, RealmId, Timestamp};

    use super::*;
    use crate::texts::Language;

    pub(in super::super) fn event(kind: EventKind, login: Option<&str>, details: &[(&str, &str)]) -> AuditEvent {
        let at = Timestamp::from_unix_seconds(1_767_225_600);
        AuditEvent {
            id: AuditEventId::new(at, 0, [1; 8]),
            at,
            event: kind,
            realm_id: RealmId::new(at, 0, [2; 8]),
            realm: RealmSlug::default_realm(),
            account_id: login.map(|_| AccountId::new(at, 0, [3; 8])),
            login: login.map(str::to_owned),
            actor: Actor::Operator,
            ip: Some("203.0.113.7".to_owned()),
            user_agent: None,
            outcome: AuditOutcome::Success,
            details: details.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        }
    }

    #[test]
    fn sentences_say_what_the_details_hold() {
        let texts = Texts(Language::English);
        for (kind, login, details, said) in [
            (
                EventKind::SignInSucceeded,
                Some("kim"),
                ("second_factor", "recovery_code"),
                "kim signed in with a recovery code.",
            ),
            (EventKind::SignInFailed, None, ("reason", "unknown_login"), "Someone tried an unknown login."),
            (
                EventKind::SecondFactorThrottled,
                Some("kim"),
                ("wait_seconds", "60"),
                "kim has to wait 60 seconds after wrong entries.",
            ),
            (EventKind::AccountUpdated, Some("kim"), ("disabled", "true"), "The account kim was disabled."),
            (EventKind::RecoveryCodesIssued, Some("kim"), ("count", "10"), "kim got new recovery codes: 10."),
        ] {
            assert_eq!(sentence(&event(kind, login, &[details]), texts), said);
        }
        let role = event(EventKind::AccountUpdated, Some("kim"), &[("role", "owner"), ("role_before", "member")]);
        assert_eq!(sentence(&role, texts), "kim got the role: Owner.");
    }

    #[test]
    fn a_client_that_is_no_browser_goes_by_its_own_first_word() {
        let mut event = event(EventKind::SignInFailed, None, &[]);
        for (agent, name) in [(Some("panel/1.0 (build 7)"), "panel/1.0"), (Some(" "), ""), (None, "")] {
            event.user_agent = agent.map(str::to_owned);
            assert_eq!(client(&event, Texts(Language::English)), name);
        }
    }

    #[test]
    fn details_name_reasons_and_rules() {
        let texts = Texts(Language::English);
        let disabled = event(EventKind::TwoFactorDisabled, Some("kim"), &[("reason", "lost the phone")]);
        assert_eq!(details(&disabled, texts), "Reason: lost the phone");
        let changed = event(EventKind::PolicyChanged, None, &[("issuer", "A → B"), ("totp.digits", "6 → 8")]);
        assert_eq!(details(&changed, texts), "Name of this realm: A → B; Digits of a code: 6 → 8");
    }
}
