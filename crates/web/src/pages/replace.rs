//! Replacing a phone: the new one is confirmed, and the old one goes by the same act.

use askama::Template;
use countersign_application::AuthenticatorId;
use countersign_application::caller::Caller;
use countersign_application::enrollment::{BeginEnrollment, BeginEnrollmentOutcome};
use countersign_application::second_factor::{AuthenticatorName, ShowTwoFactor};
use countersign_application::session::purpose::Anything;
use countersign_policy::ProofAct;
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::{Moment, Wait};
use crate::page::Page;
use crate::pages::disable::not_on;
use crate::pages::enroll::begun_page;
use crate::pages::proof::{Proof, ProofNames, Wrong, given};
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "replace.html")]
struct ReplacePage {
    t: Texts,
    page: Page,
    authenticators: Vec<Row>,
    several: bool,
    name: String,
    can_add: bool,
    proof: Proof,
    wait: Wait,
}

struct Row {
    id: String,
    name: String,
    added: Moment,
    chosen: bool,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    name: String,
    replaces: Option<AuthenticatorId>,
}

/// Which one goes, and what the new one is called.
#[handler]
pub(super) async fn show(visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    ask(visit, &caller, Typed::default(), &Wrong::default()).await
}

/// Begins, and leads on to what is to be scanned.
#[handler]
pub(super) async fn begin(visit: Visit, form: Form, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    let typed = Typed { name: form.text("name").to_owned(), replaces: form.text("replaces").parse().ok() };
    let Ok(name) = form.given("name").map(AuthenticatorName::new).transpose() else {
        return ask(visit, &caller, typed, &Wrong::field("name", "error-name-invalid")).await;
    };
    if typed.replaces.is_none() {
        return ask(visit, &caller, typed, &Wrong::field("replaces", "error-replaces-missing")).await;
    }
    let begin = BeginEnrollment { name, issuer: None, replaces: typed.replaces, proof: given(&form) };
    let wrong = match begin.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            BeginEnrollmentOutcome::Begun(begun) => return begun_page(visit, &caller, &begun),
            BeginEnrollmentOutcome::Denied(denial) => Wrong::denial(denial, &form, ProofNames::default()),
            // Another tab was faster; the names as they are now are on the page.
            BeginEnrollmentOutcome::NothingToReplace
            | BeginEnrollmentOutcome::AlreadyEnabled
            | BeginEnrollmentOutcome::TooMany => Wrong::field("replaces", "error-replaces-gone"),
            BeginEnrollmentOutcome::IssuerNotAllowed | BeginEnrollmentOutcome::InvalidIssuer => {
                Wrong::field("", "error-issuer-invalid")
            }
        },
    };
    ask(visit, &caller, typed, &wrong).await
}

async fn ask(mut visit: Visit, caller: &Caller, typed: Typed, wrong: &Wrong) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    if !factor.state.is_enabled() {
        return not_on(visit);
    }
    let texts = visit.texts;
    let active = factor.active().count();
    let proof = Proof::of(caller.proof_for(ProofAct::Begin, &factor), caller, &factor);
    let page = ReplacePage {
        t: texts,
        page: wrong.put_on(visit.page_of("replace-title", caller, "").await),
        authenticators: factor
            .active()
            .map(|one| Row {
                id: one.id.to_string(),
                name: one.name.as_str().to_owned(),
                added: Moment::new(one.confirmed_at.unwrap_or(one.created_at), texts),
                chosen: typed.replaces == Some(one.id),
            })
            .collect(),
        several: active > 1,
        name: typed.name,
        can_add: active < caller.realm.policy.authenticators.max_per_account as usize,
        wait: wrong.wait(proof.standing_wait(caller, &factor, visit.application.now()), texts),
        proof,
    };
    visit.show_as(wrong.status(), &page)
}
