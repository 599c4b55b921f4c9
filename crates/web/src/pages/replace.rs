//! Replacing a phone: the new one first, then the old one goes.

use askama::Template;
use countersign_application::second_factor::ShowTwoFactor;
use countersign_application::session::purpose::Anything;
use poem::{Response, handler};

use crate::moments::Moment;
use crate::page::Page;
use crate::pages::disable::not_on;
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "replace.html")]
struct ReplacePage {
    t: Texts,
    page: Page,
    can_add: bool,
    one_only: bool,
    several: bool,
    authenticators: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    added: Moment,
}

/// The steps, and how far they are.
#[handler]
pub(super) async fn show(mut visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, &caller).await?.factor;
    if !factor.state.is_enabled() {
        return not_on(visit);
    }
    let texts = visit.texts;
    let most = caller.realm.policy.authenticators.max_per_account as usize;
    let active = factor.active().count();
    let page = ReplacePage {
        t: texts,
        page: visit.page_of("replace-title", &caller, "").await,
        can_add: active < most,
        one_only: most == 1,
        several: active > 1,
        authenticators: factor
            .active()
            .map(|one| Row {
                id: one.id.to_string(),
                name: one.name.as_str().to_owned(),
                added: Moment::new(one.confirmed_at.unwrap_or(one.created_at), texts),
            })
            .collect(),
    };
    visit.show(&page)
}
