//! Administering the realm: its policy, its numbers, its audit trail.

use countersign_application::administration::AdministrationDenial;
use countersign_application::audit::{AmbiguousName, Audited, FindActor, FindAudited, ListAuditEvents};
use countersign_application::realm::{PolicyChange, ShowStatistics, UpdateRealm, UpdateRealmOutcome};
use countersign_application::text::SearchText;
use countersign_application::{Application, Timestamp, UseCaseError};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::Tag;
use crate::account_name::account_name;
use crate::bearer::{ADMINISTRATOR, Administering};
use crate::body::Body;
use crate::page_query::page_request;
use crate::problem::ProblemCode::PolicyViolation;
use crate::problem::{CHANGES, PROVEN, Problem, Refused, may};
use crate::schema::{
    ActorKind, AuditEvent, AuditEventList, Cursor, Event, Limit, Moment, Outcome, Realm, Search, StatisticsResponse,
    SubjectName, UpdateRealmRequest, own_proof, parse_rfc3339,
};

pub(crate) struct AdminRealmApi;

#[OpenApi(prefix_path = "/v1/admin", tag = "Tag::Administration")]
impl AdminRealmApi {
    /// Show the realm and its policy
    ///
    /// The realm of the administrator, or of the API key.
    #[oai(path = "/realm", method = "get", operation_id = "show_realm")]
    async fn show(&self, administrator: Administering) -> Result<Json<Realm>, Refused<ADMINISTRATOR>> {
        Ok(Json(Realm::from(&administrator.realm)))
    }

    /// Change the realm's issuer or policy
    ///
    /// Holds from the next request on. What breaks a rule changes nothing; `errors` names each key and what is allowed. Keys
    /// that protect owners are changed by owners, and by API keys that one of them or the operator made.
    #[oai(path = "/realm", method = "patch", operation_id = "update_realm")]
    async fn update(
        &self,
        application: Data<&Application>,
        request: Body<UpdateRealmRequest>,
        administrator: Administering,
    ) -> Result<Json<Realm>, Refused<{ ADMINISTRATOR | CHANGES | PROVEN | may(&[PolicyViolation]) }>> {
        let UpdateRealmRequest { issuer, policy, preset, proof } = request.0;
        let update = UpdateRealm {
            expected_version: None,
            issuer: issuer.map(Into::into),
            policy: PolicyChange { preset: preset.map(Into::into), patch: policy },
            proof: own_proof(proof),
        };
        let present = &administrator.realm;
        match update.execute(&application, &administrator).await? {
            UpdateRealmOutcome::Updated(realm) => Ok(Json(Realm::from(&*realm))),
            UpdateRealmOutcome::ChangedMeanwhile => Err(UseCaseError::Fault("no version was expected").into()),
            UpdateRealmOutcome::MayNotDisableTwoFactor => {
                Err(Problem::from_administration(AdministrationDenial::MayNotDisableTwoFactor, present).into())
            }
            UpdateRealmOutcome::OwnersKeys(keys) => Err(Problem::owners_keys(keys).into()),
            UpdateRealmOutcome::Unproven(denial) => Err(Problem::unproven(denial, present).into()),
            UpdateRealmOutcome::Invalid(violations) => {
                Err(Problem::policy_violation(violations.into_iter().map(|violation| (violation.key, violation.rule)))
                    .into())
            }
        }
    }

