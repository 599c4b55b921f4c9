//! Countersign's store on SQL databases, through sea-orm.
//!
//! [`SeaStore`] plays every store port of `countersign_application::ports`. Every statement that decides something is
//! one guarded `UPDATE` or `DELETE`, and the number of rows it changed is the verdict, so that the same code holds on
//! every engine. What is particular to one is in the module `engine`.
//!
//! Opening a store never migrates it: [`migrate`] does, and [`SeaStore::schema_status`] says whether it is needed.

mod claims;
mod connection;
mod copy;
#[cfg(test)]
extern crate self as countersign_persistence;

mod database_url;
mod engine;
mod errors;
mod file;
mod file_copy;
mod lane;
mod left_log;
mod login_keys;
mod many;
mod open_error;
mod probe;
mod rows;
mod statements;
mod store;
mod tables;

pub use copy::{
    Copied, CopyError, CopyObserver, CopyPhase, CopySide, CopyStep, TableDifference, TableDigest, copy_database,
};
pub use countersign_migrations::SchemaStatus;
pub use database_url::{DatabaseUrl, Protection};
pub use engine::{Engine, migrate, schema_status};
pub use file_copy::{FileCopy, FileCopyError, FileCopyStep, FileFacts};
pub use left_log::{LeftLog, LogName, LogSalts, fold_log, standing_without_log};
pub use open_error::OpenError;
pub use store::{SeaStore, StoreOptions};
pub use tables::bookkeeping::Standing;
