//! A client's key, and the claim that is kept of it.

use std::fmt;

use secrecy::SecretString;

use crate::ports::{SealContext, SealPurpose, Sealed};
use crate::{AccountId, IdempotencyClaimId, RealmId, Timestamp};

/// How long a claim and its answer are kept, in seconds: as long as a challenge may live at most.
pub(crate) const KEPT_SECONDS: u64 = 15 * 60;

/// The text is no idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} visible ASCII characters, once", IdempotencyKey::MAX)]
pub struct IdempotencyKeyError;

/// A client's own name for one request: 1 to 200 visible ASCII characters, compared exactly.
#[derive(Clone)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// How long a key is at most, in characters.
    pub const MAX: usize = 200;

    /// Reads a key.
    ///
    /// # Errors
    /// It is empty, too long, or holds anything but visible ASCII characters.
    pub fn new(text: &str) -> Result<Self, IdempotencyKeyError> {
        let legal = (1..=Self::MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if legal { Ok(Self(text.to_owned())) } else { Err(IdempotencyKeyError) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey")
    }
}

/// Who asks, as far as the request says so itself. Keys of one never meet those of another.
#[derive(Clone, Debug)]
pub enum Asker {
    /// Whoever holds this session or API key.
    Bearer(SecretString),
    /// Whoever holds this challenge.
    Challenge(SecretString),
    /// Whoever holds what this browser's forms repeat: the hosted pages, whose sessions change under a form.
    Browser(SecretString),
    /// Someone who signs in: nobody yet.
    Claimant {
        /// The short name of the realm.
        realm: String,
        /// What was typed as login.
        login: String,
    },
}

/// Under what a claim is found: SHA-256 of who asks and the client's key. It holds nothing that can be guessed from it:
/// a bearer or a challenge is random, and of a claimant it names no more than the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyDigest(pub [u8; 32]);

/// That a request was carried out under an idempotency key, and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyClaim {
    /// Its identifier: who holds it.
    pub id: IdempotencyClaimId,
    /// Under what it is found.
    pub digest: IdempotencyDigest,
    /// SHA-256 of the request, sealed: it may hold a code of six digits, which would be guessed from a bare digest.
    pub request: Sealed,
    /// The answer, sealed; `None` while it is not known, or for ever, where the server ended between the two.
    pub answer: Option<Sealed>,
    /// When it was made.
    pub claimed_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

impl IdempotencyClaim {
    /// The latest end that a claim may have at the time at which this one is made. One that ends later was made by a clock
    /// that was ahead, and holds no more.
    #[must_use]
    pub fn latest_end(&self) -> Timestamp {
        self.expires_at.plus_seconds(self.claimed_at.seconds_until(self.expires_at))
    }

    /// Whether this claim is as good as none at the time at which `newer` is made.
    #[must_use]
    pub fn makes_room_for(&self, newer: &Self) -> bool {
        self.expires_at <= newer.claimed_at || self.expires_at > newer.latest_end()
    }

    pub(crate) fn stands_at(&self, now: Timestamp) -> bool {
        now < self.expires_at && self.expires_at <= now.plus_seconds(2 * KEPT_SECONDS)
    }

    pub(crate) fn request_context(id: IdempotencyClaimId) -> SealContext {
        context(id, SealPurpose::IdempotentRequest)
    }

    pub(crate) fn answer_context(id: IdempotencyClaimId) -> SealContext {
        context(id, SealPurpose::IdempotentAnswer)
    }
}

/// A claim belongs to no account: the claim itself stands for it.
fn context(id: IdempotencyClaimId, purpose: SealPurpose) -> SealContext {
    let row_id = id.as_uuid();
    SealContext { realm_id: RealmId::from_uuid(row_id), account_id: AccountId::from_uuid(row_id), row_id, purpose }
}
