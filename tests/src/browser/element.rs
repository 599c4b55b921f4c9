//! A part of a page.

use serde_json::{Value, json};

use super::session::{Browser, bytes_of};

/// A part of the page that is open. It is gone when the page is.
pub struct Element<'a> {
    browser: &'a Browser,
    selector: String,
    id: String,
}

impl<'a> Element<'a> {
    pub(super) fn new(browser: &'a Browser, selector: &str, id: String) -> Self {
        Self { browser, selector: selector.to_owned(), id }
    }

    #[track_caller]
    fn get(&self, what: &str) -> Value {
        self.browser.protocol.get(&format!("/element/{}/{what}", self.id))
    }

    #[track_caller]
    fn post(&self, what: &str, body: &Value) {
        let path = format!("/element/{}/{what}", self.id);
        let done = self.browser.protocol.try_command("POST", &path, Some(body));
        if let Err(refused) = done {
            let (url, text) = (self.browser.url(), self.browser.text());
            panic!("{what} of {}: {}: {}\n{url}:\n{text}", self.selector, refused.code, refused.message);
        }
    }

    /// Presses it, and waits for the page that this leads to.
    #[track_caller]
    pub fn click(&self) {
        self.post("click", &json!({}));
    }

    /// Types into it.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.post("value", &json!({ "text": text }));
    }

    /// Types into it instead of what it held.
    #[track_caller]
    pub fn fill(&self, text: &str) {
        self.post("clear", &json!({}));
        self.type_text(text);
    }

    /// What it shows.
    #[track_caller]
    pub fn text(&self) -> String {
        self.get("text").as_str().unwrap_or_default().to_owned()
    }

    /// An attribute as it stands in the page, or nothing.
    #[track_caller]
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.get(&format!("attribute/{name}")).as_str().map(str::to_owned)
    }

    /// What a field holds now.
    #[track_caller]
    pub fn value(&self) -> String {
        self.get("property/value").as_str().unwrap_or_default().to_owned()
    }

    /// Whether people see it.
    #[track_caller]
    pub fn is_shown(&self) -> bool {
        self.get("displayed") == true
    }

    /// Whether it can be pressed or filled in.
    #[track_caller]
    pub fn is_enabled(&self) -> bool {
        self.get("enabled") == true
    }

    /// Whether a box is ticked, or an option chosen.
    #[track_caller]
    pub fn is_selected(&self) -> bool {
        self.get("selected") == true
    }

    /// A PNG picture of it, as it is seen.
    #[track_caller]
    pub fn picture(&self) -> Vec<u8> {
        bytes_of(&self.get("screenshot"))
    }
}
