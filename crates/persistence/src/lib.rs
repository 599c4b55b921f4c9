//! Countersign's store on SQL databases, through sea-orm.
//!
//! [`SeaStore`] plays every store port of `countersign_application::ports`. Every statement that decides something is
//! one guarded `UPDATE` or `DELETE`, and the number of rows it changed is the verdict, so that the same code holds on
//! every engine. What is particular to one is in its own module; so far there is SQLite.
//!
//! Opening a store never migrates it: [`migrate`] does, and [`SeaStore::schema_status`] says whether it is needed.

mod entities;
mod faults;
mod open_error;
mod options;
mod patterns;
mod rows;
mod schema;
mod sqlite;
mod store;
mod tables;
mod unit_of_work;
mod writer;

pub use countersign_migrations::SchemaStatus;
pub use open_error::OpenError;
pub use options::StoreOptions;
pub use schema::{migrate, schema_status};
pub use store::SeaStore;
