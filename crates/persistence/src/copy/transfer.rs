//! Rows go from the source to the target.

use std::collections::HashSet;

use sea_orm::Value;

use super::source::Source;
use super::tables::{
    ForEachTable, Table, count, for_each_table, greatest_key, has_text_key, insert, key_of, rows_after,
};
use super::target::Target;
use super::{CopyError, CopyObserver, CopyPhase, CopySide, Progress};

/// How many rows there are, and how many of them are done.
pub(super) struct Totals<'a> {
    source: &'a Source,
    target: &'a Target,
    total: u64,
    done: u64,
}

impl<'a> Totals<'a> {
    pub(super) async fn count(source: &'a Source, target: &'a Target) -> Result<(u64, u64), CopyError> {
        let mut totals = Self { source, target, total: 0, done: 0 };
        for_each_table(&mut totals).await?;
        Ok((totals.total, totals.done))
    }
}

impl ForEachTable for Totals<'_> {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
        let (source, target) = (self.source.connection(), self.target.pool());
        self.total += count::<E>(source).await.map_err(CopyError::at(CopySide::Source, E::name()))?;
        self.done += count::<E>(target).await.map_err(CopyError::at(CopySide::Target, E::name()))?;
        Ok(())
    }
}

/// Rows go from the source to the target.
pub(super) struct Transfer<'a> {
    source: &'a Source,
    target: &'a Target,
    progress: Progress<'a>,
}

impl<'a> Transfer<'a> {
    /// Copies all rows that are not there yet.
    pub(super) async fn run(
        source: &'a Source,
        target: &'a Target,
        observer: &'a mut dyn CopyObserver,
    ) -> Result<(), CopyError> {
        let (total, done) = Totals::count(source, target).await?;
        let progress = Progress { observer, phase: CopyPhase::Copying, done, total };
        for_each_table(&mut Self { source, target, progress }).await
    }

    /// One batch, whole or not at all.
    async fn write<E: Table>(&self, rows: Vec<E::Model>) -> Result<(), CopyError> {
        let written = async {
            let transaction = self.target.begin().await?;
            insert::<E>(&transaction, rows).await?;
            transaction.commit().await
        };
        written.await.map_err(CopyError::at(CopySide::Target, E::name()))
    }

    async fn read<E: Table>(&self, after: Option<Value>) -> Result<Vec<E::Model>, CopyError> {
        rows_after::<E>(self.source.connection(), after).await.map_err(CopyError::at(CopySide::Source, E::name()))
    }

    async fn missing<E: Table>(&self) -> Result<Vec<E::Model>, CopyError> {
        let mut missing = self.read::<E>(None).await?;
        let there = rows_after::<E>(self.target.pool(), None).await;
        let there = there.map_err(CopyError::at(CopySide::Target, E::name()))?;
        let there: HashSet<Value> = there.iter().map(key_of::<E>).collect();
        missing.retain(|row| !there.contains(&key_of::<E>(row)));
        Ok(missing)
    }
}

impl ForEachTable for Transfer<'_> {
    async fn table<E: Table>(&mut self) -> Result<(), CopyError> {
        self.progress.step::<E>(0).await?;
        if has_text_key::<E>() {
            let missing = self.missing::<E>().await?;
            let number = missing.len() as u64;
            self.write::<E>(missing).await?;
            return self.progress.step::<E>(number).await;
        }
        let there = greatest_key::<E>(self.target.pool()).await;
        let mut batch = self.read::<E>(there.map_err(CopyError::at(CopySide::Target, E::name()))?).await?;
        while let Some(last) = batch.last() {
            let (last, number) = (key_of::<E>(last), batch.len() as u64);
            // The next batch is read while this one is written.
            let (next, ()) = tokio::try_join!(self.read::<E>(Some(last)), self.write::<E>(batch))?;
            batch = next;
            self.progress.step::<E>(number).await?;
        }
        Ok(())
    }
}
