//! Ending a session: signing out, here or elsewhere.

use crate::audit::{EndedSessions, Event};
use crate::caller::Caller;
use crate::{Application, SessionId, UseCaseError};

/// Ends a session of the caller; its own one, to sign out.
#[derive(Clone, Copy, Debug)]
pub struct EndSession {
    pub session_id: SessionId,
}

impl EndSession {
    /// `false` when the caller has no such session.
    ///
    /// # Errors
    /// A port failed; the session still stands.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<bool, UseCaseError> {
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    let ended = unit.sessions().end(caller.account.id, self.session_id).await?;
                    if ended {
                        let mut record = caller.record(application, now);
                        let sessions = EndedSessions::One(self.session_id);
                        record.succeeded(Event::SessionEnded { sessions })?;
                        record.append(unit).await?;
                    }
                    Ok(ended)
                })
            })
            .await
    }
}

/// Ends all sessions of the caller but the one that asks.
#[derive(Clone, Copy, Debug)]
pub struct EndOtherSessions;

impl EndOtherSessions {
    /// Answers how many it ended.
    ///
    /// # Errors
    /// A port failed; all still stand.
    pub async fn execute(&self, application: &Application, caller: &Caller) -> Result<u64, UseCaseError> {
        let now = application.now();
        application
            .transact(|unit| {
                Box::pin(async move {
                    let ended = unit.sessions().end_all(caller.account.id, caller.session_id()).await?;
                    if ended > 0 {
                        let mut record = caller.record(application, now);
                        let sessions = EndedSessions::AllOthers { count: ended };
                        record.succeeded(Event::SessionEnded { sessions })?;
                        record.append(unit).await?;
                    }
                    Ok(ended)
                })
            })
            .await
    }
}
