//! Whether this node lives and can work.

use countersign_application::Application;
use countersign_application::use_cases::CheckReadiness;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;

/// This process answers.
#[derive(Object)]
struct Liveness {
    /// Always `ok`.
    status: String,
}

/// Which parts work.
#[derive(Object)]
struct Readiness {
    /// `ok`, or `unavailable` when one of the parts does not work.
    status: String,
    /// Whether the store answers.
    store: bool,
    /// Whether what is sealed can be opened.
    keys: bool,
    /// Whether the clock shows a time that can be.
    clock: bool,
}

#[derive(ApiResponse)]
enum ReadinessResponse {
    /// It can work.
    #[oai(status = 200)]
    Ready(Json<Readiness>),
    /// It cannot work now.
    #[oai(status = 503)]
    NotReady(Json<Readiness>),
}

pub(crate) struct HealthApi;

#[OpenApi(tag = "Tag::Operations")]
impl HealthApi {
    /// Whether this process lives
    #[oai(path = "/health/live", method = "get", operation_id = "check_liveness")]
    async fn live(&self) -> Json<Liveness> {
        Json(Liveness { status: "ok".to_owned() })
    }

    /// Whether this node can work
    #[oai(path = "/health/ready", method = "get", operation_id = "check_readiness")]
    async fn ready(&self, application: Data<&Application>) -> ReadinessResponse {
        let readiness = CheckReadiness.execute(&application).await;
        let body = |status: &str| {
            Json(Readiness {
                status: status.to_owned(),
                store: readiness.store,
                keys: readiness.keys,
                clock: readiness.clock,
            })
        };
        if readiness.is_ready() {
            ReadinessResponse::Ready(body("ok"))
        } else {
            ReadinessResponse::NotReady(body("unavailable"))
        }
    }
}
