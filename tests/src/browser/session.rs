//! A browser with an empty profile.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::chrome_driver::ChromeDriver;
use super::element::Element;
use super::look::{Look, Width};
use super::protocol::{ELEMENT, Protocol};

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser has no network but this machine's, keeps nothing, and asks nobody for updates.
const ARGUMENTS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
];

/// A cookie as the browser keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it goes over TLS only, or stays on this machine.
    pub secure: bool,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// `Strict`, `Lax` or `None`.
    pub same_site: String,
    /// For which paths it is sent.
    pub path: String,
}

/// A browser. It is closed when it is dropped.
pub struct Browser {
    pub(super) protocol: Protocol,
    // Before the profile, so that nothing writes there any more when it is removed.
    driver: ChromeDriver,
    profile: TempDir,
}

impl Browser {
    /// Opens one that asks for pages in `language`, such as `en` or `de-AT, de`.
    pub fn open(language: &str) -> Self {
        let driver = ChromeDriver::start();
        let profile = tempfile::tempdir().unwrap();
        let downloads = profile.path().join("downloads");
        std::fs::create_dir(&downloads).unwrap();
        let user_data = format!("--user-data-dir={}", profile.path().join("profile").display());
        let arguments: Vec<&str> = ARGUMENTS.iter().copied().chain([user_data.as_str()]).collect();
        let options = json!({
            "binary": "/usr/bin/chromium",
            "args": arguments,
            "prefs": {
                "intl.accept_languages": language,
                "download.default_directory": downloads,
                "download.prompt_for_download": false,
                "credentials_enable_service": false,
            },
        });
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "dismiss and notify",
        });
        let protocol = Protocol::of(driver.port());
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let begun = protocol.try_command("POST", "/session", Some(&body)).unwrap_or_else(|refused| {
            panic!(
                "Chromium does not start ({}: {}): the browser tests need the Debian packages `chromium` and \
                 `chromium-driver`\n{}",
                refused.code,
                refused.message,
                driver.log()
            )
        });
        let browser = Self { protocol: protocol.within(begun["sessionId"].as_str().unwrap()), driver, profile };
        browser.look(Look::DESK);
        browser
    }

    /// Shows pages otherwise from now on, the present one as well. Nothing moves, so that a picture is of the end of a
    /// movement.
    pub fn look(&self, look: Look) {
        let (width, height) = look.width.size();
        let phone = look.width != Width::Desktop;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.protocol.dev_tools("Emulation.setDeviceMetricsOverride", size);
        let features = json!([
            { "name": "prefers-color-scheme", "value": look.scheme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.protocol.dev_tools("Emulation.setEmulatedMedia", json!({ "features": features }));
        self.wait_for("no movement", || {
            self.execute("return document.getAnimations().every(it => it.playState === 'finished')") == true
        });
    }

    /// Runs no script of any page from now on, as one who switched JavaScript off. What a test executes still runs.
    pub fn without_scripts(self) -> Self {
        self.protocol.dev_tools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        self
    }

    /// Goes to an address.
    #[track_caller]
    pub fn go(&self, url: &str) {
        self.protocol.post("/url", json!({ "url": url }));
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        self.protocol.post("/refresh", json!({}));
    }

    /// Where it is.
    #[track_caller]
    pub fn url(&self) -> String {
        self.protocol.get("/url").as_str().unwrap().to_owned()
    }

    /// The window's title.
    #[track_caller]
    pub fn title(&self) -> String {
        self.protocol.get("/title").as_str().unwrap().to_owned()
    }

    /// All elements of a CSS selector.
    #[track_caller]
    pub fn all(&self, selector: &str) -> Vec<Element<'_>> {
        let found = self.protocol.post("/elements", json!({ "using": "css selector", "value": selector }));
        let ids = found.as_array().unwrap().iter().map(|found| found[ELEMENT].as_str().unwrap().to_owned());
        ids.map(|id| Element::new(self, selector, id)).collect()
    }

    /// The first element of a CSS selector, which has to be there.
    #[track_caller]
    pub fn find(&self, selector: &str) -> Element<'_> {
        self.find_if_any(selector)
            .unwrap_or_else(|| panic!("there is no {selector} at {}:\n{}", self.url(), self.text()))
    }

    /// The first element of a CSS selector, if there is one.
    #[track_caller]
    pub fn find_if_any(&self, selector: &str) -> Option<Element<'_>> {
        let mut found = self.all(selector);
        (!found.is_empty()).then(|| found.swap_remove(0))
    }

    /// Whether anything fits a CSS selector.
    #[track_caller]
    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// All the words that the page shows.
    #[track_caller]
    pub fn text(&self) -> String {
        self.execute("return document.body ? document.body.innerText : ''").as_str().unwrap_or_default().to_owned()
    }

    /// The page's source as the browser holds it.
    #[track_caller]
    pub fn html(&self) -> String {
        self.execute("return document.documentElement.outerHTML").as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function in the page and answers what it returns. The page's policy does not bind it.
    #[track_caller]
    pub fn execute(&self, script: &str) -> Value {
        self.protocol.post("/execute/sync", json!({ "script": script, "args": [] }))
    }

    /// The same while the page may be on its way out; then there is no answer.
    pub(super) fn try_execute(&self, script: &str) -> Option<Value> {
        let body = json!({ "script": script, "args": [] });
        self.protocol.try_command("POST", "/execute/sync", Some(&body)).ok()
    }

    /// Runs the body of a function that hands its result to its last argument, sooner or later.
    #[track_caller]
    pub fn execute_async(&self, script: &str) -> Value {
        self.protocol.post("/execute/async", json!({ "script": script, "args": [] }))
    }

    /// Waits until `holds`, and fails the test if it does not in time.
    #[track_caller]
    pub fn wait_for(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds() {
            assert!(Instant::now() < deadline, "{what} did not come about at {}:\n{}", self.url(), self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A PNG picture of the whole page, also of what is below the window's edge.
    #[track_caller]
    pub fn picture(&self) -> Vec<u8> {
        let how = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.protocol.dev_tools("Page.captureScreenshot", how);
        bytes_of(&shot["data"])
    }

    /// What the browser keeps for the page's host.
    #[track_caller]
    pub fn cookies(&self) -> Vec<Cookie> {
        let cookies = self.protocol.get("/cookie");
        let text = |cookie: &Value, name: &str| cookie[name].as_str().unwrap_or_default().to_owned();
        let read = |cookie: &Value| Cookie {
            name: text(cookie, "name"),
            value: text(cookie, "value"),
            secure: cookie["secure"] == true,
            http_only: cookie["httpOnly"] == true,
            same_site: text(cookie, "sameSite"),
            path: text(cookie, "path"),
        };
        cookies.as_array().unwrap().iter().map(read).collect()
    }

    /// Forgets a cookie, or all of them.
    #[track_caller]
    pub fn forget_cookies(&self) {
        self.protocol.command("DELETE", "/cookie", None);
    }

    /// Forgets one of them, if it is there.
    #[track_caller]
    pub fn forget_cookie(&self, name: &str) {
        self.protocol.command("DELETE", &format!("/cookie/{name}"), None);
    }

    /// What the console and the network complained of since this was last asked, a line each. That a form was refused,
    /// that someone has to wait, or that a page is not for one, is no fault, and neither is what is only recommended.
    #[track_caller]
    pub fn complaints(&self) -> Vec<String> {
        let log = self.protocol.post("/se/log", json!({ "type": "browser" }));
        let entries = log.as_array().unwrap().iter();
        let wanted = |entry: &&Value| {
            let message = entry["message"].as_str().unwrap_or_default();
            let expected = [
                "status of 400",
                "status of 403",
                "status of 404",
                "status of 409",
                "status of 410",
                "status of 422",
                "status of 429",
            ];
            let of_a_page = !message.contains("/assets/");
            let serious = entry["level"] == "SEVERE" || entry["level"] == "WARNING";
            serious
                && !(entry["source"] == "network"
                    && of_a_page
                    && expected.iter().any(|status| message.contains(status)))
        };
        entries.filter(wanted).map(|entry| format!("{}: {}", entry["source"], entry["message"])).collect()
    }

    /// Where files are saved.
    pub fn downloads(&self) -> std::path::PathBuf {
        self.profile.path().join("downloads")
    }

    /// Waits for a file to be saved and answers its text.
    #[track_caller]
    pub fn downloaded(&self, name: &str) -> String {
        let file = self.downloads().join(name);
        self.wait_for(&format!("the file {name}"), || is_whole(&file));
        std::fs::read_to_string(file).unwrap()
    }

    /// Lets pages read the clipboard, and answers what is in it.
    #[track_caller]
    pub fn clipboard(&self) -> String {
        let permission = json!({ "descriptor": { "name": "clipboard-read" }, "state": "granted" });
        self.protocol.post("/permissions", permission);
        let script =
            "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))";
        self.execute_async(script).as_str().unwrap().to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session; without a driver it would go on.
        let ended = self.protocol.try_command("DELETE", "", None);
        if ended.is_err() && std::thread::panicking() {
            eprintln!("ChromeDriver's last words:\n{}", self.driver.log());
        }
    }
}

fn is_whole(file: &Path) -> bool {
    // While it is being written, it has another name.
    std::fs::metadata(file).is_ok_and(|file| file.len() > 0)
}

pub(super) fn bytes_of(base64: &Value) -> Vec<u8> {
    let text = base64.as_str().unwrap_or_else(|| panic!("no picture: {base64}"));
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for quad in text.trim_end_matches('=').as_bytes().chunks(4) {
        let symbols = quad.iter().map(|symbol| u32::from(value_of(*symbol)));
        let bits = symbols.fold(0, |bits, value| bits << 6 | value) << (6 * (4 - quad.len()));
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend_from_slice(&[first, second, third][..quad.len() - 1]);
    }
    bytes
}

fn value_of(symbol: u8) -> u8 {
    match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("no base64: {symbol}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_read_from_base64() {
        for (text, bytes) in
            [("", &b""[..]), ("TQ==", b"M"), ("TWE=", b"Ma"), ("TWFu", b"Man"), ("+/+/", b"\xfb\xff\xbf")]
        {
            assert_eq!(bytes_of(&json!(text)), bytes, "{text}");
        }
    }
}
