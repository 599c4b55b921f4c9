//! How the realm looks, whom its users ask, and where they may go back to.

use askama::Template;
use countersign_application::administration::Administrator;
use countersign_application::appearance::{
    Accent, Appearance, AppearanceChange, Color, ContactLink, ContactName, DisplayName, FindAppearance,
    ReturnAddresses, ReturnAddressesError, SetAppearance, SetAppearanceOutcome, Setting, TimeZone,
};
use countersign_application::caller::Caller;
use countersign_application::realm::KeyViolation;
use poem::http::StatusCode;
use poem::{Response, handler};

use super::UPLOAD;
use super::confirm::{proof_of, unless_busy, unproven};
use super::policy_form::{Field, SHOWN};
use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::{Proof, Wrong, given};
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::{Texts, hyphenated};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_appearance.html")]
struct AppearancePage {
    t: Texts,
    page: Page,
    issuer: String,
    fields: Fields,
    zones: Vec<&'static str>,
    samples: Vec<Sample>,
    has_logo: bool,
    remove_logo: bool,
    is_owner: bool,
    proof: Proof,
    wait: Wait,
}

/// What is typed, of everything that is one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Fields {
    name: Field,
    accent: Field,
    contact_name: Field,
    contact_link: Field,
    time_zone: Field,
    /// A line each.
    return_addresses: Field,
}

/// How a button looks on a ground.
struct Sample {
    ground: &'static str,
    text: &'static str,
    color: Color,
    on_it: Color,
}

impl Fields {
    fn of_realm(now: &Appearance) -> Self {
        Self::read(now, |_| None)
    }

    /// What was typed, on what holds now.
    fn of(now: &Appearance, form: &Form) -> Self {
        Self::read(now, |name| {
            form.fields().find(|(field, _)| *field == name).map(|(_, value)| lines(value).join("\n"))
        })
    }

    fn read(now: &Appearance, sent: impl Fn(&str) -> Option<String>) -> Self {
        let field = |name: &str, now: Option<&str>| {
            let shown = sent(&format!("{SHOWN}{name}"));
            Field::of(now.unwrap_or_default(), sent(name).as_deref(), shown.as_deref())
        };
        let accent = now.accent.map(|accent| accent.to_string());
        Self {
            name: field("name", now.name.as_ref().map(DisplayName::as_str)),
            accent: field("accent", accent.as_deref()),
            contact_name: field("contact_name", now.contact_name.as_ref().map(ContactName::as_str)),
            contact_link: field("contact_link", now.contact_link.as_ref().map(ContactLink::as_str)),
            time_zone: field("time_zone", now.time_zone.map(TimeZone::as_str)),
            return_addresses: field("return_addresses", Some(&now.return_addresses.to_texts().join("\n"))),
        }
    }

    /// What changes, with what becomes of the picture.
    fn change(&self, logo: Setting<Vec<u8>>) -> AppearanceChange {
        let text = |field: &Field| match field.change() {
            None => Setting::Keep,
            Some("") => Setting::Clear,
            Some(typed) => Setting::Set(typed.to_owned()),
        };
        let list = self.return_addresses.change();
        AppearanceChange {
            name: text(&self.name),
            accent: text(&self.accent),
            logo,
            contact_name: text(&self.contact_name),
            contact_link: text(&self.contact_link),
            time_zone: text(&self.time_zone),
            return_addresses: list.map_or(Setting::Keep, |typed| Setting::Set(lines(typed))),
        }
    }

    /// How the color looks that is typed, where it is one.
    fn samples(&self) -> Vec<Sample> {
        let Ok(accent) = Accent::new(&self.accent.value) else { return Vec::new() };
        let sample = |ground, text, color: Color| Sample { ground, text, color, on_it: color.text_on_it() };
        vec![sample("#ffffff", "#15191d", accent.on_light()), sample("#171a1d", "#eceeef", accent.on_dark())]
    }
}

/// The lines of a text that say something.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What becomes of the picture.
fn logo_of(form: &Form) -> Setting<Vec<u8>> {
    match form.file("logo") {
        Some(bytes) => Setting::Set(bytes.to_vec()),
        None if form.is_ticked("remove_logo") => Setting::Clear,
        None => Setting::Keep,
    }
}

/// What is wrong with a field, for the one who typed it.
fn explained(violation: &KeyViolation, fields: &Fields, texts: Texts) -> (String, String) {
    let key = format!("error-appearance-{}", hyphenated(&violation.key));
    let text = match (violation.key.as_str(), ReturnAddresses::new(&lines(&fields.return_addresses.value))) {
        ("return_addresses", Err(ReturnAddressesError::Address { number, .. })) => texts.say1(&key, "number", &number),
        ("return_addresses", _) => texts.say("error-appearance-return-addresses-many"),
        _ if texts.has(&key) => texts.say(&key),
        _ => format!("{} {}", violation.key, violation.rule),
    };
    (violation.key.clone(), text)
}

/// What the page shows: what is typed, and what is wrong with it.
struct Typed<'a> {
    fields: Fields,
    remove_logo: bool,
    status: StatusCode,
    broken: Vec<(String, String)>,
    wrong: &'a Wrong,
}

impl<'a> Typed<'a> {
    fn new(fields: Fields, wrong: &'a Wrong) -> Self {
        Self { fields, remove_logo: false, status: wrong.status(), broken: Vec::new(), wrong }
    }
}

