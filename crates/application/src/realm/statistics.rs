//! Numbers of a realm.

use crate::audit::EventKind;
use crate::realm::{DailyCount, Realm, two_factor_is_required_of};
use crate::{Application, Timestamp, UseCaseError};

/// How many days back events are counted.
const DAYS: u64 = 30;

/// Counts what a realm holds and what happened in it.
#[derive(Clone, Copy, Debug)]
pub struct ShowStatistics;

/// Numbers of a realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Accounts that are not disabled.
    pub accounts: u64,
    /// Of them, with an active authenticator.
    pub enabled: u64,
    /// With an enrollment under way.
    pub pending: u64,
    /// Without a second factor though the policy requires it of them.
    pub required_but_missing: u64,
    /// Codes accepted and refused in the last 30 days, by day.
    pub codes: Vec<DailyCount>,
    /// Accepted codes in the last 30 days, by how many steps the phone's clock was ahead (above zero) or behind.
    pub drift: Vec<(i8, u64)>,
    /// Since when events are counted.
    pub since: Timestamp,
}

impl ShowStatistics {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, realm: &Realm) -> Result<Statistics, UseCaseError> {
        let store = application.store();
        let now = application.now();
        let since = now.minus_seconds(DAYS * 86_400);
        let counts = store.count_accounts(realm.id).await?;
        let sum = |fits: &dyn Fn(&crate::realm::AccountCount) -> bool| -> u64 {
            counts.iter().filter(|count| fits(count)).map(|count| count.count).sum()
        };
        let kinds = [EventKind::SecondFactorAccepted, EventKind::SecondFactorRejected];
        let drift = store.count_drift(realm.id, since).await?;
        Ok(Statistics {
            accounts: sum(&|_| true),
            enabled: sum(&|count| count.two_factor_enabled),
            pending: store.count_pending(realm.id, now).await?,
            required_but_missing: sum(&|count| {
                !count.two_factor_enabled
                    && two_factor_is_required_of(&realm.policy, count.role, count.two_factor_required)
            }),
            codes: store.count_events(realm.id, &kinds, since).await?,
            drift: (-2..=2).map(|steps| (steps, drift.get(&steps).copied().unwrap_or_default())).collect(),
            since,
        })
    }
}
