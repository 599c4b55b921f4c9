//! What a store keeps of sessions.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::ports::{StoreError, TokenDigest};
use crate::session::{AuthenticationMethod, Session};
use crate::{AccountId, Page, PageRequest, SessionId};

/// Reads sessions.
#[async_trait]
pub trait SessionReads {
    /// The session of a token.
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError>;
    /// The sessions of an account, newest first.
    async fn list_sessions(&self, account: AccountId, page: PageRequest) -> Result<Page<Session>, StoreError>;
}

/// Changes sessions.
#[async_trait]
pub trait SessionStore: Send {
    /// Adds a session.
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError>;
    /// Ends those of the account's sessions that were unused for longest, so that no more than `most` are left
    /// (`those_unused_for_longest_make_room`).
    async fn make_room(&mut self, account: AccountId, most: u32) -> Result<(), StoreError>;
    /// Whether the session still exists, as this unit of work sees it.
    async fn exists(&mut self, id: SessionId) -> Result<bool, StoreError>;
    /// Notes a use.
    async fn touch(&mut self, id: SessionId, at: Timestamp) -> Result<(), StoreError>;
    /// Notes how its owner showed who they are (`how_a_session_was_opened_is_noted_for_it_alone`).
    async fn set_methods(&mut self, id: SessionId, methods: &[AuthenticationMethod]) -> Result<(), StoreError>;
    /// Ends a session of the account; `false` when it has none such.
    async fn end(&mut self, account: AccountId, id: SessionId) -> Result<bool, StoreError>;
    /// Ends all sessions of the account but one, and answers how many
    /// (`ending_other_sessions_keeps_the_one_that_asks`).
    async fn end_all(&mut self, account: AccountId, except: Option<SessionId>) -> Result<u64, StoreError>;
}
