//! Faults: which there are, when they come, and who makes them.

pub(crate) mod commands;
pub(crate) mod database;
pub(crate) mod nodes;
pub(crate) mod schedule;

use crate::random::Random;

/// Someone who can break a part of the cluster, and mend it.
///
/// One fault is injected and healed after another; [`Faults::heal`] is called for each that was injected, and once more
/// at the end. What kind of cluster it is, only the implementation knows.
pub(crate) trait Faults: Send {
    /// A weight for each fault that it can inject: how often it is to come, compared with the others.
    fn repertoire(&self) -> Vec<usize>;

    /// Injects the fault of this number in the repertoire, and says what it did, in a few words for the table.
    fn inject(&mut self, fault: usize, random: &mut Random) -> String;

    /// Mends everything that is broken, and waits until it works again as far as it can tell.
    fn heal(&mut self);
}

/// Several of them as one.
pub(crate) struct Several<'a>(pub(crate) Vec<Box<dyn Faults + 'a>>);

impl Faults for Several<'_> {
    fn repertoire(&self) -> Vec<usize> {
        self.0.iter().flat_map(|faults| faults.repertoire()).collect()
    }

    fn inject(&mut self, mut fault: usize, random: &mut Random) -> String {
        for faults in &mut self.0 {
            let own = faults.repertoire().len();
            if fault < own {
                return faults.inject(fault, random);
            }
            fault -= own;
        }
        unreachable!("a fault of the repertoire belongs to someone")
    }

    fn heal(&mut self) {
        // Last things first: nodes are behind the database.
        for faults in self.0.iter_mut().rev() {
            faults.heal();
        }
    }
}