    /// List audit events, newest first
    ///
    /// The audit trail of the realm. The filters are taken together. Of what no index holds in order, an outcome, an address, who
    /// acted or a login, 20,000 events are looked at for one part: it may hold less than was asked for, or nothing, while
    /// `next_cursor` leads on.
    #[oai(path = "/audit-events", method = "get", operation_id = "list_audit_events")]
    #[expect(clippy::too_many_arguments, reason = "each is a query parameter of the operation")]
    async fn audit_events(
        &self,
        application: Data<&Application>,
        /// Of this kind.
        event: Query<Option<Event>>,
        /// Concerning this account: its login, a subject's identifier, or the identifier of either, also once it is gone.
        account: Query<Option<Search>>,
        /// Concerning this subject, by the application's own identifier of its user, exactly; in place of `account`.
        subject: Query<Option<SubjectName>>,
        /// That ended so.
        outcome: Query<Option<Outcome>>,
        /// From this address, of version 4 or 6.
        address: Query<Option<Search>>,
        /// By someone who acted in this role.
        actor_kind: Query<Option<ActorKind>>,
        /// By whom: an account by its login or identifier, an API key by its name or identifier, also once they are gone.
        actor: Query<Option<Search>>,
        /// Concerning an account whose login at the time contains this, in any case of ASCII letters.
        login: Query<Option<Search>>,
        /// At this time or later: RFC 3339.
        since: Query<Option<Moment>>,
        /// Before this time: RFC 3339.
        until: Query<Option<Moment>>,
        /// How many items at most.
        limit: Query<Option<Limit>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<Cursor>>,
        administrator: Administering,
    ) -> Result<Json<AuditEventList>, Refused<ADMINISTRATOR>> {
        let event = event.0.map(|event| event.0);
        let name = account_name("account", account.0.map(Into::into), subject.0.map(Into::into))?;
        let (since, until) = (time("since", since.0.as_deref())?, time("until", until.0.as_deref())?);
        let page = page_request(&limit, &cursor)?;
        let realm = &administrator.realm;
        let account = match name {
            None => Audited::All,
            Some(name) => {
                (FindAudited { name }).execute(&application, realm).await?.map_err(|AmbiguousName| several())?
            }
        };
        let outcome = outcome.0.map(|outcome| outcome.0);
        let address = address.0.map(|address| address.parse()).transpose();
        let address = address.map_err(|_| Problem::invalid_request("address", "must be an IP address"))?;
        let login = login.0.as_deref().filter(|login| !login.trim().is_empty()).map(SearchText::new).transpose();
        let login = login.map_err(|rule| Problem::invalid_request("login", rule.to_string()))?;
        let login = login.map(|login| login.as_str().to_owned());
        let actor_kind = actor_kind.0.map(Into::into);
        let actor_id = match actor.0.as_deref().map(str::trim).filter(|actor| !actor.is_empty()) {
            None => None,
            Some(name) => {
                let found = FindActor { name: name.to_owned() }.execute(&application, realm).await?;
                Some(found.map_err(|AmbiguousName| several_actors())?)
            }
        };
        let list =
            ListAuditEvents { event, account, outcome, address, actor_kind, actor_id, login, since, until, page };
        let page = list.execute(&application, realm).await?;
        let next_cursor = page.next_cursor().into();
        Ok(Json(AuditEventList { items: page.items.into_iter().map(AuditEvent::from).collect(), next_cursor }))
    }

    /// Show numbers of the realm
    ///
    /// How many accounts have a second factor, how their codes fared, and how far their clocks are off.
    #[oai(path = "/statistics", method = "get", operation_id = "show_statistics")]
    async fn statistics(
        &self,
        application: Data<&Application>,
        administrator: Administering,
    ) -> Result<Json<StatisticsResponse>, Refused<ADMINISTRATOR>> {
        Ok(Json(ShowStatistics.execute(&application, &administrator.realm).await?.into()))
    }
}

fn several_actors() -> Problem {
    Problem::invalid_request("actor", "must name one: several go by this; give the identifier of the one that is meant")
}

fn several() -> Problem {
    let rule = "must name one account: several go by this; give the identifier of the one that is meant, or `subject`";
    Problem::invalid_request("account", rule)
}

fn time(name: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let rule = "must be a time as RFC 3339 writes it, for example 2026-03-01T09:00:00Z";
    parse_rfc3339(text).map(Some).ok_or_else(|| Problem::invalid_request(name, rule))
}
