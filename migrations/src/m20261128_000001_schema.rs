//! All tables, as the first release has them. Until then it is changed in place; see the `README.md` beside.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, boolean_null, pk_uuid, string_len, string_len_null, text,
    text_null, uuid, uuid_null, var_binary,
};
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{digest, file_null, instant, instant_null, key_id, name_of_value, ordered_text};
use crate::table::TableDef;

/// How many characters an address takes, or a network.
const ADDRESS: u32 = 64;

/// 200 characters of four bytes each, whichever of the two an engine counts.
const SUBJECT: u32 = 800;

/// A normalized login may be longer than the login.
const LOGIN_KEY: u32 = 600;

/// The short name of a realm.
const SLUG: u32 = 63;

/// What is locked without a row of its own.
const LOCKS: [&str; 3] = ["key_checks", "owners", "appearances"];

/// What is written down of the database itself, and what it is at first.
const BOOKKEEPING: [&str; 4] = ["probe", "lineage", "mark", "last_backup"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(manager.get_database_backend()) {
            table.create(manager).await?;
        }
        for name in LOCKS {
            let row = Query::insert()
                .into_table("named_lock")
                .columns(["name", "turns"])
                .values_panic([name.into(), 0_i64.into()])
                .take();
            manager.execute(row).await?;
        }
        for name in BOOKKEEPING {
            let row = Query::insert()
                .into_table("bookkeeping")
                .columns(["name", "number"])
                .values_panic([name.into(), 0_i64.into()])
                .take();
            manager.execute(row).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(manager.get_database_backend()).iter().rev() {
            table.drop(manager).await?;
        }
        Ok(())
    }
}

/// Every table, behind the one that it belongs to.
fn tables(backend: DatabaseBackend) -> Vec<TableDef> {
    vec![
        realm(),
        realm_appearance(backend),
        api_key(),
        account(backend),
        second_factor(),
        authenticator(),
        recovery_code_set(),
        recovery_code(),
        challenge(),
        session(),
        trusted_device(),
        attempt(),
        idempotency_claim(backend),
        key_check(),
        named_lock(),
        bookkeeping(),
        audit_event(),
    ]
}

/// `version` counts the changes, so that of two at once neither is lost. `set_up_at` is when the realm got its first owner:
/// the link that makes one is void from then on, whatever becomes of the owner.
fn realm() -> TableDef {
    TableDef::new("realm")
        .columns([
            pk_uuid("id"),
            string_len("slug", SLUG),
            text("issuer"),
            text("policy"),
            big_integer("version").default(1_i64).take(),
            instant_null("enforced_since"),
            instant_null("set_up_at"),
            instant("created_at"),
        ])
        .unique(&["slug"])
}

/// `return_addresses` is a JSON list of texts.
fn realm_appearance(backend: DatabaseBackend) -> TableDef {
    TableDef::new("realm_appearance")
        .columns([
            pk_uuid("realm_id"),
            text_null("display_name"),
            string_len_null("accent", 7),
            file_null(backend, "logo"),
            string_len_null("logo_type", 64),
            text_null("contact_name"),
            text_null("contact_link"),
            string_len_null("time_zone", 64),
            text("return_addresses"),
            instant("changed_at"),
        ])
        .belongs_to("realm", "realm_id")
}

/// `scopes` holds the names of the scopes, a space between each two.
fn api_key() -> TableDef {
    TableDef::new("api_key")
        .columns([
            pk_uuid("id"),
            uuid("realm_id"),
            text("name"),
            digest("digest"),
            text("scopes"),
            boolean("made_by_owner").default(false).take(),
            instant("created_at"),
            instant_null("expires_at"),
            instant_null("last_used_at"),
        ])
        .belongs_to("realm", "realm_id")
        .unique(&["digest"])
        .index(&["realm_id"])
}

