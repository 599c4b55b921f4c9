use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_application::ports::StoreError;

/// How often a contended unit of work is tried again.
const RETRIES: u64 = 100;

/// The tries of one unit of work.
#[derive(Default)]
pub(crate) struct Patience(u64);

impl Patience {
    /// Whether `error` is contention and the unit of work should be tried again, after a pause.
    pub(crate) async fn allows_another_try(&mut self, error: &StoreError) -> bool {
        static JITTER: AtomicU64 = AtomicU64::new(0);
        if !matches!(error, StoreError::Contention(_)) || self.0 >= RETRIES {
            return false;
        }
        self.0 += 1;
        let jitter = JITTER.fetch_add(1, Ordering::Relaxed) * 2_654_435_761 % 4_000;
        tokio::time::sleep(Duration::from_micros(self.0.min(20) * 500 + jitter)).await;
        true
    }
}

/// Does something in a unit of work and commits it; tries again when the store is contended, a bounded number of times.
macro_rules! in_unit {
    ($store:expr, |$unit:ident| $act:expr) => {{
        let mut patience = $crate::contract::Patience::default();
        loop {
            let outcome: Result<_, countersign_application::ports::StoreError> = async {
                let mut $unit = $store.begin().await?;
                let value = $act.await?;
                $unit.commit().await?;
                Ok(value)
            }
            .await;
            match outcome {
                Err(error) if patience.allows_another_try(&error).await => {}
                outcome => break outcome,
            }
        }
    }};
}
pub(crate) use in_unit;
