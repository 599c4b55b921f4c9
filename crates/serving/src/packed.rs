//! Answers as they are kept for those who send the same request again.

use poem::Response;
use poem::http::{HeaderName, HeaderValue, StatusCode};
use zeroize::Zeroizing;

/// An answer as it is kept: a line with the status, a line for each header, an empty one, the body.
#[must_use]
pub fn pack(answer: &Response, body: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len() + 256));
    packed.extend_from_slice(answer.status().as_str().as_bytes());
    for (name, value) in answer.headers() {
        for part in [b"\n", name.as_str().as_bytes(), b":", value.as_bytes()] {
            packed.extend_from_slice(part);
        }
    }
    packed.extend_from_slice(b"\n\n");
    packed.extend_from_slice(body);
    packed
}

/// The answer that was packed; `None` for anything else.
#[must_use]
pub fn unpack(packed: &[u8]) -> Option<Response> {
    let end = packed.windows(2).position(|pair| pair == b"\n\n")?;
    let mut lines = packed[..end].split(|byte| *byte == b'\n');
    let mut answer = Response::builder().status(StatusCode::from_bytes(lines.next()?).ok()?).finish();
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        answer.headers_mut().append(name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?);
    }
    answer.set_body(packed[end + 2..].to_vec());
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_unpacked_as_it_was_packed() {
        let answers = [
            Response::builder().status(StatusCode::NO_CONTENT).finish(),
            Response::builder()
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .header("content-type", "application/problem+json")
                .header("clear-site-data", "\"cookies\"")
                .header("retry-after", "30")
                .body("{\"a\":\n\n1}"),
        ];
        for mut answer in answers {
            let body = answer.take_body().into_vec().await.unwrap();
            let mut again = unpack(&pack(&answer, &body)).unwrap();
            assert_eq!((again.status(), again.headers()), (answer.status(), answer.headers()));
            assert_eq!(again.take_body().into_vec().await.unwrap(), body);
        }
        for damaged in [&b""[..], b"200", b"999999\n\n", b"200\nno colon\n\n"] {
            assert!(unpack(damaged).is_none());
        }
    }
}