/// `login_key` finds an account by its login or a subject by its identifier, and `login_key_rule` says by which rule it was
/// made. `last_sign_in_at` is 0 where there was none, so that lists in that order are read from an index.
fn account(backend: DatabaseBackend) -> TableDef {
    TableDef::new("account")
        .columns([
            pk_uuid("id"),
            uuid("realm_id"),
            text("login"),
            ordered_text(backend, "login_key", LOGIN_KEY),
            big_integer("login_key_rule").default(1).take(),
            string_len_null("subject", SUBJECT),
            name_of_value("role"),
            text_null("password_hash"),
            big_integer("password_version"),
            boolean("password_change_required").default(false).take(),
            boolean_null("two_factor_required"),
            instant_null("grace_started_at"),
            instant_null("disabled_at"),
            instant("last_sign_in_at").default(0_i64).take(),
            instant("created_at"),
        ])
        .belongs_to("realm", "realm_id")
        .unique(&["realm_id", "login_key"])
        .index(&["realm_id", "id"])
        .index(&["realm_id", "last_sign_in_at", "id"])
}

/// The row that every change of an account's second factor locks first. `revision` is what the lock writes.
fn second_factor() -> TableDef {
    TableDef::new("second_factor")
        .columns([
            pk_uuid("account_id"),
            instant_null("enabled_at"),
            big_integer("version"),
            big_integer("revision"),
            big_integer("code_failures"),
            instant_null("code_blocked_until"),
            big_integer("code_spent").default(0_i64).take(),
            instant_null("code_spent_since"),
            big_integer("consecutive_failures").default(0_i64).take(),
            big_integer("consecutive_spent").default(0_i64).take(),
            instant_null("consecutive_spent_since"),
            big_integer("recovery_failures"),
            instant_null("recovery_blocked_until"),
        ])
        .belongs_to("account", "account_id")
}

fn authenticator() -> TableDef {
    TableDef::new("authenticator")
        .columns([
            pk_uuid("id"),
            uuid("account_id"),
            text("name"),
            name_of_value("status"),
            text("issuer"),
            name_of_value("algorithm"),
            big_integer("digits"),
            big_integer("period_seconds"),
            blob("sealed_secret"),
            key_id("sealed_key_id"),
            big_integer_null("last_step"),
            uuid_null("begun_by"),
            uuid_null("replaces"),
            instant("created_at"),
            instant_null("expires_at"),
            instant_null("confirmed_at"),
            instant_null("last_used_at"),
        ])
        .belongs_to("account", "account_id")
        .index(&["account_id"])
        .index(&["expires_at"])
}

/// `authenticator_id` is the enrollment with which a set is pending.
fn recovery_code_set() -> TableDef {
    TableDef::new("recovery_code_set")
        .columns([
            pk_uuid("id"),
            uuid("account_id"),
            name_of_value("status"),
            uuid_null("authenticator_id"),
            string_len("pattern", 64),
            name_of_value("alphabet"),
            var_binary("salt", 16),
            key_id("key_id"),
            boolean("viewable"),
            instant_null("unproven_at"),
            instant("issued_at"),
            big_integer("total"),
        ])
        .belongs_to("account", "account_id")
        .index(&["account_id"])
        .index(&["authenticator_id"])
}

fn recovery_code() -> TableDef {
    TableDef::new("recovery_code")
        .columns([
            pk_uuid("id"),
            uuid("set_id"),
            big_integer("position"),
            digest("digest"),
            blob_null("sealed"),
            key_id("sealed_key_id").null().take(),
            instant_null("used_at"),
        ])
        .belongs_to("recovery_code_set", "set_id")
        .unique(&["set_id", "digest"])
}

fn challenge() -> TableDef {
    TableDef::new("challenge")
        .columns([
            pk_uuid("id"),
            digest("token_digest"),
            uuid("account_id"),
            big_integer("password_version"),
            big_integer("second_factor_version"),
            big_integer("failed_tries"),
            instant("created_at"),
            instant("expires_at"),
        ])
        .belongs_to("account", "account_id")
        .unique(&["token_digest"])
        .index(&["account_id"])
        .index(&["expires_at"])
}

