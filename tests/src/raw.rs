//! HTTP byte by byte, for requests that no client library sends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::api::Answer;

/// A request of which every byte is chosen.
#[derive(Clone, Debug)]
pub struct RawRequest {
    head: String,
    body: Vec<u8>,
}

impl RawRequest {
    /// The first line; one connection for each request.
    pub fn new(method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        Self { head, body: Vec::new() }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Adds a body, its length and, unless it is to be missing, its media type.
    pub fn body(self, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let sized = self.header("Content-Length", &body.len().to_string());
        let typed = match content_type {
            Some(content_type) => sized.header("Content-Type", content_type),
            None => sized,
        };
        Self { body, ..typed }
    }

    /// Adds a JSON body in chunks, without a length.
    pub fn chunked(self, body: &[u8]) -> Self {
        let mut chunked = Vec::new();
        for chunk in body.chunks(1000) {
            chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            chunked.extend_from_slice(chunk);
            chunked.extend_from_slice(b"\r\n");
        }
        chunked.extend_from_slice(b"0\r\n\r\n");
        let typed = self.header("Transfer-Encoding", "chunked").header("Content-Type", "application/json");
        Self { body: chunked, ..typed }
    }

    /// Sends it and reads the answer.
    pub fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(format!("{}\r\n", self.head).as_bytes()).unwrap();
        // Who refuses a body does not have to read it to its end; a reset after the answer is no error either.
        let _ = stream.write_all(&self.body);
        let mut answer = Vec::new();
        if let Err(error) = stream.read_to_end(&mut answer) {
            assert!(!answer.is_empty(), "no answer to {}: {error}", self.head);
        }
        parse(&answer, self.head.starts_with("HEAD "))
    }
}

fn parse(answer: &[u8], head_only: bool) -> Answer {
    let shown = String::from_utf8_lossy(answer);
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap_or_else(|| panic!("no head: {shown}"));
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers: HeaderMap = lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value.trim()).unwrap())
        })
        .collect();
    let body = &answer[end + 4..];
    if let Some(length) = headers.get("content-length") {
        // To HEAD, it is the length of what GET would have brought (RFC 9110, section 9.3.2).
        let told = if head_only { "0" } else { length.to_str().unwrap() };
        assert_eq!(told, body.len().to_string(), "{shown}");
    }
    Answer::new(status.unwrap_or_else(|| panic!("no status: {shown}")), headers, body.to_vec())
}
