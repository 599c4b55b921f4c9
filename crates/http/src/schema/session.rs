use ::countersign_application as domain;
use poem_openapi::Object;
use secrecy::ExposeSecret;

use super::values::{Nullable, Time};

/// A new session.
#[derive(Object)]
pub(crate) struct SessionGrant {
    /// The bearer token; it is not shown again.
    token: String,
    /// When it ends however much it is used.
    expires_at: Time,
}

impl SessionGrant {
    pub(crate) fn new(grant: &domain::session::SessionGrant) -> Self {
        Self { token: grant.token.expose_secret().to_owned(), expires_at: grant.session.expires_at.into() }
    }
}

/// Where one is signed in.
#[derive(Object)]
pub(crate) struct Session {
    /// Its identifier.
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When it began.
    created_at: Time,
    /// When it was last used, to the minute.
    last_seen_at: Time,
    /// When it ends however much it is used.
    expires_at: Time,
    /// The address that signed in.
    ip: Nullable<String>,
    /// What the client that signed in calls itself.
    user_agent: Nullable<String>,
}

impl Session {
    pub(crate) fn new(session: domain::session::Session, current: Option<domain::SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            current: Some(session.id) == current,
            created_at: session.created_at.into(),
            last_seen_at: session.last_seen_at.into(),
            expires_at: session.expires_at.into(),
            ip: session.ip.into(),
            user_agent: session.user_agent.into(),
        }
    }
}

/// A browser in which the second factor is skipped for a while.
#[derive(Object)]
pub(crate) struct TrustedDevice {
    /// Its identifier.
    id: String,
    /// When it was trusted.
    created_at: Time,
    /// Until when.
    expires_at: Time,
    /// When it last stood in for a second factor.
    last_used_at: Nullable<Time>,
    /// The address it was trusted from.
    ip: Nullable<String>,
    /// What it calls itself.
    user_agent: Nullable<String>,
}

impl From<domain::trusted_device::TrustedDevice> for TrustedDevice {
    fn from(device: domain::trusted_device::TrustedDevice) -> Self {
        Self {
            id: device.id.to_string(),
            created_at: device.created_at.into(),
            expires_at: device.expires_at.into(),
            last_used_at: device.last_used_at.into(),
            ip: device.ip.into(),
            user_agent: device.user_agent.into(),
        }
    }
}
