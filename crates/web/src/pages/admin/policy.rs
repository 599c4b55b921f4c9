//! The policy of the realm: presets, and every key.

use askama::Template;
use countersign_application::administration::Administrator;
use countersign_application::caller::Caller;
use countersign_application::policy::{KeyHolder, Policy, PolicyField, PolicyGroup, Preset, Values};
use countersign_application::realm::{
    CountConcerned, KeyViolation, PolicyChange, Realm, UpdateRealm, UpdateRealmOutcome, owners_keys, policy_differences,
};
use poem::http::StatusCode;
use poem::{Response, handler};

use super::confirm::{ConfirmPage, HiddenField, proof_of, unless_busy, unproven};
use super::policy_fields::{allowed_text, choices, rule_name, value_text};
use super::policy_form::{PolicyForm, explained};
use super::policy_presets::{PresetCard, cards, sentences};
use crate::form::Form;
use crate::page::Page;
use crate::pages::proof::{Wrong, given};
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::{Texts, hyphenated};
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
    groups: Vec<PolicyGroupRows>,
    is_owner: bool,
    may_change_administration: bool,
}

struct PolicyGroupRows {
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
    min: u32,
    max: u32,
    options: Vec<PolicyOption>,
    /// Only owners may change it, and the one who looks is none.
    locked: bool,
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
    fn new(
        field: &'static PolicyField,
        form: &PolicyForm,
        preset: Option<&Policy>,
        is_owner: bool,
        texts: Texts,
    ) -> Self {
        let preset = preset.map(|preset| field.value(preset.document()).to_string());
        let id = hyphenated(field.key);
        let typed = form.fields.get(field.key).cloned().unwrap_or_default();
        let (kind, min, max) = match field.values {
            Values::Switch | Values::Words { .. } => ("choice", 0, 0),
            Values::Number { min, max, or_none } => ("number", if or_none { 0 } else { min }, max),
            Values::Pattern => ("text", 0, 0),
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
            options: choices(field).iter().map(|value| option(value)).collect(),
            locked: field.who == KeyHolder::Owners && !is_owner,
            differs: preset.as_ref().is_some_and(|preset| *preset != typed.value),
            preset_value: preset.map(|preset| value_text(field, &preset, texts)).unwrap_or_default(),
            value: typed.value,
            now: typed.now,
            id,
        }
    }
}

fn groups(realm: &Realm, form: &PolicyForm, is_owner: bool, texts: Texts) -> Vec<PolicyGroupRows> {
    let preset = realm.policy.preset().policy().ok();
    let group = |group: &PolicyGroup| PolicyGroupRows {
        title: texts.say(&format!("policy-group-{}", hyphenated(group.name))),
        fields: PolicyField::ALL
            .iter()
            .filter(|field| field.group == group.name)
            .map(|field| PolicyFieldRow::new(field, form, preset.as_ref(), is_owner, texts))
            .collect(),
    };
    PolicyGroup::ALL.iter().map(group).collect()
}

/// What is wrong: the field, or nothing, and what to do.
type FieldError = (String, String);

fn policy_page(page: Page, administrator: &Administrator, form: PolicyForm, texts: Texts) -> PolicyPage {
    let realm = &administrator.realm;
    let is_owner = administrator.authority.may_change_owners_keys();
    PolicyPage {
        t: texts,
        page,
        version: realm.version,
        presets: cards(&realm.policy, is_owner, texts),
        groups: groups(realm, &form, is_owner, texts),
        is_owner,
        may_change_administration: administrator.authority.may_disable_two_factor(&realm.policy),
        issuer: form.issuer.value,
        issuer_now: form.issuer.now,
    }
}

/// The page, with what was typed and what was wrong with it.
async fn answer(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    form: PolicyForm,
    status: StatusCode,
    wrong: Vec<FieldError>,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let mut page = visit.page_of("admin-policy-title", caller, "admin-policy").await;
    for (field, text) in wrong {
        page = page.wrong(&field, text);
    }
    let page = policy_page(page, administrator, form, texts);
    visit.show_as(status, &page)
}

/// The policy as it is.
#[handler]
pub(super) async fn show(
    visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let form = PolicyForm::of_realm(&administrator.realm);
    answer(visit, &caller, &administrator, form, StatusCode::OK, Vec::new()).await
}