/// `amr` holds the names of the methods that its owner has shown, a space between each two.
fn session() -> TableDef {
    TableDef::new("session")
        .columns([
            pk_uuid("id"),
            digest("token_digest"),
            uuid("account_id"),
            boolean("enrollment_only").default(false).take(),
            string_len("amr", 64).default("pwd").take(),
            instant("created_at"),
            instant("last_seen_at"),
            instant("expires_at"),
            string_len_null("ip", ADDRESS),
            text_null("user_agent"),
        ])
        .belongs_to("account", "account_id")
        .unique(&["token_digest"])
        .index(&["account_id"])
        .index(&["expires_at"])
}

fn trusted_device() -> TableDef {
    TableDef::new("trusted_device")
        .columns([
            pk_uuid("id"),
            digest("token_digest"),
            uuid("account_id"),
            big_integer("password_version"),
            big_integer("second_factor_version"),
            instant("created_at"),
            instant("expires_at"),
            instant_null("last_used_at"),
            string_len_null("ip", ADDRESS),
            text_null("user_agent"),
        ])
        .belongs_to("account", "account_id")
        .unique(&["token_digest"])
        .index(&["account_id"])
        .index(&["expires_at"])
}

/// Counters of attempts that belong to no account's second factor: whose they are and where they came from, and since when an
/// account is known there.
fn attempt() -> TableDef {
    TableDef::new("attempt")
        .columns([
            digest("key").primary_key().take(),
            uuid_null("account_id"),
            string_len_null("network", ADDRESS),
            big_integer("failures"),
            instant_null("blocked_until"),
            instant_null("known_at"),
            instant("touched_at"),
        ])
        .index(&["touched_at"])
        .index(&["account_id"])
        .index(&["network"])
}

/// Claims of idempotency keys, with what was answered. All of what came from a client is sealed or a digest.
fn idempotency_claim(backend: DatabaseBackend) -> TableDef {
    TableDef::new("idempotency_claim")
        .columns([
            digest("digest").primary_key().take(),
            uuid("id"),
            blob("request"),
            key_id("request_key_id"),
            file_null(backend, "answer"),
            key_id("answer_key_id").null().take(),
            instant("claimed_at"),
            instant("expires_at"),
        ])
        .index(&["expires_at"])
}

/// By what a start recognizes its master keys.
fn key_check() -> TableDef {
    TableDef::new("key_check").columns([
        key_id("key_id").primary_key().take(),
        blob("sealed"),
        instant("created_at"),
        instant_null("retired_at"),
    ])
}

/// Locks by name, a row each. `turns` is what the lock writes.
fn named_lock() -> TableDef {
    TableDef::new("named_lock").columns([string_len("name", 64).primary_key().take(), big_integer("turns")])
}

/// What is written down of the database itself, a row each: it belongs to no realm, and is not copied to another database.
fn bookkeeping() -> TableDef {
    TableDef::new("bookkeeping").columns([string_len("name", 64).primary_key().take(), big_integer("number")])
}

/// The audit log belongs to nothing: an event outlives whatever it tells of. `details` is a JSON object of texts, without
/// those that are counted, which have columns of their own. Each index ends in the identifier, which sorts by time.
fn audit_event() -> TableDef {
    TableDef::new("audit_event")
        .columns([
            pk_uuid("id"),
            instant("occurred_at"),
            name_of_value("event"),
            uuid("realm_id"),
            string_len("realm", SLUG),
            uuid_null("account_id"),
            text_null("login"),
            name_of_value("actor_kind"),
            text_null("actor_id"),
            string_len_null("ip", ADDRESS),
            text_null("user_agent"),
            name_of_value("outcome"),
            text_null("purpose"),
            name_of_value("method").null().take(),
            big_integer_null("drift_steps"),
            text("details"),
        ])
        .index(&["realm_id", "id"])
        .index(&["account_id", "id"])
        .index(&["realm_id", "event", "id"])
}
