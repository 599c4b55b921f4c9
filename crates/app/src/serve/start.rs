use std::os::unix::fs::MetadataExt;

use countersign_application::housekeeping::CheckReadiness;
use countersign_application::realm::EnsureDefaultRealm;
use countersign_cli::{CommandError, Output};
use countersign_crypto::{KeyRingInUse, OsEntropy, SystemClock};
use countersign_persistence::SeaStore;
use countersign_policy::Preset;

use super::signals::Signals;
use super::waiting;
use crate::deployment::{enter, make_directory};
use crate::keys::{self, OpenedKeys};
use crate::seen::{self, Keeper};
use crate::settings::{PROTECT_THE_WAY, Settings};
use crate::wiring::{Wired, wire};

/// A server that is ready to listen.
pub(super) struct Node {
    pub(super) store: SeaStore,
    pub(super) wired: Wired,
    pub(super) ring: KeyRingInUse,
    pub(super) keeper: Keeper,
}

impl Node {
    /// Makes what is missing, brings the schema up to date, opens the keys. `None` if a signal came before the database
    /// was reached.
    pub(super) async fn start(
        settings: &Settings,
        signals: &mut Signals,
        output: &mut Output<'_>,
    ) -> Result<Option<Self>, CommandError> {
        if !settings.database_url.engine().is_server() {
            make_directory(&settings.data_dir)?;
        }
        enter(settings)?;
        let before = seen::prepare(settings);
        let Some(store) = waiting::open(settings, signals, output).await? else { return Ok(None) };
        match Self::prepare(settings, &store, output).await {
            Ok((wired, ring)) => {
                let keeper = Keeper::begin(settings, &store, before).await;
                Ok(Some(Self { store, wired, ring, keeper }))
            }
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    async fn prepare(
        settings: &Settings,
        store: &SeaStore,
        output: &mut Output<'_>,
    ) -> Result<(Wired, KeyRingInUse), CommandError> {
        seen::require_no_older(settings, store).await?;
        let OpenedKeys { ring, is_new } = keys::open_or_create(settings, store, &SystemClock, &OsEntropy).await?;
        for warning in ring.warnings() {
            tracing::warn!("{warning}");
        }
        if !settings.database_url.engine().is_server() {
            warn_of_open_directory(settings);
        }
        if let Some(weakness) = settings.database_url.protection().weakness() {
            tracing::warn!(database = %settings.database_url, "{weakness}; {PROTECT_THE_WAY}");
        }
        let primary = ring.primary().id().to_owned();
        let (source, ring) = (ring.source().to_string(), KeyRingInUse::new(ring));
        let wired = wire(settings, store.clone(), Some(ring.clone()));

        let policy = Preset::RECOMMENDED
            .policy()
            .map_err(|error| CommandError::refused("this program is broken").because(error))?;
        EnsureDefaultRealm { issuer: settings.issuer.clone(), policy }.execute(&wired.application).await?;
        let readiness = CheckReadiness.execute(&wired.application).await;
        if !readiness.clock {
            tracing::warn!("the clock of this machine is wrong; no code will fit until it is set");
        }
        tracing::info!(
            database = %settings.database_url,
            key_ring = source,
            primary_key = primary,
            "started"
        );
        if is_new {
            tell_of_new_deployment(settings, output)?;
        }
        Ok((wired, ring))
    }
}

fn tell_of_new_deployment(settings: &Settings, output: &mut Output<'_>) -> Result<(), CommandError> {
    output.note("A new deployment was made.")?;
    output.note(&format!("  database: {}", settings.database_url))?;
    output.note(&format!("  key ring: {}", settings.master_key_file.display()))?;
    output.note("Back both up, and keep the key ring apart from the data: without it the data is of no use,")?;
    output.note("and whoever has both can compute everyone's codes.")?;
    if settings.database_url.engine().is_server() {
        output.note("Other nodes on this database need a copy of the key ring before they start.")?;
    }
    Ok(())
}

fn warn_of_open_directory(settings: &Settings) {
    let mode = std::fs::metadata(&settings.data_dir).map_or(0, |metadata| metadata.mode());
    if mode & 0o077 != 0 {
        tracing::warn!(directory = %settings.data_dir.display(), "the data directory is open to others: chmod 0700");
    }
}
