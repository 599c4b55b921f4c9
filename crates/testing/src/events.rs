//! An audit event of every kind, in each form that it may have.

use countersign_application::account::Role;
use countersign_application::api_key::Scope;
use countersign_application::audit::{
    AcceptedBy, AccountChange, AttemptMethod, AuditText, Change, ChangedAppearance, ChangedPolicy, CreatedAs,
    EndedSessions, Event, ProvenAct, Purpose, RejectionReason, RevokedDevices, SignInFactor, SignInFailure,
};
use countersign_application::{ApiKeyId, AuthenticatorId, SessionId, TrustedDeviceId};

use crate::NOW;

/// Every event: each kind at least once, and each value of its fields that is one of a few.
#[must_use]
pub fn every_event() -> Vec<Event> {
    let authenticator_id = AuthenticatorId::new(NOW, 1, [1; 8]);
    let purpose = || Purpose::from(ProvenAct::SignIn);
    let mut events = vec![
        Event::SignInChallenged,
        Event::SecondFactorAccepted {
            purpose: purpose(),
            code: AcceptedBy::Totp { authenticator_id, drift_steps: -1 },
        },
        Event::SecondFactorAccepted {
            purpose: Purpose::Stated(AuditText::new("payment of 3 %")),
            code: AcceptedBy::RecoveryCode,
        },
        Event::SecondFactorThrottled {
            purpose: purpose(),
            method: AttemptMethod::Code,
            wait_seconds: 60,
            consecutive_codes_required: true,
        },
        Event::RecoveryCodeUsed { remaining: 9 },
        Event::RecoveryCodesIssued { count: 10 },
        Event::RecoveryCodesViewed,
        Event::RecoveryCodeTested,
        Event::EnrollmentStarted { authenticator_id },
        Event::TwoFactorEnabled { authenticator_id },
        Event::TwoFactorDisabled { authenticator_id: Some(authenticator_id), reason: None },
        Event::TwoFactorDisabled { authenticator_id: None, reason: Some(AuditText::new("lost the phone")) },
        Event::TwoFactorDisabled { authenticator_id: None, reason: None },
        Event::AuthenticatorAdded { authenticator_id },
        Event::AuthenticatorRemoved { authenticator_id },
        Event::AuthenticatorDisabled { failures_in_a_row: 100, count: 2 },
        Event::PasswordChanged,
        Event::PasswordLinkIssued,
        Event::SessionEnded { sessions: EndedSessions::One(SessionId::new(NOW, 1, [2; 8])) },
        Event::SessionEnded { sessions: EndedSessions::AllOthers { count: 3 } },
        Event::SessionEnded { sessions: EndedSessions::All { count: 4 } },
        Event::DeviceTrusted { device_id: TrustedDeviceId::new(NOW, 1, [3; 8]) },
        Event::DeviceRevoked { devices: RevokedDevices::One(TrustedDeviceId::new(NOW, 1, [3; 8])) },
        Event::DeviceRevoked { devices: RevokedDevices::All },
        Event::AccountCreated { created_as: CreatedAs::Subject(AuditText::new("user-42")) },
        Event::AccountDeleted { reason: Some(AuditText::new("left the company")) },
        Event::AccountDeleted { reason: None },
        Event::AccountSecured { sessions_ended: 2 },
        Event::AccountUnlocked,
        Event::PolicyChanged { change: ChangedPolicy::Created { preset: AuditText::new("recommended") } },
        Event::PolicyChanged {
            change: ChangedPolicy::Keys(
                [("issuer", Change::new("Example", "Example Ltd")), ("totp.digits", Change::new(6, 8))]
                    .map(|(key, change)| (key.to_owned(), change))
                    .into(),
            ),
        },
        Event::RealmAppearanceChanged {
            changes: ChangedAppearance::new([
                ("name", Some(Change::new("none", "Panel"))),
                ("accent", None),
                ("logo", Some(Change::new("image/png, 20 bytes", "none"))),
                ("contact_name", Some(Change::new("none", "IT desk"))),
                ("contact_link", None),
                ("time_zone", Some(Change::new("Europe/Berlin", "none"))),
            ]),
            return_addresses_added: ["https://a.example/", "https://b.example/"].map(AuditText::new).into(),
            return_addresses_removed: Vec::new(),
        },
        Event::ApiKeyCreated {
            api_key_id: ApiKeyId::new(NOW, 1, [4; 8]),
            name: AuditText::new("The shop"),
            scopes: Scope::ALL.to_vec(),
        },
        Event::ApiKeyRevoked { api_key_id: ApiKeyId::new(NOW, 1, [4; 8]) },
        Event::KeyRotated,
        Event::KeyRetired { recovery_sets: 30 },
        Event::DatabaseRestored { authenticators: 40, recovery_sets: 30 },
    ];
    events.extend(SignInFactor::ALL.iter().map(|by| Event::SignInSucceeded { second_factor: *by }));
    events.extend(SignInFailure::ALL.iter().map(|reason| Event::SignInFailed { reason: *reason }));
    events.extend(ProvenAct::ALL.iter().map(|act| Event::SecondFactorAccepted {
        purpose: (*act).into(),
        code: AcceptedBy::Totp { authenticator_id, drift_steps: 0 },
    }));
    for (method, reason) in AttemptMethod::ALL.iter().flat_map(|it| RejectionReason::ALL.iter().map(|why| (*it, *why)))
    {
        for authenticator_id in [None, Some(authenticator_id)] {
            events.push(Event::SecondFactorRejected { purpose: purpose(), method, reason, authenticator_id });
        }
    }
    events.extend(Role::ALL.iter().map(|role| Event::AccountCreated { created_as: CreatedAs::Role(*role) }));
    for change in [
        AccountChange::Login { before: AuditText::new("kim"), after: AuditText::new("robin") },
        AccountChange::Role { before: Role::Member, after: Role::Owner },
        AccountChange::Disabled(true),
        AccountChange::Disabled(false),
        AccountChange::TwoFactorRequired(Some(true)),
        AccountChange::TwoFactorRequired(Some(false)),
        AccountChange::TwoFactorRequired(None),
        AccountChange::PasswordChangeRequired(true),
        AccountChange::PasswordChangeRequired(false),
    ] {
        events.push(Event::AccountUpdated { change });
    }
    events
}
