//! What administrators do to several accounts: those that are ticked, or all that match.

use askama::Template;
use countersign_application::AccountId;
use countersign_application::account::{
    ActOnSeveral, ActOnSeveralOutcome, DoneToSeveral, SEVERAL_AT_MOST, SelectSeveral, Selected, Several, SeveralAct,
};
use countersign_application::caller::Caller;
use poem::http::StatusCode;
use poem::{Response, handler};

use super::account_export::export;
use super::account_filter::AccountFilter;
use super::confirm::{ConfirmPage, HiddenField, proof_of, unless_busy, unproven};
use super::export::Format;
use super::{account_id, address};
use crate::form::Form;
use crate::page::Page;
use crate::pages::proof::{Wrong, given};
use crate::refusal::Refusal;
use crate::shown_once::{ActedOnSeveral, NotActedOn, ShownWhat};
use crate::signed_in::Administering;
use crate::texts::{Texts, hyphenated};
use crate::visit::Visit;

/// How many of those that something was refused for are named.
const NAMED: usize = 100;

/// What is asked for, and for whom.
struct Asked {
    act: SeveralAct,
    filter: AccountFilter,
    /// Those that are ticked; `None` for all that match.
    these: Option<Vec<AccountId>>,
}

impl Asked {
    fn new<'a>(
        act: &str,
        all: bool,
        ticked: impl Iterator<Item = &'a str>,
        filter: AccountFilter,
    ) -> Result<Self, Refusal> {
        let act = SeveralAct::from_name(act).ok_or(Refusal::NotFound)?;
        let these = if all { None } else { Some(ticked.map(account_id).collect::<Result<_, _>>()?) };
        Ok(Self { act, filter, these })
    }

    fn several(&self) -> Result<Several, Refusal> {
        Ok(match &self.these {
            Some(these) => Several::These(these.clone()),
            None => Several::Matching(self.filter.wanted()?),
        })
    }

    /// The list that it was asked from.
    fn list_url(&self) -> String {
        address("/admin/accounts", &self.filter.parameters())
    }

    fn key(&self, part: &str) -> String {
        format!("confirm-several-{}-{part}", hyphenated(self.act.as_str()))
    }

    /// The page that asks once more, and says how many are concerned.
    async fn confirm_page(
        &self,
        visit: &mut Visit,
        caller: &Caller,
        selected: &Selected,
        wrong: (&Wrong, Option<String>),
    ) -> Result<ConfirmPage, Refusal> {
        let texts = visit.texts;
        let (proof, wait) = proof_of(visit, caller, wrong.0).await?;
        let mut page = wrong.0.put_on(visit.page_of(&self.key("title"), caller, "admin-accounts").await);
        if let Some(text) = wrong.1 {
            page = page.wrong("", text);
        }
        let mut hidden = vec![HiddenField::new("act", self.act.as_str())];
        match &self.these {
            Some(these) => hidden.extend(these.iter().map(|id| HiddenField::new("account", id.to_string()))),
            None => {
                hidden.push(HiddenField::new("all", "yes"));
                hidden.push(HiddenField::new("expected", selected.accounts.len().to_string()));
            }
        }
        hidden.extend(self.filter.parameters().into_iter().map(|(name, value)| HiddenField::new(name, value)));
        let mut consequences = vec![texts.say(&self.key("means")), texts.say("confirm-several-means-each")];
        if selected.more {
            consequences.push(texts.say1("confirm-several-means-more", "most", &SEVERAL_AT_MOST));
        }
        Ok(ConfirmPage {
            t: texts,
            page,
            text: texts.say1(&self.key("text"), "count", &selected.accounts.len()),
            consequences,
            action_url: "/admin/accounts/several".to_owned(),
            hidden,
            ask_reason: false,
            reason_required: false,
            reason: String::new(),
            proof,
            wait,
            button: texts.say(&self.key("button")),
            danger: self.act == SeveralAct::Disable,
            cancel_url: self.list_url(),
        })
    }
}

/// The page that asks once more; or the file, where one is asked for.
#[handler]
pub(super) async fn confirm(
    mut visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let filter = AccountFilter::of(|name| visit.parameter(name));
    let all = !visit.parameter("all").is_empty();
    let ticked: Vec<String> = visit.parameters("account").map(str::to_owned).collect();
    if !all && ticked.is_empty() {
        visit.notice("error-several-nobody");
        return visit.go(&address("/admin/accounts", &filter.parameters()));
    }
    let format = match visit.parameter("act") {
        "export_csv" => Some(Format::Csv),
        "export_jsonl" => Some(Format::JsonLines),
        _ => None,
    };
    let ticked = ticked.iter().map(String::as_str);
    if let Some(format) = format {
        let these = if all { Vec::new() } else { ticked.map(account_id).collect::<Result<_, _>>()? };
        return export(visit, administrator.realm, &filter, these, format);
    }
    let asked = Asked::new(visit.parameter("act"), all, ticked, filter)?;
    let select = SelectSeveral { act: asked.act, several: asked.several()? };
    let selected = select.execute(&visit.application, &administrator).await?;
    if selected.accounts.is_empty() {
        visit.notice(if selected.more { "error-several-too-many" } else { "error-several-nothing-to-do" });
        return visit.go(&asked.list_url());
    }
    let page = asked.confirm_page(&mut visit, &caller, &selected, (&Wrong::default(), None)).await?;
    visit.show(&page)
}

