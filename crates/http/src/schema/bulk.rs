use ::countersign_application as domain;
use countersign_application::account::WantedAccounts;
use countersign_application::text::SearchText;
use poem_openapi::Object;

use super::ProofRequest;
use super::account::Role;
use super::administration::TwoFactorStatus;
use super::values::{BulkAct, Id, Nullable, RefusalReason, Search};
use crate::problem::Problem;

/// What is to be done to several accounts. Either `accounts` or `matching` is given.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct BulkRequest {
    /// What.
    pub(crate) act: BulkAct,
    /// To these.
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub(crate) accounts: Option<Vec<Id>>,
    /// To all that match.
    pub(crate) matching: Option<MatchingAccounts>,
    /// How many accounts somebody was told it concerns: if it is another number by now, nothing is done.
    pub(crate) expected: Option<u32>,
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// Which accounts match: the filters of the list, taken together.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct MatchingAccounts {
    /// Part of the login, in any case; of a subject, part of its identifier or label.
    pub(crate) query: Option<Search>,
    /// With a second factor in this state.
    pub(crate) two_factor: Option<TwoFactorStatus>,
    /// Of this role.
    pub(crate) role: Option<Role>,
    /// That are disabled, or that are not.
    pub(crate) disabled: Option<bool>,
    /// Only those whose codes are not looked at now.
    pub(crate) waiting: Option<bool>,
    /// Only those that sign in and never have.
    pub(crate) never_signed_in: Option<bool>,
    /// Only those that are not disabled and have no second factor, though one is required of them.
    pub(crate) required_but_missing: Option<bool>,
}

impl MatchingAccounts {
    /// Whom it means; `field` is where the query was given.
    pub(crate) fn wanted(self, field: &'static str) -> Result<WantedAccounts, Problem> {
        let query = self.query.as_deref().map(SearchText::new).transpose();
        let query = query.map_err(|rule| Problem::invalid_request(field, rule.to_string()))?;
        Ok(WantedAccounts {
            query: query.map(|query| query.as_str().to_owned()),
            two_factor: self.two_factor.map(Into::into),
            role: self.role.map(Into::into),
            disabled: self.disabled,
            waiting: self.waiting.unwrap_or(false),
            never_signed_in: self.never_signed_in.unwrap_or(false),
            required_but_missing: self.required_but_missing.unwrap_or(false),
        })
    }
}

/// What was done to how many.
#[derive(Object)]
pub(crate) struct BulkResult {
    /// To so many it was done.
    done: u32,
    /// So many were so already.
    unchanged: u32,
    /// To these it was not done.
    refused: Vec<RefusedAccount>,
    /// Whether more match, to whom nothing was done.
    more: bool,
}

/// An account to which it was not done.
#[derive(Object)]
pub(crate) struct RefusedAccount {
    /// Its identifier.
    account_id: String,
    /// What it is called; null where there is none.
    whom: Nullable<String>,
    /// Why.
    reason: RefusalReason,
}

impl From<domain::account::DoneToSeveral> for BulkResult {
    fn from(done: domain::account::DoneToSeveral) -> Self {
        let refused = |refused: domain::account::RefusedAccount| RefusedAccount {
            account_id: refused.account.to_string(),
            whom: refused.whom.into(),
            reason: refused.why.into(),
        };
        Self {
            done: done.done,
            unchanged: done.unchanged,
            refused: done.refused.into_iter().map(refused).collect(),
            more: done.more,
        }
    }
}
