//! Running the server.

mod backups;
mod exposure;
mod housekeeping;
mod key_ring;
mod listener;
mod metrics;
mod renewal;
mod signals;
mod site;
mod start;
mod waiting;

use std::sync::Arc;

use countersign_application::housekeeping::PruneExpired;
use countersign_application::realm::{IssueSetUpLink, RealmSlug};
use countersign_application::{Application, NetworkDoubt, TrustedProxies};
use countersign_cli::{CommandError, Exit, Output};
use countersign_http::HttpOptions;
use countersign_serving::{Limits, Listener, Service};
use secrecy::ExposeSecret;
use tokio::sync::{Notify, watch};

use crate::settings::Settings;
use crate::{core_dumps, telemetry};

pub(crate) use exposure::Exposure;
pub(crate) use listener::{limits_within, read_certificate};

use backups::{Backups, LastBackup};
use listener::bind;
use renewal::Renewal;
use signals::Signals;
use site::site;
use start::Node;

/// Serves until a signal ends it.
pub(crate) async fn serve(settings: &Settings, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    Exposure::of(settings).refuse_plain()?;
    let recorder = telemetry::install(settings)?;
    core_dumps::forbid();
    // From here on a signal is an orderly end.
    let mut signals = Signals::install()?;
    let Some(node) = Node::start(settings, &mut signals, output).await? else {
        return Ok(Exit::Done);
    };
    let store = node.store.clone();
    let served = run(settings, node, recorder, signals, output).await;
    store.close().await;
    served.map(|()| Exit::Done)
}

async fn run(
    settings: &Settings,
    node: Node,
    recorder: metrics_exporter_prometheus::PrometheusHandle,
    signals: Signals,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let last_backup = LastBackup::default();
    let render = metrics::renderer(recorder.clone(), node.wired.hashing.clone(), last_backup.clone());
    let limits = listener::limits(settings);
    let renewal = Renewal::begin(settings)?;
    let public = bind(settings.listen, renewal.as_ref().map(Renewal::presented)).await?;
    let private = match settings.metrics_listen {
        Some(address) => Some(bind(address, None).await?),
        None => None,
    };
    // Behind a proxy, and on all addresses of a machine, people come by a name that this program does not know.
    let known = settings.trusted_proxies.is_empty() && !settings.listen.ip().is_unspecified();
    offer_set_up(known.then(|| public.url()), &node.wired.application, output).await?;
    announce(&public, private.as_ref(), output)?;

    let (stop, stopped) = watch::channel(false);
    let reload = Arc::new(Notify::new());
    let watcher = tokio::spawn(signals.watch(stop, Arc::clone(&reload)));
    let keys = key_ring::Watch::new(settings, node.store.clone(), node.ring);
    let renewing = tokio::spawn(renewal::run(renewal, keys, reload));
    let prune = PruneExpired { audit_event_days: settings.audit_retention_days };
    let housekeeping = tokio::spawn(housekeeping::run(node.wired.application.clone(), prune, recorder));
    let backups = Backups { settings: settings.clone(), store: node.store.clone(), last: last_backup };
    let backups = tokio::spawn(backups.keep(stopped.clone()));
    let marking = tokio::spawn(node.keeper.keep(stopped.clone()));
    let trusted_proxies = TrustedProxies(settings.trusted_proxies.clone());
    warn_of_wide_networks(&trusted_proxies);
    let options = HttpOptions { metrics: settings.metrics_public.then(|| Arc::clone(&render)) };
    let site = site(&node.wired.application, options, &settings.cookie_prefix);
    // A proxy is declared where one brings TLS: see the exposure check.
    let https_only = public.is_tls() || !settings.trusted_proxies.is_empty();
    let site = Service { endpoint: site, trusted_proxies, https_only, limits };
    let patience = settings.shutdown_seconds;
    let public = public.serve(site, stopped.clone(), patience);
    let private = async {
        if let Some(listener) = private {
            let (endpoint, trusted_proxies) = (metrics::endpoint(render), TrustedProxies::default());
            let service = Service { endpoint, trusted_proxies, https_only: false, limits: Limits::METRICS };
            listener.serve(service, stopped, patience).await;
        }
    };
    tokio::join!(public, private);

    housekeeping.abort();
    // It may be in the middle of a unit of work, which ends before the store is closed.
    let _ = housekeeping.await;
    // The last mark, so that no copy from before goes unnoticed.
    let _ = marking.await;
    let _ = backups.await;
    watcher.abort();
    renewing.abort();
    tracing::info!("stopped");
    Ok(())
}

/// Tells of declared networks that hold more than proxies.
fn warn_of_wide_networks(proxies: &TrustedProxies) {
    for (network, doubt) in proxies.doubts() {
        let meaning = match doubt {
            NetworkDoubt::HoldsThePublic => "almost anyone in the world is in it, and may make up an address",
            NetworkDoubt::HoldsNeighbors => "every machine in it may make up an address",
        };
        tracing::warn!(%network, "trusted_proxies: {meaning}; name the addresses of the proxies only");
    }
}

fn announce(public: &Listener, private: Option<&Listener>, output: &mut Output<'_>) -> Result<(), CommandError> {
    let address = public.url();
    tracing::info!(address, "listening");
    output.note(&format!("listening on {address}"))?;
    if let Some(private) = private {
        let address = private.url();
        tracing::info!(address, "metrics are on a listener of their own");
        output.note(&format!("metrics on {address}/metrics"))?;
    }
    Ok(())
}

/// Shows the link by which the first owner is made, as long as there is no account.
async fn offer_set_up(
    origin: Option<String>,
    application: &Application,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let link = IssueSetUpLink { realm: RealmSlug::default_realm() };
    if let Some(token) = link.execute(application).await? {
        output.note("There is no account yet. Make the first owner within 24 hours at")?;
        let shown = origin.as_deref().unwrap_or("https://your-host");
        output.note(&format!("  {shown}/setup?token={}", token.expose_secret()))?;
        if origin.is_none() {
            output.note("with the name under which people reach this server in place of your-host,")?;
        }
        output.note("or with")?;
        output.note("  countersign account create you@example.org --role owner")?;
    }
    Ok(())
}
