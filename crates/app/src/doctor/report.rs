use countersign_cli::{View, columns};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ok,
    Warning,
    Failure,
}

/// What one check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    message: String,
    /// What to do about it.
    advice: Option<String>,
}

/// What all checks found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    checks: Vec<Finding>,
}

impl Report {
    pub(super) fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.checks.push(Finding { check, status: Status::Ok, message: message.into(), advice: None });
    }

    pub(super) fn warning(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.push(check, Status::Warning, message.into(), advice.into());
    }

    pub(super) fn failure(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.push(check, Status::Failure, message.into(), advice.into());
    }

    fn push(&mut self, check: &'static str, status: Status, message: String, advice: String) {
        self.checks.push(Finding { check, status, message, advice: Some(advice) });
    }

    pub(super) fn has_failure(&self) -> bool {
        self.checks.iter().any(|finding| finding.status == Status::Failure)
    }
}

impl View for Report {
    fn table(&self) -> String {
        let rows = self.checks.iter().map(|finding| {
            let status = match finding.status {
                Status::Ok => "ok",
                Status::Warning => "warning",
                Status::Failure => "failure",
            };
            let message = match &finding.advice {
                Some(advice) => format!("{}\n→ {advice}", finding.message),
                None => finding.message.clone(),
            };
            [status.to_owned(), finding.check.to_owned(), message]
        });
        columns(["status", "check", "finding"], rows)
    }
}
