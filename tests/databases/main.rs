//! Starts PostgreSQL and MariaDB in temporary directories, runs a command that needs them, and stops them.
//!
//! `cargo run -p countersign-tests --bin databases -- COMMAND [ARGUMENT…]`. The command finds the URLs of their
//! administrators in `COUNTERSIGN_TEST_POSTGRES` and `COUNTERSIGN_TEST_MARIADB`; this program ends with its status.
#![expect(clippy::print_stderr, clippy::expect_used, reason = "a program for a terminal")]
#![expect(clippy::disallowed_methods, reason = "it measures durations")]

use std::process::{Command, ExitCode, ExitStatus};
use std::time::Instant;

use countersign_tests::database_server::{DatabaseServer, Engine, MariaDb, Options, Postgres};
use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// The status of a command that does not start, as shells have it.
const NOT_STARTED: u8 = 127;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: databases COMMAND [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let mut command = Command::new(&program);
    command.args(arguments);

    // From now on a signal ends the command, and the servers after it.
    let runtime = Runtime::new().expect("a runtime for signals");
    let (mut interrupted, mut terminated) = runtime.block_on(async {
        let of = |kind| signal(kind).expect("signals can be waited for");
        (of(SignalKind::interrupt()), of(SignalKind::terminate()))
    });

    let (postgres, mariadb) = std::thread::scope(|scope| {
        let postgres = scope.spawn(|| started(Engine::Postgres, || Postgres::start(&Options::fast())));
        let mariadb = scope.spawn(|| started(Engine::MariaDb, || MariaDb::start(&Options::fast())));
        (postgres.join().expect("PostgreSQL starts"), mariadb.join().expect("MariaDB starts"))
    });
    command.env(Engine::Postgres.variable(), postgres.url()).env(Engine::MariaDb.variable(), mariadb.url());

    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{} does not start: {error}", program.display());
            return ExitCode::from(NOT_STARTED);
        }
    };
    let process = Pid::from_child(&child);
    runtime.spawn(async move {
        loop {
            // A terminal sends its interrupt to the command as well; who terminates only this program means both.
            let signal = tokio::select! {
                _ = interrupted.recv() => Signal::INT,
                _ = terminated.recv() => Signal::TERM,
            };
            let _ = kill_process(process, signal);
        }
    });
    let status = child.wait().expect("the command ends");
    runtime.shutdown_background();
    drop((postgres, mariadb));
    code(status)
}

/// Starts a server and says so.
fn started<S: DatabaseServer>(engine: Engine, start: impl FnOnce() -> S) -> S {
    let begun = Instant::now();
    let server = start();
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("{engine} {} on port {}, started in {seconds:.1} s", server.version(), server.port());
    server
}

fn code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let of_signal = || status.signal().map_or(1, |signal| 128 + signal);
    let code = status.code().unwrap_or_else(of_signal);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