async fn answer(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    now: &Appearance,
    typed: Typed<'_>,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let is_owner = administrator.authority.may_change_appearance();
    let (proof, wait) =
        if is_owner { proof_of(&visit, caller, typed.wrong).await? } else { (Proof::default(), Wait::default()) };
    let mut page = visit.page_of("admin-appearance-title", caller, "admin-appearance").await;
    for (field, text) in typed.broken {
        page = page.wrong(&field, text);
    }
    let page = AppearancePage {
        t: texts,
        page: typed.wrong.put_on(page),
        issuer: administrator.realm.issuer.clone(),
        zones: TimeZone::names(),
        samples: typed.fields.samples(),
        fields: typed.fields,
        has_logo: now.logo.is_some(),
        remove_logo: typed.remove_logo,
        is_owner,
        proof,
        wait,
    };
    visit.show_as(typed.status, &page)
}

async fn present(visit: &Visit, administrator: &Administrator) -> Result<Appearance, Refusal> {
    Ok(FindAppearance { realm: administrator.realm.id }.execute(&visit.application).await?)
}

/// How it looks now.
#[handler]
pub(super) async fn show(
    visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let now = present(&visit, &administrator).await?;
    let typed = Fields::of_realm(&now);
    answer(visit, &caller, &administrator, &now, Typed::new(typed, &Wrong::default())).await
}

/// A change; or only a look at what is typed.
#[handler]
pub(super) async fn submit(
    mut visit: Visit,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let (texts, now) = (visit.texts, present(&visit, &administrator).await?);
    let (fields, logo, nothing_wrong) = (Fields::of(&now, &form), logo_of(&form), Wrong::default());
    let typed = |wrong| Typed { remove_logo: form.is_ticked("remove_logo"), ..Typed::new(fields.clone(), wrong) };
    if form.text("act") == "preview" {
        return answer(visit, &caller, &administrator, &now, typed(&nothing_wrong)).await;
    }
    let set = SetAppearance { change: fields.change(logo), proof: given(&form) };
    let outcome = match unless_busy(set.execute(&visit.application, &administrator).await)? {
        Ok(outcome) => outcome,
        Err(busy) => return answer(visit, &caller, &administrator, &now, typed(&busy)).await,
    };
    match outcome {
        SetAppearanceOutcome::Set(_) => {
            visit.notice("notice-appearance-saved");
            visit.go(UPLOAD)
        }
        SetAppearanceOutcome::OwnersOnly => {
            let broken = vec![(String::new(), texts.say("error-owners-only"))];
            let typed = Typed { status: StatusCode::FORBIDDEN, broken, ..typed(&nothing_wrong) };
            answer(visit, &caller, &administrator, &now, typed).await
        }
        SetAppearanceOutcome::Unproven(denial) => {
            let wrong = unproven(denial, &form);
            answer(visit, &caller, &administrator, &now, typed(&wrong)).await
        }
        SetAppearanceOutcome::Invalid(violations) => {
            let broken = violations.iter().map(|violation| explained(violation, &fields, texts)).collect();
            let typed = Typed { status: StatusCode::UNPROCESSABLE_ENTITY, broken, ..typed(&nothing_wrong) };
            answer(visit, &caller, &administrator, &now, typed).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    fn now() -> Appearance {
        let change = AppearanceChange {
            name: Setting::Set("Panel".to_owned()),
            accent: Setting::Set("#0a7d55".to_owned()),
            return_addresses: Setting::Set(vec!["https://a.example/".to_owned(), "https://b.example/".to_owned()]),
            ..AppearanceChange::default()
        };
        change.apply(&Appearance::default()).unwrap()
    }

    fn changed(sent: &[(&str, &str)]) -> Appearance {
        Fields::of(&now(), &Form::of(sent)).change(Setting::Keep).apply(&now()).unwrap()
    }

    #[test]
    fn what_was_emptied_is_gone_and_what_was_not_touched_follows_others() {
        let both = "https://a.example/\r\nhttps://b.example/\r\n";
        let untouched =
            [("name", "Old"), ("shown.name", "Old"), ("return_addresses", both), ("shown.return_addresses", both)];
        assert_eq!(changed(&untouched), now());
        assert_eq!(changed(&[]), now());
        let emptied = changed(&[
            ("name", " "),
            ("shown.name", "Panel"),
            ("return_addresses", "\r\n"),
            ("shown.return_addresses", both),
        ]);
        assert!(emptied.name.is_none() && emptied.return_addresses.is_empty() && emptied.accent == now().accent);
        let typed = changed(&[("return_addresses", "  https://c.example \r\n\r\n"), ("shown.return_addresses", both)]);
        assert_eq!(typed.return_addresses.to_texts(), ["https://c.example/"]);
    }

    #[test]
    fn everything_that_can_be_typed_wrongly_is_explained_in_every_language() {
        let sent = [
            ("name", "a\u{200b}b"),
            ("accent", "red"),
            ("contact_name", "a\u{200b}b"),
            ("contact_link", "javascript:x"),
            ("time_zone", "Berlin"),
            ("return_addresses", "https://a.example/\nhttp://b.example/"),
        ];
        let fields = Fields::of(&now(), &Form::of(&sent));
        let violations = fields.change(Setting::Set(b"GIF89a".to_vec())).apply(&now()).unwrap_err();
        assert_eq!(violations.len(), 7);
        for language in Language::all() {
            for violation in &violations {
                let (field, said) = explained(violation, &fields, Texts(language));
                assert!(!said.contains(&violation.rule) && !said.contains("error-"), "{field}: {said}");
            }
        }
        let many = vec!["https://a.example/".to_owned(); 51].join("\n");
        let fields = Fields::of(&now(), &Form::of(&[("return_addresses", &many)]));
        let violations = fields.change(Setting::Keep).apply(&now()).unwrap_err();
        assert!(explained(&violations[0], &fields, Texts(Language::default())).1.contains("50"));
    }
}
