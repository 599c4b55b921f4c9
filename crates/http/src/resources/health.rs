//! Whether this node lives and can work.

use countersign_application::Application;
use countersign_application::housekeeping::CheckReadiness;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{IntoResponse, Response};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Tag;
use crate::problem::{MEDIA_TYPE, ProblemBody, Refused};

/// That a process lives.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum LivenessStatus {
    Ok,
}

/// This process answers.
#[derive(Object)]
struct Liveness {
    /// Always `ok`.
    status: LivenessStatus,
}

/// Whether a node can work.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum ReadinessStatus {
    /// All parts work.
    Ok,
    /// One of the parts does not work.
    Unavailable,
}

/// Which parts work.
#[derive(Object)]
struct Readiness {
    /// Whether all of them do.
    status: ReadinessStatus,
    /// Whether the store answers, and can be written.
    store: bool,
    /// Whether what is sealed can be opened.
    keys: bool,
    /// Whether the clock shows a time that can be.
    clock: bool,
}

/// What a node answers that cannot say that it works: which of its parts does not, or a problem.
struct NotReady;

impl NotReady {
    const NAME: &str = "NotReady";

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::NAME.to_owned(), |_| MetaSchema {
            description: Some("Which part of a node does not work, or why it does not say."),
            one_of: vec![Readiness::schema_ref(), ProblemBody::schema_ref()],
            ..MetaSchema::ANY
        });
    }
}

/// Whether a node can work, by the status as well.
struct ReadinessAnswer(Readiness);

impl IntoResponse for ReadinessAnswer {
    fn into_response(self) -> Response {
        let status = match self.0.status {
            ReadinessStatus::Ok => StatusCode::OK,
            ReadinessStatus::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Json(self.0).with_status(status).into_response()
    }
}

impl ApiResponse for ReadinessAnswer {
    /// All that is no success has one schema: generators take no more than one for the errors of an operation.
    fn meta() -> MetaResponses {
        let mut meta = Json::<Readiness>::meta();
        for mut refused in Refused::<0>::meta().responses {
            for content in refused.content.iter_mut().filter(|content| content.content_type != MEDIA_TYPE) {
                content.schema = MetaSchemaRef::Reference(NotReady::NAME.to_owned());
            }
            if refused.status == Some(StatusCode::SERVICE_UNAVAILABLE.as_u16()) {
                refused.description = "It cannot work now.";
            }
            meta.responses.push(refused);
        }
        meta
    }

    fn register(registry: &mut Registry) {
        Readiness::register(registry);
        ProblemBody::register(registry);
        NotReady::register(registry);
    }
}

pub(crate) struct HealthApi;

#[OpenApi(tag = "Tag::Operations")]
impl HealthApi {
    /// Check whether this process lives
    ///
    /// Answers as long as the process does, whatever works behind it: for what restarts a process that hangs.
    #[oai(path = "/health/live", method = "get", operation_id = "check_liveness")]
    async fn live(&self) -> Result<Json<Liveness>, Refused<0>> {
        Ok(Json(Liveness { status: LivenessStatus::Ok }))
    }

    /// Check whether this node can work
    ///
    /// Tries to write to the store, and looks at the keys and the clock: for what sends requests only to nodes that can answer them.
    /// However often it is asked, it writes once a second at most. The server's log says what is in the way.
    #[oai(path = "/health/ready", method = "get", operation_id = "check_readiness")]
    async fn ready(&self, application: Data<&Application>) -> ReadinessAnswer {
        let readiness = CheckReadiness.execute(&application).await;
        let status = if readiness.is_ready() { ReadinessStatus::Ok } else { ReadinessStatus::Unavailable };
        ReadinessAnswer(Readiness { status, store: readiness.store, keys: readiness.keys, clock: readiness.clock })
    }
}
