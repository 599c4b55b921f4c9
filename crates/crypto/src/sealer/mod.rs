//! Sealing at rest.

mod aead_sealer;
mod binding;
mod envelope;

#[cfg(test)]
mod tests;

pub use aead_sealer::AeadSealer;
pub(crate) use binding::Binding;
pub(crate) use envelope::{open, seal};
