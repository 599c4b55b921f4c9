//! The audit log.

use async_trait::async_trait;
use countersign_application::audit::{
    Actor, AuditDetails, AuditEvent, AuditFilter, AuditLog, AuditOutcome, AuditReads, read_details,
};
use countersign_application::ports::StoreError;
use countersign_application::realm::RealmSlug;
use countersign_application::{AccountId, AuditEventId, Page, PageRequest, RealmId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use uuid::Uuid;

use crate::connection::SeaUnitOfWork;
use crate::rows::{Row, json};
use crate::statements::{insert_all, page};
use crate::store::SeaStore;

entity!(audit_event = "audit_event" {
    pub id: Uuid,
    pub occurred_at: i64,
    pub event: String,
    pub realm_id: Uuid,
    pub realm: String,
    pub account_id: Option<Uuid>,
    pub login: Option<String>,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub outcome: String,
    pub purpose: Option<String>,
    pub method: Option<String>,
    pub drift_steps: Option<i64>,
    pub details: String,
});

use audit_event::{Column, Entity};

/// The details that have columns of their own, because they are counted.
const PURPOSE: &str = "purpose";
const METHOD: &str = "method";
const DRIFT_STEPS: &str = "drift_steps";

fn from_row(row: audit_event::Model) -> Result<AuditEvent, StoreError> {
    let read = Row::new("audit_event", row.id);
    let mut details: AuditDetails = read.parsed("details", serde_json::from_str(&row.details).ok())?;
    let counted =
        [(PURPOSE, row.purpose), (METHOD, row.method), (DRIFT_STEPS, row.drift_steps.map(|it| it.to_string()))];
    details.extend(counted.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
    let (event, client_stated, further) = read_details(&row.event, details);
    Ok(AuditEvent {
        id: AuditEventId::from_uuid(row.id),
        at: Timestamp::from_micros(row.occurred_at),
        event,
        realm_id: RealmId::from_uuid(row.realm_id),
        realm: read.parsed("realm", RealmSlug::new(&row.realm).ok())?,
        account_id: row.account_id.map(AccountId::from_uuid),
        login: row.login,
        actor: read.parsed("actor_kind", Actor::from_parts(&row.actor_kind, row.actor_id.as_deref()))?,
        ip: row.ip,
        user_agent: row.user_agent,
        client_stated,
        outcome: read.parsed("outcome", AuditOutcome::from_name(&row.outcome))?,
        further,
    })
}

/// Events as they are stored.
pub(crate) fn rows_of(events: &[AuditEvent]) -> Result<Vec<audit_event::Model>, StoreError> {
    events.iter().map(row_of).collect()
}

fn row_of(event: &AuditEvent) -> Result<audit_event::Model, StoreError> {
    let mut details = event.details();
    let drift_steps = details.get(DRIFT_STEPS).and_then(|steps| steps.parse().ok());
    if drift_steps.is_some() {
        details.remove(DRIFT_STEPS);
    }
    Ok(audit_event::Model {
        id: event.id.as_uuid(),
        occurred_at: event.at.as_micros(),
        event: event.event.name().to_owned(),
        realm_id: event.realm_id.as_uuid(),
        realm: event.realm.as_str().to_owned(),
        account_id: event.account_id.map(AccountId::as_uuid),
        login: event.login.clone(),
        actor_kind: event.actor.kind().to_owned(),
        actor_id: event.actor.id(),
        ip: event.ip.clone(),
        user_agent: event.user_agent.clone(),
        outcome: event.outcome.as_str().to_owned(),
        purpose: details.remove(PURPOSE),
        method: details.remove(METHOD),
        drift_steps,
        details: json(serde_json::to_string(&details))?,
    })
}

/// What the identifiers of events at `at` or later begin with.
pub(super) fn first_at(at: Timestamp) -> Uuid {
    AuditEventId::first_at(at).as_uuid()
}

#[async_trait]
impl AuditReads for SeaStore {
    async fn list_audit_events(
        &self,
        filter: &AuditFilter,
        request: PageRequest,
    ) -> Result<Page<AuditEvent>, StoreError> {
        let select = Entity::find()
            .apply_if(filter.realm_id, |select, realm| select.filter(Column::RealmId.eq(realm.as_uuid())))
            .apply_if(filter.account_id, |select, account| select.filter(Column::AccountId.eq(account.as_uuid())))
            .apply_if(filter.event, |select, event| select.filter(Column::Event.eq(event.as_str())))
            .apply_if(filter.outcome, |select, outcome| select.filter(Column::Outcome.eq(outcome.as_str())))
            .apply_if(filter.address.as_deref(), |select, address| select.filter(Column::Ip.eq(address)))
            // Identifiers sort by time, and every index ends in them: a time is a range of each, and nothing beyond it is
            // looked at.
            .apply_if(filter.since, |select, since| select.filter(Column::Id.gte(first_at(since))))
            .apply_if(filter.until, |select, until| select.filter(Column::Id.lt(first_at(until))));
        page(self.reading(), select, request, from_row, |event| event.id.as_uuid()).await
    }
}

#[async_trait]
impl AuditLog for SeaUnitOfWork {
    async fn append(&mut self, events: &[AuditEvent]) -> Result<(), StoreError> {
        insert_all(self, &rows_of(events)?).await
    }
}
