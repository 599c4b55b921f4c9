use serde::Deserialize;

use super::ServerUrl;
use crate::CommandError;
use crate::table::printable;

/// What a server answers instead of what was asked for (RFC 9457).
#[derive(Debug, Deserialize)]
struct Problem {
    detail: String,
    code: String,
    retry_after_seconds: Option<u64>,
}

/// A refusal: by the server, or by the way there.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: Option<String>,
    error: CommandError,
}

impl Refusal {
    /// Whether the server gave this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// What an answer with this status and body comes to.
    pub(super) fn of(server: &ServerUrl, status: u16, body: &str) -> Self {
        let Ok(problem) = serde_json::from_str::<Problem>(body) else {
            let message = format!("what {server} answers is not of a Countersign server (status {status})");
            return Self::from(
                new(status, message).advise("--server (COUNTERSIGN_SERVER) must be its URL, without /v1"),
            );
        };
        let detail = printable(problem.detail.trim_end_matches('.'));
        let error = new(status, format!("{detail} ({})", printable(&problem.code)));
        let error = match (status, problem.retry_after_seconds) {
            (401, _) => error.advise(
                "COUNTERSIGN_TOKEN must be an API key with the scope admin, or the token of an administrator's session",
            ),
            (_, Some(seconds)) => error.advise(format!("try again in {seconds} s")),
            _ => error,
        };
        Self { code: Some(problem.code), error }
    }
}

/// The exit code of a status.
fn new(status: u16, message: String) -> CommandError {
    match status {
        404 => CommandError::not_found(message),
        502..=504 => CommandError::unavailable(message),
        _ => CommandError::refused(message),
    }
}

impl From<CommandError> for Refusal {
    fn from(error: CommandError) -> Self {
        Self { code: None, error }
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        refusal.error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exit;

    #[test]
    fn a_problem_keeps_its_detail_and_code_and_has_an_exit_code() {
        let server = "https://auth.example.org".parse().unwrap();
        for (status, exit) in [
            (400, Exit::Refused),
            (401, Exit::Refused),
            (403, Exit::Refused),
            (404, Exit::NotFound),
            (409, Exit::Refused),
            (422, Exit::Refused),
            (429, Exit::Refused),
            (500, Exit::Refused),
            (503, Exit::Unavailable),
        ] {
            let body = r#"{"type": "x", "status": 0, "code": "some_code", "detail": "No\u001b[2J.", "retry_after_seconds": 7}"#;
            let refusal = Refusal::of(&server, status, body);
            assert!(refusal.is("some_code") && !refusal.is("other"));
            let error = CommandError::from(refusal);
            assert_eq!((error.exit(), error.to_string().as_str()), (exit, "No\\u{1b}[2J (some_code)"), "{status}");
            assert!(error.advice().is_some());
        }
    }

    #[test]
    fn what_is_no_problem_is_of_another_server() {
        let server = "https://auth.example.org".parse().unwrap();
        let error = CommandError::from(Refusal::of(&server, 301, "<html>"));
        assert_eq!(error.exit(), Exit::Refused);
        assert!(error.to_string().contains("https://auth.example.org") && error.to_string().contains("301"));
    }
}
