//! All realms, for operators: which there are, a new one, and the one to act in.

use askama::Template;
use countersign_application::administration::Administrator;
use countersign_application::caller::Caller;
use countersign_application::policy::Preset;
use countersign_application::realm::{
    CreateRealm, CreateRealmOutcome, ListRealms, OperatorsOnly, PolicyChange, Realm, RealmSlug,
};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::confirm::{proof_of, unless_busy, unproven};
use crate::form::Form;
use crate::moments::{Moment, Wait};
use crate::page::Page;
use crate::pages::proof::{Proof, Wrong, given};
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

/// Where they are.
const PAGE: &str = "/admin/realms";

#[derive(Template)]
#[template(path = "admin_realms.html")]
struct RealmsPage {
    t: Texts,
    page: Page,
    realms: Vec<RealmRow>,
    slug: String,
    issuer: String,
    presets: Vec<PresetOption>,
    form_open: bool,
    proof: Proof,
    wait: Wait,
}

struct RealmRow {
    slug: String,
    issuer: String,
    created: Moment,
    is_here: bool,
}

struct PresetOption {
    name: &'static str,
    text: String,
    selected: bool,
}

/// What was typed into the form of a new realm.
struct NewRealm {
    slug: String,
    issuer: String,
    preset: String,
}

impl NewRealm {
    fn of(form: &Form) -> Self {
        let typed = |name| form.given(name).unwrap_or_default().to_owned();
        Self { slug: typed("slug"), issuer: typed("issuer"), preset: typed("preset") }
    }
}

async fn all(visit: &Visit, administrator: &Administrator) -> Result<Vec<Realm>, Refusal> {
    let found = ListRealms.execute(&visit.application, &administrator.authority).await?;
    found.map_err(|OperatorsOnly| Refusal::Forbidden)
}

async fn answer(
    mut visit: Visit,
    (caller, administrator): (&Caller, &Administrator),
    typed: Option<NewRealm>,
    broken: Option<(&'static str, String)>,
    wrong: &Wrong,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let realms = all(&visit, administrator).await?;
    let (proof, wait) = proof_of(&visit, caller, wrong).await?;
    let mut page = visit.page_of("admin-realms-title", caller, "admin-realms").await;
    let status = if broken.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { wrong.status() };
    if let Some((field, text)) = broken {
        page = page.wrong(field, text);
    }
    let form_open = typed.is_some();
    let recommended = Preset::RECOMMENDED.name().to_owned();
    let empty = NewRealm { slug: String::new(), issuer: String::new(), preset: recommended };
    let NewRealm { slug, issuer, preset } = typed.unwrap_or(empty);
    let row = |realm: &Realm| RealmRow {
        slug: realm.slug.to_string(),
        issuer: realm.issuer.clone(),
        created: Moment::new(realm.created_at, texts),
        is_here: realm.id == administrator.realm.id,
    };
    let option = |known: &Preset| PresetOption {
        name: known.name(),
        text: texts.say(&format!("preset-{}", known.name())),
        selected: known.name() == preset,
    };
    let page = RealmsPage {
        t: texts,
        page: wrong.put_on(page),
        realms: realms.iter().map(row).collect(),
        slug,
        issuer,
        presets: Preset::ALL.iter().map(option).collect(),
        form_open,
        proof,
        wait,
    };
    visit.show_as(status, &page)
}

/// The list.
#[handler]
pub(super) async fn show(
    visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    answer(visit, (&caller, &administrator), None, None, &Wrong::default()).await
}

/// Makes a realm, and goes there.
#[handler]
pub(super) async fn create(
    mut visit: Visit,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let (texts, who, typed) = (visit.texts, (&caller, &administrator), NewRealm::of(&form));
    let create = CreateRealm {
        slug: typed.slug.clone(),
        issuer: typed.issuer.clone(),
        policy: PolicyChange { preset: Some(typed.preset.clone()), patch: None },
        origin: visit.origin.clone(),
        proof: given(&form),
    };
    let outcome = match unless_busy(create.execute(&visit.application, &administrator.authority).await)? {
        Ok(outcome) => outcome,
        Err(busy) => return answer(visit, who, Some(typed), None, &busy).await,
    };
    let broken = match outcome {
        CreateRealmOutcome::Created(realm) => {
            visit.act_in(caller.account.id, realm.slug.as_str());
            visit.notice_about("notice-realm-created", "realm", realm.slug.as_str());
            return visit.go(PAGE);
        }
        CreateRealmOutcome::OperatorsOnly => return Err(Refusal::Forbidden),
        CreateRealmOutcome::Unproven(denial) => {
            return answer(visit, who, Some(typed), None, &unproven(denial, &form)).await;
        }
        CreateRealmOutcome::SlugTaken => ("slug", texts.say("error-realm-taken")),
        CreateRealmOutcome::InvalidSlug(_) => ("slug", texts.say("error-realm-slug")),
        CreateRealmOutcome::Invalid(violations) if violations.iter().any(|it| it.key == "issuer") => {
            ("issuer", texts.say("error-issuer-invalid"))
        }
        CreateRealmOutcome::Invalid(_) => ("preset", texts.say("error-realm-preset")),
    };
    answer(visit, who, Some(typed), Some(broken), &Wrong::default()).await
}

/// Goes to a realm: from now on, this operator acts there in this browser.
#[handler]
pub(super) async fn act_in(
    mut visit: Visit,
    Path(slug): Path<String>,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let slug = RealmSlug::new(&slug).map_err(|_| Refusal::NotFound)?;
    let realms = all(&visit, &administrator).await?;
    let realm = realms.iter().find(|realm| realm.slug == slug).ok_or(Refusal::NotFound)?;
    visit.act_in(caller.account.id, realm.slug.as_str());
    visit.go("/admin/accounts")
}
