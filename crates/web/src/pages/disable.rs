//! Turning the second factor off.

use askama::Template;
use countersign_application::caller::Caller;
use countersign_application::realm::two_factor_is_required;
use countersign_application::second_factor::{DisableTwoFactor, DisableTwoFactorOutcome, ShowTwoFactor};
use countersign_application::session::purpose::Anything;
use countersign_policy::{OnDisable, ProofAct};
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::{Proof, ProofNames, Wrong, given};
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "disable.html")]
struct DisablePage {
    t: Texts,
    page: Page,
    required: bool,
    keeps_codes: bool,
    ends_sessions: bool,
    proof: Proof,
    wait: Wait,
}

/// The question.
#[handler]
pub(super) async fn show(visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    ask(visit, &caller, &Wrong::default()).await
}

/// The answer.
#[handler]
pub(super) async fn submit(mut visit: Visit, form: Form, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    let disable = DisableTwoFactor { proof: given(&form), reason: None };
    let wrong = match disable.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            DisableTwoFactorOutcome::Disabled => {
                visit.notice("notice-two-factor-off");
                return visit.go("/security");
            }
            DisableTwoFactorOutcome::NotEnabled => return not_on(visit),
            DisableTwoFactorOutcome::Denied(denial) => Wrong::denial(denial, &form, ProofNames::default()),
        },
    };
    ask(visit, &caller, &wrong).await
}

async fn ask(mut visit: Visit, caller: &Caller, wrong: &Wrong) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    if !factor.state.is_enabled() {
        return not_on(visit);
    }
    let (texts, policy) = (visit.texts, &caller.realm.policy);
    let proof = Proof::of(caller.proof_for(ProofAct::Disable, &factor), caller, &factor);
    let page = DisablePage {
        t: texts,
        page: wrong.put_on(visit.page_of("disable-title", caller, "").await),
        required: two_factor_is_required(policy, &caller.account),
        keeps_codes: policy.recovery_codes.on_disable == OnDisable::Keep,
        ends_sessions: policy.sign_in.end_other_sessions_on_change,
        wait: wrong.wait(proof.standing_wait(caller, &factor, visit.application.now()), texts),
        proof,
    };
    visit.show_as(wrong.status(), &page)
}

/// There is no second factor: back to where one can be turned on.
pub(super) fn not_on(mut visit: Visit) -> Result<Response, Refusal> {
    visit.notice("error-not-on");
    visit.go("/security")
}
