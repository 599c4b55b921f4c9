//! HTTP/2 frame by frame (RFC 9113), for what no client library does.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `SETTINGS_INITIAL_WINDOW_SIZE`.
const WINDOW: u16 = 4;

/// A connection of HTTP/2 with prior knowledge. It reads nothing by itself.
pub struct Http2 {
    stream: TcpStream,
    next: u32,
}

impl Http2 {
    /// Connects; the server may send so many bytes of each answer.
    pub fn connect(address: SocketAddr, window: u32) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut connection = Self { stream, next: 1 };
        let mut settings = WINDOW.to_be_bytes().to_vec();
        settings.extend(window.to_be_bytes());
        connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        connection.send(&frame(SETTINGS, 0, 0, &settings));
        connection
    }

    /// Begins requests with a body of 60,000 bytes each, sends so much of it, and never more. Whether the connection still
    /// stands.
    pub fn begin_sign_ins(&mut self, count: usize, sent: usize) -> bool {
        let mut head = vec![0x83, 0x86];
        head.extend(literal(4, b"/v1/sign-in"));
        head.extend(literal(1, b"here"));
        head.extend(literal(31, b"application/json"));
        self.begin(count, &head, 0, &vec![b' '; sent])
    }

    /// Asks for a path, so many times.
    pub fn get(&mut self, count: usize, path: &str) -> bool {
        self.begin(count, &get_head(path), END_STREAM, &[])
    }

    /// Asks for a path and takes it back, so many times.
    pub fn get_and_reset(&mut self, count: usize, path: &str) -> bool {
        let (head, mut sent) = (get_head(path), Vec::new());
        for _ in 0..count {
            sent.extend(frame(HEADERS, END_HEADERS | END_STREAM, self.next, &head));
            sent.extend(frame(RESET, 0, self.next, &8_u32.to_be_bytes()));
            self.next += 2;
        }
        self.send_all(&sent)
    }

    fn begin(&mut self, count: usize, head: &[u8], flags: u8, body: &[u8]) -> bool {
        let mut sent = Vec::new();
        for _ in 0..count {
            sent.extend(frame(HEADERS, END_HEADERS | flags, self.next, head));
            body.chunks(16_000).for_each(|chunk| sent.extend(frame(DATA, 0, self.next, chunk)));
            self.next += 2;
        }
        self.send_all(&sent)
    }

    /// Sends in pieces, reading between them, so that neither side waits for the other.
    fn send_all(&mut self, bytes: &[u8]) -> bool {
        bytes.chunks(16_000).all(|chunk| self.send(chunk) && self.is_open())
    }

    fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Reads what there is, and says whether the server still has the connection.
    pub fn is_open(&mut self) -> bool {
        let mut bytes = [0; 65_536];
        match self.stream.read(&mut bytes) {
            Ok(count) => count > 0,
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }
}

fn get_head(path: &str) -> Vec<u8> {
    let mut head = vec![0x82, 0x86];
    head.extend(literal(4, path.as_bytes()));
    head.extend(literal(1, b"here"));
    head
}

fn frame(kind: u8, flags: u8, stream: u32, body: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(body);
    frame
}

/// A header of the static table with another value (RFC 7541, 6.2.2), not longer than 126 bytes.
fn literal(index: u8, value: &[u8]) -> Vec<u8> {
    let mut literal = if index < 15 { vec![index] } else { vec![15, index - 15] };
    literal.push(u8::try_from(value.len()).unwrap());
    literal.extend_from_slice(value);
    literal
}
