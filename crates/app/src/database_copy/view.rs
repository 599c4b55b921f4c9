//! What was copied, as it is shown.

use countersign_cli::{View, columns};
use countersign_persistence::{Copied, DatabaseUrl, TableDigest};
use serde::Serialize;

/// As much of a digest as people compare.
const SHOWN: usize = 16;

/// What was copied.
#[derive(Serialize)]
pub(super) struct CopyView {
    from: String,
    to: String,
    resumed: bool,
    rows: u64,
    tables: Vec<TableView>,
}

#[derive(Serialize)]
struct TableView {
    table: &'static str,
    rows: u64,
    sha256: String,
}

impl CopyView {
    pub(super) fn new(from: &DatabaseUrl, to: &DatabaseUrl, copied: &Copied) -> Self {
        Self {
            from: from.to_string(),
            to: to.to_string(),
            resumed: copied.resumed.is_some(),
            rows: copied.tables.iter().map(|table| table.rows).sum(),
            tables: copied.tables.iter().map(TableView::from).collect(),
        }
    }
}

impl From<&TableDigest> for TableView {
    fn from(digest: &TableDigest) -> Self {
        let sha256 = digest.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { table: digest.table, rows: digest.rows, sha256 }
    }
}

impl View for CopyView {
    fn table(&self) -> String {
        let rows = |view: &TableView| {
            let digest = view.sha256.chars().take(SHOWN).collect();
            [view.table.to_owned(), view.rows.to_string(), digest]
        };
        columns(["table", "rows", "digest"], self.tables.iter().map(rows))
    }
}
