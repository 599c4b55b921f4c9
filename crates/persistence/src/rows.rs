//! Checks of what stands in a row. What this program could not have written is never taken for something else.

use std::fmt::Display;

use countersign_application::Timestamp;
use countersign_application::ports::{Sealed, StoreError};
use rusqlite::types::FromSql;
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;

use crate::errors::{file_value_error, value_error};

/// The row that is being read, by table and identifier.
pub(crate) struct Row<I> {
    table: &'static str,
    id: I,
}

impl<I: Display> Row<I> {
    pub(crate) fn new(table: &'static str, id: I) -> Self {
        Self { table, id }
    }

    /// The error of a column that holds what cannot be right.
    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: self.table, column, row: self.id.to_string() }
    }

    /// The value of a column, where it could be parsed.
    pub(crate) fn parsed<T>(&self, column: &'static str, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| self.corrupt(column))
    }

    /// A number that is none below zero.
    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str, value: i64) -> Result<T, StoreError> {
        self.parsed(column, T::try_from(value).ok())
    }

    /// Bytes of a fixed length.
    pub(crate) fn bytes<const N: usize>(&self, column: &'static str, value: &[u8]) -> Result<[u8; N], StoreError> {
        self.parsed(column, value.try_into().ok())
    }

    /// A sealed value and the key that it is sealed under: both, or neither.
    pub(crate) fn sealed(
        &self,
        column: &'static str,
        bytes: Option<Vec<u8>>,
        key_id: Option<String>,
    ) -> Result<Option<Sealed>, StoreError> {
        match (bytes, key_id) {
            (Some(bytes), Some(key_id)) => Ok(Some(Sealed { key_id, bytes })),
            (None, None) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }
}

/// A row of a table that stands at a known place in a row of a query: read by position, which costs a fraction of a search
/// for names.
pub(crate) trait Positioned: Sized {
    const TABLE: &'static str;
    /// Its columns, in the order in which they are read; the key first.
    const COLUMNS: &'static [&'static str];

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, StoreError>;
}

/// A row of a query, as the driver has it.
#[derive(Clone, Copy)]
pub(crate) enum Given<'r> {
    Library(&'r QueryResult),
    File(&'r rusqlite::Row<'r>),
}

/// What can stand in a column.
pub(crate) trait Stored: TryGetable + FromSql {}

impl<T: TryGetable + FromSql> Stored for T {}

/// A place in a row of a query, which moves on with each value that is read.
pub(crate) struct Cursor<'r> {
    row: Given<'r>,
    at: usize,
}

impl<'r> Cursor<'r> {
    pub(crate) fn new(row: Given<'r>) -> Self {
        Self { row, at: 0 }
    }

    /// The value that stands here, which an error names by table and column.
    pub(crate) fn next<T: Stored>(&mut self, table: &'static str, column: &'static str) -> Result<T, StoreError> {
        let value = match self.row {
            Given::Library(row) => row.try_get_by_index(self.at).map_err(|error| value_error(error, table, |_| column)),
            Given::File(row) => row.get(self.at).map_err(|error| file_value_error(error, table, column)),
        }?;
        self.at += 1;
        Ok(value)
    }

    /// The key of the row that stands here, where one was joined. Does not move on.
    pub(crate) fn key<M: Positioned>(&self) -> Result<Option<Uuid>, StoreError> {
        Self { row: self.row, at: self.at }.next(M::TABLE, M::COLUMNS[0])
    }

    /// Moves on past the row that stands here.
    pub(crate) fn pass<M: Positioned>(&mut self) {
        self.at += M::COLUMNS.len();
    }

    /// The row that stands here, where one was joined.
    pub(crate) fn joined<M: Positioned>(&mut self) -> Result<Option<M>, StoreError> {
        if self.key::<M>()?.is_some() {
            return M::read(self).map(Some);
        }
        self.pass::<M>();
        Ok(None)
    }
}

/// A JSON document that is to be stored.
pub(crate) fn json(written: serde_json::Result<String>) -> Result<String, StoreError> {
    written.map_err(|error| StoreError::Unavailable(Box::new(error)))
}

/// A point in time as it is stored, where there is one.
pub(crate) fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_micros)
}

/// A stored point in time, where there is one.
pub(crate) fn instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

/// Bytes as the one who names a row reads them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
