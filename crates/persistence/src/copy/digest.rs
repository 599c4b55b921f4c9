//! Digests of rows: the same on every engine for the same rows.

use sea_orm::{DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, Value};
use sha2::{Digest, Sha256};

/// How many rows a table has, and their digest.
#[derive(Clone, PartialEq, Eq)]
pub struct TableDigest {
    /// The table's name.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over all of them in the order of their primary keys.
    pub sha256: [u8; 32],
}

impl std::fmt::Debug for TableDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} rows, {})", self.table, self.rows, crate::rows::hex(&self.sha256[..8]))
    }
}

/// Takes rows in, one after the other.
///
/// A row is a byte `r` and, column by column, the length of the name, the name, a byte for the type, and the value:
/// numbers and truth values in 8 bytes and 1, big-endian; UUIDs in 16; texts and bytes behind their length in 8. Nothing
/// depends on what an engine makes of a type.
pub(super) struct RowDigest {
    table: &'static str,
    rows: u64,
    hash: Sha256,
}

impl RowDigest {
    pub(super) fn new(table: &'static str) -> Self {
        Self { table, rows: 0, hash: Sha256::new() }
    }

    pub(super) fn add<E: EntityTrait>(&mut self, row: &E::Model) -> Result<(), DbErr> {
        self.rows += 1;
        self.hash.update(b"r");
        for column in E::Column::iter() {
            self.of_known_length(column.as_str().as_bytes());
            self.value(row.get(column))?;
        }
        Ok(())
    }

    /// Takes in what is no row.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.hash.update(b"b");
        self.of_known_length(bytes);
    }

    fn value(&mut self, value: Value) -> Result<(), DbErr> {
        match value {
            Value::Bool(None) | Value::BigInt(None) | Value::String(None) | Value::Bytes(None) | Value::Uuid(None) => {
                self.hash.update(b"0");
            }
            Value::Bool(Some(value)) => self.hash.update([b't', u8::from(value)]),
            Value::BigInt(Some(value)) => {
                self.hash.update(b"i");
                self.hash.update(value.to_be_bytes());
            }
            Value::Uuid(Some(value)) => {
                self.hash.update(b"u");
                self.hash.update(value.as_bytes());
            }
            Value::String(Some(value)) => {
                self.hash.update(b"s");
                self.of_known_length(value.as_bytes());
            }
            Value::Bytes(Some(value)) => self.bytes(&value),
            _ => return Err(DbErr::Type(format!("the table {} has a type that is not known here", self.table))),
        }
        Ok(())
    }

    fn of_known_length(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    pub(super) fn end(self) -> TableDigest {
        TableDigest { table: self.table, rows: self.rows, sha256: self.hash.finalize().into() }
    }
}

/// How much a row takes, roughly: what counts is what may be long.
pub(super) fn size_of_row<E: EntityTrait>(row: &E::Model) -> usize {
    E::Column::iter()
        .map(|column| match row.get(column) {
            Value::String(Some(value)) => value.len(),
            Value::Bytes(Some(value)) => value.len(),
            _ => 16,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::attempt::{Entity, Model};

    fn digest(rows: &[Model]) -> TableDigest {
        let mut digest = RowDigest::new("attempt");
        for row in rows {
            digest.add::<Entity>(row).unwrap();
        }
        digest.end()
    }

    fn row(key: &[u8], blocked_until: Option<i64>) -> Model {
        Model {
            key: key.to_vec(),
            failures: 1,
            blocked_until,
            touched_at: 2,
            account_id: None,
            network: None,
            known_at: None,
        }
    }

    #[test]
    fn whatever_differs_has_another_digest() {
        let rows = [row(b"ab", None), row(b"c", Some(0))];
        let all = digest(&rows);
        assert_eq!((all.rows, &all), (2, &digest(&rows)));
        for other in [
            vec![],
            vec![row(b"ab", None)],
            vec![row(b"c", Some(0)), row(b"ab", None)],
            vec![row(b"a", None), row(b"bc", Some(0))],
            vec![row(b"ab", Some(0)), row(b"c", Some(0))],
            vec![row(b"ab", None), row(b"c", Some(1))],
        ] {
            assert_ne!(digest(&other).sha256, all.sha256, "{other:?}");
        }
    }

    #[test]
    fn the_encoding_stays_as_it_is() {
        // Two versions of this program can be compared by it.
        let shown = crate::rows::hex(&digest(&[row(b"ab", None)]).sha256);
        assert_eq!(shown, "9397532915b715b4ec74986021c9482afd49b313bc561690dadfe7f2bef958df");
    }
}
