//! Values for many rows in one statement: a table of them that the statement joins.

use std::fmt::Write as _;

use countersign_application::ports::StoreError;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Iterable, ModelTrait, Statement, Value};

use crate::errors::store_error;
use crate::file;
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

    pub(crate) fn backend(&self) -> DbBackend {
        self.backend
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
        self.sql(" FROM (");
        self.rows(rows.into_iter().chain(filling));
        self.sql(") AS given) AS v")
    }

    pub(crate) fn value(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.sql("?")
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

    /// Writes a removal of the rows of `table`, called `t`, that match rows of such a table `v`.
    pub(crate) fn delete<const N: usize>(
        &mut self,
        table: &str,
        columns: [(&str, Kind); N],
        rows: Vec<[Value; N]>,
        matching: &str,
    ) -> &mut Self {
        match self.backend {
            DbBackend::MySql => {
                self.sql("DELETE t FROM ").table(columns, rows).sql(" STRAIGHT_JOIN ").sql(table).sql(" AS t ON ");
                self.sql(matching)
            }
            DbBackend::Postgres => {
                self.sql("DELETE FROM ").sql(table).sql(" AS t USING ").table(columns, rows);
                self.sql(" WHERE ").sql(matching)
            }
            _ => {
                self.sql("DELETE FROM ").sql(table).sql(" WHERE id IN (SELECT t.id FROM ").table(columns, rows);
                self.sql(" JOIN ").sql(table).sql(" AS t ON ").sql(matching).sql(")")
            }
        }
    }

    /// Writes an addition of these rows. It is filled up as a table is.
    pub(crate) fn insert<M: ModelTrait + Positioned>(&mut self, rows: &[M]) -> &mut Self {
        let values = |row: &M| <M::Entity as EntityTrait>::Column::iter().map(|column| row.get(column)).collect();
        let mut rows: Vec<Vec<Value>> = rows.iter().map(values).collect();
        self.sql("INSERT INTO ").sql(M::TABLE);
        let quote = if self.backend == DbBackend::MySql { "`" } else { "\"" };
        for (at, column) in M::COLUMNS.iter().enumerate() {
            self.sql(if at == 0 { " (" } else { ", " }).sql(quote).sql(column).sql(quote);
        }
        self.sql(") ");
        // MySQL takes no values of unknown types in a table, and its way has no statements to spare.
        let fills = self.backend != DbBackend::MySql;
        if fills && let Some(first) = rows.first() {
            let filling: Vec<Value> = first.iter().map(Value::as_null).collect();
            rows.resize(rows.len().next_power_of_two(), filling);
            self.sql("SELECT * FROM (");
        }
        self.rows(rows);
        if fills { self.sql(") AS v WHERE column1 IS NOT NULL") } else { self }
    }

    /// What becomes of the rows of an [`Self::insert`] that are there already: these columns are set to what is inserted.
    pub(crate) fn or_set(&mut self, key: &str, columns: &[&str]) -> &mut Self {
        let (conflict, new) = match self.backend {
            DbBackend::MySql => (" ON DUPLICATE KEY UPDATE ".to_owned(), ("VALUES(", ")")),
            _ => (format!(" ON CONFLICT ({key}) DO UPDATE SET "), ("excluded.", "")),
        };
        self.sql(&conflict);
        for (at, column) in columns.iter().enumerate() {
            self.sql(if at == 0 { "" } else { ", " }).sql(column).sql(" = ").sql(new.0).sql(column).sql(new.1);
        }
        self
    }

    fn rows(&mut self, rows: impl IntoIterator<Item = impl IntoIterator<Item = Value>>) {
        for (at, row) in rows.into_iter().enumerate() {
            self.sql(if at == 0 { "VALUES (" } else { "), (" });
            for (column, value) in row.into_iter().enumerate() {
                self.sql(if column == 0 { "" } else { ", " }).value(value);
            }
        }
        self.sql(")");
    }

    /// Writes what another statement says.
    fn append(&mut self, other: Self) -> &mut Self {
        self.sql.push_str(&other.sql);
        self.values.extend(other.values);
        self
    }

    pub(crate) fn finished(self) -> Statement {
        let sql = if self.backend == DbBackend::Postgres { numbered(&self.sql) } else { self.sql };
        Statement { sql, values: Some(sea_orm::Values(self.values)), db_backend: self.backend }
    }
}

