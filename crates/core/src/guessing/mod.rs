//! Counting guesses at an account's second factor: one value, and rules that depend on nothing else.
//!
//! ```text
//!                 failure, budget left           budget spent
//!   ┌──────┐ ───────────────────────▶ ┌──────┐ ─────────────▶ ┌──────────┐
//!   │ open │                          │ wait │                │ hardened │   single codes are not looked at;
//!   └──────┘ ◀─────────────────────── └──────┘ ◀───────────── └──────────┘   two consecutive ones always are
//!            time passes, or success             160 minutes
//! ```
//!
//! `docs/guessing.md` draws all of it, with the arithmetic.

mod attempt;
mod budget;
mod counters;
mod odds;
mod rules;
mod waiting;

pub use attempt::{Attempt, Gate, Lane};
pub use budget::{Budget, BudgetRules};
pub use counters::{CountedFailure, Counters};
pub use odds::GuessingOdds;
pub use rules::{CODE_BUDGET, CONSECUTIVE_CODES_BUDGET, FAILURES_THAT_DISABLE, GuessingRules};
pub use waiting::Waiting;
