//! The policy of the realm: presets, and every key.

use askama::Template;
use countersign_application::core::{PolicyField, Preset};
use countersign_application::use_cases::{Administrator, UpdateRealm, UpdateRealmOutcome};
use countersign_application::{Caller, PolicyChange, Realm};
use poem::http::StatusCode;
use poem::{Body, Request, Response, handler};

use super::confirm::{ConfirmPage, HiddenField};
use super::hyphenated;
use super::policy_fields::{Kind, allowed_text, differences, kind, rule_name, value_text, values};
use super::policy_form::{PolicyForm, explained};
use super::policy_presets::{PresetCard, cards, nearest, sentences};
use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::Proof;
use crate::refusal::Refusal;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_policy.html")]
struct PolicyPage {
    t: Texts,
    page: Page,
    version: i64,
    issuer: String,
    issuer_now: String,
    presets: Vec<PresetCard>,
    groups: Vec<PolicyGroup>,
    may_change_administration: bool,
}

struct PolicyGroup {
    title: String,
    fields: Vec<PolicyFieldRow>,
}

struct PolicyFieldRow {
    id: String,
    key: &'static str,
    name: String,
    meaning: String,
    effect: String,
    allowed: String,
    kind: &'static str,
    value: String,
    now: String,
    min: &'static str,
    max: &'static str,
    options: Vec<PolicyOption>,
    differs: bool,
    preset_value: String,
}

struct PolicyOption {
    value: &'static str,
    text: String,
    selected: bool,
}

impl PolicyFieldRow {
    /// `preset` is what the preset that the policy comes from has here.
    fn new(field: &'static PolicyField, form: &PolicyForm, preset: Option<&str>, texts: Texts) -> Self {
        let id = hyphenated(field.key);
        let typed = form.fields.get(field.key).cloned().unwrap_or_default();
        let (kind, options, min, max) = match kind(field) {
            Kind::Choice(options) => ("choice", options, "", ""),
            Kind::Number { min, max, .. } => ("number", Vec::new(), min, max),
            Kind::Text => ("text", Vec::new(), "", ""),
        };
        let option = |value: &'static str| PolicyOption {
            value,
            text: value_text(field, value, texts),
            selected: value == typed.value,
        };
        let effect = format!("policy-{id}-change");
        Self {
            key: field.key,
            name: rule_name(field.key, texts),
            meaning: texts.say(&format!("policy-{id}")),
            effect: if texts.has(&effect) { texts.say(&effect) } else { String::new() },
            allowed: allowed_text(field, texts),
            kind,
            min,
            max,
            options: options.into_iter().map(option).collect(),
            differs: preset.is_some_and(|preset| preset != typed.value),
            preset_value: preset.map(|preset| value_text(field, preset, texts)).unwrap_or_default(),
            value: typed.value,
            now: typed.now,
            id,
        }
    }
}