/// A change: of single keys, or to a preset.
#[handler]
pub(super) async fn submit(
    visit: Visit,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
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

/// A change that was asked for, and what the page that asks once more has to carry along.
struct Proposal {
    issuer: Option<String>,
    change: PolicyChange,
    lead: String,
    consequences: Vec<String>,
    hidden: Vec<HiddenField>,
}

/// What outcome of a proposal.
enum ProposalOutcome {
    Done,
    /// Not yet: the page that asks once more.
    Asked(Wrong),
    /// What was asked for cannot be.
    Refused(StatusCode, Vec<FieldError>),
}

/// Changes the realm once the administrator confirmed it with a proof: whoever may weaken the rules could otherwise do
/// without every proof from a browser that someone left open.
async fn decide(
    visit: &Visit,
    administrator: &Administrator,
    form: &Form,
    proposal: &Proposal,
) -> Result<ProposalOutcome, Refusal> {
    if !form.is_ticked("confirmed") {
        return Ok(ProposalOutcome::Asked(Wrong::default()));
    }
    let texts = visit.texts;
    let update = UpdateRealm {
        issuer: proposal.issuer.clone(),
        policy: proposal.change.clone(),
        expected_version: Some(administrator.realm.version),
        proof: given(form),
    };
    let outcome = match unless_busy(update.execute(&visit.application, administrator).await)? {
        Ok(outcome) => outcome,
        Err(busy) => return Ok(ProposalOutcome::Asked(busy)),
    };
    Ok(match outcome {
        UpdateRealmOutcome::Updated(_) => ProposalOutcome::Done,
        UpdateRealmOutcome::ChangedMeanwhile => changed_meanwhile(texts),
        UpdateRealmOutcome::Invalid(violations) => invalid(&violations, texts),
        UpdateRealmOutcome::Unproven(denial) => ProposalOutcome::Asked(unproven(denial, form)),
        UpdateRealmOutcome::OwnersKeys(keys) => owners_only(&keys, texts),
        UpdateRealmOutcome::MayNotDisableTwoFactor => {
            let field = hyphenated("administration.may_disable_two_factor");
            ProposalOutcome::Refused(StatusCode::FORBIDDEN, vec![(field, texts.say("policy-administration-locked"))])
        }
    })
}

fn changed_meanwhile(texts: Texts) -> ProposalOutcome {
    ProposalOutcome::Refused(StatusCode::CONFLICT, vec![(String::new(), texts.say("error-policy-changed-kept"))])
}

fn owners_only(keys: &[String], texts: Texts) -> ProposalOutcome {
    let wrong = keys.iter().map(|key| (hyphenated(key), texts.say("error-owners-only"))).collect();
    ProposalOutcome::Refused(StatusCode::FORBIDDEN, wrong)
}

/// Who has to enroll by it, and how soon.
async fn whom_it_concerns(visit: &Visit, realm: &Realm, policy: &Policy) -> Result<Vec<String>, Refusal> {
    let texts = visit.texts;
    let concerned = CountConcerned { realm, policy }.execute(&visit.application).await?;
    let mut sentences = Vec::new();
    if concerned.accounts > 0 {
        let days = policy.enforcement.grace_days;
        sentences.push(texts.say2("policy-concerns-accounts", "count", &concerned.accounts, "days", &days));
    }
    if concerned.administrators > 0 {
        sentences.push(texts.say1("policy-concerns-administrators", "count", &concerned.administrators));
    }
    Ok(sentences)
}

/// What only owners may change of what someone wants to change, who is none.
fn owners_part(administrator: &Administrator, before: &Policy, after: &Policy) -> Vec<String> {
    if administrator.authority.may_change_owners_keys() { Vec::new() } else { owners_keys(before, after) }
}

fn invalid(violations: &[KeyViolation], texts: Texts) -> ProposalOutcome {
    let wrong = violations.iter().map(|violation| explained(violation, texts)).collect();
    ProposalOutcome::Refused(StatusCode::UNPROCESSABLE_ENTITY, wrong)
}

/// The page that asks once more.
async fn ask(mut visit: Visit, caller: &Caller, proposal: Proposal, wrong: &Wrong) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let (proof, wait) = proof_of(&visit, caller, wrong).await?;
    let page = ConfirmPage {
        t: texts,
        page: wrong.put_on(visit.page_of("confirm-policy-title", caller, "admin-policy").await),
        text: proposal.lead,
        consequences: proposal.consequences,
        action_url: "/admin/policy".to_owned(),
        hidden: proposal.hidden,
        ask_reason: false,
        reason_required: false,
        reason: String::new(),
        proof,
        wait,
        button: texts.say("confirm-policy-button"),
        danger: false,
        // What was typed is kept.
        cancel_url: String::new(),
    };
    visit.show_as(wrong.status(), &page)
}

/// Answers with what outcome of a proposal; `typed` is what the page shows where it cannot be.
async fn finish(
    mut visit: Visit,
    (caller, administrator): (&Caller, &Administrator),
    (typed, proposal): (PolicyForm, Proposal),
    outcome: ProposalOutcome,
) -> Result<Response, Refusal> {
    match outcome {
        ProposalOutcome::Done => {
            visit.notice("notice-policy-saved");
            visit.go("/admin/policy")
        }
        ProposalOutcome::Asked(wrong) => ask(visit, caller, proposal, &wrong).await,
        ProposalOutcome::Refused(status, wrong) => answer(visit, caller, administrator, typed, status, wrong).await,
    }
}

fn unchanged(mut visit: Visit) -> Result<Response, Refusal> {
    visit.notice("notice-unchanged");
    visit.go("/admin/policy")
}

/// What every proposal carries along.
fn carried(act: &str, realm: &Realm) -> Vec<HiddenField> {
    vec![
        HiddenField::new("act", act),
        HiddenField::new("version", realm.version.to_string()),
        HiddenField::new("confirmed", "yes"),
    ]
}

