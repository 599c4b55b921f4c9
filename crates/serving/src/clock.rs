//! How long clients take. It decides nothing about anyone: those times come from the application's clock.

#[expect(clippy::disallowed_methods, reason = "bounds how long a client may take and decides nothing about anyone")]
#[cfg(not(test))]
pub(crate) fn now() -> std::time::Instant {
    std::time::Instant::now()
}

#[cfg(test)]
pub(crate) use manual::{advance, now};

/// A clock that goes when a test says so.
#[cfg(test)]
mod manual {
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    thread_local! {
        #[expect(clippy::disallowed_methods, reason = "only a beginning is needed")]
        static NOW: Cell<Instant> = Cell::new(Instant::now());
    }

    pub(crate) fn now() -> Instant {
        NOW.get()
    }

    pub(crate) fn advance(duration: Duration) {
        NOW.set(NOW.get() + duration);
    }
}
