//! Requests that a client may send again and that are carried out once (draft-ietf-httpapi-idempotency-key-header).
//!
//! Each unit of work of such a request claims the client's key before anything else, in the same transaction as what the
//! request changes: either both are committed or neither. Who finds the key claimed changes nothing, and is told what the
//! first one was told.

mod answer_once;
mod claimant;
mod kept_answer;
mod store;
mod values;

pub use answer_once::{AnswerKind, AnswerOnce, AnswerOnceOutcome, FirstTime, Repeat};
pub(crate) use claimant::Claimant;
pub use kept_answer::{FindKeptAnswer, ForgetKeptAnswer};
pub use store::{IdempotencyReads, IdempotencyStore};
pub(crate) use values::KEPT_SECONDS;
pub use values::{Asker, IdempotencyClaim, IdempotencyDigest, IdempotencyKey, IdempotencyKeyError};
