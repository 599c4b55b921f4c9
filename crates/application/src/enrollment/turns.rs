//! Turns at slow work of which only the first is of use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use crate::AccountId;
use crate::account::PasswordHasherError;

/// How long one waits for a turn: as long as for a place at slow hashing.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Lets the requests of one account that would each do the same slow work do it one after another, so that all but the
/// first find that it has been done. It decides nothing: other nodes have turns of their own, and what may happen once is
/// a guarded write.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<AccountId, Weak<Turn<()>>>>);

impl Turns {
    /// Waits for the account's turn, which ends when the guard is dropped.
    ///
    /// # Errors
    /// Those before it take too long.
    pub(crate) async fn wait(&self, account: AccountId) -> Result<OwnedMutexGuard<()>, PasswordHasherError> {
        let waiting = self.of(account).lock_owned();
        tokio::time::timeout(LONGEST_WAIT, waiting).await.map_err(|_| PasswordHasherError::Busy)
    }

    fn of(&self, account: AccountId) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&account).and_then(Weak::upgrade) {
            return turn;
        }
        // There are no more of them than requests at once.
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(account, Arc::downgrade(&turn));
        turn
    }
}
