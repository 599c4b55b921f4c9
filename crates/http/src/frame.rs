//! What surrounds every request: its id, its metrics, panics, and the turning of problems into responses.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use countersign_application::Application;
use countersign_application::idempotency::FirstTime;
use futures_util::FutureExt;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::OperationId;
use poem_openapi::error::{AuthorizationError, ParseParamError, ParsePathError};
use poem_openapi::types::ToJSON;
use tracing::Instrument;
use tracing::field::Empty;

use crate::body;
use crate::client::Client;
use crate::document::Methods;
use crate::idempotency::{self, Begun};
use crate::problem::{self, Problem, ProblemCode};

/// The header that names a request in the logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The frame around all routes.
pub(crate) struct Frame<E> {
    routes: Arc<Routes<E>>,
    application: Application,
    /// Tells the requests of this process from those of any other.
    process: u64,
    requests: AtomicU64,
}

/// Under which operation those requests are counted that were answered by what was kept.
const REPEATED: &str = "repeated";

impl<E: Endpoint + 'static> Frame<E> {
    pub(crate) fn new(inner: E, methods: Methods, application: Application) -> Self {
        // The standard library's hash keys are random, and an id needs no more than to be unlikely to meet again.
        let process = RandomState::new().build_hasher().finish();
        let routes = Arc::new(Routes { inner, methods });
        Self { routes, application, process, requests: AtomicU64::new(0) }
    }

    fn next_id(&self) -> String {
        format!("{:016x}-{:x}", self.process, self.requests.fetch_add(1, Ordering::Relaxed))
    }

    async fn answer(&self, mut request: Request, asked: &Asked) -> Answer {
        let begun = match body::receive(&mut request).await {
            Ok(()) => match self.routes.methods.asks(request.method().as_str(), &asked.path) {
                Some(asks) => idempotency::begin(&self.application, &mut request, asks).await,
                // What is not there is not carried out, and not told apart by who asked before.
                None => Ok(Begun::Unasked),
            },
            Err(problem) => Err(problem),
        };
        let answered = match begun {
            Ok(Begun::Unasked) => {
                request.set_data(self.application.clone());
                return self.routes.answer(request, asked).await;
            }
            Ok(Begun::First(first)) => return self.carry_out(*first, request, asked).await,
            Ok(Begun::Repeat(repeat)) => idempotency::repeated(repeat),
            Err(problem) => Err(problem),
        };
        self.routes.told(answered, asked)
    }

    /// Carries a request out to its end, whoever still waits for it: that a client no longer does is the very reason for
    /// which it comes again.
    async fn carry_out(&self, first: FirstTime, mut request: Request, asked: &Asked) -> Answer {
        request.set_data(first.application().clone());
        let (routes, task) = (Arc::clone(&self.routes), asked.clone());
        let carried_out = tokio::spawn(
            async move {
                let mut answer = routes.answer(request, &task).await;
                // Kept with the answer: it names the request that was carried out.
                name(&mut answer.response, &task.request_id);
                match idempotency::finish(first, answer.response).await {
                    Ok(response) => Answer { response, ..answer },
                    Err(problem) => Answer { operation: answer.operation, ..routes.told(Err(problem), &task) },
                }
            }
            .in_current_span(),
        );
        let unfinished = |_| self.routes.told(Err(panicked()), asked);
        carried_out.await.unwrap_or_else(unfinished)
    }
}

/// What a request is called, and where it went.
#[derive(Clone)]
struct Asked {
    request_id: String,
    path: String,
}

/// An answer, the problem that it tells, and the operation that gave it.
struct Answer {
    response: Response,
    refused: Option<ProblemCode>,
    operation: Option<&'static str>,
}

/// Says in an answer what its request is called, unless it is the answer to an earlier one.
fn name(response: &mut Response, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
}

fn panicked() -> Problem {
    tracing::error!("a request panicked");
    Problem::new(ProblemCode::InternalError, "Something went wrong here; nobody was admitted.")
}

/// The routes, and how what they refuse is told.
struct Routes<E> {
    inner: E,
    methods: Methods,
}

impl<E: Endpoint> Routes<E> {
    async fn answer(&self, request: Request, asked: &Asked) -> Answer {
        let (answered, operation) = match AssertUnwindSafe(self.inner.call(request)).catch_unwind().await {
            Ok(Ok(output)) => {
                let response = output.into_response();
                let operation = response.data::<OperationId>().map(|id| id.0);
                (Ok(response), operation)
            }
            Ok(Err(error)) => {
                let operation = error.data::<OperationId>().map(|id| id.0);
                (self.problem_or_response(error, &asked.path), operation)
            }
            Err(_) => (Err(panicked()), None),
        };
        let mut answer = self.rendered(answered, asked, operation);
        if operation == Some("sign_out") && answer.response.status().is_success() {
            // As on the pages: what a browser kept of the session's answers is forgotten, and nothing that is not ours.
            answer.response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
        }
        answer
    }

