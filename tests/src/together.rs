//! Doing things at the same time.

use std::sync::Barrier;

/// Runs one thread for each of `items`; all wait at a barrier and then begin at once. Answers in the order of `items`.
pub fn all_at_once<I: Send, T: Send>(items: Vec<I>, act: impl Fn(I) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(items.len());
    let (barrier, act) = (&barrier, &act);
    std::thread::scope(|scope| {
        let threads: Vec<_> = items
            .into_iter()
            .map(|item| {
                scope.spawn(move || {
                    barrier.wait();
                    act(item)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
