//! What surrounds every request to the API and to the pages, once for both.
//!
//! A request gets an id, a span, and the address of its client; its body is received, a panic is caught, and the answer
//! leaves counted, named and protected. What differs between the two an [`Interface`] says: how an error is rendered, how an
//! operation is called, and what of its refusals belongs into the log.

mod headers;
mod meters;
mod request_body;
mod request_id;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use countersign_application::{Application, Door, Origin};
use futures_util::FutureExt;
use poem::{Endpoint, Request, Response};
use tracing::Instrument;
use tracing::field::Empty;

pub use headers::FormsLeadTo;
pub use request_body::{BodyError, LONGEST_BODY, LONGEST_UPLOAD, read_body};
pub use request_id::name_answer;

use meters::Meters;
use request_id::RequestIds;

/// One of the interfaces: the API, or the pages.
pub trait Interface: Send + Sync + 'static {
    /// By which door one comes to it.
    const DOOR: Door;

    /// What its answers need to know of a request, whatever becomes of it.
    type Asked: Send + Sync;

    /// Looks at a request of which nothing was read yet. `id` is what it is called in the log.
    fn asked(&self, request: &Request, id: &str) -> Self::Asked;

    /// How long the body of a request may be, in bytes.
    fn longest_body(&self, _request: &Request) -> usize {
        LONGEST_BODY
    }

    /// Answers a request.
    fn answer(&self, request: Request, asked: &Self::Asked) -> impl Future<Output = Reply> + Send;

    /// Answers a request that the interface cannot, or could not, answer itself.
    fn fail(&self, failure: Failure, asked: &Self::Asked) -> Reply;
}

/// What an interface answers, and what the frame has to know of it.
pub struct Reply {
    pub response: Response,
    /// Under which operation it is counted.
    pub operation: &'static str,
    /// Why the request was refused, where that may be part of an attack: then it leaves a line in the log.
    pub refusal: Option<&'static str>,
}

/// Why an interface gives no answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The body did not come as it should.
    Body(BodyError),
    /// A fault of this program, which is in the log.
    Panicked,
}

/// Runs a part of a request to its end, or to its panic.
///
/// # Errors
/// It panicked. The log says so.
pub async fn catch_panic<T>(part: impl Future<Output = T>) -> Result<T, Failure> {
    AssertUnwindSafe(part).catch_unwind().await.map_err(|_| {
        tracing::error!("a request panicked");
        Failure::Panicked
    })
}

/// Where a request comes from. The frame has looked, and says by which door.
#[must_use]
pub fn origin_of(request: &Request) -> Origin {
    request.data::<Origin>().cloned().unwrap_or(Origin::UNKNOWN)
}

/// Counts what came of a step of signing in; never who took it.
pub fn count_sign_in(step: &'static str, outcome: &'static str) {
    metrics::counter!("countersign_sign_ins_total", "step" => step, "outcome" => outcome).increment(1);
}

/// The frame around the interfaces of a node.
#[derive(Clone)]
pub struct Frame {
    application: Application,
    ids: Arc<RequestIds>,
    meters: Arc<Meters>,
}

impl Frame {
    /// A frame whose requests are told from those of any other process.
    #[must_use]
    pub fn new(application: Application) -> Self {
        Self { application, ids: Arc::default(), meters: Arc::default() }
    }

    /// Puts the frame around an interface.
    pub fn around<I: Interface>(&self, interface: I) -> impl Endpoint<Output = Response> + use<I> {
        Framed { frame: self.clone(), interface }
    }
}

struct Framed<I> {
    frame: Frame,
    interface: I,
}

impl<I: Interface> Framed<I> {
    async fn reply(&self, mut request: Request, asked: &I::Asked) -> Reply {
        let most = self.interface.longest_body(&request);
        let answered = match request_body::receive(&mut request, most).await {
            Ok(()) => catch_panic(self.interface.answer(request, asked)).await,
            Err(error) => Err(Failure::Body(error)),
        };
        answered.unwrap_or_else(|failure| self.interface.fail(failure, asked))
    }
}

