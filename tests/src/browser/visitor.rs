//! Someone who visits the pages.

use std::time::Duration;

use crate::account::Account;
use crate::browser::{Browser, Phone, scan};
use crate::server::Server;

/// The button that sends the form which a page is about.
const SEND: &str = "main form.form [type=submit]";

/// Someone at a browser.
pub struct Visitor {
    /// The browser.
    pub browser: Browser,
    origin: String,
    scripts: bool,
}

impl Visitor {
    /// Someone who reads English.
    pub fn of(server: &Server) -> Self {
        Self::reading(server, "en")
    }

    /// Someone whose browser asks for a language.
    pub fn reading(server: &Server, language: &str) -> Self {
        let origin = format!("http://{}", server.address());
        Self { browser: Browser::open(language), origin, scripts: true }
    }

    /// Someone who switched JavaScript off.
    pub fn without_scripts(server: &Server) -> Self {
        let visitor = Self::of(server);
        Self { browser: visitor.browser.without_scripts(), scripts: false, ..visitor }
    }

    /// Opens a page.
    #[track_caller]
    pub fn open(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.origin));
    }

    /// The path of the page that is open, without its query.
    #[track_caller]
    pub fn path(&self) -> String {
        let url = self.browser.url();
        let path = url.strip_prefix(&self.origin).unwrap_or(&url);
        path.split(['?', '#']).next().unwrap().to_owned()
    }

    /// Demands that a page is open.
    #[track_caller]
    pub fn expect_at(&self, path: &str) {
        assert_eq!(self.path(), path, "the page says:\n{}", self.browser.text());
    }

    /// Does what leads to another page, or to the same one anew, and waits for it.
    #[track_caller]
    pub fn leave(&self, act: impl FnOnce()) {
        self.browser.execute("window.leaving = true");
        act();
        self.browser.wait_for("the next page", || {
            let arrived = self.browser.try_execute("return !window.leaving && document.readyState === 'complete'");
            arrived.is_some_and(|arrived| arrived == true)
        });
    }

    /// Follows the first link or presses the first button of a CSS selector.
    #[track_caller]
    pub fn follow(&self, selector: &str) {
        let element = self.browser.find(selector);
        self.leave(|| element.click());
    }

    /// Fills in a field of the form which the page is about.
    #[track_caller]
    pub fn fill(&self, field: &str, value: &str) {
        self.browser.find(&format!("main [name=\"{field}\"]")).fill(value);
    }

    /// Ticks a box.
    #[track_caller]
    pub fn tick(&self, field: &str) {
        self.browser.find(&format!("main [name=\"{field}\"]")).click();
    }

    /// Chooses an option of a list.
    #[track_caller]
    pub fn choose(&self, field: &str, value: &str) {
        self.browser.find(&format!("main [name=\"{field}\"] option[value=\"{value}\"]")).click();
    }

    /// Whether the page has a field.
    #[track_caller]
    pub fn has_field(&self, field: &str) -> bool {
        self.browser.has(&format!("main [name=\"{field}\"]"))
    }

    /// Sends the form which the page is about.
    #[track_caller]
    pub fn send(&self) {
        self.follow(SEND);
    }

    /// Types a code into a field; where the page sends whole codes by itself, that is left to it.
    #[track_caller]
    pub fn send_code(&self, code: &str) {
        let by_itself = self.scripts && self.browser.has("[name=code][data-autosubmit]");
        if by_itself {
            self.leave(|| self.fill("code", code));
        } else {
            self.fill("code", code);
            self.send();
        }
    }

    /// Fills in what the policy asks for again: the password wherever it will do, else a code.
    #[track_caller]
    pub fn prove(&self, password: &str, code: impl FnOnce() -> String) {
        let password_will_do = self.has_field("proof_password");
        if password_will_do {
            self.fill("proof_password", password);
        }
        let code_too = self.browser.has("[name=proof_code][required]");
        if code_too || (!password_will_do && self.has_field("proof_code")) {
            self.fill("proof_code", &code());
        }
    }

    /// What the page says was wrong.
    #[track_caller]
    pub fn errors(&self) -> Vec<String> {
        self.browser.all("[data-error-summary] li").iter().map(super::Element::text).collect()
    }

    /// What the page says was done, or nothing.
    #[track_caller]
    pub fn notice(&self) -> String {
        self.browser.find_if_any("main .alert.ok").map(|notice| notice.text()).unwrap_or_default()
    }

    /// The largest heading.
    #[track_caller]
    pub fn heading(&self) -> String {
        self.browser.find("h1").text()
    }

    /// The codes that the page shows.
    #[track_caller]
    pub fn shown_codes(&self) -> Vec<String> {
        self.browser.all("#codes [data-line]").iter().map(super::Element::text).collect()
    }

    /// Gives login and password.
    #[track_caller]
    pub fn give_password(&self, account: &Account) {
        self.open(&format!("/sign-in?realm={}", account.realm));
        self.fill("login", &account.login);
        self.fill("password", &account.password);
        self.send();
    }

    /// Signs in with the password, which has to be enough.
    #[track_caller]
    pub fn sign_in(&self, account: &Account) {
        self.give_password(account);
        self.expect_at("/security");
    }

    /// Signs in with the password and a code of the app.
    #[track_caller]
    pub fn sign_in_with(&self, account: &Account, phone: &mut Phone) {
        self.give_password(account);
        self.expect_at("/sign-in/second-factor");
        self.send_code(&phone.app.fresh_code());
        self.expect_at("/security");
    }

    /// Signs out, by the button in the window's head, or in the menu where there is no room for it.
    #[track_caller]
    pub fn sign_out(&self) {
        self.open("/security");
        let menu = self.browser.find(".menu summary");
        if menu.is_shown() {
            menu.click();
            self.follow(".menu .bar-user button");
        } else {
            self.follow(".bar-in > .bar-user button");
        }
        self.expect_at("/sign-in");
    }

    /// Begins an enrollment; then the QR code is there.
    #[track_caller]
    pub fn begin_enrollment(&self, password: &str) -> Phone {
        self.open("/security/enroll");
        self.prove(password, || panic!("beginning asks for a code"));
        self.send();
        assert!(self.browser.has(".qr"), "{:?} at {}", self.errors(), self.path());
        scan(&self.browser)
    }

    /// Turns two-factor on, and answers the app and the recovery codes, whenever they were shown.
    #[track_caller]
    pub fn enroll(&self, account: &Account) -> (Phone, Vec<String>) {
        let mut phone = self.begin_enrollment(&account.password);
        let before = self.shown_codes();
        self.prove(&account.password, || panic!("confirming asks for another code"));
        self.send_code(&phone.app.fresh_code());
        let after = self.shown_codes();
        if !after.is_empty() {
            self.tick("saved");
            self.send();
        }
        self.expect_at("/security");
        (phone, [before, after].concat())
    }

    /// The session's token, which no script of a page can read.
    #[track_caller]
    pub fn session_token(&self) -> Option<String> {
        let cookies = self.browser.cookies();
        cookies.into_iter().find(|cookie| cookie.name == "__Host-countersign-session").map(|cookie| cookie.value)
    }

    /// Demands that neither the console nor the network complained, and no policy of a page.
    #[track_caller]
    pub fn expect_quiet(&self) {
        assert_eq!(self.browser.complaints(), Vec::<String>::new());
    }
}

/// The link by which the first owner is made, as a server printed it: soon after it said where it listens.
#[track_caller]
pub fn set_up_link(server: &Server) -> String {
    // It answers only after it has printed everything.
    server.client().get("/sign-in");
    let whole_line = || {
        let log = server.log();
        let (_, rest) = log.split_once("/setup?token=")?;
        rest.split_once('\n').map(|(token, _)| format!("/setup?token={}", token.trim()))
    };
    for _ in 0..100 {
        if let Some(link) = whole_line() {
            return link;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("no link:\n{}", server.log())
}
