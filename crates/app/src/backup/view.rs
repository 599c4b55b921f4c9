use countersign_cli::{View, facts};
use countersign_wire::Moment;
use serde::Serialize;

use super::Written;

/// What was backed up.
#[derive(Serialize)]
pub(super) struct BackupView {
    file: String,
    bytes: u64,
    accounts: u64,
    schema: String,
    made_at: Moment,
}

impl From<Written> for BackupView {
    fn from(written: Written) -> Self {
        Self {
            file: written.file.display().to_string(),
            bytes: written.bytes,
            accounts: written.facts.accounts,
            schema: written.facts.schema,
            made_at: Moment(written.at),
        }
    }
}

impl View for BackupView {
    fn table(&self) -> String {
        facts([
            ("file", self.file.clone()),
            ("bytes", self.bytes.to_string()),
            ("accounts", self.accounts.to_string()),
            ("schema", self.schema.clone()),
            ("made at", self.made_at.for_people()),
        ])
    }
}
