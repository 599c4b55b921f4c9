//! What was done to several accounts.

use countersign_application::account::{DoneToSeveral, RefusedAccount};
use serde::{Deserialize, Serialize};

/// What was done to how many, as the HTTP interface gives it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SeveralView {
    /// To so many it was done.
    pub done: u32,
    /// So many were so already.
    pub unchanged: u32,
    /// To these it was not done.
    pub refused: Vec<RefusedAccountView>,
    /// Whether more match, to whom nothing was done.
    pub more: bool,
}

/// An account to which it was not done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RefusedAccountView {
    /// Its identifier.
    pub account_id: String,
    /// What it is called, where there is one.
    pub whom: Option<String>,
    /// Why, in a word.
    pub reason: String,
}

impl From<DoneToSeveral> for SeveralView {
    fn from(done: DoneToSeveral) -> Self {
        let view = |refused: RefusedAccount| RefusedAccountView {
            account_id: refused.account.to_string(),
            whom: refused.whom,
            reason: refused.why.to_string(),
        };
        Self {
            done: done.done,
            unchanged: done.unchanged,
            refused: done.refused.into_iter().map(view).collect(),
            more: done.more,
        }
    }
}
