//! Statements on a connection that has a thread of its own: the same texts and values as everywhere.

use countersign_application::ports::StoreError;
use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use sea_orm::{Statement, Value};

use crate::errors::file_error;

/// A value as this driver binds it.
struct Bound<'v>(&'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let null = ToSqlOutput::Owned(Stored::Null);
        let of = |value: Option<Stored>| value.map_or(ToSqlOutput::Owned(Stored::Null), ToSqlOutput::Owned);
        Ok(match self.0 {
            Value::Bool(value) => of(value.map(|it| Stored::Integer(i64::from(it)))),
            Value::BigInt(value) => of(value.map(Stored::Integer)),
            Value::Uuid(value) => of(value.map(|it| Stored::Blob(it.as_bytes().to_vec()))),
            Value::String(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Bytes(Some(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Value::String(None) | Value::Bytes(None) => null,
            other => {
                let fault = format!("no column of ours holds a {}", std::any::type_name_of_val(other));
                return Err(rusqlite::Error::ToSqlConversionFailure(fault.into()));
            }
        })
    }
}

fn values(statement: &Statement) -> impl Iterator<Item = Bound<'_>> {
    statement.values.iter().flat_map(|values| &values.0).map(Bound)
}

/// Makes a change, and answers how many rows it changed.
pub(crate) fn execute(connection: &Connection, statement: &Statement) -> Result<usize, StoreError> {
    let mut prepared = connection.prepare_cached(&statement.sql).map_err(file_error)?;
    prepared.execute(params_from_iter(values(statement))).map_err(file_error)
}

/// Asks, and gives each row to `take`.
pub(crate) fn query(
    connection: &Connection,
    statement: &Statement,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut prepared = connection.prepare_cached(&statement.sql).map_err(file_error)?;
    let mut rows = prepared.query(params_from_iter(values(statement))).map_err(file_error)?;
    while let Some(row) = rows.next().map_err(file_error)? {
        take(row)?;
    }
    Ok(())
}
