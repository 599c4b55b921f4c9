//! What every template knows.

use countersign_application::appearance::{Appearance, ContactLink, ContactName};

use crate::texts::{Language, Texts};

/// Something that is wrong with what was sent.
#[derive(Clone, Debug)]
pub(crate) struct PageError {
    /// The field, or nothing.
    pub(crate) field: String,
    /// What is wrong and what to do, in the reader's language.
    pub(crate) text: String,
}

/// Whom the readers of a page ask where they cannot help themselves. Both are empty where the realm says nothing of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contact {
    /// What they are called, or where to ask.
    pub(crate) name: String,
    /// Where to ask; empty where only a name is known.
    pub(crate) link: String,
}

impl Contact {
    pub(crate) fn of(look: &Appearance) -> Self {
        let link = look.contact_link.as_ref();
        let name = look.contact_name.as_ref().map(ContactName::as_str).or(link.map(ContactLink::told));
        let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self { name: owned(name), link: owned(link.map(ContactLink::as_str)) }
    }
}

/// The frame of a page. `templates/layout.html` says what the fields mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) lang: &'static str,
    pub(crate) version: &'static str,
    pub(crate) query: String,
    pub(crate) realm: String,
    pub(crate) realm_name: String,
    pub(crate) has_logo: bool,
    pub(crate) has_theme: bool,
    pub(crate) contact: Contact,
    pub(crate) form_token: String,
    pub(crate) login: String,
    pub(crate) is_admin: bool,
    pub(crate) is_operator: bool,
    pub(crate) acting: String,
    pub(crate) section: &'static str,
    pub(crate) notice: String,
    pub(crate) notice_warns: bool,
    pub(crate) shown_once: bool,
    pub(crate) way_back: String,
    pub(crate) way_back_host: String,
    pub(crate) errors: Vec<PageError>,
}

impl Page {
    /// The short name of the realm that somebody administers.
    pub(crate) fn acts_in(&self) -> &str {
        if self.acting.is_empty() { &self.realm } else { &self.acting }
    }

    /// What that realm is called.
    pub(crate) fn acts_in_name(&self) -> &str {
        if self.acts_in() == self.realm { &self.realm_name } else { &self.acting }
    }

    pub(crate) fn has_error(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    pub(crate) fn error(&self, field: &str) -> String {
        self.errors.iter().find(|error| error.field == field).map(|error| error.text.clone()).unwrap_or_default()
    }

    /// The page without links to other languages, where it cannot be got again.
    pub(crate) fn shown_once_if(self, answers_form: bool) -> Self {
        Self { shown_once: answers_form, ..self }
    }

    /// The page with the query under which it can be got again, in another language.
    pub(crate) fn at(mut self, query: &[(&str, &str)]) -> Self {
        self.shown_once = false;
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        self.query = if query.is_empty() { query } else { format!("&{query}") };
        self
    }

    /// The page with something wrong on it. A field has one error at most.
    pub(crate) fn wrong(mut self, field: &str, text: String) -> Self {
        if !self.has_error(field) {
            self.errors.push(PageError { field: field.to_owned(), text });
        }
        self
    }

    /// Whether it has to say in which realm is acted: an operator acts in any.
    pub(crate) fn says_where(&self) -> bool {
        self.is_operator && self.section.starts_with("admin-")
    }

    /// Its texts.
    pub(crate) fn texts(&self) -> Texts {
        Texts(Language::from_code(self.lang).unwrap_or_default())
    }
}
