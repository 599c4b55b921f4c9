use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use countersign_tests::http2::Http2;
use countersign_tests::{Deployment, Server, tools};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What one client may cost at most, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;

/// Connections of one address, by default.
const SHARE: usize = 256;

/// How long anyone else may have to wait for an answer at most: this machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(10);

/// This process needs as many connections as all of its attackers together.
fn may_open_many() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}

fn connect(address: SocketAddr, first: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(first).unwrap();
    stream
}

/// Others are served meanwhile: who comes from another address. Of one's own address, a further connection may be refused while
/// there is work under way on all that it has.
#[track_caller]
fn others_are_served(server: &Server, meanwhile: &str) {
    let begun = Instant::now();
    let url = format!("http://{}/health/ready", server.address());
    let arguments =
        ["--interface", "127.0.0.2", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", &url];
    let status = tools::run("curl", "curl", &arguments, b"");
    assert_eq!(String::from_utf8_lossy(&status), "200", "{meanwhile}");
    assert!(begun.elapsed() < PATIENCE, "{meanwhile}: {:?}", begun.elapsed());
}

/// A line of `/proc/PID/status`, in KiB.
fn status(server: &Server, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches(|character: char| !character.is_ascii_digit()).parse().unwrap()
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap().count()
}

/// A server that has answered everything once, and how much memory it has then.
fn warm() -> (Server, u64) {
    let server = Server::start();
    for path in ["/docs", "/openapi.json", "/sign-in", "/health/ready"] {
        server.client().get(path);
    }
    let idle = status(&server, "VmRSS:");
    (server, idle)
}

#[track_caller]
fn stays_small(server: &Server, idle: u64, after: &str) {
    let most = status(server, "VmHWM:");
    assert!(most < idle + MOST_MEMORY, "{after}: {idle} KiB when idle, {most} KiB at most");
}

#[test]
fn one_client_cannot_raise_memory_however_it_uses_http2() {
    may_open_many();
    let (server, idle) = warm();
    let address = server.address();
    // One connection with more requests than it may have.
    let mut greedy = Http2::connect(address, 65_535);
    let opened = (0..100).take_while(|_| greedy.begin_sign_ins(200, 0)).count();
    assert!(opened < 100, "20,000 requests are under way on one connection");
    let mut fickle = Http2::connect(address, 65_535);
    assert!(!(fickle.get_and_reset(20_000, "/sign-in") && fickle.is_open()), "20,000 requests were taken back");
    others_are_served(&server, "requests beyond the limit");
    stays_small(&server, idle, "requests beyond the limit");

    // As many connections as it likes, each with as many requests as it may have: bodies that never come to an end, and
    // answers that are never taken, shared ones and ones of their own.
    let mut held = Vec::new();
    for number in 0..SHARE + 50 {
        let mut connection = Http2::connect(address, 0);
        match number % 3 {
            0 => connection.begin_sign_ins(50, 1000),
            1 => connection.get(50, "/docs") && connection.get(50, "/openapi.json"),
            _ => connection.get(100, "/sign-in"),
        };
        held.push(connection);
        if number % 50 == 0 {
            others_are_served(&server, "connections with all requests that they may have");
        }
    }
    others_are_served(&server, "connections with all requests that they may have");
    stays_small(&server, idle, "connections with all requests that they may have");
}

#[test]
fn one_client_cannot_hold_descriptors_or_keep_others_out() {
    may_open_many();
    let (server, idle) = warm();
    let (address, before) = (server.address(), descriptors(&server));
    let mut held = Vec::new();
    // The answer is longer than what the system takes for a client that does not read.
    let unread = "GET /docs HTTP/1.1\r\nHost: here\r\n\r\n".repeat(20);
    let body =
        "POST /v1/sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    for first in ["", "GET /sign-in HTTP/1.1\r\nHost: here\r\nX-A: ", "PRI * HTTP/2.0\r\n", body, &unread] {
        held.extend((0..SHARE + 20).map(|_| connect(address, first.as_bytes())));
        others_are_served(&server, first);
        // What is too much is cut off once it was accepted, which it may have yet to be.
        let deadline = Instant::now() + PATIENCE;
        while descriptors(&server) > before + SHARE + 10 {
            assert!(Instant::now() < deadline, "{first}: {} descriptors", descriptors(&server));
            std::thread::yield_now();
        }
    }
    stays_small(&server, idle, "connections that bring nothing or take nothing");

    // Those that the server waits for in vain are ended, though bytes come.
    let mut trickling: Vec<TcpStream> = (0..20).map(|_| connect(address, b"GET / HTTP/1.1\r\nX-A: ")).collect();
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(50);
    while trickling.iter_mut().any(|stream| stream.write_all(b"a").is_ok()) {
        assert!(Instant::now() < deadline, "headers that trickle hold connections");
        std::thread::sleep(Duration::from_millis(500));
    }
    let deadline = Instant::now() + PATIENCE;
    while descriptors(&server) > before + 5 {
        assert!(Instant::now() < deadline, "{before} descriptors before, {} afterwards", descriptors(&server));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_server_without_descriptors_rests_says_so_once_and_serves_others() {
    may_open_many();
    let server = Deployment::on_sqlite().start();
    server.client().get("/health/ready").expect(200);
    server.limit_descriptors(descriptors(&server) as u64 + 40);
    let held: Vec<TcpStream> = (0..100).map(|_| connect(server.address(), b"GET / HTTP/1.1\r\n")).collect();
    for _ in 0..3 {
        let begun = Instant::now();
        let mut stream =
            connect(server.address(), b"GET /health/live HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(begun.elapsed() < PATIENCE);
    }
    drop(held);
    let begun = Instant::now();
    while !server.log().contains("no connection can be accepted") {
        assert!(begun.elapsed() < PATIENCE, "nothing is said of it");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.log().matches("no connection can be accepted").count(), 1);
}
