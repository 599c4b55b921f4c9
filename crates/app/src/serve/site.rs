//! What is served on one address: the pages, and the API beside them.

use poem::{Endpoint, IntoResponse, Request, Response};

/// The pages and the API. Which of the two answers, the path says.
pub(super) struct Site<P, A> {
    pub(super) pages: P,
    pub(super) api: A,
}

impl<P: Endpoint, A: Endpoint> Endpoint for Site<P, A> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if countersign_web::serves(request.uri().path()) {
            self.pages.call(request).await.map(IntoResponse::into_response)
        } else {
            self.api.call(request).await.map(IntoResponse::into_response)
        }
    }
}
