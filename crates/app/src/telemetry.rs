//! Logs and metrics.

use std::io::IsTerminal;

use countersign_cli::CommandError;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::settings::{LogFormat, Settings};

/// Libraries that tell more than they should below `warn`: statements, and with them what is bound to them, headers,
/// handshakes. Their targets begin with these names, and no filter makes them say it.
const QUIET: [&str; 12] = [
    "h2",
    "hyper",
    "hyper_util",
    "mio",
    "poem",
    "poem_openapi",
    "rustls",
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "tokio",
    "tokio_rustls",
];

/// Where durations are divided: from a read of the database to a client that gave up.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Begins to log to standard error and to collect metrics.
pub(crate) fn install(settings: &Settings) -> Result<PrometheusHandle, CommandError> {
    install_logs(settings)?;
    PrometheusBuilder::new()
        // Quantiles that each node computes for itself cannot be put together; counts can.
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| CommandError::refused("metrics cannot be collected").because(error))
}

fn install_logs(settings: &Settings) -> Result<(), CommandError> {
    // The settings were checked with the same parser.
    let filter = EnvFilter::builder()
        .parse(&settings.log)
        .map_err(|error| CommandError::usage("the setting `log` is not a filter").because(error))?
        .and(filter_fn(may_speak));
    let terminal = std::io::stderr().is_terminal();
    let text = match settings.log_format {
        LogFormat::Auto => terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(terminal);
    let layer = if text { layer.boxed() } else { layer.json().flatten_event(true).with_span_list(false).boxed() };
    tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init()
        .map_err(|error| CommandError::refused("logging cannot begin").because(error))
}

fn may_speak(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::WARN || !is_quiet(metadata.target())
}

fn is_quiet(target: &str) -> bool {
    // `sqlx::query` is a module of `sqlx`, `sqlx_core` a crate of its family.
    QUIET
        .iter()
        .any(|name| target.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '_'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_quiet_and_this_program_is_not() {
        for target in ["sqlx::query", "sqlx_core::pool", "sea_orm::driver", "hyper::proto::h1", "poem::server", "h2"] {
            assert!(is_quiet(target), "{target}");
        }
        for target in ["countersign", "countersign_http::api", "h2o", "sqlxy"] {
            assert!(!is_quiet(target), "{target}");
        }
    }
}
