//! A run, from the first node to the last check.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::checks;
use crate::clients::actor::Actor;
use crate::clients::afterwards::Afterwards;
use crate::clients::setting;
use crate::clients::wire::Wire;
use crate::cluster::Cluster;
use crate::faults::nodes::NodeFaults;
use crate::faults::schedule::{self, Injected};
use crate::faults::{Faults, Several};
use crate::history::{Evidence, Operation, Recorder};
use crate::random::Random;
use crate::report::{Progress, Report};

/// What a run is like.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// For people: what the nodes keep their data in.
    pub(crate) on: String,
    pub(crate) seed: u64,
    /// How long clients and faults go on.
    pub(crate) lasting: Duration,
    pub(crate) clients: usize,
    /// How many persons clients act for, but for those with recovery codes and passwords, who come on top.
    pub(crate) persons: usize,
    /// Whether to show how it goes.
    pub(crate) live: bool,
    /// Where to write the history, the audit trail and the nodes' logs.
    pub(crate) keep: Option<PathBuf>,
}

/// Starts a node for each of `database_urls`, lets clients and faults loose on them, and checks what came of it. Nodes are
/// killed in every run; `others` are the faults of what is behind them.
pub(crate) fn run(options: &Options, database_urls: Vec<Option<String>>, others: Vec<Box<dyn Faults + '_>>) -> Report {
    let Options { seed, lasting, clients, .. } = *options;
    let cluster = Cluster::start(database_urls);
    let world = setting::make(&cluster, options.persons);
    let recorder = Recorder::new();
    setting::enroll(&cluster, &world, &recorder, seed);

    let mut faults: Vec<Box<dyn Faults + '_>> = vec![Box::new(NodeFaults(&cluster))];
    faults.extend(others);
    let mut faults = Several(faults);
    let planned = schedule::plan(seed, lasting, &faults.repertoire());
    let (stop, injected) = (AtomicBool::new(false), Mutex::new(Vec::<Injected>::new()));
    let begun = Instant::now();
    let before = recorder.look(<[Operation]>::len);
    let busy = std::thread::scope(|scope| {
        for client in 1..=clients {
            let random = |purpose: usize| Random::new(seed, (purpose * 1_000 + client) as u64);
            let wire = |number: usize| Wire::new(&cluster, &world, &recorder, number, random(number));
            let mut actor = Actor::new(wire(client), wire(clients + client), random(0));
            let stop = &stop;
            scope.spawn(move || {
                // Who panics stops the others.
                let stopping = Stopping(stop);
                actor.run(stop);
                std::mem::forget(stopping);
            });
        }
        if options.live {
            scope.spawn(|| Progress::new(&recorder, &injected).show(&stop));
        }
        let stopping = Stopping(&stop);
        let mut random = Random::new(seed, 0);
        schedule::carry_out(&planned, &mut faults, &mut random, || recorder.now(), &injected, &stop);
        while begun.elapsed() < lasting && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(stopping);
        begun.elapsed()
    });
    let done = recorder.look(<[Operation]>::len) - before;

    let afterwards = Afterwards { cluster: &cluster, world: &world, recorder: &recorder, seed };
    let pulses = afterwards.pulses();
    let finals = afterwards.finals();
    let events = afterwards.events();
    let began = recorder.began();
    let rules = world.persons.iter().map(|person| world.rules(person)).collect();
    let evidence = Evidence { began, rules, operations: recorder.finish(), finals, events, pulses };
    let findings = checks::run(&evidence);
    let injected = injected.into_inner().unwrap();
    let report =
        Report { options: options.clone(), per_second: done as f64 / busy.as_secs_f64(), evidence, injected, findings };
    if let Some(directory) = &options.keep {
        report.keep(directory, &cluster.logs());
    }
    report
}

/// Stops all clients when it is dropped.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
