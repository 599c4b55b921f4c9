//! Counts over accounts and audit events. They are sorted here, because engines sort text differently.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_application::account::Role;
use countersign_application::audit::EventKind;
use countersign_application::ports::StoreError;
use countersign_application::realm::{AccountCount, DailyCount, StatisticsReads};
use countersign_application::{RealmId, Timestamp};
use sea_orm::sea_query::{Alias, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect};

use crate::errors::{read_error, store_error};
use crate::rows::Row;
use crate::store::SeaStore;
use crate::tables::{account, accounts, audit_event, audit_events, authenticators, second_factor};

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

fn count(count: i64) -> Result<u64, StoreError> {
    u64::try_from(count).map_err(|error| StoreError::Unavailable(Box::new(error)))
}

#[async_trait]
impl StatisticsReads for SeaStore {
    async fn count_accounts(&self, realm: RealmId) -> Result<Vec<AccountCount>, StoreError> {
        // A count of a column leaves out where it is null: both numbers from one group, and no engine's truth values.
        let rows = account::Entity::find()
            .select_only()
            .column(account::Column::Role)
            .column(account::Column::TwoFactorRequired)
            .column_as(account::Column::Id.count(), "accounts")
            .column_as(second_factor::Column::EnabledAt.count(), "enabled")
            .join(JoinType::LeftJoin, accounts::to_second_factor())
            .filter(account::Column::RealmId.eq(realm.as_uuid()))
            .filter(account::Column::DisabledAt.is_null())
            .group_by(account::Column::Role)
            .group_by(account::Column::TwoFactorRequired)
            .into_tuple::<(String, Option<bool>, i64, i64)>()
            .all(self.reading())
            .await
            .map_err(read_error::<account::Entity>)?;
        let mut counts = Vec::with_capacity(rows.len() * 2);
        for (role, two_factor_required, accounts, enabled) in rows {
            let role = Row::new("account", "a row that is counted").parsed("role", Role::from_name(&role))?;
            for (two_factor_enabled, number) in [(false, accounts - enabled), (true, enabled)] {
                let count = count(number)?;
                counts.push(AccountCount { role, two_factor_required, two_factor_enabled, count });
            }
        }
        counts.retain(|counted| counted.count > 0);
        counts.sort_unstable();
        Ok(counts)
    }

    async fn count_pending(&self, realm: RealmId, now: Timestamp) -> Result<u64, StoreError> {
        account::Entity::find()
            .filter(account::Column::RealmId.eq(realm.as_uuid()))
            .filter(account::Column::Id.in_subquery(authenticators::enrolling(now)))
            .count(self.reading())
            .await
            .map_err(store_error)
    }

    async fn count_events(
        &self,
        realm: RealmId,
        events: &[EventKind],
        since: Timestamp,
    ) -> Result<Vec<DailyCount>, StoreError> {
        use audit_event::Column;
        // The day's first microsecond, without a division: some engines would make a fraction of it.
        let at = || Expr::col(Column::OccurredAt);
        let rows = audit_event::Entity::find()
            .select_only()
            .expr_as(at().sub(at().modulo(DAY_MICROS)), "day_began_at")
            .column(Column::Event)
            .column_as(Column::Id.count(), "events")
            .filter(Column::RealmId.eq(realm.as_uuid()))
            .filter(Column::Event.is_in(events.iter().map(|event| event.as_str())))
            .filter(Column::Id.gte(audit_events::first_at(since)))
            .group_by(Expr::col(Alias::new("day_began_at")))
            .group_by(Column::Event)
            .into_tuple::<(i64, String, i64)>()
            .all(self.reading())
            .await
            .map_err(read_error::<audit_event::Entity>)?;
        let mut counts = Vec::with_capacity(rows.len());
        for (began_at, event, number) in rows {
            let name = Row::new("audit_event", "a row that is counted");
            let event = name.parsed("event", EventKind::from_name(&event))?;
            counts.push(DailyCount { day: began_at.div_euclid(DAY_MICROS), event, count: count(number)? });
        }
        counts.sort_unstable();
        Ok(counts)
    }

    async fn count_drift(&self, realm: RealmId, since: Timestamp) -> Result<BTreeMap<i8, u64>, StoreError> {
        use audit_event::Column;
        let rows = audit_event::Entity::find()
            .select_only()
            .column(Column::DriftSteps)
            .column_as(Column::Id.count(), "events")
            .filter(Column::RealmId.eq(realm.as_uuid()))
            .filter(Column::Event.eq(EventKind::SecondFactorAccepted.as_str()))
            .filter(Column::Id.gte(audit_events::first_at(since)))
            .filter(Column::DriftSteps.is_not_null())
            .group_by(Column::DriftSteps)
            .into_tuple::<(i64, i64)>()
            .all(self.reading())
            .await
            .map_err(read_error::<audit_event::Entity>)?;
        let name = Row::new("audit_event", "a row that is counted");
        let counted = |(steps, number)| Ok((name.number("drift_steps", steps)?, count(number)?));
        rows.into_iter().map(counted).collect()
    }
}
