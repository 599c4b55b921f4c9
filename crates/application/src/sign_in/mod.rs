//! Signing in: a password, then a second factor, with a challenge in between.

mod challenge;
mod first_factor;
mod second_factor;
mod show_challenge;
mod store;

pub use challenge::{Challenge, ChallengeMethod};
pub(crate) use first_factor::methods;
pub use first_factor::{SignIn, SignInOutcome};
pub(crate) use second_factor::OpenChallenge;
pub use second_factor::{SignedInBySecondFactor, VerifySecondFactor, VerifySecondFactorOutcome};
pub use show_challenge::{ChallengeOverview, ShowChallenge};
pub use store::{ChallengeReads, ChallengeStore};
