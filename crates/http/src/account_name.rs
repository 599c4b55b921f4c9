//! How a query parameter names an account.

use countersign_application::account::AccountName;
use countersign_application::text::{SearchText, Subject};

use crate::problem::Problem;

/// Reads the two query parameters of which one names an account: `field`, by whatever it goes by, and `subject`, by a subject's
/// identifier alone.
pub(crate) fn account_name(
    field: &str,
    name: Option<String>,
    subject: Option<String>,
) -> Result<Option<AccountName>, Problem> {
    match (name, subject) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Problem::invalid_request("subject", format!("stands in place of {field}"))),
        (Some(name), None) => match SearchText::new(&name) {
            // Nobody goes by nothing.
            Err(rule) if !name.is_empty() => Err(Problem::invalid_request(field, rule.to_string())),
            _ => Ok(Some(AccountName::Any(name))),
        },
        (None, Some(subject)) => match Subject::new(&subject) {
            Err(rule) => Err(Problem::invalid_request("subject", rule.to_string())),
            Ok(_) => Ok(Some(AccountName::Subject(subject))),
        },
    }
}
