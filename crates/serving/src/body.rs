//! Bodies that tell when they were received, and when they were taken.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::BoxBody;

use crate::clients::Share;
use crate::connection::Exchange;

/// A body as the web framework has it.
pub(crate) type AnyBody = BoxBody<Bytes, io::Error>;

/// What a request holds until its answer was taken, or nobody needs one any more.
pub(crate) struct Hold {
    pub(crate) exchange: Exchange,
    pub(crate) share: Share,
}

/// The body of a request.
pub(crate) struct Received {
    body: AnyBody,
    hold: Arc<Hold>,
}

impl Received {
    pub(crate) fn new(body: AnyBody, hold: Arc<Hold>) -> Self {
        if body.is_end_stream() {
            hold.exchange.is_received();
        }
        Self { body, hold }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.hold.exchange.is_received();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Received {
    /// Whoever was to read it does not wait for it any more.
    fn drop(&mut self) {
        self.hold.exchange.is_received();
    }
}

/// The body of an answer.
pub(crate) struct Answer {
    body: AnyBody,
    /// `None` where there is nothing to take.
    hold: Option<Arc<Hold>>,
}

impl Answer {
    pub(crate) fn new(body: AnyBody, hold: Arc<Hold>) -> Self {
        if body.is_end_stream() {
            return Self { body, hold: None };
        }
        hold.exchange.answers(body.size_hint().lower());
        Self { body, hold: Some(hold) }
    }

    /// One that is too short to be counted.
    pub(crate) fn short(body: AnyBody) -> Self {
        Self { body, hold: None }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let Some(hold) = &self.hold else { return Poll::Ready(frame) };
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(|bytes| Pending::of(bytes, hold)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes that are on their way to a client. They are dropped when the last of them was handed to the system, wherever they
/// had to wait before.
struct Pending {
    bytes: Bytes,
    /// How much of memory they are: nothing where many answers share them.
    own: usize,
    hold: Arc<Hold>,
}

impl Pending {
    fn of(bytes: Bytes, hold: &Arc<Hold>) -> Bytes {
        let own = if bytes.is_unique() { bytes.len() } else { 0 };
        hold.share.hold(own);
        hold.exchange.answers_more(bytes.len() as u64);
        Bytes::from_owner(Self { bytes, own, hold: Arc::clone(hold) })
    }
}

impl AsRef<[u8]> for Pending {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.hold.share.release(self.own);
    }
}
