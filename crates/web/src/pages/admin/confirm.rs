//! The page that asks an administrator once more.

use askama::Template;

use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::Proof;
use crate::texts::Texts;

/// A field that the form carries along.
pub(super) struct HiddenField {
    pub(super) name: &'static str,
    pub(super) value: String,
}

#[derive(Template)]
#[template(path = "admin_confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) t: Texts,
    pub(super) page: Page,
    pub(super) text: String,
    pub(super) consequences: Vec<String>,
    pub(super) action_url: String,
    pub(super) hidden: Vec<HiddenField>,
    pub(super) ask_reason: bool,
    pub(super) reason_required: bool,
    pub(super) reason: String,
    /// Nothing: the use cases ask administrators for no proof beside their session.
    pub(super) proof: Proof,
    pub(super) wait: Wait,
    pub(super) button: String,
    pub(super) danger: bool,
    pub(super) cancel_url: String,
}
