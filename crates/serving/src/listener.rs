//! A listener: an address, and the loop that accepts connections on it.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_application::TrustedProxies;
use poem::endpoint::ToDynEndpoint;
use poem::http::uri::Scheme;
use poem::{Endpoint, EndpointExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::client::Forwarding;
use crate::clients::Clients;
use crate::clock::now;
use crate::connections::{Admitted, Connections};
use crate::door::{Door, Ends};
use crate::limits::Limits;
use crate::protocol;
use crate::tls::Certificate;
use crate::watched::Watched;

/// How often it is looked for clients that are too late.
const ROUND: Duration = Duration::from_secs(1);

/// The same when the server is about to end.
const LAST_ROUND: Duration = Duration::from_millis(100);

/// How long nothing is accepted after the system had no descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// How long nothing more is said of it.
const SILENCE: Duration = Duration::from_secs(60);

/// How many connections that nobody needs are ended then.
const ROOM: usize = 16;

/// A listener that already has its address, and takes no connections yet.
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<watch::Receiver<Certificate>>,
}

/// What is served on a listener, and how.
pub struct Service<E> {
    /// What answers.
    pub endpoint: E,
    /// Proxies whose `X-Forwarded-For` is believed, and which bring the connections of many.
    pub trusted_proxies: TrustedProxies,
    /// Whether browsers reach it by HTTPS only, and are to hold to it (RFC 6797).
    pub https_only: bool,
    /// How much one client may have.
    pub limits: Limits,
}

impl Listener {
    /// Takes an address. The certificate is the one that was sent last: it may be renewed while connections go on.
    ///
    /// # Errors
    ///
    /// As the system says, for instance when another program has the port.
    pub async fn bind(address: SocketAddr, tls: Option<watch::Receiver<Certificate>>) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        // With port 0 the system chose one.
        let address = listener.local_addr()?;
        Ok(Self { listener, address, tls })
    }

    /// Whether it brings TLS itself.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.is_tls() { "https" } else { "http" }, self.address)
    }

    /// Serves until told to stop; requests that are under way then have `patience` to finish.
    pub async fn serve<E>(self, service: Service<E>, stopped: watch::Receiver<bool>, patience: Duration)
    where
        E: Endpoint + 'static,
    {
        let Service { endpoint, trusted_proxies, https_only, limits } = service;
        let connections = Arc::new(Connections::new(limits));
        let door = Arc::new(Door {
            endpoint: Arc::new(ToDynEndpoint(endpoint.map_to_response())),
            forwarding: Forwarding::new(trusted_proxies),
            clients: Arc::new(Clients::new(limits)),
            connections: Arc::clone(&connections),
            https_only,
        });
        let Self { listener, address, tls } = self;
        tokio::select! {
            () = accept(&listener, address, tls, &connections, &door, &stopped) => {}
            () = each(ROUND, || connections.end_overdue()) => {}
            () = stopping(stopped.clone()) => {}
        }
        drop(listener);
        let ended = async {
            tokio::select! {
                () = connections.wait_for_all() => {}
                () = each(LAST_ROUND, || { connections.end_quiet(); connections.end_overdue(); }) => {}
            }
        };
        if timeout(patience, ended).await.is_err() {
            tracing::warn!("requests that are still under way are given up");
            connections.end_all();
            connections.wait_for_all().await;
        }
    }
}

/// Does something again and again.
async fn each(pause: Duration, act: impl Fn()) {
    let mut rounds = interval(pause);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        act();
    }
}

/// Ends when the orderly end begins.
async fn stopping(mut stopped: watch::Receiver<bool>) {
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        // Nobody is left who could say so.
        pending::<()>().await;
    }
}

async fn accept(
    listener: &TcpListener,
    local: SocketAddr,
    tls: Option<watch::Receiver<Certificate>>,
    connections: &Arc<Connections>,
    door: &Arc<Door>,
    stopped: &watch::Receiver<bool>,
) {
    let mut told: Option<Instant> = None;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                let Some(admitted) = connections.admit(peer.ip(), door.forwarding.is_proxy(peer.ip())) else {
                    tracing::debug!("a connection was refused: its address has its share, or there are too many");
                    continue;
                };
                let connection = Arc::clone(&admitted.connection);
                let scheme = if tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
                let ends = Ends { local, peer, scheme };
                let acceptor = tls.as_ref().map(|certificate| certificate.borrow().acceptor());
                let task = serve(socket, ends, admitted, acceptor, Arc::clone(door), stopping(stopped.clone()));
                connection.is_served_by(tokio::spawn(task).abort_handle());
            }
            Err(error) if concerns_one(&error) => {}
            Err(error) => {
                let now = now();
                if told.is_none_or(|told| now >= told + SILENCE) {
                    tracing::error!(%error, "no connection can be accepted; idle ones are ended, and it is tried again");
                    told = Some(now);
                }
                connections.make_room(ROOM);
                sleep(PAUSE).await;
            }
        }
    }
}

/// Whether an error ends the connection that was to be accepted, and says nothing of the next one.
fn concerns_one(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted, PermissionDenied, TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted | PermissionDenied | TimedOut
    )
}

async fn serve(
    socket: TcpStream,
    ends: Ends,
    admitted: Admitted,
    tls: Option<TlsAcceptor>,
    door: Arc<Door>,
    stopping: impl Future<Output = ()>,
) {
    // Answers are written as a whole: waiting for more would only delay them.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let connection = Arc::clone(&admitted.connection);
    let socket = Watched::new(socket, Arc::clone(&connection));
    let Some(tls) = tls else { return protocol::serve(socket, ends, connection, door, stopping).await };
    let mut stopping = pin!(stopping);
    tokio::select! {
        handshake = tls.accept(socket) => match handshake {
            Ok(stream) => protocol::serve(stream, ends, connection, door, stopping).await,
            Err(error) => tracing::debug!(%error, "a TLS handshake failed"),
        },
        () = stopping.as_mut() => {}
    }
}
