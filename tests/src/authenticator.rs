//! An authenticator app, played by `oathtool`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::tools;

/// How long a code lasts in the realm `default`.
const PERIOD: u64 = 30;

/// How much time must be left of a period before a code of the step before it is sent.
const MARGIN: Duration = Duration::from_secs(6);

/// A secret in an authenticator app, and which of its codes were asked for.
#[derive(Clone, Debug)]
pub struct Authenticator {
    secret: String,
    last_step: Option<u64>,
}

impl Authenticator {
    /// One that was shown `secret`, in base32.
    pub fn new(secret: &str) -> Self {
        Self { secret: secret.to_owned(), last_step: None }
    }

    /// The secret in base32.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The code of a step, by `oathtool`.
    pub fn code_of(&self, step: u64) -> String {
        let now = format!("@{}", step * PERIOD);
        // The secret comes over standard input.
        let arguments = ["--totp=sha1", "--base32", "--now", &now, "-"];
        let output = tools::run("oathtool", "oathtool", &arguments, self.secret.as_bytes());
        String::from_utf8(output).unwrap().trim().to_owned()
    }

    /// A code that is good now and was not answered before: three in a row without waiting, by the window of one step
    /// to either side.
    pub fn fresh_code(&mut self) -> String {
        let step = loop {
            let (present, left) = present_step();
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
        let (present, _) = present_step();
        [self.code_of(present), self.code_of(present + 1)]
    }

    /// Codes that are not good now, nor in the minutes around.
    pub fn wrong_codes(&self, count: usize) -> Vec<String> {
        let (present, _) = present_step();
        let good: Vec<String> = (present - 3..=present + 5).map(|step| self.code_of(step)).collect();
        (100_000..).map(|number: u32| number.to_string()).filter(|code| !good.contains(code)).take(count).collect()
    }

    /// One of them.
    pub fn wrong_code(&self) -> String {
        self.wrong_codes(1).remove(0)
    }
}

/// The present step, and what is left of it.
fn present_step() -> (u64, Duration) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let step = since.as_secs() / PERIOD;
    (step, Duration::from_secs((step + 1) * PERIOD) - since)
}
