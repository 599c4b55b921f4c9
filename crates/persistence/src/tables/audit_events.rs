//! The audit log.

use async_trait::async_trait;
use countersign_application::audit::{
    Actor, AuditDetails, AuditEvent, AuditFilter, AuditLog, AuditOutcome, AuditReads, ReadDetails, read_details,
};
use countersign_application::ports::StoreError;
use countersign_application::realm::RealmSlug;
use countersign_application::{AccountId, AuditEventId, Page, PageRequest, RealmId, Timestamp};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::connection::SeaUnitOfWork;
use crate::rows::{Row, json};
use crate::statements::{containing, insert_all, keys, page};
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
    let ReadDetails { event, client_stated, sign_in, further } = read_details(&row.event, details);
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
        sign_in,
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

/// What events are looked at for: no index has them in order.
fn sought(filter: &AuditFilter) -> Condition {
    let login = filter.login.as_deref().map(|login| containing(&login.to_ascii_lowercase()));
    let lower = |pattern| Expr::expr(Func::lower(Expr::col(Column::Login))).like(pattern);
    Condition::all()
        .add_option(filter.outcome.map(|outcome| Column::Outcome.eq(outcome.as_str())))
        .add_option(filter.address.as_deref().map(|address| Column::Ip.eq(address)))
        .add_option(filter.actor_kind.map(|kind| Column::ActorKind.eq(kind.as_str())))
        .add_option(filter.actor_id.as_deref().map(|id| Column::ActorId.eq(id)))
        .add_option(login.map(lower))
}

/// Behind which event no more are looked at, if there are more.
async fn stop(
    connection: &impl ConnectionTrait,
    in_order: Select<Entity>,
    request: PageRequest,
    most: u32,
) -> Result<Option<Uuid>, StoreError> {
    let at_the_end = in_order
        .apply_if(request.after, |select, after| select.filter(Column::Id.lt(after)))
        .order_by_desc(Column::Id)
        .offset(u64::from(most).saturating_sub(1));
    let ids: Vec<Uuid> = keys(connection, at_the_end, 2).await?;
    Ok(ids.first().copied().filter(|_| ids.len() == 2))
}

#[async_trait]
impl AuditReads for SeaStore {
    async fn list_audit_events(
        &self,
        filter: &AuditFilter,
        request: PageRequest,
    ) -> Result<Page<AuditEvent>, StoreError> {
        let in_order = Entity::find()
            .apply_if(filter.realm_id, |select, realm| select.filter(Column::RealmId.eq(realm.as_uuid())))
            .apply_if(filter.account_id, |select, account| select.filter(Column::AccountId.eq(account.as_uuid())))
            .apply_if(filter.event, |select, event| select.filter(Column::Event.eq(event.as_str())))
            // Identifiers sort by time, and every index ends in them: a time is a range of each, and nothing beyond it is
            // looked at.
            .apply_if(filter.since, |select, since| select.filter(Column::Id.gte(first_at(since))))
            .apply_if(filter.until, |select, until| select.filter(Column::Id.lt(first_at(until))));
        let sought = sought(filter);
        let stop = match (filter.most_looked_at, sought.is_empty()) {
            (Some(most), false) => stop(self.reading(), in_order.clone(), request, most).await?,
            _ => None,
        };
        let select = in_order.apply_if(stop, |select, stop| select.filter(Column::Id.gte(stop))).filter(sought);
        let found = page(self.reading(), select, request, from_row, |event| event.id.as_uuid()).await?;
        Ok(Page { next: found.next.or(stop), items: found.items })
    }
}

#[async_trait]
impl AuditLog for SeaUnitOfWork {
    async fn append(&mut self, events: &[AuditEvent]) -> Result<(), StoreError> {
        insert_all(self, &rows_of(events)?).await
    }
}
