//! What is served on one address: the pages, and the API beside them, within one frame.

use countersign_application::Application;
use countersign_http::HttpOptions;
use countersign_serving::Frame;
use poem::{Endpoint, IntoResponse, Request, Response};

/// The pages and the API. Which of the two answers, the path says.
struct Site<P, A> {
    pages: P,
    api: A,
}

/// Puts both into the frame.
pub(super) fn site(
    application: &Application,
    options: HttpOptions,
    cookie_prefix: &str,
) -> impl Endpoint<Output = Response> + use<> {
    let frame = Frame::new(application.clone());
    Site {
        pages: countersign_web::with_cookies_of(
            cookie_prefix,
            frame.around(countersign_web::service(application.clone())),
        ),
        api: frame.around(countersign_http::service(application.clone(), options)),
    }
}

impl<P: Endpoint, A: Endpoint> Endpoint for Site<P, A> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if countersign_web::serves(&request) {
            self.pages.call(request).await.map(IntoResponse::into_response)
        } else {
            self.api.call(request).await.map(IntoResponse::into_response)
        }
    }
}