impl<I: Interface> Endpoint for Framed<I> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        #[expect(clippy::disallowed_methods, reason = "measures a duration for the metrics and decides nothing")]
        let begun = Instant::now();
        let id = self.frame.ids.next();
        // Neither the path nor the query is logged: both may hold what belongs to a person.
        // Of the highest level, so that every line of whatever level names the request.
        let method = request.method();
        let span = tracing::error_span!("request", %id, %method, account = Empty, api_key = Empty);
        let origin = origin_of(&request).through(I::DOOR);
        request.set_data(origin.clone());
        let asked = self.interface.asked(&request, &id);
        let Reply { mut response, operation, refusal } = self.reply(request, &asked).instrument(span.clone()).await;
        let (seconds, status) = (begun.elapsed().as_secs_f64(), response.status().as_u16());
        span.in_scope(|| {
            if let Some(why) = refusal {
                self.frame.application.request_refused(why, operation, &origin);
            }
            tracing::debug!(operation, status, seconds, "answered");
        });
        self.frame.meters.note(operation, status, seconds);
        name_answer(&mut response, &id);
        headers::protect(&mut response, I::DOOR);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use countersign_testing::MemoryStore;
    use poem::http::StatusCode;
    use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};

    use super::*;

    /// What is asked of the interface of these tests, as a body.
    const PANIC: &str = "panic";

    struct Told<const PAGES: bool>;

    impl<const PAGES: bool> Interface for Told<PAGES> {
        const DOOR: Door = if PAGES { Door::Pages } else { Door::Api };

        type Asked = String;

        fn asked(&self, _: &Request, id: &str) -> String {
            id.to_owned()
        }

        async fn answer(&self, mut request: Request, asked: &String) -> Reply {
            let body = request.take_body().into_string().await.unwrap();
            assert_ne!(body, PANIC);
            assert_eq!(origin_of(&request).door, Self::DOOR);
            let response = Response::builder().header("asked", asked).body(body);
            Reply { response, operation: "told", refusal: None }
        }

        fn fail(&self, failure: Failure, asked: &String) -> Reply {
            let response = Response::builder().status(StatusCode::IM_A_TEAPOT).header("asked", asked);
            Reply { response: response.body(format!("{failure:?}")), operation: "told", refusal: None }
        }
    }

    async fn ask<const PAGES: bool>(frame: &Frame, body: &str) -> (StatusCode, String, Response) {
        let request = Request::builder().header("transfer-encoding", "chunked").body(body.to_owned());
        let mut response = frame.around(Told::<PAGES>).call(request).await.unwrap();
        (response.status(), response.take_body().into_string().await.unwrap(), response)
    }

    fn frame() -> Frame {
        Frame::new(countersign_testing::application(Arc::new(MemoryStore::default())).application)
    }

    #[tokio::test]
    async fn both_interfaces_have_one_frame_in_which_each_request_has_an_id_of_its_own() {
        let frame = frame();
        let (status, body, api) = ask::<false>(&frame, "hello").await;
        assert_eq!((status, &*body), (StatusCode::OK, "hello"));
        let (_, _, page) = ask::<true>(&frame, "hello").await;
        let ids = [api, page].map(|response| {
            let (id, asked) = (&response.headers()["x-request-id"], &response.headers()["asked"]);
            assert_eq!(id, asked, "the interface knows what the answer says");
            id.clone()
        });
        assert_ne!(ids[0], ids[1]);
    }

    #[tokio::test]
    async fn a_panic_and_a_body_that_is_too_long_are_told_by_the_interface() {
        let frame = frame();
        let (status, body, response) = ask::<false>(&frame, PANIC).await;
        assert_eq!((status, &*body), (StatusCode::IM_A_TEAPOT, "Panicked"));
        assert_eq!(response.headers()["x-request-id"], response.headers()["asked"]);
        let (status, body, _) = ask::<true>(&frame, &"x".repeat(LONGEST_BODY + 1)).await;
        assert_eq!((status, &*body), (StatusCode::IM_A_TEAPOT, "Body(TooLong { most: 65536 })"));
    }

    #[tokio::test]
    async fn an_answer_is_protected_whatever_it_is() {
        let frame = frame();
        for body in ["hello", PANIC] {
            let (_, _, page) = ask::<true>(&frame, body).await;
            assert!(page.headers().contains_key(CONTENT_SECURITY_POLICY));
            let (_, _, api) = ask::<false>(&frame, body).await;
            for response in [page, api] {
                assert_eq!(response.headers()["x-content-type-options"], "nosniff");
                assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
            }
        }
    }
}
