//! Values for many rows in one statement: a table of them that the statement joins.

use sea_orm::{DbBackend, Statement, Value};

use crate::rows::Positioned;

/// What a column of such a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Identifier,
    Digest,
    LoginKey,
}

impl Kind {
    fn null(self) -> Value {
        match self {
            Self::Integer => Value::BigInt(None),
            Self::Identifier => Value::Uuid(None),
            Self::Digest => Value::Bytes(None),
            Self::LoginKey => Value::String(None),
        }
    }

    /// The type by which MySQL and MariaDB are told what a value is: they give a column of a derived table its type before
    /// they know the value.
    fn cast(self) -> &'static str {
        match self {
            Self::Integer => "CAST(? AS SIGNED)",
            Self::Identifier => "CAST(? AS BINARY(16))",
            Self::Digest => "CAST(? AS BINARY(32))",
            Self::LoginKey => "CAST(? AS CHAR(600))",
        }
    }
}

/// A statement that is being written, with its values.
pub(crate) struct Sql {
    backend: DbBackend,
    sql: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(backend: DbBackend) -> Self {
        Self { backend, sql: String::with_capacity(2_048), values: Vec::new() }
    }

    pub(crate) fn sql(&mut self, text: &str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    /// The columns of a table, called `table`, each with a comma after it.
    pub(crate) fn columns<M: Positioned>(&mut self, table: &str) -> &mut Self {
        for column in M::COLUMNS {
            self.sql(table).sql(".").sql(column).sql(", ");
        }
        self
    }

    /// A table `v` of these rows, for a `FROM`. It is filled up to a power of two with rows that match nothing, so that
    /// few different statements are prepared.
    pub(crate) fn table<const N: usize>(&mut self, columns: [(&str, Kind); N], rows: Vec<[Value; N]>) -> &mut Self {
        let missing = rows.len().next_power_of_two() - rows.len();
        let filling = std::iter::repeat_with(|| columns.map(|(_, kind)| kind.null())).take(missing);
        if self.backend == DbBackend::MySql {
            for (at, row) in rows.into_iter().chain(filling).enumerate() {
                self.sql.push_str(if at == 0 { "(" } else { " UNION ALL " });
                for (column, ((name, kind), value)) in columns.iter().zip(row).enumerate() {
                    self.sql.push_str(if column == 0 { "SELECT " } else { ", " });
                    self.sql.push_str(kind.cast());
                    if at == 0 {
                        self.sql.push_str(" AS ");
                        self.sql.push_str(name);
                    }
                    self.values.push(value);
                }
            }
            self.sql.push_str(") AS v");
            return self;
        }
        // What both call the columns of VALUES.
        for (at, (name, _)) in columns.iter().enumerate() {
            self.sql.push_str(if at == 0 { "(SELECT column" } else { ", column" });
            self.sql.push_str(&(at + 1).to_string());
            self.sql.push_str(" AS ");
            self.sql.push_str(name);
        }
        self.sql.push_str(" FROM (VALUES ");
        for (at, row) in rows.into_iter().chain(filling).enumerate() {
            self.sql.push_str(if at == 0 { "(" } else { "), (" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    self.sql.push_str(", ");
                }
                self.value(value);
            }
        }
        self.sql.push_str(")) AS given) AS v");
        self
    }

    pub(crate) fn value(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        if self.backend == DbBackend::Postgres {
            self.sql.push('$');
            self.sql.push_str(&self.values.len().to_string());
        } else {
            self.sql.push('?');
        }
        self
    }

    /// Writes a change of the rows of `table`, called `t`, that match rows of such a table `v`. `sets` are columns and what
    /// they are set to; `matching` holds the guards as well.
    pub(crate) fn update<const N: usize>(
        &mut self,
        table: &str,
        sets: &str,
        columns: [(&str, Kind); N],
        rows: Vec<[Value; N]>,
        matching: &str,
    ) -> &mut Self {
        if self.backend == DbBackend::MySql {
            // In this order: a scan of the table would lock rows that nobody asked for.
            self.sql("UPDATE ").table(columns, rows).sql(" STRAIGHT_JOIN ").sql(table).sql(" AS t ON ").sql(matching);
            return self.sql(" SET ").sql(sets);
        }
        self.sql("UPDATE ").sql(table).sql(" AS t SET ").sql(sets).sql(" FROM ");
        self.table(columns, rows).sql(" WHERE ").sql(matching)
    }

    pub(crate) fn finished(self) -> Statement {
        Statement { sql: self.sql, values: Some(sea_orm::Values(self.values)), db_backend: self.backend }
    }
}
