//! What a process writes, as it writes it.

use std::io::Read;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Log {
    /// Keeps what comes out of a stream, until its end.
    pub(crate) fn follow(&self, mut stream: impl Read + Send + 'static) -> JoinHandle<()> {
        let log = self.clone();
        std::thread::spawn(move || {
            let mut part = [0; 8192];
            while let Ok(length @ 1..) = stream.read(&mut part) {
                let (bytes, written) = &*log.0;
                bytes.lock().unwrap().extend_from_slice(&part[..length]);
                written.notify_all();
            }
            log.0.1.notify_all();
        })
    }

    /// All that was written so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().unwrap()).into_owned()
    }

    /// Waits until `find` finds something in what was written, as long as the process runs and patience lasts.
    pub(crate) fn wait_for<T>(
        &self,
        process: &mut Child,
        patience: Duration,
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let deadline = Instant::now() + patience;
        let (bytes, written) = &*self.0;
        let mut so_far = bytes.lock().unwrap();
        while Instant::now() < deadline {
            let text = String::from_utf8_lossy(&so_far).into_owned();
            if let Some(found) = find(&text) {
                return Some(found);
            }
            // One more look after the end: its last words may have come meanwhile.
            let ended = process.try_wait().unwrap().is_some();
            let length = so_far.len();
            so_far = written.wait_timeout(so_far, Duration::from_millis(100)).unwrap().0;
            if ended && so_far.len() == length {
                return None;
            }
        }
        None
    }
}
