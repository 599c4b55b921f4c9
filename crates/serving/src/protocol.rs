//! HTTP on one connection.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::door::{Door, Ends};

/// The longest head of a request, and how much of an answer is put together at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// Requests at once on a connection of HTTP/2: the least that RFC 9113, 6.5.2 recommends.
const STREAMS: u32 = 100;

/// How much of the bodies of one request and of all requests of a connection may come before it is read, in bytes.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 128 * 1024;

/// How many requests may be taken back before they were looked at, and how many be refused, before the connection ends.
const RESETS: usize = 20;
const REFUSALS: usize = 128;

/// The longest list of headers of HTTP/2, in bytes.
const HEADERS: u32 = 16 * 1024;

/// How much of the answers of one request HTTP/2 takes from the endpoint ahead of the client, in bytes.
const SEND_BUFFER: usize = 64 * 1024;

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // All waiting is bounded in one place: `Connection::overdue`.
    builder.http1().max_buf_size(BUFFER).header_read_timeout(None);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(REFUSALS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(HEADERS)
        .max_send_buf_size(SEND_BUFFER);
    builder
}

/// Serves a connection until its client, an error, or the end of the server ends it.
pub(crate) async fn serve<S>(
    stream: S,
    ends: Ends,
    connection: Arc<Connection>,
    door: Arc<Door>,
    stopping: impl Future<Output = ()>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |request| {
        let (door, connection, ends) = (Arc::clone(&door), Arc::clone(&connection), ends.clone());
        async move { Ok::<_, Infallible>(door.answer(request, ends, &connection).await) }
    });
    let builder = builder();
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let stopping = pin!(stopping);
    let ended = tokio::select! {
        ended = &mut served => ended,
        () = stopping => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
