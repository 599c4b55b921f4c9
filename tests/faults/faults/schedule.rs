//! When which fault comes, and for how long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Faults;
use crate::random::Random;

/// What a seed is multiplied with for the schedule.
const PURPOSE: u64 = 1_000_003;

/// A fault to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    /// When it comes, since the beginning. Later if the one before took longer to heal.
    pub(crate) at: Duration,
    /// Which of the repertoire.
    pub(crate) fault: usize,
    /// How long it lasts.
    pub(crate) lasts: Duration,
}

/// A fault that came.
#[derive(Clone, Debug)]
pub(crate) struct Injected {
    pub(crate) what: String,
    pub(crate) from: Duration,
    pub(crate) until: Duration,
}

/// All faults of a run, by its seed alone: the first after a second, then about one every two or three
/// seconds.
pub(crate) fn plan(seed: u64, lasting: Duration, repertoire: &[usize]) -> Vec<Planned> {
    let mut random = Random::new(seed, PURPOSE);
    let (mut at, mut planned) = (Duration::from_secs(1), Vec::new());
    if repertoire.is_empty() {
        return planned;
    }
    while at < lasting {
        // The first ones go once through the repertoire, so that a short run has all of them.
        let weighted: Vec<(usize, usize)> = repertoire.iter().copied().zip(0..).collect();
        let fault = if planned.len() < repertoire.len() { planned.len() } else { random.weighted(&weighted) };
        let lasts = Duration::from_millis(random.between(50, 1_000));
        planned.push(Planned { at, fault, lasts });
        at += lasts + Duration::from_millis(random.between(700, 2_300));
    }
    planned
}

/// Injects what was planned and heals it, until the end or until it is told to stop. At the end all is healed.
pub(crate) fn carry_out(
    planned: &[Planned],
    faults: &mut dyn Faults,
    random: &mut Random,
    now: impl Fn() -> Duration,
    injected: &Mutex<Vec<Injected>>,
    stop: &AtomicBool,
) {
    let begun = Instant::now();
    let wait_until = |at: Duration| {
        while begun.elapsed() < at && !stop.load(Ordering::Relaxed) {
            std::thread::sleep((at - begun.elapsed().min(at)).min(Duration::from_millis(50)));
        }
    };
    for Planned { at, fault, lasts } in planned {
        wait_until(*at);
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let from = now();
        let what = faults.inject(*fault, random);
        // A last one lasts its time as well: to heal at once would be a fault of another kind.
        std::thread::sleep(*lasts);
        faults.heal();
        injected.lock().unwrap().push(Injected { what, from, until: now() });
    }
    faults.heal();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_plan_and_another_has_another() {
        let lasting = Duration::from_secs(20);
        assert_eq!(plan(5, lasting, &[1, 2]), plan(5, lasting, &[1, 2]));
        assert_ne!(plan(5, lasting, &[1, 2]), plan(6, lasting, &[1, 2]));
    }

    #[test]
    fn a_plan_has_every_kind_one_after_the_other() {
        let planned = plan(3, Duration::from_secs(25), &[1; 5]);
        for fault in 0..5 {
            assert!(planned.iter().any(|planned| planned.fault == fault), "{planned:?}");
        }
        assert!(planned.windows(2).all(|pair| pair[0].at + pair[0].lasts < pair[1].at));
        assert!(plan(3, Duration::from_secs(25), &[]).is_empty());
    }
}
