use std::time::Duration;

use poem::error::ReadBodyError;
use poem::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use poem::{Body, Request};

/// The longest body that is read, in bytes, where nothing else is said.
pub const LONGEST_BODY: usize = 64 * 1024;

/// The longest body that is read where a picture may be in it, in bytes: one of 64 KiB, in the base64 of JSON, and what
/// comes along with it.
pub const LONGEST_UPLOAD: usize = 128 * 1024;

/// How long a client may take to send it: who sends by the byte must not hold a connection.
const TIME: Duration = Duration::from_secs(20);

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than this.
    TooLong {
        /// How long it may be, in bytes.
        most: usize,
    },
    /// It did not arrive in time.
    Late,
    /// It broke off.
    Broken,
}

/// How long the body of a request may be, where its interface lets it be longer than others.
#[derive(Clone, Copy)]
struct Longest(usize);

/// Reads the body of a request, which was taken out of it.
///
/// # Errors
/// It is too long, or does not arrive.
pub async fn read_body(request: &Request, body: Body) -> Result<Vec<u8>, BodyError> {
    let most = request.data::<Longest>().map_or(LONGEST_BODY, |longest| longest.0);
    match tokio::time::timeout(TIME, body.into_bytes_limit(most)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(BodyError::TooLong { most }),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::Late),
    }
}

/// Receives the body of a request, where it is short or does not say how long it is, before anything is decided. A request
/// that is refused by its headers alone would otherwise be answered while its body is still on the way, and the connection
/// closed under a client that goes on to use it.
pub(super) async fn receive(request: &mut Request, most: usize) -> Result<(), BodyError> {
    request.set_data(Longest(most));
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| (1..=most).contains(&length)) {
        let body = request.take_body();
        let bytes = read_body(request, body).await?;
        request.set_body(bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit_and_no_further() {
        for most in [LONGEST_BODY, LONGEST_UPLOAD] {
            let mut request = Request::default();
            receive(&mut request, most).await.unwrap();
            let read = async |length| read_body(&request, Body::from(vec![b'x'; length])).await;
            assert_eq!(read(most).await.unwrap().len(), most);
            assert_eq!(read(most + 1).await, Err(BodyError::TooLong { most }));
        }
    }
}
