//! How a realm looks: what was typed to change it, and how it is printed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use countersign_application::{Appearance, AppearanceChange, DisplayName, Logo, Setting};
use serde::{Deserialize, Serialize};

use crate::{AppearanceArguments, CommandError, Fact};

/// The change that was typed. Reads the logo's file.
pub(crate) fn appearance_change(typed: &AppearanceArguments) -> Result<AppearanceChange, CommandError> {
    let logo = typed.logo.as_deref().map(read).transpose()?;
    let addresses = (!typed.return_to.is_empty()).then(|| typed.return_to.clone());
    Ok(AppearanceChange {
        name: setting(typed.name.clone(), typed.no_name),
        accent: setting(typed.accent.clone(), typed.no_accent),
        logo: setting(logo, typed.no_logo),
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

/// How a realm looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppearanceView {
    /// What the pages call it.
    pub name: Option<String>,
    /// Its color.
    pub accent: Option<String>,
    /// Its picture.
    pub logo: Option<LogoView>,
    /// Where its users may go back to.
    pub return_addresses: Vec<String>,
}

/// What is told of a picture: never the picture itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoView {
    /// What kind it is.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: usize,
}

impl From<&Appearance> for AppearanceView {
    fn from(appearance: &Appearance) -> Self {
        let logo = |logo: &Logo| LogoView { media_type: logo.kind().to_string(), bytes: logo.bytes().len() };
        Self {
            name: appearance.name.as_ref().map(DisplayName::as_str).map(str::to_owned),
            accent: appearance.accent.map(|accent| accent.to_string()),
            logo: appearance.logo.as_ref().map(logo),
            return_addresses: appearance.return_addresses.to_texts(),
        }
    }
}

impl AppearanceView {
    /// What of it is set, as lines of the realm's table.
    pub(super) fn facts(&self) -> impl Iterator<Item = Fact> {
        let logo = self.logo.as_ref().map(|logo| format!("{}, {} bytes", logo.media_type, logo.bytes));
        let addresses = (!self.return_addresses.is_empty()).then(|| self.return_addresses.join(", "));
        let facts = [
            ("name", self.name.clone()),
            ("accent", self.accent.clone()),
            ("logo", logo),
            ("return_addresses", addresses),
        ];
        facts.into_iter().filter_map(|(what, value)| Some((what, value?)))
    }
}
