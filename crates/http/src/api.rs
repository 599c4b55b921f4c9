//! The API as an interface within the serving frame: repeated requests, routing, and the turning of problems into responses.

use std::sync::Arc;

use countersign_application::idempotency::FirstTime;
use countersign_application::{Application, Door};
use countersign_serving::{Failure, Interface, LONGEST_BODY, LONGEST_UPLOAD, Reply, catch_panic, name_answer};
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::OperationId;
use poem_openapi::auth::{Bearer, BearerAuthorization};
use poem_openapi::error::{AuthorizationError, ParseParamError, ParsePathError};
use poem_openapi::types::ToJSON;
use tracing::Instrument;

use crate::document::{Asks, Methods};
use crate::idempotency::{self, Begun};
use crate::problem::{self, Problem, ProblemCode};
use crate::resources::APPEARANCE;

/// All operations.
pub(crate) struct Api<E> {
    routes: Arc<Routes<E>>,
    application: Application,
}

/// Under which operation those requests are counted that were answered by what was kept.
const REPEATED: &str = "repeated";

/// Under which operation those requests are counted that reached none.
const NONE: &str = "none";

/// What a request is called, and where it went.
#[derive(Clone)]
pub(crate) struct Asked {
    request_id: String,
    path: String,
}

impl<E: Endpoint + 'static> Api<E> {
    pub(crate) fn new(inner: E, methods: Methods, application: Application) -> Self {
        Self { routes: Arc::new(Routes { inner, methods }), application }
    }

    /// Carries a request out to its end, whoever still waits for it: that a client no longer does is the very reason for
    /// which it comes again.
    async fn carry_out(&self, first: FirstTime, mut request: Request, asked: &Asked) -> Reply {
        request.set_data(first.application().clone());
        let (routes, task) = (Arc::clone(&self.routes), asked.clone());
        let carried_out = tokio::spawn(
            async move {
                let answered = catch_panic(routes.answer(request, &task)).await;
                let mut reply = answered.unwrap_or_else(|failure| routes.told(Err(failure.into()), &task));
                // Kept with the answer: it names the request that was carried out.
                name_answer(&mut reply.response, &task.request_id);
                match idempotency::finish(first, reply.response).await {
                    Ok(response) => Reply { response, ..reply },
                    Err(problem) => Reply { operation: reply.operation, ..routes.told(Err(problem), &task) },
                }
            }
            .in_current_span(),
        );
        carried_out.await.unwrap_or_else(|_| self.fail(Failure::Panicked, asked))
    }
}

impl<E: Endpoint + 'static> Interface for Api<E> {
    const DOOR: Door = Door::Api;

    type Asked = Asked;

    fn asked(&self, request: &Request, id: &str) -> Asked {
        Asked { request_id: id.to_owned(), path: request.uri().path().to_owned() }
    }

    fn longest_body(&self, request: &Request) -> usize {
        let takes_a_picture =
            request.method() == Method::PATCH && request.uri().path().trim_end_matches('/') == APPEARANCE;
        if takes_a_picture { LONGEST_UPLOAD } else { LONGEST_BODY }
    }

    async fn answer(&self, mut request: Request, asked: &Asked) -> Reply {
        let begun = match self.routes.methods.operation(request.method().as_str(), &asked.path) {
            Some(operation) => idempotency::begin(&self.application, &mut request, operation.asks).await,
            // What is not there is not carried out, and not told apart by who asked before.
            None => Ok(Begun::Unasked),
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

    fn fail(&self, failure: Failure, asked: &Asked) -> Reply {
        self.routes.told(Err(failure.into()), asked)
    }
}

/// The routes, and how what they refuse is told.
struct Routes<E> {
    inner: E,
    methods: Methods,
}

impl<E: Endpoint> Routes<E> {
    async fn answer(&self, request: Request, asked: &Asked) -> Reply {
        // Whoever says nothing of themselves is told so first; who they are is looked up after all else of the request was read.
        if let Some(operation) = self.methods.operation(request.method().as_str(), &asked.path)
            && operation.asks == Asks::Bearer
            && Bearer::from_request(&request).is_err()
        {
            return self.rendered(Err(Problem::unauthenticated()), asked, Some(operation.id));
        }
        let (answered, operation) = match self.inner.call(request).await {
            Ok(output) => {
                let response = output.into_response();
                let operation = response.data::<OperationId>().map(|id| id.0);
                (Ok(response), operation)
            }
            Err(error) => {
                let operation = error.data::<OperationId>().map(|id| id.0);
                (self.problem_or_response(error, &asked.path), operation)
            }
        };
        self.rendered(answered, asked, operation)
    }

    /// An answer that no operation gave.
    fn told(&self, answered: Result<Response, Problem>, asked: &Asked) -> Reply {
        let operation = answered.is_ok().then_some(REPEATED);
        self.rendered(answered, asked, operation)
    }

    fn rendered(&self, answered: Result<Response, Problem>, asked: &Asked, operation: Option<&'static str>) -> Reply {
        let refusal = answered.as_ref().err().and_then(|problem| line(problem, operation.is_some()));
        let response = answered.unwrap_or_else(|problem| self.render(problem, &asked.request_id, &asked.path));
        Reply { response, operation: operation.unwrap_or(NONE), refusal }
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

/// What the log says of a refusal that may be part of an attack. A code or proof that was refused leaves an audit event.
fn line(problem: &Problem, by_an_operation: bool) -> Option<&'static str> {
    let leaves_one = match problem.code {
        ProblemCode::Unauthenticated
        | ProblemCode::Forbidden
        | ProblemCode::EnrollmentRequired
        | ProblemCode::PasswordChangeRequired
        | ProblemCode::RecoveryCodesNotViewable => true,
        // What belongs to someone else is answered with the same as what is not there at all.
        ProblemCode::NotFound => by_an_operation,
        ProblemCode::TooManyAttempts => !problem.has_left_a_line,
        _ => false,
    };
    leaves_one.then(|| problem.code.as_str())
}
