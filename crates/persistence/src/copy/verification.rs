//! Both databases are read whole and compared.

use sea_orm::{ConnectionTrait, DbErr, Value};

use super::digest::RowDigest;
use super::source::Source;
use super::tables::{ForEachTable, Table, for_each_table, key_of, rows_after};
use super::target::Target;
use super::transfer::Totals;
use super::{CopyError, CopyObserver, CopyPhase, CopySide, Progress, TableDifference, TableDigest};

/// Compares both databases.
pub(super) struct Verification<'a> {
    source: &'a Source,
    target: &'a Target,
    progress: Progress<'a>,
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
        let progress = Progress { observer, phase: CopyPhase::Verifying, done: 0, total };
        let mut verification = Self { source, target, progress, same: Vec::new(), different: Vec::new() };
        for_each_table(&mut verification).await?;
        let Self { same, different, .. } = verification;
        if different.is_empty() { Ok(same) } else { Err(CopyError::Different(different)) }
    }
}

impl ForEachTable for Verification<'_> {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
        let (mut source, mut target) = (Reading::new(E::name()), Reading::new(E::name()));
        self.progress.step::<E>(0).await?;
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
            self.progress.step::<E>(source.rows - before).await?;
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
            Some(last) => self.last = Some(key_of::<E>(last)),
            None => self.ended = true,
        }
        Ok(!self.ended)
    }
}
