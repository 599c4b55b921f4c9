//! What a text may be, and how texts are compared. Every door asks here: interface, pages, command line, files, headers
//! and filters.
//!
//! | text | kept as | compared | may contain |
//! | --- | --- | --- | --- |
//! | login | NFC | by its key: NFKC, full case folding, without what cannot be seen | what can be seen and has a meaning |
//! | subject | as given | exactly | what can be seen |
//! | name, label, issuer, reason, purpose, query | NFC | – | what can be seen, and joiners where a script or an emoji needs them |
//! | password | NFC, then hashed | by its hash | anything |
//! | client's own name (`User-Agent`) | without what may not stand in a name | – | – |
//!
//! Codes have a table of their own, in the core (`characters.rs`), since they are read there. Which characters cannot be
//! seen is said there as well. Letters of other scripts that look alike (a Cyrillic `а`) are different letters here: telling
//! them apart is for whoever hands out logins.

mod characters;
mod files;
mod folding;
mod kinds;
mod passwords;

pub use characters::legible;
pub use files::{FileTextError, line_of_file, text_of_file};
pub(crate) use folding::{login_key, older_login_key};
pub use kinds::{IssuerName, Remark, SearchText, Subject, TextError, TypedLogin};
pub(crate) use kinds::{label, login, named_by_people, short_name, text};
pub(crate) use passwords::{Passwords, composed};
