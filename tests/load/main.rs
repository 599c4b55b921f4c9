//! How fast valid second factors are verified: enrolls subjects, then has a fresh code of each verified at 1, 16 and 64
//! connections, beside the same server's `/health/live`. With `sign-in`, it prepares accounts with open challenges and
//! answers those instead; with `nodes=N`, the connections are spread over so many servers on one database.
//!
//! `cargo run --release -p countersign-tests --bin load -- [sign-in | nodes=N] [COUNT [CONNECTIONS …]]`, with `COUNTERSIGN_BIN` naming the
//! release binary, and `COUNTERSIGN_TEST_DATABASE` a database server, unless it is to be SQLite.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "it measures durations")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_tests::account::Enrolled;
use countersign_tests::api::Client;
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

/// What a measured run is made of: the requests of one kind, and how many connections share them.
struct Run {
    seconds: f64,
    latencies: Vec<Duration>,
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
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

/// Has codes of distinct subjects verified, each once: of the step before, the present and the next one, so that three
/// rounds go through the window without waiting. The connections are spread over the server and `others`.
fn measure_verify(server: &Server, others: &[Server], subjects: usize, mut numbers: Vec<usize>) {
    if numbers.is_empty() {
        numbers = CONNECTIONS.to_vec();
    }
    let servers: Vec<&Server> = std::iter::once(server).chain(others).collect();
    let connected = AtomicUsize::new(0);
    println!("enrolling {subjects} subjects");
    // Without recovery codes, an enrollment costs no slow hash.
    let realm = Realm::create_with(server.deployment(), "recommended", &["recovery_codes.count=0"]);
    let key = realm.api_key(server.deployment(), &["verify", "enroll"]).key;
    let names: Vec<String> = (0..subjects).map(|number| format!("user-{number}")).collect();
    let enrolled = in_parallel(&names, |name| Subject::enroll(&server.client().with_token(&key), name));

    heading();
    let mut spent_up_to = now().as_secs() / PERIOD;
    for connections in numbers {
        measure_live(server, connections, subjects);
        // All codes before the first is sent. Enrolling and the runs before spent older steps: a step is begun whose
        // predecessor is newer than them, and far enough away to have computed the codes.
        let step = (now().as_secs() / PERIOD + 2).max(spent_up_to + 2);
        spent_up_to = step + 1;
        let codes = in_parallel(&enrolled, |subject| subject.authenticator.codes_from(step - 1, 3));
        let begin = Duration::from_secs(step * PERIOD) + Duration::from_millis(50);
        std::thread::sleep(begin.saturating_sub(now()));
        let mut whole = Run { seconds: 0.0, latencies: Vec::new() };
        for round in 0..3 {
            // A round that would outlast the step would send codes that are not good any more.
            let spent = now().saturating_sub(begin);
            if round > 0 && spent + spent / round as u32 > Duration::from_secs(PERIOD - 1) {
                break;
            }
            let work: Vec<(String, Value)> = enrolled
                .iter()
                .zip(&codes)
                .map(|(subject, codes)| (path(&subject.name, "verify"), json!({ "code": codes[round] })))
                .collect();
            let connect = || {
                let node = connected.fetch_add(1, Ordering::Relaxed) % servers.len();
                servers[node].client().with_token(&key)
            };
            let run = drive(connect, connections, &work, |client, (path, body)| {
                let answer = client.send("POST", path, Some(body));
                assert_eq!(answer.status, 200, "a valid code is accepted: {}", answer.text());
            });
            whole.seconds += run.seconds;
            whole.latencies.extend(run.latencies);
        }
        whole.latencies.sort_unstable();
        report(connections, "POST /v1/subjects/{subject}/verify", &whole);
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
        let run = drive(
            || server.client(),
            connections,
            &answers,
            |client, (challenge, code)| {
                let answer = client.second_factor(challenge, code);
                assert_eq!(answer.status, 200, "a valid second factor is accepted: {}", answer.text());
            },
        );
        report(connections, "POST /v1/sign-in/second-factor", &run);
    }
}

fn measure_live(server: &Server, connections: usize, requests: usize) {
    let run = drive(
        || server.client(),
        connections,
        &vec![(); requests],
        |client, ()| {
            assert_eq!(client.get("/health/live").status, 200);
        },
    );
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

fn drive<T: Sync>(
    connect: impl Fn() -> Client + Sync,
    connections: usize,
    work: &[T],
    request: impl Fn(&Client, &T) + Sync,
) -> Run {
    let (next, latencies) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(work.len())));
    let barrier = std::sync::Barrier::new(connections + 1);
    let begun = std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                // A client of its own is a connection of its own; the first request opens it.
                let client = connect();
                client.get("/health/live");
                let mut own = Vec::new();
                barrier.wait();
                while let Some(item) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    request(&client, item);
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
