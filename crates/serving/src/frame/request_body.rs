use std::time::Duration;

use poem::error::ReadBodyError;
use poem::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use poem::{Body, Request};

/// The longest body that is read, in bytes.
pub const LONGEST_BODY: usize = 64 * 1024;

/// How long a client may take to send it: who sends by the byte must not hold a connection.
const TIME: Duration = Duration::from_secs(20);

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than [`LONGEST_BODY`].
    TooLong,
    /// It did not arrive in time.
    Late,
    /// It broke off.
    Broken,
}

/// Reads a body.
///
/// # Errors
/// It is too long, or does not arrive.
pub async fn read_body(body: Body) -> Result<Vec<u8>, BodyError> {
    match tokio::time::timeout(TIME, body.into_bytes_limit(LONGEST_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(BodyError::TooLong),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::Late),
    }
}

/// Receives the body of a request, where it is short or does not say how long it is, before anything is decided. A request
/// that is refused by its headers alone would otherwise be answered while its body is still on the way, and the connection
/// closed under a client that goes on to use it.
pub(super) async fn receive(request: &mut Request) -> Result<(), BodyError> {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| (1..=LONGEST_BODY).contains(&length)) {
        let bytes = read_body(request.take_body()).await?;
        request.set_body(bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit_and_no_further() {
        assert_eq!(read_body(Body::from(vec![b'x'; LONGEST_BODY])).await.unwrap().len(), LONGEST_BODY);
        assert_eq!(read_body(Body::from(vec![b'x'; LONGEST_BODY + 1])).await, Err(BodyError::TooLong));
    }
}
