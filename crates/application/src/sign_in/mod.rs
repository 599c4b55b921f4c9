//! Signing in: a password, then a second factor, with a challenge in between.

mod challenge;
mod find_challenge;
mod first_factor;
mod second_factor;
mod store;

pub use challenge::{Challenge, ChallengeMethod};
pub use find_challenge::{ChallengeOverview, FindChallenge, OpenChallenge};
pub(crate) use first_factor::methods;
pub use first_factor::{SignIn, SignInOutcome};
pub use second_factor::{SignedInBySecondFactor, VerifySecondFactor, VerifySecondFactorOutcome};
pub use store::{ChallengeReads, ChallengeStore};
