//! Both databases are read whole and compared.

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::digest::RowDigest;
use super::source::Source;
use super::tables::{ForEachTable, Table, for_each_table, key_of, rows_after};
use super::target::Target;
use super::transfer::Totals;
use super::{CopyError, CopyObserver, CopyPhase, CopySide, CopyStep, TableDifference, TableDigest};

/// Compares both databases.
pub(super) struct Verification<'a> {
    source: &'a Source,
    target: &'a Target,
    observer: &'a mut dyn CopyObserver,
    done: u64,
    total: u64,
    same: Vec<TableDigest>,
    different: Vec<TableDifference>,
}

impl<'a> Verification<'a> {
    /// Answers each table as it is in both.
    pub(super) async fn run(
        source: &'a Source,
        target: &'a Target,
        observer: &'a mut dyn CopyObserver,
    ) -> Result<Vec<TableDigest>, CopyError> {
        let (total, _) = Totals::count(source, target).await?;
        let (same, different) = (Vec::new(), Vec::new());
        let mut verification = Self { source, target, observer, done: 0, total, same, different };
        for_each_table(&mut verification).await?;
        let Self { same, different, .. } = verification;
        if different.is_empty() { Ok(same) } else { Err(CopyError::Different(different)) }
    }

    async fn step<E: Table>(&mut self, rows: u64) -> Result<(), CopyError> {
        self.done += rows;
        let (done, total) = (self.done, self.total);
        let step = CopyStep { phase: CopyPhase::Verifying, table: E::name(), done, total };
        if self.observer.step(step).await.is_break() { Err(CopyError::Interrupted) } else { Ok(()) }
    }
}

impl ForEachTable for Verification<'_> {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
        let (mut source, mut target) = (Reading::new(E::name()), Reading::new(E::name()));
        self.step::<E>(0).await?;
        loop {
            // What one of them has more, it reads alone.
            let before = source.rows;
            let (more, even_more) = tokio::try_join!(
                async {
                    let read = source.read::<E>(self.source.connection()).await;
                    read.map_err(CopyError::at(CopySide::Source, E::name()))
                },
                async {
                    let read = target.read::<E>(self.target.pool()).await;
                    read.map_err(CopyError::at(CopySide::Target, E::name()))
                },
            )?;
            if !more && !even_more {
                break;
            }
            self.step::<E>(source.rows - before).await?;
        }
        let (source, target) = (source.digest.end(), target.digest.end());
        if source == target {
            self.same.push(source);
        } else {
            self.different.push(TableDifference { source, target });
        }
        Ok(())
    }
}

/// A table that is read from its beginning to its end.
struct Reading {
    digest: RowDigest,
    rows: u64,
    last: Option<Value>,
    ended: bool,
}

impl Reading {
    fn new(table: &'static str) -> Self {
        Self { digest: RowDigest::new(table), rows: 0, last: None, ended: false }
    }

    /// Reads a batch, and answers whether there may be more.
    async fn read<E: Table>(&mut self, database: &impl ConnectionTrait) -> Result<bool, DbErr> {
        if self.ended {
            return Ok(false);
        }
        let rows = rows_after::<E>(database, self.last.take()).await?;
        for row in &rows {
            self.digest.add::<E>(row)?;
        }
        self.rows += rows.len() as u64;
        match rows.last() {
            Some(last) => self.last = Some(key_of::<E>(last)?),
            None => self.ended = true,
        }
        Ok(!self.ended)
    }
}
