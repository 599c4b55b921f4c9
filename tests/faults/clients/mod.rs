//! The clients: what they do, for whom, and what they look at when everything is over.

pub(crate) mod actor;
pub(crate) mod afterwards;
mod codes;
pub(crate) mod persons;
pub(crate) mod setting;
pub(crate) mod wire;
