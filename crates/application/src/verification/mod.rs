//! Checking what someone knows or holds: codes and proofs.
//!
//! Each check has two halves. *Examining* happens outside of any unit of work, may take long, and admits nobody: it
//! only says what was found. *Settling* happens under the account's lock: it looks at the counters as they are now,
//! claims the code, counts the failure, and only its verdict is ever released. A burst of parallel guesses therefore
//! gets no more verdicts than the counters allow.

mod attempts;
mod claim;
mod codes;
mod denial;
mod hold;
mod passwords;
mod proofs;
mod settlement;
mod subject;
mod throttles;
mod typed_codes;

pub use attempts::{AttemptKey, AttemptReads, AttemptStore, Attempts};
pub use claim::{ChallengeUse, Claim, Counted, CountedAttempts, KnownPlace, SignsIn, Spends, Verdict};
pub use codes::AcceptedCode;
pub(crate) use codes::{CodeFinding, CodeVerdict};
pub(crate) use denial::Throttled;
pub use denial::{GivenProof, ProofDenial, ProofField};
pub(crate) use hold::TurnsOff;
pub(crate) use passwords::{PasswordClaim, ShownDevice, believed, wait_of_unknown_places};
pub(crate) use proofs::ExaminedProof;
pub(crate) use settlement::{Decision, Settlement, end_waits, forgive, recount};
pub use subject::{AskAboutSubject, SubjectScene, VerifySubject, VerifySubjectOutcome};
pub use throttles::{ClearThrottles, ListThrottles, WaitingPlace};
pub(crate) use typed_codes::{Compared, TypedCodes};
