//! How far a copy is.

use std::ops::ControlFlow;

use async_trait::async_trait;

/// What a copy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyPhase {
    /// Rows go from one database to the other.
    Copying,
    /// The rows of both are read and compared.
    Verifying,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyStep {
    /// What it is at.
    pub phase: CopyPhase,
    /// The table that it is at.
    pub table: &'static str,
    /// How many rows of this phase are done, in all tables; also those that an earlier copy did.
    pub done: u64,
    /// How many rows there are in all tables.
    pub total: u64,
}

/// Is told how far a copy is, and may end it.
#[async_trait(?Send)]
pub trait CopyObserver {
    /// Told at the beginning of each table and after each batch, when nothing is under way. `Break` ends the copy, which
    /// can be resumed.
    async fn step(&mut self, step: CopyStep) -> ControlFlow<()>;
}
