//! What a sealed value is bound to.

use countersign_application::ports::{SealContext, SealPurpose};
use uuid::Uuid;

/// The associated data of a sealed value: with other associated data it does not open.
///
/// Each field is preceded by its length (four bytes, big endian), so that no two bindings have the same bytes.
pub(crate) struct Binding {
    realm: Uuid,
    account: Uuid,
    row: Uuid,
    purpose: Purpose,
}

enum Purpose {
    Seal(SealPurpose),
    KeyCheck,
}

impl Binding {
    /// Bound to the row of a context.
    pub(crate) fn of_context(context: &SealContext) -> Self {
        Self {
            realm: context.realm_id.as_uuid(),
            account: context.account_id.as_uuid(),
            row: context.row_id,
            purpose: Purpose::Seal(context.purpose),
        }
    }

    /// Bound to nothing but the key.
    pub(crate) fn of_key_check() -> Self {
        Self { realm: Uuid::nil(), account: Uuid::nil(), row: Uuid::nil(), purpose: Purpose::KeyCheck }
    }

    pub(super) fn associated_data(&self, format_version: u8, key_id: &str) -> Vec<u8> {
        let mut data = AssociatedData(Vec::with_capacity(160));
        data.field(&[format_version]);
        data.field(key_id.as_bytes());
        data.field(self.realm.as_bytes());
        data.field(self.account.as_bytes());
        data.field(self.row.as_bytes());
        // The names are part of the format.
        match self.purpose {
            Purpose::Seal(SealPurpose::TotpSecret(parameters)) => {
                data.field(b"totp-secret");
                data.field(parameters.algorithm().name().as_bytes());
                data.field(&[parameters.digits().get()]);
                data.field(&parameters.period_seconds().to_be_bytes());
            }
            Purpose::Seal(SealPurpose::RecoveryCode) => data.field(b"recovery-code"),
            Purpose::Seal(SealPurpose::SetUpLink) => data.field(b"set-up-link"),
            Purpose::Seal(SealPurpose::PasswordLink) => data.field(b"password-link"),
            Purpose::Seal(SealPurpose::IdempotentRequest) => data.field(b"idempotent-request"),
            Purpose::Seal(SealPurpose::IdempotentAnswer) => data.field(b"idempotent-answer"),
            Purpose::KeyCheck => data.field(b"key-check"),
        }
        data.0
    }
}

struct AssociatedData(Vec<u8>);

impl AssociatedData {
    fn field(&mut self, bytes: &[u8]) {
        // Key identifiers come from the database, but four gigabytes of one do not fit a row.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}
