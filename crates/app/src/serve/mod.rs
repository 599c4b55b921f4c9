//! Running the server.

mod exposure;
mod housekeeping;
mod listener;
mod metrics;
mod signals;
mod site;
mod start;
mod waiting;

use std::sync::Arc;

use countersign_application::use_cases::{IssueSetUpLink, PruneExpired};
use countersign_application::{Application, RealmSlug, TrustedProxies};
use countersign_cli::{CommandError, Exit, Output};
use countersign_http::HttpOptions;
use countersign_web::WebOptions;
use secrecy::ExposeSecret;
use tokio::sync::watch;

use crate::settings::Settings;
use crate::{core_dumps, telemetry};

pub(crate) use exposure::Exposure;
pub(crate) use listener::read_certificate;

use listener::{Bound, bind};
use signals::Signals;
use site::Site;
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
    let served = run(settings, &node, recorder, signals, output).await;
    node.store.close().await;
    served.map(|()| Exit::Done)
}

async fn run(
    settings: &Settings,
    node: &Node,
    recorder: metrics_exporter_prometheus::PrometheusHandle,
    signals: Signals,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let render = metrics::renderer(recorder.clone(), node.wired.hashing.clone());
    let public = bind(settings.listen, listener::tls(settings)?).await?;
    let private = match settings.metrics_listen {
        Some(address) => Some(bind(address, None).await?),
        None => None,
    };
    // Behind a proxy, and on all addresses of a machine, people come by a name that this program does not know.
    let known = settings.trusted_proxies.is_empty() && !settings.listen.ip().is_unspecified();
    offer_set_up(known.then(|| public.url()), &node.wired.application, output).await?;
    announce(&public, private.as_ref(), output)?;

    let (stop, stopped) = watch::channel(false);
    let watcher = tokio::spawn(signals.watch(stop));
    let prune = PruneExpired { audit_event_days: settings.audit_retention_days };
    let housekeeping = tokio::spawn(housekeeping::run(node.wired.application.clone(), prune, recorder));
    let trusted_proxies = TrustedProxies(settings.trusted_proxies.clone());
    // A proxy is declared where one brings TLS: see the exposure check.
    let https_only = public.is_tls() || !settings.trusted_proxies.is_empty();
    let pages = WebOptions { trusted_proxies: trusted_proxies.clone(), https_only };
    let options = HttpOptions { trusted_proxies, metrics: private.is_none().then(|| Arc::clone(&render)) };
    let service = Site {
        pages: countersign_web::service(node.wired.application.clone(), pages),
        api: countersign_http::service(node.wired.application.clone(), options),
    };
    let patience = settings.shutdown_seconds;
    let public = public.serve(service, stopped.clone(), patience);
    let private = async {
        match private {
            Some(bound) => bound.serve(metrics::endpoint(render), stopped, patience).await,
            None => Ok(()),
        }
    };
    let served = tokio::try_join!(public, private);

    housekeeping.abort();
    // It may be in the middle of a unit of work, which ends before the store is closed.
    let _ = housekeeping.await;
    watcher.abort();
    tracing::info!("stopped");
    served.map(|_| ())
}

fn announce(public: &Bound, private: Option<&Bound>, output: &mut Output<'_>) -> Result<(), CommandError> {
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
