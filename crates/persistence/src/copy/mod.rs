//! Copying a deployment from one database to another, of whichever engines they are.
//!
//! ```text
//! lock the source · migrate the target · mark it · copy table by table · compare both · remove the mark
//! ```
//!
//! The source does not change meanwhile: whoever writes to it waits, and gives up. The target is not served meanwhile: a
//! table that is there only until the end stands for "not finished", and no store opens over it ([`crate::OpenError`]).
//!
//! Rows go over in the order of their primary keys, which every engine sorts alike, and each batch in a transaction: what
//! is in the target at any moment is the beginning of what is in the source. A copy that was interrupted therefore goes
//! on behind the greatest key. That what was copied before has not changed since, only the comparison at the end can tell,
//! and it looks at every row of both.

mod digest;
mod error;
mod mark;
mod source;
pub(crate) mod tables;
mod target;
mod transfer;
mod verification;

use std::ops::ControlFlow;
use std::time::Duration;

use async_trait::async_trait;
use countersign_application::Timestamp;

use crate::{OpenError, StoreOptions};

pub(crate) use mark::is_unfinished;

pub use digest::TableDigest;
pub use error::{CopyError, CopySide, TableDifference};

use source::Source;
use tables::Table;
use target::Target;
use transfer::Transfer;
use verification::Verification;

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

/// How far a phase is, told to the observer.
struct Progress<'a> {
    observer: &'a mut dyn CopyObserver,
    phase: CopyPhase,
    done: u64,
    total: u64,
}

impl Progress<'_> {
    async fn step<E: Table>(&mut self, rows: u64) -> Result<(), CopyError> {
        self.done += rows;
        let (phase, done, total) = (self.phase, self.done, self.total);
        let step = CopyStep { phase, table: E::name(), done, total };
        if self.observer.step(step).await.is_break() { Err(CopyError::Interrupted) } else { Ok(()) }
    }
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// When the copy had begun that this one went on with.
    pub resumed: Option<Timestamp>,
    /// Each table as it is in both databases, in the order of copying.
    pub tables: Vec<TableDigest>,
}

/// Copies a deployment from one database to another and compares both. The source must have exactly this program's
/// schema; the target must hold nothing, or what a copy from the same source left there.
///
/// It ends between two batches when `observer` says so. What was copied stays, and the next copy goes on with it.
///
/// # Errors
/// See [`CopyError`]. The target stays marked as unfinished once something was copied.
pub async fn copy_database(
    from: &StoreOptions,
    to: &StoreOptions,
    now: Timestamp,
    observer: &mut dyn CopyObserver,
) -> Result<Copied, CopyError> {
    if from.url.is_same_place(&to.url) {
        return Err(CopyError::SamePlace);
    }
    let source = Source::open(&patient(from)).await?;
    let copied = to_target(&source, &patient(to), now, observer).await;
    source.release().await;
    copied
}

async fn to_target(
    source: &Source,
    to: &StoreOptions,
    now: Timestamp,
    observer: &mut dyn CopyObserver,
) -> Result<Copied, CopyError> {
    let identity = source.identity().await?;
    let target = Target::open(to).await?;
    let copied = async {
        let resumed = target.claim(to, &identity, now).await?;
        Transfer::run(source, &target, observer).await?;
        let tables = Verification::run(source, &target, observer).await?;
        target.release().await?;
        Ok(Copied { resumed, tables })
    };
    let copied = copied.await;
    target.close().await;
    copied
}

/// The most that one statement may take. A store's limits are for requests; to count the rows of a table takes as long as
/// the table is large.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// The same database over one connection, with time.
fn patient(options: &StoreOptions) -> StoreOptions {
    StoreOptions { connections: 1, statement_timeout: STATEMENT_TIMEOUT, ..options.clone() }
}

/// What an error on opening one of the two means.
fn opened<T>(side: CopySide, result: Result<T, OpenError>) -> Result<T, CopyError> {
    result.map_err(|source| match source {
        OpenError::UnfinishedCopy if side == CopySide::Source => CopyError::SourceUnfinished,
        source => CopyError::Open { side, source },
    })
}
