//! Which accounts are asked for, by the address of their list and of what is done to several.

use countersign_application::account::{AccountCursor, AccountOrder, Role, WantedAccounts};
use countersign_application::second_factor::TwoFactorStatus;
use countersign_application::text::SearchText;

use crate::refusal::Refusal;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AccountFilter {
    pub(super) query: String,
    pub(super) role: String,
    pub(super) two_factor: String,
    pub(super) state: String,
    pub(super) sort: String,
}

/// What may be wrong with an account, or right, as a list offers it.
pub(super) const STATES: [&str; 5] = ["active", "disabled", "waiting", "never_signed_in", "required_but_missing"];

/// A filter that is chosen from a list: nothing, or one of its names.
fn chosen<T>(name: &str, from_name: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    match name {
        "" => Ok(None),
        name => from_name(name).map(Some).ok_or(Refusal::NotFound),
    }
}

impl AccountFilter {
    /// Reads parameters of an address, or fields of a form.
    pub(super) fn of<'a>(field: impl Fn(&str) -> &'a str) -> Self {
        let given = |name| field(name).trim().to_owned();
        Self {
            query: given("query"),
            role: given("role"),
            two_factor: given("two_factor"),
            state: given("state"),
            sort: given("sort"),
        }
    }

    /// The same as parameters of an address.
    pub(super) fn parameters(&self) -> [(&'static str, &str); 5] {
        [
            ("query", &self.query),
            ("role", &self.role),
            ("two_factor", &self.two_factor),
            ("state", &self.state),
            ("sort", &self.sort),
        ]
    }

    /// Whether it lets everybody through.
    pub(super) fn is_empty(&self) -> bool {
        self.parameters().iter().all(|(name, value)| *name == "sort" || value.is_empty())
    }

    /// Whether what is looked for has something in it that nobody can see.
    pub(super) fn is_unseen(&self) -> bool {
        !self.query.is_empty() && SearchText::new(&self.query).is_err()
    }

    /// Whom it means. What is no choice of a page of ours leads nowhere.
    pub(super) fn wanted(&self) -> Result<WantedAccounts, Refusal> {
        if !self.state.is_empty() && !STATES.contains(&self.state.as_str()) {
            return Err(Refusal::NotFound);
        }
        let query = (!self.query.is_empty()).then(|| self.query.clone());
        let is = |state| self.state == state;
        Ok(WantedAccounts {
            query,
            role: chosen(&self.role, Role::from_name)?,
            two_factor: chosen(&self.two_factor, TwoFactorStatus::from_name)?,
            disabled: (is("active") || is("disabled")).then(|| is("disabled")),
            waiting: is("waiting"),
            never_signed_in: is("never_signed_in"),
            required_but_missing: is("required_but_missing"),
        })
    }

    /// The order.
    pub(super) fn order(&self) -> Result<AccountOrder, Refusal> {
        Ok(chosen(&self.sort, AccountOrder::from_name)?.unwrap_or(AccountOrder::Created))
    }

    /// Where a list in this order goes on. What is no cursor of it leads nowhere.
    pub(super) fn from(&self, cursor: &str) -> Result<Option<AccountCursor>, Refusal> {
        match cursor {
            "" => Ok(None),
            cursor => AccountCursor::parse(cursor, self.order()?).map(Some).ok_or(Refusal::NotFound),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_whom_its_parameters_name() {
        let filter =
            |name: &'static str, value: &'static str| AccountFilter::of(|it| if it == name { value } else { "" });
        assert_eq!(AccountFilter::of(|_| " ").wanted(), Ok(WantedAccounts::default()));
        for (state, disabled) in [("active", Some(false)), ("disabled", Some(true)), ("waiting", None)] {
            assert_eq!(filter("state", state).wanted().map(|wanted| wanted.disabled), Ok(disabled));
        }
        for state in STATES {
            assert_ne!(filter("state", state).wanted(), Ok(WantedAccounts::default()), "{state}");
        }
        for name in ["role", "two_factor", "state"] {
            assert_eq!(filter(name, "nonsense").wanted(), Err(Refusal::NotFound), "{name}");
            assert!(!filter(name, "nonsense").is_empty());
        }
        assert_eq!(filter("sort", "nonsense").order(), Err(Refusal::NotFound));
        assert!(filter("sort", "login").is_empty() && filter("sort", "login").order() == Ok(AccountOrder::Login));
        assert!(filter("query", "a\u{202e}b").is_unseen() && !filter("query", "ab").is_unseen());
    }
}
