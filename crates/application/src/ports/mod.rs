//! The outbound ports: what the use cases need from the outside, each a role that an adapter plays.
//!
//! The documentation of the store ports is a contract. Each clause names in parentheses the test of the contract suite
//! (`countersign-testing`) that holds every adapter against it.

mod behalf;
mod clock;
mod entropy;
mod key_check;
mod people;
mod reads;
mod secret_sealer;
mod store;
mod store_error;
mod token_issuer;
mod transact;

pub use behalf::Behalf;
pub use clock::Clock;
pub use entropy::{Entropy, EntropyError};
pub use key_check::{KeyCheck, KeyCheckReads, KeyCheckStore};
pub use people::{AskedAbout, Person, PersonReads};
pub use reads::Reads;
pub use secret_sealer::{SealContext, SealPurpose, Sealed, SealerError, SecretSealer};
pub use store::{Store, UnitOfWork};
pub use store_error::{Conflict, StoreError, StoreFault};
pub use token_issuer::{IssuedToken, TokenDigest, TokenIssuer, TokenKind};
pub(crate) use transact::{Tries, Work, claim_under, transact};