fn groups(realm: &Realm, form: &PolicyForm, texts: Texts) -> Vec<PolicyGroup> {
    let preset = nearest(&realm.policy).map(|(_, document)| values(&document));
    let mut groups: Vec<(&str, PolicyGroup)> = Vec::new();
    for field in PolicyField::ALL {
        let name = field.key.split('.').next().unwrap_or_default();
        if groups.last().is_none_or(|(last, _)| *last != name) {
            let title = texts.say(&format!("policy-group-{}", hyphenated(name)));
            groups.push((name, PolicyGroup { title, fields: Vec::new() }));
        }
        if let Some((_, group)) = groups.last_mut() {
            let preset = preset.as_ref().and_then(|values| values.get(field.key)).map(String::as_str);
            group.fields.push(PolicyFieldRow::new(field, form, preset, texts));
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What is wrong: the field, or nothing, and what to do.
type Wrong = (String, String);

fn policy_page(page: Page, administrator: &Administrator, form: PolicyForm, texts: Texts) -> PolicyPage {
    let realm = &administrator.realm;
    PolicyPage {
        t: texts,
        page,
        version: realm.version,
        presets: cards(&realm.policy, texts),
        groups: groups(realm, &form, texts),
        may_change_administration: administrator.authority.may_disable_two_factor(&realm.policy),
        issuer: form.issuer.value,
        issuer_now: form.issuer.now,
    }
}

/// The page, with what was typed and what was wrong with it.
fn answer(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    form: PolicyForm,
    status: StatusCode,
    wrong: Vec<Wrong>,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let mut page = visit.page_of("admin-policy-title", caller, "admin-policy");
    for (field, text) in wrong {
        page = page.wrong(&field, text);
    }
    let page = policy_page(page, administrator, form, texts);
    visit.show_as(status, &page)
}

/// The policy as it is.
#[handler]
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let (caller, administrator) = visit.administrator().await?;
    let form = PolicyForm::of_realm(&administrator.realm);
    answer(visit, &caller, &administrator, form, StatusCode::OK, Vec::new())
}

/// A change: of single keys, or to a preset.
#[handler]
pub(super) async fn submit(visit: Visit, request: &Request, body: Body) -> Result<Response, Refusal> {
    let form = Form::of(request, body).await?;
    let (caller, administrator) = visit.administrator().await?;
    match form.text("act") {
        "fields" => save_fields(visit, &caller, &administrator, &form).await,
        "preset" => use_preset(visit, &caller, &administrator, &form).await,
        _ => Err(Refusal::NotFound),
    }
}

/// Whether the page showed the realm as it is now.
fn is_current(realm: &Realm, form: &Form) -> bool {
    form.text("version") == realm.version.to_string()
}

/// Changes the realm. What someone else changes between the look at the version and this is kept: only changed keys are
/// sent, and the use case applies them to what the realm is then.
async fn update(
    visit: &Visit,
    administrator: &Administrator,
    issuer: Option<String>,
    policy: PolicyChange,
) -> Result<Result<(), (StatusCode, Vec<Wrong>)>, Refusal> {
    let texts = visit.texts;
    let Administrator { authority, realm, origin } = administrator.clone();
    let update = UpdateRealm { realm: realm.slug, issuer, policy, authority, origin };
    Ok(match update.execute(&visit.application).await? {
        UpdateRealmOutcome::Updated(_) => Ok(()),
        UpdateRealmOutcome::NotFound => return Err(Refusal::NotFound),
        UpdateRealmOutcome::Invalid(violations) => {
            let wrong = violations.iter().map(|violation| explained(violation, texts)).collect();
            Err((StatusCode::UNPROCESSABLE_ENTITY, wrong))
        }
        UpdateRealmOutcome::MayNotDisableTwoFactor => {
            let field = hyphenated("administration.may_disable_two_factor");
            Err((StatusCode::FORBIDDEN, vec![(field, texts.say("policy-administration-locked"))]))
        }
    })
}

async fn save_fields(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    form: &Form,
) -> Result<Response, Refusal> {
    let typed = PolicyForm::of(&administrator.realm, form);
    if typed.changes_nothing() {
        visit.notice("notice-policy-unchanged");
        return visit.go("/admin/policy");
    }
    if !is_current(&administrator.realm, form) {
        let wrong = vec![(String::new(), visit.texts.say("error-policy-changed-kept"))];
        return answer(visit, caller, administrator, typed, StatusCode::CONFLICT, wrong);
    }
    match update(&visit, administrator, typed.new_issuer(), typed.change()).await? {
        Ok(()) => {
            visit.notice("notice-policy-saved");
            visit.go("/admin/policy")
        }
        Err((status, wrong)) => answer(visit, caller, administrator, typed, status, wrong),
    }
}

/// Shows what a preset changes; applies it once that was confirmed, and only if nothing has changed since.
async fn use_preset(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    form: &Form,
) -> Result<Response, Refusal> {
    let (texts, realm) = (visit.texts, &administrator.realm);
    let preset = Preset::from_name(form.text("preset")).ok_or(Refusal::NotFound)?;
    let policy = preset.policy().map_err(|error| {
        tracing::error!(%error, "a preset is broken");
        Refusal::Internal
    })?;
    let found = differences(&realm.policy, &policy);
    if found.is_empty() {
        visit.notice("notice-policy-unchanged");
        return visit.go("/admin/policy");
    }
    let mut wrong = None;
    if form.is_ticked("confirmed") {
        if is_current(realm, form) {
            let change = PolicyChange { preset: Some(preset.name().to_owned()), patch: None };
            match update(&visit, administrator, None, change).await? {
                Ok(()) => {
                    visit.notice("notice-policy-saved");
                    return visit.go("/admin/policy");
                }
                Err((status, errors)) => {
                    wrong = errors.into_iter().next().map(|(_, text)| (status, text));
                }
            }
        } else {
            wrong = Some((StatusCode::CONFLICT, texts.say("error-policy-changed-meanwhile")));
        }
    }
    let mut page = visit.page_of("confirm-policy-title", caller, "admin-policy");
    let mut status = StatusCode::OK;
    if let Some((wrong, text)) = wrong {
        status = wrong;
        page = page.wrong("", text);
    }
    let title = texts.say(&format!("preset-{}", preset.name()));
    let hidden = [
        ("act", "preset".to_owned()),
        ("preset", preset.name().to_owned()),
        ("version", realm.version.to_string()),
        ("confirmed", "yes".to_owned()),
    ];
    let page = ConfirmPage {
        t: texts,
        page,
        text: format!("{}: {}", title, texts.say("confirm-policy-text")),
        consequences: sentences(&found, texts),
        action_url: "/admin/policy".to_owned(),
        hidden: hidden.into_iter().map(|(name, value)| HiddenField { name, value }).collect(),
        ask_reason: false,
        reason_required: false,
        reason: String::new(),
        proof: Proof::default(),
        wait: Wait::default(),
        button: texts.say("confirm-policy-button"),
        danger: false,
        cancel_url: "/admin/policy".to_owned(),
    };
    visit.show_as(status, &page)
}

#[cfg(test)]
mod tests {
    use countersign_application::{AccountId, Authority, Origin, Role, Timestamp};

    use super::super::policy_form::tests::realm;
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_key_is_a_field_of_the_page() {
        let realm = realm();
        let account_id = AccountId::new(Timestamp::from_unix_seconds(1), 0, [1; 8]);
        for language in Language::ALL {
            let texts = Texts(language);
            let authority = Authority::Administrator { account_id, role: Role::Owner };
            let administrator = Administrator { authority, realm: realm.clone(), origin: Origin::UNKNOWN };
            let page = Page { lang: language.code(), ..Page::default() };
            let html = policy_page(page, &administrator, PolicyForm::of_realm(&realm), texts).render().unwrap();
            for field in PolicyField::ALL {
                let (key, id) = (field.key, hyphenated(field.key));
                assert!(html.contains(&format!("id=\"{id}\" name=\"{key}\"")), "{key}");
                assert!(html.contains(&format!("name=\"shown.{key}\"")), "{key}");
            }
            assert!(html.contains("name=\"version\" value=\"3\"") && !html.contains("policy-value-"), "{html}");
        }
    }
}
