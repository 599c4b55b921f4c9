//! The schema of Countersign, one migration a file.
//!
//! Written to mean the same on every engine: times are `BIGINT` microseconds since the Unix epoch, digests are binary,
//! documents are text, and whatever is looked up by text is normalized before it is stored. A migration names its tables
//! and columns itself, so that a later change of an entity never changes what an old migration does.

use sea_orm_migration::prelude::*;

mod columns;
mod m20260101_000001_realm;
mod m20260101_000002_account;
mod m20260101_000003_second_factor;
mod m20260101_000004_authenticator;
mod m20260101_000005_recovery_code;
mod m20260101_000006_challenge;
mod m20260101_000007_session;
mod m20260101_000008_trusted_device;
mod m20260101_000009_attempt;
mod m20260101_000010_key_check;
mod m20260101_000011_audit_event;
mod m20260101_000012_realm_version;
mod m20260101_000013_account_subject;
mod m20260101_000014_session_enrollment_only;
mod m20260101_000015_api_key;
mod m20260101_000016_realm_appearance;
mod m20261128_000001_second_factor_counters;
mod m20261128_000002_password_counters;
mod m20261128_000003_session_amr_and_requirement;
mod m20261128_000004_idempotency;
mod m20261128_000005_realm_set_up;
mod m20261128_000006_account_login_key_rule;
mod m20261128_000007_short_searches;
mod m20261128_000031_account_requirements;
mod m20261128_000051_api_key_made_by_owner;
mod m20261128_000052_old_sessions;
mod status;

pub use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};
pub use status::{SchemaStatus, has_table};

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260101_000001_realm::Migration),
            Box::new(m20260101_000002_account::Migration),
            Box::new(m20260101_000003_second_factor::Migration),
            Box::new(m20260101_000004_authenticator::Migration),
            Box::new(m20260101_000005_recovery_code::Migration),
            Box::new(m20260101_000006_challenge::Migration),
            Box::new(m20260101_000007_session::Migration),
            Box::new(m20260101_000008_trusted_device::Migration),
            Box::new(m20260101_000009_attempt::Migration),
            Box::new(m20260101_000010_key_check::Migration),
            Box::new(m20260101_000011_audit_event::Migration),
            Box::new(m20260101_000012_realm_version::Migration),
            Box::new(m20260101_000013_account_subject::Migration),
            Box::new(m20260101_000014_session_enrollment_only::Migration),
            Box::new(m20260101_000015_api_key::Migration),
            Box::new(m20260101_000016_realm_appearance::Migration),
            Box::new(m20261128_000007_short_searches::Migration),
            Box::new(m20261128_000001_second_factor_counters::Migration),
            Box::new(m20261128_000002_password_counters::Migration),
            Box::new(m20261128_000003_session_amr_and_requirement::Migration),
            Box::new(m20261128_000031_account_requirements::Migration),
            Box::new(m20261128_000005_realm_set_up::Migration),
            Box::new(m20261128_000051_api_key_made_by_owner::Migration),
            Box::new(m20261128_000052_old_sessions::Migration),
            Box::new(m20261128_000004_idempotency::Migration),
            Box::new(m20261128_000006_account_login_key_rule::Migration),
        ]
    }
}
