//! What a policy ended stays ended when the policy is loosened.
//!
//! A policy that is made stricter holds from the next request on, because what it limits is measured anew each time. For that
//! reason a looser one would let rise again what had ended meanwhile. So before a policy is changed, what has ended under
//! the present one is removed: in pieces, each a unit of work of its own, so that nobody waits long for the writer. What
//! ends while that goes on has not ended at the time of the change, which was taken before.

use crate::housekeeping::Ended;
use crate::realm::Realm;
use crate::{Application, Timestamp, UseCaseError};

/// How many rows of each kind one unit of work removes.
const PIECE: u32 = 50;

impl Application {
    /// Removes what has ended in a realm at `now`, under its policy.
    pub(crate) async fn remove_ended(&self, realm: &Realm, now: Timestamp) -> Result<(), UseCaseError> {
        loop {
            let ended = self.store().list_ended(realm, now, PIECE).await?;
            if ended == Ended::default() {
                return Ok(());
            }
            let ended = &ended;
            self.transact(|unit| Box::pin(async move { Ok(unit.housekeeping().remove_ended(ended).await?) })).await?;
        }
    }
}
