//! The page that asks an administrator once more.

use askama::Template;
use countersign_application::UseCaseError;
use countersign_application::administration::asked_of_administrators;
use countersign_application::caller::Caller;
use countersign_application::second_factor::ShowTwoFactor;
use countersign_application::verification::ProofDenial;

use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::{Proof, ProofNames, Wrong};
use crate::refusal::Refusal;
use crate::texts::Texts;
use crate::visit::Visit;

/// A field that the form carries along.
pub(super) struct HiddenField {
    pub(super) name: &'static str,
    pub(super) value: String,
}

impl HiddenField {
    pub(super) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// What of the administrator's own an act asks for that outlasts the session, and for how long it is not looked at.
pub(super) async fn proof_of(visit: &Visit, caller: &Caller, wrong: &Wrong) -> Result<(Proof, Wait), Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    let proof = Proof::of(asked_of_administrators(caller, &factor), caller, &factor);
    let wait = wrong.wait(proof.standing_wait(caller, &factor, visit.application.now()), visit.texts);
    Ok((proof, wait))
}

/// Why that was not taken.
pub(super) fn unproven(denial: ProofDenial, form: &Form) -> Wrong {
    Wrong::denial(denial, form, ProofNames::default())
}

/// What came of an act, or that too much was going on to look at the proof.
pub(super) fn unless_busy<T>(outcome: Result<T, UseCaseError>) -> Result<Result<T, Wrong>, Refusal> {
    match outcome {
        Err(error) if error.is_busy() => Ok(Err(Wrong::busy())),
        outcome => Ok(Ok(outcome?)),
    }
}

#[derive(Template)]
#[template(path = "admin_confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) t: Texts,
    pub(super) page: Page,
    pub(super) text: String,
    pub(super) consequences: Vec<String>,
    pub(super) action_url: String,
    pub(super) hidden: Vec<HiddenField>,
    pub(super) ask_reason: bool,
    pub(super) reason_required: bool,
    pub(super) reason: String,
    /// The administrator's own, where what is done outlasts the session.
    pub(super) proof: Proof,
    pub(super) wait: Wait,
    pub(super) button: String,
    pub(super) danger: bool,
    pub(super) cancel_url: String,
}
