//! Trying out whether a recovery code was written down right. It spends none.

use askama::Template;
use countersign_application::caller::Caller;
use countersign_application::recovery::{TestRecoveryCode, TestRecoveryCodeOutcome};
use countersign_application::second_factor::ShowTwoFactor;
use countersign_application::session::purpose::Anything;
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::disable::not_on;
use crate::pages::proof::{ProofNames, Wrong};
use crate::pages::recovery_codes::{example, is_case_sensitive};
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "recovery_test.html")]
struct TestPage {
    t: Texts,
    page: Page,
    example: String,
    case_sensitive: bool,
    good: bool,
    wait: Wait,
}

/// What is to be typed.
#[handler]
pub(super) async fn show(visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    ask(visit, &caller, false, &Wrong::default()).await
}

/// Whether it is one.
#[handler]
pub(super) async fn submit(visit: Visit, form: Form, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    if form.given("code").is_none() {
        return ask(visit, &caller, false, &Wrong::field("code", "error-code-missing")).await;
    }
    let test = TestRecoveryCode { code: form.secret("code") };
    let names = ProofNames { code: "code", ..ProofNames::default() };
    let wrong = match test.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            TestRecoveryCodeOutcome::Good => return ask(visit, &caller, true, &Wrong::default()).await,
            TestRecoveryCodeOutcome::Unknown => Wrong::field("code", "recovery-test-unknown"),
            TestRecoveryCodeOutcome::Malformed => Wrong::field("code", "recovery-test-malformed"),
            TestRecoveryCodeOutcome::NoRecoveryCodes => Wrong::default(),
            TestRecoveryCodeOutcome::Denied(denial) => Wrong::denial(denial, &form, names),
        },
    };
    ask(visit, &caller, false, &wrong).await
}

async fn ask(mut visit: Visit, caller: &Caller, good: bool, wrong: &Wrong) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    if !factor.state.is_enabled() {
        return not_on(visit);
    }
    let Some(set) = factor.active_recovery_set().filter(|_| caller.realm.policy.recovery_format().is_some()) else {
        return visit.go("/security/recovery-codes");
    };
    let texts = visit.texts;
    let page = TestPage {
        t: texts,
        page: wrong.put_on(visit.page_of("recovery-test-title", caller, "").await),
        example: example(&set.format),
        case_sensitive: is_case_sensitive(&set.format),
        good,
        wait: wrong.wait(0, texts),
    };
    visit.show_as(wrong.status(), &page)
}