async fn save_fields(
    visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    form: &Form,
) -> Result<Response, Refusal> {
    let (texts, realm) = (visit.texts, &administrator.realm);
    let typed = PolicyForm::of(realm, form);
    if form.is_ticked("back") {
        return answer(visit, caller, administrator, typed, StatusCode::OK, Vec::new()).await;
    }
    if typed.changes_nothing() {
        return unchanged(visit);
    }
    let mut proposal = Proposal {
        issuer: typed.new_issuer(),
        change: typed.change(),
        lead: texts.say("confirm-policy-text"),
        consequences: typed
            .new_issuer()
            .map(|issuer| texts.say1("confirm-policy-issuer", "issuer", &issuer))
            .into_iter()
            .collect(),
        hidden: carried("fields", realm),
    };
    proposal.hidden.extend(typed.changes().map(|(name, value)| HiddenField::new(name, value)));
    let outcome = match proposal.change.apply(&realm.policy) {
        _ if !is_current(realm, form) => changed_meanwhile(texts),
        Err(violations) => invalid(&violations, texts),
        Ok(policy) => match owners_part(administrator, &realm.policy, &policy) {
            keys if !keys.is_empty() => owners_only(&keys, texts),
            _ => {
                proposal.consequences.extend(sentences(&policy_differences(&realm.policy, &policy), texts));
                proposal.consequences.extend(whom_it_concerns(&visit, realm, &policy).await?);
                decide(&visit, administrator, form, &proposal).await?
            }
        },
    };
    finish(visit, (caller, administrator), (typed, proposal), outcome).await
}

/// Shows what a preset changes; applies it once that was confirmed, and only if nothing has changed since.
async fn use_preset(
    visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    form: &Form,
) -> Result<Response, Refusal> {
    let (texts, realm) = (visit.texts, &administrator.realm);
    if form.is_ticked("back") {
        return visit.go("/admin/policy");
    }
    let preset = Preset::from_name(form.text("preset")).ok_or(Refusal::NotFound)?;
    let policy = preset.policy().map_err(|error| {
        tracing::error!(%error, "a preset is broken");
        Refusal::Internal
    })?;
    let found = policy_differences(&realm.policy, &policy);
    if found.is_empty() {
        return unchanged(visit);
    }
    let mut proposal = Proposal {
        issuer: None,
        change: PolicyChange { preset: Some(preset.name().to_owned()), patch: None },
        lead: format!("{}: {}", texts.say(&format!("preset-{}", preset.name())), texts.say("confirm-policy-text")),
        consequences: sentences(&found, texts),
        hidden: carried("preset", realm),
    };
    proposal.consequences.extend(whom_it_concerns(&visit, realm, &policy).await?);
    proposal.hidden.push(HiddenField::new("preset", preset.name()));
    let owners = owners_part(administrator, &realm.policy, &policy);
    let outcome = if form.is_ticked("confirmed") && !is_current(realm, form) {
        changed_meanwhile(texts)
    } else if owners.is_empty() {
        decide(&visit, administrator, form, &proposal).await?
    } else {
        owners_only(&owners, texts)
    };
    finish(visit, (caller, administrator), (PolicyForm::of_realm(realm), proposal), outcome).await
}

#[cfg(test)]
mod tests {
    use countersign_application::Origin;
    use countersign_application::administration::Authority;

    use super::super::policy_form::tests::realm;
    use super::*;
    use crate::texts::Language;

    fn page_for(authority: &Authority, language: Language) -> String {
        let (realm, texts) = (realm(), Texts(language));
        let administrator =
            Administrator { authority: authority.clone(), realm: realm.clone(), origin: Origin::UNKNOWN };
        let page = Page { lang: language.code(), ..Page::default() };
        policy_page(page, &administrator, PolicyForm::of_realm(&realm), texts).render().unwrap()
    }

    fn key(made_by_owner: bool) -> Authority {
        Authority::Application { key_id: "01890000-0000-7000-8000-000000000000".parse().unwrap(), made_by_owner }
    }

    #[test]
    fn every_key_is_a_field_of_the_page() {
        for language in Language::all() {
            let html = page_for(&Authority::Operator, language);
            for field in PolicyField::ALL {
                let (key, id) = (field.key, hyphenated(field.key));
                assert!(html.contains(&format!("id=\"{id}\" name=\"{key}\"")), "{key}");
                assert!(html.contains(&format!("name=\"shown.{key}\"")), "{key}");
            }
            assert!(html.contains("name=\"version\" value=\"3\"") && !html.contains("policy-value-"), "{html}");
        }
    }

    #[test]
    fn what_only_owners_may_change_is_shown_to_others_and_not_offered() {
        for (authority, is_owner) in [(key(false), false), (key(true), true)] {
            let html = page_for(&authority, Language::default());
            for field in PolicyField::ALL {
                let offered = html.contains(&format!("name=\"{}\"", field.key));
                let shown = html.contains(&format!("id=\"{}-meaning\"", hyphenated(field.key)));
                assert!(shown && offered == (is_owner || field.who == KeyHolder::Admins), "{}", field.key);
            }
        }
    }
}
