//! A browser, and what people do in it: Debian's Chromium, driven over the WebDriver protocol through its ChromeDriver.
//!
//! That the pages work in another browser as well, Firefox shows.
//!
//! Every test has a browser of its own, with an empty profile. What a test asserts is what a page shows: its address, its
//! words, its fields, its pictures.

mod axe;
mod built;
mod chrome_driver;
mod element;
mod firefox;
mod jar;
mod look;
mod phone;
mod protocol;
mod session;
mod tour;
mod visitor;

pub use axe::Violation;
pub use built::target_directory;
pub use element::Element;
pub use firefox::Firefox;
pub use jar::Jar;
pub use look::{Look, Scheme, Width};
pub use phone::{Phone, scan};
pub use session::{Browser, Cookie};
pub use tour::Tour;
pub use visitor::{Visitor, set_up_link};