/// A statement whose places for values have numbers. No text of ours has a question mark that stands for itself.
fn numbered(sql: &str) -> String {
    let mut numbered = String::with_capacity(sql.len() + sql.len() / 4);
    for (number, part) in sql.split('?').enumerate() {
        if number > 0 {
            let _ = write!(numbered, "${number}");
        }
        numbered.push_str(part);
    }
    numbered
}

fn number(rows: usize) -> Value {
    i64::try_from(rows).unwrap_or(i64::MAX).into()
}

/// One of several changes.
struct Change {
    statement: Sql,
    /// How many rows it has to change; `None` where it is no guard.
    rows: Option<usize>,
}

/// Changes of several tables, which go to the database at once where it takes them so.
pub(crate) struct Changes {
    backend: DbBackend,
    changes: Vec<Change>,
}

impl Changes {
    pub(crate) fn new(backend: DbBackend) -> Self {
        Self { backend, changes: Vec::new() }
    }

    /// Adds a change of so many rows, none of which another one of these changes. Where it changes fewer, a guard has failed.
    pub(crate) fn add(&mut self, rows: usize, write: impl FnOnce(&mut Sql)) {
        if rows > 0 {
            self.push(Some(rows), write);
        }
    }

    /// Adds a change whose number of rows says nothing.
    pub(crate) fn add_unguarded(&mut self, write: impl FnOnce(&mut Sql)) {
        self.push(None, write);
    }

    fn push(&mut self, rows: Option<usize>, write: impl FnOnce(&mut Sql)) {
        let mut statement = Sql::new(self.backend);
        write(&mut statement);
        self.changes.push(Change { statement, rows });
    }

    /// Makes them, and answers whether each guarded one changed as many rows as it had to.
    pub(crate) async fn make(self, connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
        let wanted: usize = self.changes.iter().filter_map(|change| change.rows).sum();
        let mut changed = 0;
        if self.backend == DbBackend::Postgres && !self.changes.is_empty() {
            let (mut all, counts) = self.in_one_statement();
            all.sql(" SELECT 0::bigint");
            for count in counts {
                all.sql(" + ").sql(&count);
            }
            let row = connection.query_one_raw(all.finished()).await.map_err(store_error)?;
            let counted: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose().map_err(store_error)?;
            changed = counted.unwrap_or_default().unsigned_abs();
        } else {
            for Change { statement, rows } in self.changes {
                let made = connection.execute_raw(statement.finished()).await.map_err(store_error)?.rows_affected();
                changed += if rows.is_some() { made } else { 0 };
            }
        }
        Ok(changed == wanted as u64)
    }

    /// Makes them on a connection that has a thread of its own, as [`Self::make`] does.
    pub(crate) fn make_in(self, connection: &rusqlite::Connection) -> Result<bool, StoreError> {
        for Change { statement, rows } in self.changes {
            let changed = file::execute(connection, &statement.finished())?;
            if rows.is_some_and(|rows| rows != changed) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One statement that makes all of them, or fails and makes none where one changes fewer rows than it has to: a whole
    /// unit of work. For PostgreSQL alone.
    pub(crate) fn all_or_nothing(self) -> Statement {
        let rows: Vec<usize> = self.changes.iter().filter_map(|change| change.rows).collect();
        let (mut all, counts) = self.in_one_statement();
        all.sql(" SELECT 1 / (CASE WHEN TRUE");
        for (count, rows) in counts.iter().zip(rows) {
            all.sql(" AND ").sql(count).sql(" = ").value(number(rows));
        }
        all.sql(" THEN 1 ELSE 0 END)");
        all.finished()
    }

    /// For PostgreSQL, the beginning of one statement that makes all of them, each of other rows and all at one moment, and
    /// what counts the rows of each guarded one.
    fn in_one_statement(self) -> (Sql, Vec<String>) {
        let mut all = Sql::new(self.backend);
        let mut counts = Vec::new();
        for (at, Change { statement, rows }) in self.changes.into_iter().enumerate() {
            let _ = write!(all.sql, "{} c{at} AS (", if at == 0 { "WITH" } else { "," });
            all.append(statement).sql(" RETURNING 1)");
            if rows.is_some() {
                counts.push(format!("(SELECT COUNT(*) FROM c{at})"));
            }
        }
        (all, counts)
    }
}
