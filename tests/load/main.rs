//! How fast valid second factors are verified: prepares enrolled accounts with open challenges, then answers all of
//! them at 1, 16 and 64 connections, beside the same server's `/health/live`.
//!
//! `cargo run --release -p countersign-tests --bin load -- [ACCOUNTS]`, with `COUNTERSIGN_BIN` naming the release binary.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "it measures durations")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use countersign_tests::account::Enrolled;
use countersign_tests::api::Client;
use countersign_tests::deployment::Deployment;
use countersign_tests::server::Server;

const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// What a measured run is made of: the requests of one kind, and how many connections share them.
struct Run {
    seconds: f64,
    latencies: Vec<Duration>,
}

fn main() {
    let accounts = std::env::args().nth(1).map_or(300, |text| text.parse().expect("ACCOUNTS is a number"));
    let server = Deployment::new().start();
    println!("preparing {accounts} enrolled accounts: about {} s", accounts / 6);
    let enrolled = enroll(&server, accounts);

    println!("\n| connections | what | requests/s | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |");
    for (round, connections) in CONNECTIONS.into_iter().enumerate() {
        let live: Vec<()> = vec![(); enrolled.len() * 2];
        let run = drive(&server, connections, &live, |client, ()| {
            assert_eq!(client.get("/health/live").status, 200);
        });
        report(connections, "GET /health/live", &run);

        let answers = open_challenges(&server, &enrolled, round as u64);
        let run = drive(&server, connections, &answers, |client, (challenge, code)| {
            let answer = client.second_factor(challenge, code);
            assert_eq!(answer.status, 200, "a valid second factor is accepted: {}", answer.text());
        });
        report(connections, "POST /v1/sign-in/second-factor", &run);
    }
}

fn enroll(server: &Server, accounts: usize) -> Vec<Enrolled> {
    let (left, enrolled) = (AtomicUsize::new(accounts), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let take = |left: usize| left.checked_sub(1);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                    let account = Enrolled::create(server.deployment(), &server.client());
                    enrolled.lock().unwrap().push(account);
                }
            });
        }
    });
    enrolled.into_inner().unwrap()
}

/// A challenge for each account, with the code that answers it: of a step later than any that it used before. Waits for
/// the first second of a step, so that all codes are still good when the last is sent.
fn open_challenges(server: &Server, enrolled: &[Enrolled], round: u64) -> Vec<(String, String)> {
    let client = server.client();
    let challenges: Vec<String> = enrolled.iter().map(|account| account.challenge(&client)).collect();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    // One step at least between rounds: the newest code of the last one is spent.
    let wait = 30_000 - now().as_millis() as u64 % 30_000 + if round == 0 { 30_000 } else { 0 };
    std::thread::sleep(Duration::from_millis(wait + 50));
    let step = now().as_secs() / 30 + 1;
    let codes = enrolled.iter().map(|account| account.authenticator.code_of(step));
    challenges.into_iter().zip(codes).collect()
}

fn drive<T: Sync>(server: &Server, connections: usize, work: &[T], request: impl Fn(&Client, &T) + Sync) -> Run {
    let (next, latencies) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(work.len())));
    let barrier = std::sync::Barrier::new(connections + 1);
    let begun = std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                // A client of its own is a connection of its own; the first request opens it.
                let client = server.client();
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

fn report(connections: usize, what: &str, run: &Run) {
    let at = |share: usize| run.latencies[(run.latencies.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    let rate = run.latencies.len() as f64 / run.seconds;
    println!("| {connections} | {what} | {rate:.0} | {:.2} | {:.2} |", at(50), at(99));
}
