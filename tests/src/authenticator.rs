//! An authenticator app, played by `oathtool`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::tools;

/// How long a code lasts where nothing else is said, in seconds.
const PERIOD: u64 = 30;

/// How much time must be left of a period before a code of the step before it is sent.
const MARGIN: Duration = Duration::from_secs(6);

/// A secret in an authenticator app, and which of its codes were asked for.
#[derive(Clone, Debug)]
pub struct Authenticator {
    secret: String,
    period: u64,
    last_step: Option<u64>,
}

impl Authenticator {
    /// One that was shown `secret`, in base32.
    pub fn new(secret: &str) -> Self {
        Self { secret: secret.to_owned(), period: PERIOD, last_step: None }
    }

    /// The same with codes that last `seconds`.
    pub fn with_period(self, seconds: u64) -> Self {
        Self { period: seconds, ..self }
    }

    /// The secret in base32.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The code of a step, by `oathtool`.
    pub fn code_of(&self, step: u64) -> String {
        self.codes_from(step, 1).remove(0)
    }

    /// The codes of `count` steps from `step` on, by `oathtool`.
    pub fn codes_from(&self, step: u64, count: usize) -> Vec<String> {
        let (now, size, window) =
            (format!("@{}", step * self.period), format!("{}s", self.period), (count - 1).to_string());
        // The secret comes over standard input.
        let arguments = ["--totp=sha1", "--base32", "--now", &now, "--time-step-size", &size, "--window", &window, "-"];
        let output = tools::run("oathtool", "oathtool", &arguments, self.secret.as_bytes());
        String::from_utf8(output).unwrap().lines().map(str::to_owned).collect()
    }

    /// A code that is good now and was not answered before: three in a row without waiting, by the window of one step
    /// to either side.
    pub fn fresh_code(&mut self) -> String {
        let step = loop {
            let (present, left) = self.present();
            let next = self.last_step.map_or(present - 1, |last| (last + 1).max(present - 1));
            if next > present + 1 || (next < present && left < MARGIN) {
                // Until the next step begins; more than once only after a fourth code.
                std::thread::sleep(left);
                continue;
            }
            break next;
        };
        self.last_step = Some(step);
        self.code_of(step)
    }

    /// The newest codes that are good now, from the present step and the next one.
    pub fn present_codes(&self) -> [String; 2] {
        let (present, _) = self.present();
        [self.code_of(present), self.code_of(present + 1)]
    }

    /// Codes that are not good now, nor in the minutes around.
    pub fn wrong_codes(&self, count: usize) -> Vec<String> {
        let (present, _) = self.present();
        let good = self.codes_from(present - 3, 9);
        (100_000..).map(|number: u32| number.to_string()).filter(|code| !good.contains(code)).take(count).collect()
    }

    /// One of them.
    pub fn wrong_code(&self) -> String {
        self.wrong_codes(1).remove(0)
    }

    /// The present step, once there is time to send several codes before it ends.
    pub fn settled_step(&self) -> u64 {
        let (present, left) = self.present();
        if left >= MARGIN {
            return present;
        }
        std::thread::sleep(left);
        present + 1
    }

    /// Says that the codes up to `step` were spent otherwise.
    pub fn spent(&mut self, step: u64) {
        self.last_step = Some(step);
    }

    /// The present step, and what is left of it.
    fn present(&self) -> (u64, Duration) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let step = since.as_secs() / self.period;
        (step, Duration::from_secs((step + 1) * self.period) - since)
    }
}
