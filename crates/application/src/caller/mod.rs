//! Who asks about one account, and by what right.

mod caller;

pub(crate) use caller::end_what_rests_on_the_old;
pub use caller::{Caller, KeyStanding, Standing};