/// Does what was confirmed.
#[handler]
pub(super) async fn submit(
    mut visit: Visit,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let filter = AccountFilter::of(|name| form.text(name));
    let asked = Asked::new(form.text("act"), form.is_ticked("all"), form.all("account"), filter)?;
    let expected = match &asked.these {
        Some(_) => None,
        None => Some(form.text("expected").parse().map_err(|_| Refusal::NotFound)?),
    };
    let act = ActOnSeveral { act: asked.act, several: asked.several()?, expected, proof: given(&form) };
    let (wrong, text, selected) = match unless_busy(act.execute(&visit.application, &administrator).await)? {
        Ok(ActOnSeveralOutcome::Done(done)) => {
            let shown = acted_on(&asked, done);
            return visit.go_and_show("/admin/accounts/several/done", caller.account.id, shown);
        }
        Ok(ActOnSeveralOutcome::Changed(selected)) => {
            (Wrong::default(), Some(visit.texts.say("error-several-changed")), selected)
        }
        Ok(ActOnSeveralOutcome::Unproven(denial)) => {
            (unproven(denial, &form), None, asked.selected(&visit, &administrator).await?)
        }
        Err(busy) => (busy, None, asked.selected(&visit, &administrator).await?),
    };
    let status = if text.is_some() { StatusCode::CONFLICT } else { wrong.status() };
    let page = asked.confirm_page(&mut visit, &caller, &selected, (&wrong, text)).await?;
    visit.show_as(status, &page)
}

impl Asked {
    async fn selected(
        &self,
        visit: &Visit,
        administrator: &countersign_application::administration::Administrator,
    ) -> Result<Selected, Refusal> {
        let select = SelectSeveral { act: self.act, several: self.several()? };
        Ok(select.execute(&visit.application, administrator).await?)
    }
}

/// What the next page tells.
fn acted_on(asked: &Asked, done: DoneToSeveral) -> ShownWhat {
    let refused = u32::try_from(done.refused.len()).unwrap_or(u32::MAX);
    let not = done.refused.into_iter().take(NAMED).map(|refused| NotActedOn {
        id: refused.account.to_string(),
        whom: refused.whom.unwrap_or_default(),
        why: refused.why.as_str().to_owned(),
    });
    ShownWhat::Several(ActedOnSeveral {
        act: asked.act.as_str().to_owned(),
        done: done.done,
        unchanged: done.unchanged,
        refused,
        named: not.collect(),
        more: done.more,
        list_url: asked.list_url(),
    })
}

#[derive(Template)]
#[template(path = "admin_several.html")]
struct DonePage {
    t: Texts,
    page: Page,
    done: String,
    unchanged: String,
    refused: String,
    named: Vec<RefusedRow>,
    more: bool,
    list_url: String,
}

struct RefusedRow {
    url: String,
    whom: String,
    why: String,
}

/// What was done to how many, and for whom it was refused.
#[handler]
pub(super) async fn show_done(
    mut visit: Visit,
    Administering { caller, .. }: Administering,
) -> Result<Response, Refusal> {
    let Some(ShownWhat::Several(acted)) = visit.shown(caller.account.id).await? else {
        return visit.go("/admin/accounts");
    };
    let texts = visit.texts;
    let counted = |key: &str, count: u32| if count == 0 { String::new() } else { texts.say1(key, "count", &count) };
    let row = |one: NotActedOn| RefusedRow {
        url: if one.whom.is_empty() { String::new() } else { format!("/admin/accounts/{}", one.id) },
        whom: if one.whom.is_empty() { one.id } else { one.whom },
        why: texts.say(&format!("several-refused-{}", hyphenated(&one.why))),
    };
    let page = DonePage {
        t: texts,
        page: visit.page_of("several-done-title", &caller, "admin-accounts").await,
        done: texts.say1(&format!("several-done-{}", hyphenated(&acted.act)), "count", &acted.done),
        unchanged: counted("several-unchanged", acted.unchanged),
        refused: counted("several-refused", acted.refused),
        named: acted.named.into_iter().map(row).collect(),
        more: acted.more,
        list_url: acted.list_url,
    };
    visit.show(&page)
}

#[cfg(test)]
mod tests {
    use countersign_application::account::SeveralRefusal;

    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_act_and_refusal_has_its_texts_in_every_language() {
        for language in Language::all() {
            let texts = Texts(language);
            for act in SeveralAct::ALL {
                let act = hyphenated(act.as_str());
                for key in ["title", "text", "means", "button"].map(|part| format!("confirm-several-{act}-{part}")) {
                    assert!(texts.has(&key), "{key}");
                }
                for key in [format!("several-done-{act}"), format!("several-act-{act}")] {
                    assert!(texts.has(&key), "{key}");
                }
            }
            for why in SeveralRefusal::ALL {
                let key = format!("several-refused-{}", hyphenated(why.as_str()));
                assert!(texts.has(&key), "{key}");
            }
        }
    }

    #[test]
    fn an_act_there_is_not_and_a_name_for_an_identifier_lead_nowhere() {
        let ask = |act: &str, ticked: &[&str]| {
            Asked::new(act, false, ticked.iter().copied(), AccountFilter::default()).map(drop)
        };
        assert_eq!(ask("delete", &[]), Err(Refusal::NotFound));
        assert_eq!(ask("disable", &["kim"]), Err(Refusal::NotFound));
        assert_eq!(ask("disable", &["01890000-0000-7000-8000-000000000000"]), Ok(()));
    }
}
