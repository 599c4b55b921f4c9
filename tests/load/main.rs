//! How fast valid second factors are verified: enrolls subjects, then has a fresh code of each verified at 1, 16 and 64
//! connections, beside the same server's `/health/live`. With `sign-in`, it prepares accounts with open challenges and
//! answers those instead; with `nodes=N`, the connections are spread over so many servers on one database. With `growth`, it
//! fills the database, SQLite or PostgreSQL, with so many accounts and five times as many events, and measures again.
//!
//! `cargo run --release -p countersign-tests --bin load -- [sign-in | nodes=N] [COUNT [CONNECTIONS …]]`, or `… growth [ACCOUNTS …]`, with `COUNTERSIGN_BIN` naming the
//! release binary, and `COUNTERSIGN_TEST_DATABASE` a database server, unless it is to be SQLite.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "it measures durations")]

mod growth;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_tests::account::Enrolled;
use countersign_tests::deployment::Deployment;
use countersign_tests::realm::Realm;
use countersign_tests::server::Server;
use countersign_tests::subject::{Subject, path};
use serde_json::{Value, json};

const CONNECTIONS: &[usize] = &[1, 16, 64];

/// How long a code is shown, in seconds.
const PERIOD: u64 = 30;

/// How many requests prepare the measured ones at the same time.
const PREPARING: usize = 8;

const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: countersign\r\n\r\n";

fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: countersign\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

fn post(path: &str, token: Option<&str>, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nHost: countersign\r\nContent-Type: application/json\r\n{authorization}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A connection that is kept.
struct Wire {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Wire {
    fn to(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Self { stream, answer: Vec::with_capacity(4_096) }
    }

    /// Sends a request and reads the whole of its answer.
    fn send(&mut self, request: &[u8], status: u16) {
        self.stream.write_all(request).unwrap();
        self.answer.clear();
        loop {
            let mut part = [0; 4_096];
            let read = self.stream.read(&mut part).unwrap();
            assert!(read > 0, "the server hung up");
            self.answer.extend_from_slice(&part[..read]);
            if let Some(end) = self.answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.answer[..end]).unwrap().to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |length| length.parse().unwrap());
                if self.answer.len() >= end + 4 + length {
                    let answer = String::from_utf8_lossy(&self.answer);
                    assert!(head.starts_with(&format!("http/1.1 {status}")), "it was to be {status}: {answer}");
                    return;
                }
            }
        }
    }
}

/// What a measured run is made of: the requests of one kind, and how many connections share them.
struct Run {
    seconds: f64,
    latencies: Vec<Duration>,
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "growth") {
        let sizes = arguments.iter().skip(1).map(|text| text.parse().expect("ACCOUNTS is a number")).collect();
        return measure_growth(&Deployment::new().start(), sizes);
    }
    let sign_in = arguments.first().is_some_and(|first| first == "sign-in");
    if sign_in {
        arguments.remove(0);
    }
    let mut nodes = 1;
    if let Some(number) = arguments.first().and_then(|first| first.strip_prefix("nodes=")) {
        nodes = number.parse().expect("nodes=NUMBER");
        arguments.remove(0);
    }
    let count = arguments.first().map(|text| text.parse().expect("COUNT is a number"));
    let server = Deployment::new().start();
    if sign_in {
        measure_sign_in(&server, count.unwrap_or(300));
    } else {
        let connections = arguments.iter().skip(1).map(|text| text.parse().expect("CONNECTIONS is a number")).collect();
        let others: Vec<Server> = (1..nodes).map(|_| server.deployment().node().start()).collect();
        measure_verify(&server, &others, count.unwrap_or(2_000), connections);
    }
}

/// Subjects whose codes are verified, each once.
struct Verifying<'s> {
    servers: Vec<&'s Server>,
    realm: Realm,
    key: String,
    enrolled: Vec<Subject>,
    /// The last step of which a code was sent.
    spent_up_to: u64,
}

