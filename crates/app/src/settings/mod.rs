//! The settings: where each comes from, what it may be, and what holds when it is not given.
//!
//! A file, then the environment, then the command line; what comes later is stronger. A name that does not exist is an
//! error everywhere: a setting that was mistyped must not be a setting that does not hold.

mod environment;
mod error;
mod file;
mod layers;
mod reference;
mod rules;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;

pub(crate) use environment::Environment;
pub(crate) use error::SettingsError;
pub(crate) use rules::{DatabaseUrl, LogFormat};

use layers::{Layers, Origin, Value};

/// The name of a systemd credential that is used as the key ring.
const CREDENTIAL: &str = "countersign-master-key";

/// Settings that were given on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) config: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    pub(crate) database_url: Option<String>,
}

/// Everything that can be set, complete and checked. All paths are absolute.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: DatabaseUrl,
    pub(crate) database_readers: u32,
    pub(crate) master_key_file: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) tls_certificate_file: Option<PathBuf>,
    pub(crate) tls_key_file: Option<PathBuf>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) issuer: String,
    pub(crate) password_computations: usize,
    pub(crate) password_queue: usize,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) shutdown_seconds: Duration,
}

impl Settings {
    /// Reads and checks all settings.
    pub(crate) fn load(flags: Flags, environment: &Environment) -> Result<Self, SettingsError> {
        let mut layers = Layers::default();
        if let Some(path) = config_file(flags.config, environment)? {
            file::read(&path, &mut layers)?;
        }
        environment.lay(&mut layers)?;
        let given = [("listen", "--listen", flags.listen), ("database_url", "--database", flags.database_url)];
        for (key, flag, value) in given {
            if let Some(value) = value {
                layers.lay(key, Value::Text(value), Origin::Flag(flag));
            }
        }
        Self::resolve(&mut layers, environment)
    }

    fn resolve(layers: &mut Layers, environment: &Environment) -> Result<Self, SettingsError> {
        let data_dir = match layers.take("data_dir", rules::PATH, rules::path)? {
            Some(path) => path,
            None => rules::absolute(Path::new("countersign-data")).ok_or(SettingsError::NoWorkingDirectory)?,
        };
        let database_url = layers
            .take("database_url", rules::DATABASE_URL, rules::database_url)?
            .unwrap_or_else(|| DatabaseUrl::of_file(&data_dir.join("countersign.db")));
        let master_key_file = match layers.take("master_key_file", rules::PATH, rules::path)? {
            Some(path) => path,
            None => environment.credential(CREDENTIAL).unwrap_or_else(|| beside(&data_dir)),
        };
        let tls_certificate_file = layers.take("tls_certificate_file", rules::PATH, rules::path)?;
        let tls_key_file = layers.take("tls_key_file", rules::PATH, rules::path)?;
        if tls_certificate_file.is_some() != tls_key_file.is_some() {
            return Err(SettingsError::HalfOfTls);
        }
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            database_url,
            database_readers: layers.take("database_readers", rules::READERS, rules::readers)?.unwrap_or(4),
            master_key_file,
            listen: layers
                .take("listen", rules::ADDRESS, rules::address)?
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            tls_certificate_file,
            tls_key_file,
            trusted_proxies: layers.take("trusted_proxies", rules::NETWORKS, rules::networks)?.unwrap_or_default(),
            metrics_listen: layers.take("metrics_listen", rules::ADDRESS, rules::address)?,
            issuer: layers.take("issuer", rules::ISSUER, rules::issuer)?.unwrap_or_else(|| "Countersign".to_owned()),
            password_computations: layers
                .take("password_computations", rules::COMPUTATIONS, rules::computations)?
                .unwrap_or_else(cores),
            password_queue: layers.take("password_queue", rules::QUEUE, rules::queue)?.unwrap_or(64),
            log: layers.take("log", rules::LOG, rules::log)?.unwrap_or_else(|| "info".to_owned()),
            log_format: layers.take("log_format", rules::LOG_FORMAT, rules::log_format)?.unwrap_or(LogFormat::Auto),
            shutdown_seconds: layers
                .take("shutdown_seconds", rules::SHUTDOWN, rules::shutdown)?
                .unwrap_or(Duration::from_secs(20)),
            data_dir,
        })
    }
}

/// The configuration file: the one that is named, or the one that lies in the working directory.
fn config_file(flag: Option<PathBuf>, environment: &Environment) -> Result<Option<PathBuf>, SettingsError> {
    if let Some(path) = flag {
        return Ok(Some(path));
    }
    if let Some(path) = environment.config_file()? {
        return Ok(Some(path));
    }
    let usual = PathBuf::from("countersign.toml");
    // Where one cannot look, there may be one: reading it then says what is wrong.
    Ok(if matches!(usual.try_exists(), Ok(false)) { None } else { Some(usual) })
}

/// The file `<data_dir>.key`, so that a copy of the data directory does not contain the key.
fn beside(data_dir: &Path) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".key");
    data_dir.with_file_name(name)
}
