use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use secrecy::SecretString;

use super::SettingsError;
use super::layers::{Layers, Origin, Value};
use super::reference::{find, nearest};

const PREFIX: &str = "COUNTERSIGN_";

/// Names the configuration file, and so is no setting itself.
const CONFIG: &str = "COUNTERSIGN_CONFIG";

/// The server that commands of administration talk to, and what they show it.
const SERVER: &str = "COUNTERSIGN_SERVER";
const TOKEN: &str = "COUNTERSIGN_TOKEN";

/// The text of a key ring, where there is no place for a file.
pub(crate) const MASTER_KEY: &str = "COUNTERSIGN_MASTER_KEY";

/// What is no setting: what is read elsewhere, and what is kept free for clients and scripts: where a service is, with which key it
/// is asked, and where this program is.
const NO_SETTINGS: [&str; 7] =
    [CONFIG, TOKEN, SERVER, MASTER_KEY, "COUNTERSIGN_URL", "COUNTERSIGN_API_KEY", "COUNTERSIGN_BIN"];

/// Whether Kubernetes made a variable for a Service that is called `countersign`: it tells every pod of the namespace where
/// that is (`enableServiceLinks`), as Docker's links did. None of them can be a setting.
fn is_service_link(key: &str) -> bool {
    let rest = |name: &str| key.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('_'));
    let of_port = |rest: &str| {
        let mut parts = rest.split('_').skip(1);
        parts.next().is_some_and(|number| number.parse::<u16>().is_ok())
            && parts.next().is_some_and(|protocol| matches!(protocol, "TCP" | "UDP" | "SCTP"))
    };
    key == "SERVICE_HOST"
        || rest("SERVICE_PORT").is_some()
        || rest("PORT").is_some_and(|rest| rest.is_empty() || of_port(rest))
}

/// The environment variables: this program's own, and the place of systemd's credentials.
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// The variables of this process. Nothing else in the program reads them.
    pub(crate) fn of_process() -> Self {
        Self { variables: std::env::vars_os().collect() }
    }

    /// Variables that a test chose.
    #[cfg(test)]
    pub(crate) fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self { variables: variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }

    /// The configuration file that a variable names.
    pub(super) fn config_file(&self) -> Result<Option<PathBuf>, SettingsError> {
        Ok(self.variables.get(&OsString::from(CONFIG)).map(PathBuf::from))
    }

    /// The server that commands of administration talk to, if not to the deployment on this machine.
    pub(crate) fn server(&self) -> Result<Option<String>, SettingsError> {
        self.text(SERVER)
    }

    /// What shows a server who it is that administers.
    pub(crate) fn token(&self) -> Result<Option<String>, SettingsError> {
        self.text(TOKEN)
    }

    /// The text of a key ring.
    pub(super) fn master_key(&self) -> Result<Option<SecretString>, SettingsError> {
        Ok(self.text(MASTER_KEY)?.filter(|text| !text.is_empty()).map(SecretString::from))
    }

    /// The directory that systemd keeps for the service (`StateDirectory=`): the first, where there are several.
    pub(super) fn state_directory(&self) -> Option<PathBuf> {
        let directories = self.variables.get(&OsString::from("STATE_DIRECTORY"))?.to_str()?;
        directories.split(':').next().filter(|first| first.starts_with('/')).map(PathBuf::from)
    }

    /// The text of any variable.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, SettingsError> {
        let Some(value) = self.variables.get(&OsString::from(name)) else { return Ok(None) };
        let text = value.to_str().ok_or_else(|| SettingsError::NotUtf8 { name: name.to_owned() })?;
        Ok(Some(text.to_owned()))
    }

    /// The file of a systemd credential, if there is one.
    pub(super) fn credential(&self, name: &str) -> Option<PathBuf> {
        let directory = self.variables.get(&OsString::from("CREDENTIALS_DIRECTORY"))?;
        Some(PathBuf::from(directory).join(name)).filter(|path| path.exists())
    }

    /// Lays all settings of the environment over `layers`.
    pub(super) fn lay(&self, layers: &mut Layers) -> Result<(), SettingsError> {
        for (name, value) in &self.variables {
            let lossy = name.to_string_lossy();
            let Some(key) = lossy.strip_prefix(PREFIX) else { continue };
            if NO_SETTINGS.contains(&&*lossy) || is_service_link(key) {
                continue;
            }
            // The case matters, as it does to the shell: a variable in another case is another variable.
            let setting = find(&key.to_ascii_lowercase()).filter(|_| key == key.to_ascii_uppercase());
            let Some(setting) = setting else {
                let nearest = nearest(&key.to_ascii_lowercase()).to_ascii_uppercase();
                return Err(SettingsError::UnknownVariable {
                    name: lossy.escape_debug().to_string(),
                    nearest: format!("{PREFIX}{nearest}"),
                });
            };
            let origin = Origin::Variable(lossy.clone().into_owned());
            let value = value.to_str().ok_or_else(|| SettingsError::NotUtf8 { name: lossy.into_owned() })?;
            layers.lay(setting.key, Value::Text(value.to_owned()), origin);
        }
        Ok(())
    }
}
