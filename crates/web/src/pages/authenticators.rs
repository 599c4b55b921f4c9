//! Removing an authenticator.

use askama::Template;
use countersign_application::caller::Caller;
use countersign_application::realm::two_factor_is_required;
use countersign_application::second_factor::{RemoveAuthenticator, RemoveAuthenticatorOutcome, ShowTwoFactor};
use countersign_application::session::purpose::Anything;
use countersign_policy::{ProofAct, ProofRequirement};
use poem::web::Path;
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
#[template(path = "authenticator_remove.html")]
struct RemovePage {
    t: Texts,
    page: Page,
    id: String,
    name: String,
    last: bool,
    required: bool,
    proof: Proof,
    wait: Wait,
}

/// An authenticator that may be removed.
struct Removal {
    page: RemovePage,
    standing_wait: u64,
}

impl Removal {
    async fn of(visit: &mut Visit, caller: &Caller, id: &str) -> Result<Self, Refusal> {
        let authenticator_id = id.parse().map_err(|_| Refusal::NotFound)?;
        let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
        let authenticator = factor.authenticator(authenticator_id).ok_or(Refusal::NotFound)?;
        let policy = &caller.realm.policy;
        let active = authenticator.is_active();
        let asked = caller.proof_for(ProofAct::Disable, &factor);
        let requirement = if active { asked } else { ProofRequirement::None };
        let proof = Proof::of(requirement, caller, &factor);
        let page = RemovePage {
            t: visit.texts,
            page: visit.page_of("authenticator-remove-title", caller, "").await,
            id: id.to_owned(),
            name: authenticator.name.as_str().to_owned(),
            last: active && factor.active().count() == 1,
            required: two_factor_is_required(policy, &caller.account),
            proof,
            wait: Wait::default(),
        };
        Ok(Self { page, standing_wait: proof.standing_wait(caller, &factor, visit.application.now()) })
    }

    fn show(self, visit: Visit, wrong: &Wrong) -> Result<Response, Refusal> {
        let Self { page, standing_wait } = self;
        let page = RemovePage { wait: wrong.wait(standing_wait, page.t), page: wrong.put_on(page.page), ..page };
        visit.show_as(wrong.status(), &page)
    }
}

/// The question.
#[handler]
pub(super) async fn show_remove(
    mut visit: Visit,
    Path(id): Path<String>,
    caller: SessionFor<Anything>,
) -> Result<Response, Refusal> {
    let removal = Removal::of(&mut visit, &caller, &id).await?;
    removal.show(visit, &Wrong::default())
}

/// The answer.
#[handler]
pub(super) async fn remove(
    mut visit: Visit,
    Path(id): Path<String>,
    form: Form,
    caller: SessionFor<Anything>,
) -> Result<Response, Refusal> {
    let authenticator_id = id.parse().map_err(|_| Refusal::NotFound)?;
    let last = Removal::of(&mut visit, &caller, &id).await?.page.last;
    let remove = RemoveAuthenticator { authenticator_id, proof: given(&form) };
    let wrong = match remove.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            RemoveAuthenticatorOutcome::Removed => {
                visit.notice(if last { "notice-two-factor-off" } else { "notice-authenticator-removed" });
                return visit.go("/security");
            }
            RemoveAuthenticatorOutcome::NotFound => return Err(Refusal::NotFound),
            RemoveAuthenticatorOutcome::Denied(denial) => Wrong::denial(denial, &form, ProofNames::default()),
        },
    };
    let removal = Removal::of(&mut visit, &caller, &id).await?;
    removal.show(visit, &wrong)
}
