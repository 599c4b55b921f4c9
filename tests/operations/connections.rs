use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use countersign_tests::Server;

/// Reads one answer, and says its status.
fn status_of(reader: &mut BufReader<&TcpStream>) -> u16 {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let status = first.split(' ').nth(1).unwrap_or_else(|| panic!("the connection is closed: {first:?}"));
    status.parse().unwrap()
}

/// Clients send a request and go on to use its connection, however their request was answered and however its body was
/// framed.
#[test]
fn a_refusal_leaves_the_connection_good_for_the_next_request() {
    let server = Server::start();
    for (framing, body) in [("Content-Length: 2", "{}"), ("Transfer-Encoding: chunked", "0\r\n\r\n")] {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let (mut writer, mut reader) = (&stream, BufReader::new(&stream));
        let head =
            format!("POST /v1/admin/api-keys HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n{framing}");
        write!(writer, "{head}\r\n\r\n").unwrap();
        // Longer than the refusal takes: the body comes after whatever is decided by the headers alone.
        std::thread::sleep(Duration::from_millis(200));
        writer.write_all(body.as_bytes()).unwrap();
        assert_eq!(status_of(&mut reader), 401, "{framing}");
        write!(writer, "GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
        assert_eq!(status_of(&mut reader), 200, "{framing}");
    }
}
