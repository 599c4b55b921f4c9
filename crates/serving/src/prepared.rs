//! What is the same for everyone who asks: kept as it is sent, and compressed once.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use poem::Response;
use poem::http::{HeaderMap, HeaderValue, header};

/// Below this length, in bytes, compressing gains nothing that a client would notice.
const SHORT: usize = 512;

/// Content that never changes while the program runs, and holds nothing of anybody: what is compressed beside a secret tells
/// its length.
#[derive(Clone, Debug)]
pub struct Prepared(Arc<Content>);

#[derive(Debug)]
struct Content {
    kind: &'static str,
    plain: Bytes,
    /// `None` where compressing gains nothing. Made for the first one who takes it.
    gzip: OnceLock<Option<Bytes>>,
}

impl Prepared {
    /// Content of a media type.
    pub fn new(kind: &'static str, content: impl Into<Bytes>) -> Self {
        Self(Arc::new(Content { kind, plain: content.into(), gzip: OnceLock::new() }))
    }

    /// The answer to a request with these headers, compressed where the client takes it so (RFC 9110, 12.5.3).
    #[must_use]
    pub fn answer(&self, request: &HeaderMap) -> Response {
        let response = Response::builder().header(header::CONTENT_TYPE, self.0.kind);
        let Some(gzip) = self.gzip() else { return response.body(self.0.plain.clone()) };
        let response = response.header(header::VARY, HeaderValue::from_static("accept-encoding"));
        if takes_gzip(request) {
            return response.header(header::CONTENT_ENCODING, "gzip").body(gzip);
        }
        response.body(self.0.plain.clone())
    }

    fn gzip(&self) -> Option<Bytes> {
        let plain = &self.0.plain;
        let compressed = || compress(plain).filter(|gzip| gzip.len() < plain.len());
        if plain.len() < SHORT { None } else { self.0.gzip.get_or_init(compressed).clone() }
    }
}

fn compress(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::default());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Whether one of the encodings that a client takes is gzip, with a weight above zero.
fn takes_gzip(request: &HeaderMap) -> bool {
    let listed = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).any(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), |weight| weight.trim().parse::<f32>());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn asking(encodings: &[&'static str]) -> HeaderMap {
        encodings.iter().map(|it| (header::ACCEPT_ENCODING, HeaderValue::from_static(it))).collect()
    }

    async fn body(mut response: Response) -> Vec<u8> {
        response.take_body().into_vec().await.unwrap()
    }

    #[tokio::test]
    async fn it_is_compressed_for_those_who_take_it_and_is_the_same() {
        let text = "the same for everyone, over and over. ".repeat(100);
        let prepared = Prepared::new("text/plain", text.clone());
        let plain = prepared.answer(&asking(&[]));
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(plain.headers()[header::VARY], "accept-encoding");
        assert_eq!(body(plain).await, text.as_bytes());
        let compressed = prepared.answer(&asking(&["gzip, deflate, br"]));
        assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(compressed.headers()[header::CONTENT_TYPE], "text/plain");
        assert_eq!(compressed.headers()[header::VARY], "accept-encoding");
        let compressed = body(compressed).await;
        assert!(compressed.len() < text.len() / 10);
        let mut again = String::new();
        flate2::read::GzDecoder::new(&*compressed).read_to_string(&mut again).unwrap();
        assert_eq!(again, text);
    }

    #[tokio::test]
    async fn what_gains_nothing_is_sent_as_it_is() {
        let short = Prepared::new("text/plain", "short").answer(&asking(&["gzip"]));
        assert!(!short.headers().contains_key(header::CONTENT_ENCODING) && !short.headers().contains_key(header::VARY));
        assert_eq!(body(short).await, b"short");
    }

    #[test]
    fn a_weight_of_zero_and_other_encodings_are_no_consent() {
        for encodings in [&["gzip"][..], &["br", "deflate, GZIP"], &["gzip;q=0.5, *;q=0"], &["br;q=1.0, gzip; q=0.001"]]
        {
            assert!(takes_gzip(&asking(encodings)), "{encodings:?}");
        }
        for encodings in
            [&[][..], &["br"], &["gzip;q=0"], &["gzip; q=0.0"], &["identity"], &["*"], &["x-gzip"], &["gzip;q=no"]]
        {
            assert!(!takes_gzip(&asking(encodings)), "{encodings:?}");
        }
    }
}
