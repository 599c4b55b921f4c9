//! Identifiers: UUID version 7 (RFC 9562), one type for each kind of thing, so that none is passed for another.
//!
//! They sort by the time at which they were made, to the microsecond, which is what cursors and primary keys want.

use countersign_core::Timestamp;
use uuid::Uuid;

/// The text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct IdentifierError;

/// Builds a version 7 UUID whose `rand_a` field holds the microseconds and a sequence number (RFC 9562, 6.2, method 3).
fn version_7(at: Timestamp, sequence: u8, random: [u8; 8]) -> Uuid {
    let micros = u64::try_from(at.as_micros()).unwrap_or(0);
    let sub_millisecond = (micros % 1_000) * 4 + u64::from(sequence.min(3));
    let fraction = u16::try_from(sub_millisecond).unwrap_or(0).to_be_bytes();
    let mut counter_random = [0_u8; 10];
    counter_random[..2].copy_from_slice(&fraction);
    counter_random[2..].copy_from_slice(&random);
    uuid::Builder::from_unix_timestamp_millis(micros / 1_000, &counter_random).into_uuid()
}

macro_rules! identifier {
    ($($(#[$meta:meta])* $name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes the identifier of something that comes into being at `at`; `sequence` (0 to 3) orders several
            /// made in the same microsecond.
            #[must_use]
            pub fn new(at: Timestamp, sequence: u8, random: [u8; 8]) -> Self {
                Self(version_7(at, sequence, random))
            }

            /// The least identifier of what comes into being at `at`: whatever was made before has a lesser one.
            #[must_use]
            pub fn first_at(at: Timestamp) -> Self {
                Self::new(at, 0, [0; 8])
            }

            /// Wraps a stored identifier.
            #[must_use]
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The identifier as stores keep it.
            #[must_use]
            pub fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, IdentifierError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdentifierError)
            }
        }
    )+};
}

identifier! {
    /// Identifies a realm.
    RealmId,
    /// Identifies an account.
    AccountId,
    /// Identifies an authenticator.
    AuthenticatorId,
    /// Identifies a set of recovery codes, issued together.
    RecoveryCodeSetId,
    /// Identifies one recovery code.
    RecoveryCodeId,
    /// Identifies a challenge.
    ChallengeId,
    /// Identifies a session.
    SessionId,
    /// Identifies a trusted device.
    TrustedDeviceId,
    /// Identifies an API key.
    ApiKeyId,
    /// Identifies an audit event.
    AuditEventId,
    /// Identifies the claim of an idempotency key.
    IdempotencyClaimId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_sort_by_the_time_and_sequence_of_their_making() {
        let at = Timestamp::from_micros(1_700_000_000_123_456);
        let later = Timestamp::from_micros(1_700_000_000_123_457);
        let first = AuditEventId::new(at, 0, [0xff; 8]);
        let second = AuditEventId::new(at, 1, [0; 8]);
        let third = AuditEventId::new(later, 0, [0; 8]);
        assert!(first < second && second < third);
        assert_eq!(first.as_uuid().get_version_num(), 7);
        assert_eq!(first.to_string().parse(), Ok(first));
    }
}
