//! Master keys, as far as the store knows of them: what is sealed under which, whether it opens, and what becomes of it when
//! keys change. The keys themselves are in the key ring, which is none of the application's.

mod change;
mod check;
mod rewrap;
mod store;
mod values;

pub use change::{NoteRotation, RetireMasterKey, Retirement};
pub use check::{BrokenSeal, CheckSealed, GoesOn, SealedFindings};
pub use rewrap::{CountUnderOtherKeys, RewrapSealed, Rewrapped};
pub use store::{MasterKeyReads, MasterKeyStore};
pub use values::{KeyUse, SealedKind, SealedPart, SealedPlace, SealedRow};