impl<'s> Verifying<'s> {
    fn enroll(servers: Vec<&'s Server>, subjects: usize) -> Self {
        println!("enrolling {subjects} subjects");
        let first = servers[0];
        // Without recovery codes, an enrollment costs no slow hash.
        let realm = Realm::create_with(first.deployment(), "recommended", &["recovery_codes.count=0"]);
        let key = realm.api_key(first.deployment(), &["verify", "enroll", "admin"]).key;
        let names: Vec<String> = (0..subjects).map(|number| format!("user-{number}")).collect();
        let enrolled = in_parallel(&names, |name| Subject::enroll(&first.client().with_token(&key), name));
        Self { servers, realm, key, enrolled, spent_up_to: now().as_secs() / PERIOD }
    }

    /// Has codes of the step before, the present and the next one verified, so that three rounds go through the window without
    /// waiting. The connections are spread over the servers.
    fn measure(&mut self, connections: usize, what: &str) {
        // All codes before the first is sent. Enrolling and the runs before spent older steps: a step is begun whose
        // predecessor is newer than them, and far enough away to have computed the codes.
        let step = (now().as_secs() / PERIOD + 2).max(self.spent_up_to + 2);
        self.spent_up_to = step + 1;
        let rounds: Vec<Vec<Vec<u8>>> = {
            let codes = in_parallel(&self.enrolled, |subject| subject.authenticator.codes_from(step - 1, 3));
            let request = |round: usize, (subject, codes): (&Subject, &Vec<String>)| {
                post(&path(&subject.name, "verify"), Some(&self.key), &json!({ "code": codes[round] }))
            };
            let all = |round| self.enrolled.iter().zip(&codes).map(|one| request(round, one)).collect();
            (0..3).map(all).collect()
        };
        let begin = Duration::from_secs(step * PERIOD) + Duration::from_millis(50);
        std::thread::sleep(begin.saturating_sub(now()));
        let connected = AtomicUsize::new(0);
        let connect = || Wire::to(self.servers[connected.fetch_add(1, Ordering::Relaxed) % self.servers.len()]);
        let mut whole = Run { seconds: 0.0, latencies: Vec::new() };
        for (round, requests) in rounds.iter().enumerate() {
            // A round that would outlast the step would send codes that are not good any more.
            let spent = now().saturating_sub(begin);
            if round > 0 && spent + spent / round as u32 > Duration::from_secs(PERIOD - 1) {
                break;
            }
            let run = drive(connect, connections, requests, |wire, request| wire.send(request, 200));
            whole.seconds += run.seconds;
            whole.latencies.extend(run.latencies);
        }
        whole.latencies.sort_unstable();
        report(connections, what, &whole);
    }
}

const VERIFY: &str = "POST /v1/subjects/{subject}/verify";

fn measure_verify(server: &Server, others: &[Server], subjects: usize, mut numbers: Vec<usize>) {
    if numbers.is_empty() {
        numbers = CONNECTIONS.to_vec();
    }
    let mut verifying = Verifying::enroll(std::iter::once(server).chain(others).collect(), subjects);
    heading();
    for connections in numbers {
        measure_live(server, connections, subjects);
        verifying.measure(connections, VERIFY);
    }
}

/// Measures with ever more accounts and events beside those that are verified.
fn measure_growth(server: &Server, mut sizes: Vec<usize>) {
    if sizes.is_empty() {
        sizes = vec![1_000, 100_000, 1_000_000];
    }
    let mut verifying = Verifying::enroll(vec![server], 1_000);
    heading();
    let mut there = 0;
    for accounts in sizes {
        growth::grow(server.deployment(), &verifying.realm.slug, there, accounts);
        there = accounts;
        for connections in [1, 16, 64] {
            verifying.measure(connections, &format!("{VERIFY}, {accounts} accounts"));
        }
        for looked_at in growth::LOOKED_AT {
            let look = vec![get(looked_at, &verifying.key); 20];
            let run = drive(|| Wire::to(server), 1, &look, |wire, request| wire.send(request, 200));
            report(1, &format!("GET {looked_at}, {accounts} accounts"), &run);
        }
    }
}