    /// An answer that no operation gave.
    fn told(&self, answered: Result<Response, Problem>, asked: &Asked) -> Answer {
        let operation = answered.is_ok().then_some(REPEATED);
        self.rendered(answered, asked, operation)
    }

    fn rendered(&self, answered: Result<Response, Problem>, asked: &Asked, operation: Option<&'static str>) -> Answer {
        let refused = answered.as_ref().err().map(|problem| problem.code);
        let response = answered.unwrap_or_else(|problem| self.render(problem, &asked.request_id, &asked.path));
        Answer { response, refused, operation }
    }

    /// Maps by the error's type, never by its text, which may repeat what was sent.
    fn problem_or_response(&self, error: poem::Error, path: &str) -> Result<Response, Problem> {
        if error.is_from_response() {
            return Ok(error.into_response());
        }
        if let Some(problem) = error.downcast_ref::<Problem>() {
            return Err(problem.clone());
        }
        if error.is::<AuthorizationError>() {
            return Err(Problem::unauthenticated());
        }
        if let Some(ParseParamError { name, .. }) = error.downcast_ref() {
            return Err(Problem::invalid_request(name, "is not what the documentation of this parameter says"));
        }
        if error.is::<NotFoundError>() || error.downcast_ref::<ParsePathError>().is_some() {
            return Err(Problem::not_found());
        }
        if error.is::<MethodNotAllowedError>() {
            let allowed = self.methods.allowed(path);
            let problem = Problem::new(ProblemCode::MethodNotAllowed, format!("Allowed here: {allowed}."));
            return Err(problem);
        }
        let code = match error.status() {
            status if status.is_client_error() => ProblemCode::InvalidRequest,
            StatusCode::SERVICE_UNAVAILABLE => ProblemCode::Unavailable,
            _ => ProblemCode::InternalError,
        };
        if code == ProblemCode::InternalError {
            tracing::error!(status = error.status().as_u16(), "an answer that no operation gives");
        }
        Err(Problem::new(code, code.title()))
    }

    fn render(&self, problem: Problem, request_id: &str, path: &str) -> Response {
        let (status, retry_after) = (problem.code.status(), problem.retry_after_seconds);
        let code = problem.code;
        let body = problem.into_body(request_id.to_owned());
        let mut builder = Response::builder().status(status).header(header::CONTENT_TYPE, problem::MEDIA_TYPE);
        if let Some(seconds) = retry_after {
            builder = builder.header(header::RETRY_AFTER, seconds);
        }
        if code == ProblemCode::Unauthenticated {
            builder = builder.header(header::WWW_AUTHENTICATE, "Bearer");
        }
        if code == ProblemCode::MethodNotAllowed {
            builder = builder.header(header::ALLOW, self.methods.allowed(path));
        }
        builder.body(body.to_json_string())
    }
}

/// Whether a refusal may be part of an attack, and leaves its line here. That of a sign-in leaves one of its own, and a code or
/// proof that was refused an audit event.
fn leaves_a_line(code: ProblemCode, operation: Option<&str>) -> bool {
    match code {
        ProblemCode::Unauthenticated
        | ProblemCode::Forbidden
        | ProblemCode::EnrollmentRequired
        | ProblemCode::PasswordChangeRequired
        | ProblemCode::RecoveryCodesNotViewable => true,
        // What belongs to someone else is answered with the same as what is not there at all.
        ProblemCode::NotFound => operation.is_some(),
        ProblemCode::TooManyAttempts => !matches!(operation, Some("sign_in" | "verify_second_factor")),
        _ => false,
    }
}

impl<E: Endpoint + 'static> Endpoint for Frame<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let method = request.method().clone();
        let asked = Asked { request_id: self.next_id(), path: request.uri().path().to_owned() };
        #[expect(clippy::disallowed_methods, reason = "measures a duration for the metrics and decides nothing")]
        let begun = Instant::now();
        // Neither the path nor the query is logged: both may hold what belongs to a person.
        // Of the highest level, so that every line of whatever level names the request.
        let span = tracing::error_span!("request", id = %asked.request_id, %method, account = Empty, api_key = Empty);
        let Client(origin) = Client::of(&request);
        let Answer { mut response, refused, operation } = self.answer(request, &asked).instrument(span.clone()).await;
        if let Some(code) = refused
            && leaves_a_line(code, operation)
        {
            let operation = operation.unwrap_or("none");
            span.in_scope(|| self.application.request_refused(code.as_str(), operation, &origin));
        }
        let seconds = begun.elapsed().as_secs_f64();
        let operation = operation.unwrap_or("none");
        let status = response.status().as_u16();
        span.in_scope(|| tracing::debug!(operation, status, seconds, "answered"));
        metrics::counter!("countersign_http_requests_total", "operation" => operation, "status" => status.to_string())
            .increment(1);
        metrics::histogram!("countersign_http_request_seconds", "operation" => operation).record(seconds);

        name(&mut response, &asked.request_id);
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if asked.path.starts_with("/v1/") {
            // Every answer of the API concerns one account: none may stay in a cache.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        Ok(response)
    }
}
