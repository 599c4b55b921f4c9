//! Passes over everything that is sealed: looking whether it opens, and sealing it anew.

use countersign_application::master_key::{CheckSealed, CountUnderOtherKeys, KeyUse, MasterKeyReads, RewrapSealed};
use countersign_application::ports::KeyCheckReads;
use countersign_cli::{CommandError, Exit, Output};
use countersign_crypto::{KeyRing, verify_key_checks};
use countersign_persistence::SeaStore;

use super::progress::watched;
use super::view::{CheckView, FaultView, RewrapView};
use super::{application, opened, unreadable};
use crate::settings::Settings;

pub(super) async fn check(
    settings: &Settings,
    store: &SeaStore,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let ring = opened(settings)?;
    let checks = store.list_key_checks().await.map_err(unreadable)?;
    let of_keys = match verify_key_checks(&ring, &checks) {
        Ok(_) => Vec::new(),
        Err(error) => {
            let missing = error.missing.iter().map(|id| FaultView::of_key(id, "the key is not in the key ring"));
            let broken = error.broken.iter().map(|id| FaultView::of_key(id, "the record of the key does not open"));
            let retired =
                error.retired.iter().map(|id| FaultView::of_key(id, "the key was retired, and is primary here"));
            missing.chain(broken).chain(retired).collect()
        }
    };
    let total = store.count_key_uses().await.map_err(unreadable)?.iter().map(KeyUse::sealed).sum();
    let application = application(settings, store, Some(ring));
    let found = watched("opening", total, output, async |pace| {
        let mut goes_on = |done| pace.goes_on(done);
        Ok(CheckSealed { most: None }.execute(&application, &mut goes_on).await?)
    })
    .await?;
    let view = CheckView::new(found, of_keys);
    output.result(&view)?;
    if view.is_good() {
        return Ok(Exit::Done);
    }
    output.note(
        "Where a key is missing, restore the key ring from your backup of keys. What was changed or moved, nothing opens: \
         restore a backup of the database, or let its owner enroll anew (`countersign account disable-2fa`).",
    )?;
    Ok(Exit::Refused)
}

pub(super) async fn rewrap(
    settings: &Settings,
    store: &SeaStore,
    ring: KeyRing,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let primary = ring.primary().id().to_owned();
    let application = application(settings, store, Some(ring));
    let total = CountUnderOtherKeys.execute(&application).await?.values().sum();
    let done = watched("sealing anew", total, output, async |pace| {
        let mut goes_on = |done| pace.goes_on(done);
        Ok(RewrapSealed.execute(&application, &mut goes_on).await?)
    })
    .await?;
    let left = CountUnderOtherKeys.execute(&application).await?.values().sum();
    let (interrupted, broken) = (done.interrupted, !done.broken.is_empty());
    output.result(&RewrapView::new(primary, done, left))?;
    if interrupted {
        output.note("It was ended early. Run it again: it goes on where it was.")?;
    } else if broken {
        output
            .note("Some values do not open, and were left as they are. `countersign key check` names all of them.")?;
    } else if left > 0 {
        output.note(
            "Meanwhile more was sealed under another key: by a node with an older key ring, perhaps. Run it again.",
        )?;
    }
    Ok(if interrupted || broken { Exit::Refused } else { Exit::Done })
}