/// Answers open challenges of distinct accounts.
fn measure_sign_in(server: &Server, accounts: usize) {
    println!("preparing {accounts} enrolled accounts: about {} s", accounts / 6);
    let enrolled = in_parallel(&vec![(); accounts], |()| Enrolled::create(server.deployment(), &server.client()));

    heading();
    for (round, &connections) in CONNECTIONS.iter().enumerate() {
        measure_live(server, connections, accounts * 2);
        let answers = open_challenges(server, &enrolled, round as u64);
        let answers: Vec<Vec<u8>> = answers
            .iter()
            .map(|(challenge, code)| {
                post("/v1/sign-in/second-factor", None, &json!({ "challenge_token": challenge, "code": code }))
            })
            .collect();
        let run = drive(|| Wire::to(server), connections, &answers, |wire, request| wire.send(request, 200));
        report(connections, "POST /v1/sign-in/second-factor", &run);
    }
}

fn measure_live(server: &Server, connections: usize, requests: usize) {
    let run = drive(|| Wire::to(server), connections, &vec![(); requests], |wire, ()| wire.send(LIVE, 200));
    report(connections, "GET /health/live", &run);
}

/// A challenge for each account, with the code that answers it: of a step later than any that it used before. Waits for
/// the first second of a step, so that all codes are still good when the last is sent.
fn open_challenges(server: &Server, enrolled: &[Enrolled], round: u64) -> Vec<(String, String)> {
    let client = server.client();
    let challenges: Vec<String> = enrolled.iter().map(|account| account.challenge(&client)).collect();
    // One step at least between rounds: the newest code of the last one is spent.
    let step = now().as_secs() / PERIOD + if round == 0 { 2 } else { 1 };
    let codes = in_parallel(enrolled, |account| account.authenticator.code_of(step + 1));
    let begin = Duration::from_secs(step * PERIOD) + Duration::from_millis(50);
    std::thread::sleep(begin.saturating_sub(now()));
    challenges.into_iter().zip(codes).collect()
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// Does `act` for each of `items`, several at a time; answers in their order.
fn in_parallel<I: Sync, T: Send>(items: &[I], act: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(items.len())));
    std::thread::scope(|scope| {
        for _ in 0..PREPARING {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = act(item);
                    done.lock().unwrap().push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Sends requests over as many connections. They are written out beforehand, and of an answer its status is looked at: what
/// a client does besides is not measured, on the machine that both share.
fn drive<T: Sync>(
    connect: impl Fn() -> Wire + Sync,
    connections: usize,
    work: &[T],
    request: impl Fn(&mut Wire, &T) + Sync,
) -> Run {
    let (next, latencies) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(work.len())));
    let barrier = std::sync::Barrier::new(connections + 1);
    let begun = std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                // A client of its own is a connection of its own; the first request opens it.
                let mut wire = connect();
                wire.send(LIVE, 200);
                let mut own = Vec::new();
                barrier.wait();
                while let Some(item) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    request(&mut wire, item);
                    own.push(sent.elapsed());
                }
                latencies.lock().unwrap().extend(own);
            });
        }
        barrier.wait();
        Instant::now()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let mut latencies = latencies.into_inner().unwrap();
    latencies.sort_unstable();
    Run { seconds, latencies }
}

fn heading() {
    println!("\n| connections | what | requests/s | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |");
}

fn report(connections: usize, what: &str, run: &Run) {
    let at = |share: usize| run.latencies[(run.latencies.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    let rate = run.latencies.len() as f64 / run.seconds;
    println!("| {connections} | {what} | {rate:.0} | {:.2} | {:.2} |", at(50), at(99));
}
