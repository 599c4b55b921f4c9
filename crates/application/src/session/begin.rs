//! Beginning a session.

use countersign_core::Timestamp;

use crate::account::Account;
use crate::realm::Realm;
use crate::session::{AuthenticationMethod, Session, SessionGrant};
use crate::{Application, Origin, SessionId, UseCaseError};

impl Application {
    /// Makes a session for the door that was come in by; it stands once its unit of work is committed.
    pub(crate) fn new_session(
        &self,
        realm: &Realm,
        account: &Account,
        origin: &Origin,
        enrollment_only: bool,
        methods: &[AuthenticationMethod],
        now: Timestamp,
    ) -> Result<SessionGrant, UseCaseError> {
        let issued = self.tokens().issue(origin.door.session_token())?;
        let session = Session {
            id: SessionId::new(now, 0, self.random()?),
            token_digest: issued.digest,
            account_id: account.id,
            enrollment_only,
            methods: methods.to_vec(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus_seconds(u64::from(realm.policy.sign_in.session_ttl_seconds)),
            ip: origin.address.map(|address| address.to_string()),
            user_agent: origin.user_agent.clone(),
        };
        Ok(SessionGrant { token: issued.token, session })
    }
}
