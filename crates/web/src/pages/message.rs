//! The page that only says something.

use askama::Template;

use crate::page::Page;
use crate::texts::Texts;

#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct MessagePage {
    pub(crate) t: Texts,
    pub(crate) page: Page,
    pub(crate) text: String,
    pub(crate) link_url: &'static str,
    pub(crate) link_text: String,
    pub(crate) tone: &'static str,
    pub(crate) contact: bool,
    pub(crate) request_id: String,
}
