//! Nodes that are killed and started again.

use super::Faults;
use crate::cluster::Cluster;
use crate::random::Random;

/// Kills nodes (SIGKILL), one or all, and starts them again.
pub(crate) struct NodeFaults<'a>(pub(crate) &'a Cluster);

impl Faults for NodeFaults<'_> {
    fn repertoire(&self) -> Vec<usize> {
        vec![4, 1]
    }

    fn inject(&mut self, fault: usize, random: &mut Random) -> String {
        if fault == 0 {
            let node = random.below(self.0.len());
            self.0.kill(node);
            return format!("node {node} killed");
        }
        for node in 0..self.0.len() {
            self.0.kill(node);
        }
        "all nodes killed".to_owned()
    }

    fn heal(&mut self) {
        for node in 0..self.0.len() {
            self.0.restart(node);
        }
    }
}
