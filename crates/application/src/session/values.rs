//! What a session is.

use countersign_core::Timestamp;
use countersign_policy::Policy;
use secrecy::SecretString;

use crate::named::named;
use crate::ports::TokenDigest;
use crate::{AccountId, SessionId};

named! {
    /// How someone showed who they are, as RFC 8176 names it.
    pub enum AuthenticationMethod {
        /// With the password.
        Password = "pwd",
        /// With a one-time password: a code of an authenticator, or a recovery code.
        OneTimePassword = "otp",
    }
}

impl AuthenticationMethod {
    /// The password alone, also where a trusted device stood in for the second factor.
    pub const ONE_FACTOR: &'static [Self] = &[Self::Password];
    /// Both factors.
    pub const TWO_FACTORS: &'static [Self] = &[Self::Password, Self::OneTimePassword];
}

/// What a completed sign-in yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// The digest of its token.
    pub token_digest: TokenDigest,
    /// Whose it is.
    pub account_id: AccountId,
    /// Whether it may only enroll, because the policy requires a second factor that the account does not have.
    pub enrollment_only: bool,
    /// How its owner showed who they are, here or since.
    pub methods: Vec<AuthenticationMethod>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends however much it is used.
    pub expires_at: Timestamp,
    /// The address that signed in.
    pub ip: Option<String>,
    /// What the client that signed in calls itself.
    pub user_agent: Option<String>,
}

impl Session {
    /// So many an account has at once. Whoever signs in without end, an application that signs in for each of its requests
    /// above all, ends those that were unused for longest.
    pub const MOST_OF_AN_ACCOUNT: u32 = 100;

    /// Whether a code was given in it. One that a trusted device opened has shown none, and gives one before it gets a
    /// factor out of the account or turns one off.
    #[must_use]
    pub fn has_shown_second_factor(&self) -> bool {
        self.methods.contains(&AuthenticationMethod::OneTimePassword)
    }

    /// Whether it still stands at `now`: neither its life nor its idle time is over.
    #[must_use]
    pub fn is_alive_at(&self, now: Timestamp, policy: &Policy) -> bool {
        let (ttl, idle) = (policy.sign_in.session_ttl_seconds, policy.sign_in.session_idle_seconds);
        now < self.expires_at
            // A policy made stricter since counts as well.
            && now < self.created_at.plus_seconds(u64::from(ttl))
            && now < self.last_seen_at.plus_seconds(u64::from(idle))
    }
}

/// A session that was just made, with its token: the only time that the token is seen.
#[derive(Clone, Debug)]
pub struct SessionGrant {
    /// What the client sends from now on.
    pub token: SecretString,
    pub session: Session,
}
