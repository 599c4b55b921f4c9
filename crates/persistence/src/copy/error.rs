//! Why a copy did not come to its end.

use std::fmt;

use sea_orm::DbErr;

use super::TableDigest;
use crate::{OpenError, SchemaStatus};

/// One of the two databases of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopySide {
    /// The one that is copied.
    Source,
    /// The one that it is copied to.
    Target,
}

impl fmt::Display for CopySide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "the database to copy from",
            Self::Target => "the database to copy to",
        })
    }
}

/// A table that is not the same in both databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDifference {
    /// As it is where it was copied from.
    pub source: TableDigest,
    /// As it is where it was copied to.
    pub target: TableDigest,
}

impl fmt::Display for TableDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, target } = self;
        if source.rows == target.rows {
            write!(f, "{} ({} rows, and not the same)", source.table, source.rows)
        } else {
            write!(f, "{} ({} rows and {})", source.table, source.rows, target.rows)
        }
    }
}

/// Why a copy did not come to its end. Written for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A database cannot be opened, or the target not be migrated.
    #[error("{side} does not open")]
    Open {
        side: CopySide,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// Both are the same database.
    #[error("a database cannot be copied to itself")]
    SamePlace,
    /// The schema of a database is not the one of this program. Of a target only when its copy is to be resumed.
    #[error("the schema of {side} is not the one of this program")]
    Schema {
        side: CopySide,
        /// How it compares.
        status: SchemaStatus,
    },
    /// The source is itself the target of a copy that has not finished.
    #[error("a copy into the database to copy from has not finished")]
    SourceUnfinished,
    /// Others write to the source for longer than a copy waits.
    #[error("the database to copy from is in use")]
    SourceInUse(#[source] DbErr),
    /// The target holds something.
    #[error("the database to copy to is not empty (there are rows in {table})")]
    TargetNotEmpty {
        /// A table with rows.
        table: &'static str,
    },
    /// The target holds what was copied from elsewhere.
    #[error("a copy from another database into the database to copy to has not finished")]
    OtherCopy,
    /// A statement failed.
    #[error("{side} failed")]
    Database {
        side: CopySide,
        /// How.
        #[source]
        source: DbErr,
    },
    /// A statement about a table failed.
    #[error("{side} failed at the table {table}")]
    Table {
        /// Which database.
        side: CopySide,
        /// Which table.
        table: &'static str,
        /// How.
        #[source]
        source: DbErr,
    },
    /// The observer ended it.
    #[error("the copy was interrupted")]
    Interrupted,
    /// Both databases were compared, and differ.
    #[error("the two databases differ after the copy in {}", list(.0))]
    Different(Vec<TableDifference>),
}

impl CopyError {
    /// The error of a statement that is about a whole database.
    pub(super) fn of(side: CopySide) -> impl FnOnce(DbErr) -> Self {
        move |source| Self::Database { side, source }
    }

    /// The error of a statement that is about a table.
    pub(super) fn at(side: CopySide, table: &'static str) -> impl FnOnce(DbErr) -> Self {
        move |source| Self::Table { side, table, source }
    }
}

fn list(differences: &[TableDifference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
