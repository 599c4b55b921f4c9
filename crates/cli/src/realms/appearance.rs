//! How a realm looks: what was typed to change it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use countersign_application::appearance::{AppearanceChange, Logo, Setting};

use crate::{AppearanceArguments, CommandError};

/// The change that was typed. Reads the logo's file.
pub(crate) fn appearance_change(typed: &AppearanceArguments) -> Result<AppearanceChange, CommandError> {
    let logo = typed.logo.as_deref().map(read).transpose()?;
    let addresses = (!typed.return_to.is_empty()).then(|| typed.return_to.clone());
    Ok(AppearanceChange {
        name: setting(typed.name.clone(), typed.no_name),
        accent: setting(typed.accent.clone(), typed.no_accent),
        logo: setting(logo, typed.no_logo),
        contact_name: setting(typed.contact_name.clone(), typed.no_contact_name),
        contact_link: setting(typed.contact_link.clone(), typed.no_contact_link),
        time_zone: setting(typed.time_zone.clone(), typed.no_time_zone),
        return_addresses: setting(addresses, typed.no_return_to),
    })
}

fn setting<T>(given: Option<T>, clear: bool) -> Setting<T> {
    match (given, clear) {
        (Some(given), _) => Setting::Set(given),
        (None, true) => Setting::Clear,
        (None, false) => Setting::Keep,
    }
}

/// Reads a file, but not more of it than shows that it is too large.
fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let most = Logo::MAX_BYTES as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| CommandError::refused(format!("{} cannot be read", path.display())).because(error))?;
    Ok(bytes)
}
