//! Faults of a cluster that others look after: commands make and mend them.

use std::process::{Command, Stdio};

use super::Faults;
use crate::random::Random;

/// Runs one command at each fault, and one to heal it. Both find a number in `FAULT_RANDOM`, the same for both, by which
/// they can choose what to break.
pub(crate) struct CommandFaults {
    fault: String,
    heal: Option<String>,
    random: u64,
}

impl CommandFaults {
    pub(crate) fn new(fault: String, heal: Option<String>) -> Self {
        Self { fault, heal, random: 0 }
    }

    fn run(&self, command: &str) -> bool {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env("FAULT_RANDOM", self.random.to_string()).stdin(Stdio::null());
        shell.status().is_ok_and(|status| status.success())
    }
}

impl Faults for CommandFaults {
    fn repertoire(&self) -> Vec<usize> {
        vec![6]
    }

    fn inject(&mut self, _fault: usize, random: &mut Random) -> String {
        // As much as a shell computes with.
        self.random = random.next() >> 33;
        let done = if self.run(&self.fault) { "the fault command" } else { "the fault command, which failed" };
        done.to_owned()
    }

    fn heal(&mut self) {
        if let Some(heal) = &self.heal {
            assert!(self.run(heal), "the heal command failed: {heal}");
        }
    }
}
