//! Which audit events are asked for, by the address of the list and of its exports.

use std::net::IpAddr;

use countersign_application::account::AccountName;
use countersign_application::audit::{
    ActorKind, AmbiguousName, AuditOutcome, Audited, EventKind, FindActor, FindAudited, ListAuditEvents,
};
use countersign_application::realm::Realm;
use countersign_application::text::SearchText;
use countersign_application::{Application, PageRequest};

use super::days;
use crate::refusal::Refusal;
use crate::visit::Visit;

/// What the address says.
#[derive(Clone, Debug, Default)]
pub(super) struct AuditFilter {
    pub(super) event: String,
    pub(super) account: String,
    pub(super) outcome: String,
    pub(super) address: String,
    pub(super) actor_kind: String,
    pub(super) actor: String,
    pub(super) login: String,
    pub(super) since: String,
    pub(super) until: String,
}

impl AuditFilter {
    pub(super) fn of(visit: &Visit) -> Self {
        let given = |name| visit.parameter(name).trim().to_owned();
        Self {
            event: given("event"),
            account: given("account"),
            outcome: given("outcome"),
            address: given("address"),
            actor_kind: given("actor_kind"),
            actor: given("actor"),
            login: given("login"),
            since: given("since"),
            until: given("until"),
        }
    }

    /// The same as parameters of an address.
    pub(super) fn parameters(&self) -> [(&'static str, &str); 9] {
        [
            ("event", &self.event),
            ("account", &self.account),
            ("outcome", &self.outcome),
            ("address", &self.address),
            ("actor_kind", &self.actor_kind),
            ("actor", &self.actor),
            ("login", &self.login),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parameters().iter().all(|(_, value)| value.is_empty())
    }

    /// The fields that hold no day, or no address, and what to say of them.
    pub(super) fn wrong(&self) -> Vec<(&'static str, &'static str)> {
        let days = [("since", &self.since), ("until", &self.until)];
        let no_day = |(_, day): &(&str, &String)| !day.is_empty() && days::parse(day).is_none();
        let mut wrong: Vec<_> = days.into_iter().filter(no_day).map(|(name, _)| (name, "error-date-invalid")).collect();
        if !self.address.is_empty() && self.address.parse::<IpAddr>().is_err() {
            wrong.push(("address", "error-address-invalid"));
        }
        if !self.login.is_empty() && SearchText::new(&self.login).is_err() {
            wrong.push(("login", "error-text-unseen"));
        }
        wrong
    }

    /// Whose events are meant: an account's, or a subject's.
    pub(super) async fn audited(
        &self,
        application: &Application,
        realm: &Realm,
    ) -> Result<Result<Audited, AmbiguousName>, Refusal> {
        if self.account.is_empty() {
            return Ok(Ok(Audited::All));
        }
        let find = FindAudited { name: AccountName::Any(self.account.clone()) };
        Ok(find.execute(application, realm).await?)
    }

    /// Who is meant by who acted.
    pub(super) async fn acted(
        &self,
        application: &Application,
        realm: &Realm,
    ) -> Result<Result<Option<String>, AmbiguousName>, Refusal> {
        if self.actor.is_empty() {
            return Ok(Ok(None));
        }
        Ok(FindActor { name: self.actor.clone() }.execute(application, realm).await?.map(Some))
    }

    /// The use case that lists them. A kind of event that there is not, no page of ours links to.
    pub(super) fn list(
        &self,
        account: Audited,
        actor_id: Option<String>,
        page: PageRequest,
    ) -> Result<ListAuditEvents, Refusal> {
        let event = match self.event.as_str() {
            "" => None,
            name => Some(EventKind::from_name(name).ok_or(Refusal::NotFound)?),
        };
        let outcome = match self.outcome.as_str() {
            "" => None,
            name => Some(AuditOutcome::from_name(name).ok_or(Refusal::NotFound)?),
        };
        let actor_kind = match self.actor_kind.as_str() {
            "" => None,
            name => Some(ActorKind::from_name(name).ok_or(Refusal::NotFound)?),
        };
        Ok(ListAuditEvents {
            event,
            account,
            outcome,
            address: self.address.parse().ok(),
            actor_kind,
            actor_id,
            login: SearchText::new(&self.login).ok().map(|login| login.as_str().to_owned()),
            since: days::parse(&self.since).map(days::start),
            // The last day is meant as well.
            until: days::parse(&self.until).map(days::end),
            page,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_part_of_what_is_asked_for() {
        let filter = AuditFilter { since: "1970-01-02".into(), until: "1970-01-02".into(), ..AuditFilter::default() };
        let list = filter.list(Audited::All, None, PageRequest::first()).unwrap();
        let seconds = |at: Option<countersign_application::Timestamp>| at.unwrap().unix_seconds();
        assert_eq!((seconds(list.since), seconds(list.until)), (86_400, 2 * 86_400));
    }

    #[test]
    fn days_that_are_none_are_named_and_unknown_events_lead_nowhere() {
        let filter = AuditFilter { since: "yesterday".into(), until: "2026-01-01".into(), ..AuditFilter::default() };
        assert_eq!(filter.wrong(), [("since", "error-date-invalid")]);
        let filter = AuditFilter { address: "nowhere".into(), ..AuditFilter::default() };
        assert_eq!(filter.wrong(), [("address", "error-address-invalid")]);
        let filter = AuditFilter { outcome: "perhaps".into(), ..AuditFilter::default() };
        assert!(filter.list(Audited::All, None, PageRequest::first()).is_err());
        let filter = AuditFilter { actor_kind: "emperor".into(), ..AuditFilter::default() };
        assert!(filter.list(Audited::All, None, PageRequest::first()).is_err());
        let filter = AuditFilter { login: "a\u{202e}b".into(), ..AuditFilter::default() };
        assert_eq!(filter.wrong(), [("login", "error-text-unseen")]);
        let filter = AuditFilter { event: "no.such".into(), ..AuditFilter::default() };
        assert!(filter.list(Audited::All, None, PageRequest::first()).is_err() && !filter.is_empty());
    }
}
