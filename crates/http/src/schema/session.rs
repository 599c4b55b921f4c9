use countersign_application as domain;
use poem_openapi::Object;
use secrecy::ExposeSecret;

use super::rfc3339;

/// A new session.
#[derive(Object)]
pub(crate) struct SessionGrant {
    /// The bearer token; it is not shown again.
    token: String,
    /// When it ends however much it is used.
    expires_at: String,
}

impl SessionGrant {
    pub(crate) fn new(grant: &domain::SessionGrant) -> Self {
        Self { token: grant.token.expose_secret().to_owned(), expires_at: rfc3339(grant.session.expires_at) }
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
    created_at: String,
    /// When it was last used, to the minute.
    last_seen_at: String,
    /// When it ends however much it is used.
    expires_at: String,
    /// The address that signed in.
    ip: Option<String>,
    /// What the client that signed in calls itself.
    user_agent: Option<String>,
}

impl Session {
    pub(crate) fn new(session: domain::Session, current: Option<domain::SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            current: Some(session.id) == current,
            created_at: rfc3339(session.created_at),
            last_seen_at: rfc3339(session.last_seen_at),
            expires_at: rfc3339(session.expires_at),
            ip: session.ip,
            user_agent: session.user_agent,
        }
    }
}

/// A browser in which the second factor is skipped for a while.
#[derive(Object)]
pub(crate) struct TrustedDevice {
    /// Its identifier.
    id: String,
    /// When it was trusted.
    created_at: String,
    /// Until when.
    expires_at: String,
    /// When it last stood in for a second factor.
    last_used_at: Option<String>,
    /// The address it was trusted from.
    ip: Option<String>,
    /// What it calls itself.
    user_agent: Option<String>,
}

impl From<domain::TrustedDevice> for TrustedDevice {
    fn from(device: domain::TrustedDevice) -> Self {
        Self {
            id: device.id.to_string(),
            created_at: rfc3339(device.created_at),
            expires_at: rfc3339(device.expires_at),
            last_used_at: device.last_used_at.map(rfc3339),
            ip: device.ip,
            user_agent: device.user_agent,
        }
    }
}
