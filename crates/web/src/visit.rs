//! One visit of a page: who comes, from where, in which language.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use countersign_application::appearance::{Appearance, DisplayName, FindAppearance, TimeZone};
use countersign_application::caller::Caller;
use countersign_application::realm::{FindRealm, Realm, RealmSlug};
use countersign_application::session::{
    AuthenticateSession, AuthenticateSessionOutcome, EndSession, SessionGrant, SessionPurpose,
};
use countersign_application::trusted_device::RememberDevice;
use countersign_application::{AccountId, Application, Door, Origin, RealmId, UseCaseError};
use countersign_serving::origin_of;
use poem::http::{HeaderMap, Method, StatusCode, header};
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody, Response};
use secrecy::SecretString;

use crate::acting;
use crate::assets;
use crate::cookies::{Cookie, SetCookies, YEAR_SECONDS};
use crate::deep_link;
use crate::form::{Form, FormToken};
use crate::moments::in_zone;
use crate::page::{Contact, Page};
use crate::posted::Act;
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::texts::{Language, Texts};

/// What a realm is called that is not named.
pub(crate) const DEFAULT_REALM: &str = "default";

/// How the keys of notices begin that are no good news.
const BAD_NEWS: &str = "error-";

/// One visit of a page.
pub(crate) struct Visit {
    pub(crate) application: Application,
    pub(crate) origin: Origin,
    /// What the page says, in the visitor's language.
    pub(crate) texts: Texts,
    /// What the next answer sets.
    pub(crate) cookies: SetCookies,
    headers: HeaderMap,
    /// Whether this answers a form: then its address may have no page of its own.
    answers_form: bool,
    query: Vec<(String, String)>,
    form_token: FormToken,
    /// Whether an act is being carried out, and the form token has its name.
    carries_out: bool,
    /// How the realm of this visit looks, from when it was found.
    looked_up: Mutex<Option<(RealmId, Arc<Appearance>)>>,
}

impl<'a> FromRequest<'a> for Visit {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let Data(application) = Data::<&Application>::from_request(request, body).await?;
        let headers = request.headers().clone();
        let query = query_of(request);
        let mut cookies = SetCookies::default();
        let language = language_of(&headers, &query, &mut cookies);
        let browser = match FormToken::browser_of(&headers) {
            Some(token) => token.to_owned(),
            None => {
                // What a form of ours repeats holds on, or what it showed could not be found again.
                let token = match request.data::<Form>().filter(|form| form.is_ours()) {
                    Some(form) => form.token().browser,
                    None => hex::encode(application.random::<{ FormToken::BYTES }>().map_err(Refusal::from)?),
                };
                cookies.keep(Cookie::Form, &token, None);
                token
            }
        };
        let carried_out = request.data::<Act>();
        let act = match carried_out {
            Some(Act(name)) => name.clone(),
            None => new_act(application)?,
        };
        let carries_out = carried_out.is_some();
        let form_token = FormToken { browser, act, ..FormToken::default() };
        let origin = origin_of(request);
        let (application, texts, looked_up) = (application.clone(), Texts(language), Mutex::default());
        let answers_form = request.method() == Method::POST;
        Ok(Self {
            application,
            origin,
            texts,
            cookies,
            headers,
            answers_form,
            query,
            form_token,
            carries_out,
            looked_up,
        })
    }
}

/// The realm that a browser gave a password for last; none where that cannot be found out.
pub(crate) async fn familiar_realm(application: &Application, headers: &HeaderMap) -> Option<Realm> {
    let slug = RealmSlug::new(Cookie::Realm.of(headers)?).ok()?;
    FindRealm { realm: slug }.execute(application).await.ok().flatten()
}

/// A name for the acts that a page offers.
fn new_act(application: &Application) -> Result<String, Refusal> {
    Ok(hex::encode(application.random::<16>()?))
}

/// The parameters of an address.
pub(crate) fn query_of(request: &Request) -> Vec<(String, String)> {
    serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default()
}

/// The language that was chosen just now, else before, else the one that the browser likes.
pub(crate) fn language_of(headers: &HeaderMap, query: &[(String, String)], cookies: &mut SetCookies) -> Language {
    let chosen = query.iter().find(|(name, _)| name == "lang").and_then(|(_, code)| Language::from_code(code));
    if let Some(language) = chosen {
        cookies.keep(Cookie::Language, language.code(), Some(YEAR_SECONDS));
        return language;
    }
    let kept = Cookie::Language.of(headers).and_then(Language::from_code);
    kept.unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::preferred(accepted.unwrap_or_default())
    })
}

impl Visit {
    /// A parameter of the address, or nothing.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All parameters of a name.
    pub(crate) fn parameters<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The secrets of a cookie, the one used last first.
    pub(crate) fn tokens(&self, cookie: Cookie) -> Vec<SecretString> {
        cookie.tokens_of(&self.headers)
    }

    /// Adds a secret to those of a cookie.
    pub(crate) fn add_token(&mut self, cookie: Cookie, token: &SecretString, seconds: u64) {
        self.cookies.add_token(cookie, &self.headers, token, seconds);
    }

    /// Takes a secret from those of a cookie.
    pub(crate) fn remove_token(&mut self, cookie: Cookie, token: &SecretString) {
        self.cookies.remove_token(cookie, &self.headers, token);
    }

    /// What this browser's forms repeat.
    pub(crate) fn browser(&self) -> &str {
        &self.form_token.browser
    }

    /// The name of the act that is being carried out, or that the page offers.
    pub(crate) fn act(&self) -> &str {
        &self.form_token.act
    }

    /// What the forms of a page repeat. The page that answers an act offers another one.
    fn form_token_of_page(&self) -> String {
        let act = if self.carries_out { new_act(&self.application).unwrap_or_default() } else { self.act().to_owned() };
        FormToken { act, ..self.form_token.clone() }.text()
    }

    /// Says for whom the forms of the page are.
    pub(crate) fn forms_for(&mut self, whose: &str) {
        whose.clone_into(&mut self.form_token.whose);
    }

    /// The realm of a short name.
    pub(crate) async fn realm(&self, slug: &str) -> Result<Option<Realm>, Refusal> {
        let Ok(slug) = RealmSlug::new(slug) else { return Ok(None) };
        Ok(FindRealm { realm: slug }.execute(&self.application).await?)
    }

    /// How a realm looks, looked up once a visit and only by what shows it: most forms lead on to another page.
    async fn look_of(&self, realm: &Realm) -> Result<Arc<Appearance>, Refusal> {
        let known = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, found)) = known.filter(|(id, _)| *id == realm.id) {
            return Ok(found);
        }
        let found = Arc::new(FindAppearance { realm: realm.id }.execute(&self.application).await?);
        *self.looked_up.lock().unwrap_or_else(PoisonError::into_inner) = Some((realm.id, Arc::clone(&found)));
        Ok(found)
    }

    /// In which zone the page that was made tells times.
    fn zone(&self) -> TimeZone {
        let known = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().and_then(|(_, look)| look.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// The realm that this browser gave a password for last, where a page is nobody's.
    pub(crate) async fn familiar_realm(&self) -> Option<Realm> {
        familiar_realm(&self.application, &self.headers).await
    }

    /// Where to go back to, if the realm's list allows it.
    pub(crate) async fn return_address(&self, realm: &Realm, address: &str) -> Result<ReturnTo, Refusal> {
        let list = self.look_of(realm).await?.return_addresses.to_texts();
        ReturnTo::allowed(address, &list).ok_or(Refusal::ReturnAddress)
    }

    /// Keeps where an application wants its user back.
    pub(crate) fn keep_way_back(&mut self, address: &ReturnTo) {
        self.cookies.keep(Cookie::WayBack, &hex::encode(address.as_str()), None);
    }

    /// Where an application wants its user back, if the list of the user's realm allows it now.
    pub(crate) async fn way_back(&self, realm: &Realm) -> Option<ReturnTo> {
        let kept = Cookie::WayBack.of(&self.headers).and_then(|value| hex::decode(value).ok())?;
        let list = self.look_of(realm).await.ok()?.return_addresses.to_texts();
        ReturnTo::allowed(std::str::from_utf8(&kept).ok()?, &list)
    }

    /// The realm whose sign-in page comes where the address names none.
    pub(crate) fn usual_realm(&self) -> &str {
        let kept = Cookie::Realm.of(&self.headers).filter(|slug| RealmSlug::new(slug).is_ok());
        kept.unwrap_or(DEFAULT_REALM)
    }

    /// Keeps that for the next time.
    pub(crate) fn keep_realm(&mut self, slug: &str) {
        self.cookies.keep(Cookie::Realm, slug, Some(YEAR_SECONDS));
    }

    /// The frame of a page of a realm. `title` is the key of its title. What the page says may be there only once, so that it
    /// is shown even where it cannot be found out how the realm looks.
    pub(crate) async fn page(&mut self, title: &str, realm: Option<&Realm>) -> Page {
        let notice = Cookie::Notice.of(&self.headers).unwrap_or_default().to_owned();
        if !notice.is_empty() {
            self.cookies.remove(Cookie::Notice);
        }
        let query = self.query.iter().filter(|(name, _)| name != "lang");
        let query: Vec<(&str, &str)> = query.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let look = match realm {
            Some(realm) => self.look_of(realm).await.unwrap_or_default(),
            None => Arc::default(),
        };
        let issuer = realm.map_or("Countersign", |realm| &realm.issuer);
        Page {
            title: self.texts.say(title),
            lang: self.texts.0.code(),
            version: assets::VERSION,
            realm: realm.map_or(DEFAULT_REALM, |realm| realm.slug.as_str()).to_owned(),
            realm_name: look.name.as_ref().map_or(issuer, DisplayName::as_str).to_owned(),
            has_logo: look.logo.is_some(),
            has_theme: look.accent.is_some(),
            contact: Contact::of(&look),
            form_token: self.form_token_of_page(),
            notice: notice_text(&notice, self.texts),
            notice_warns: notice.starts_with(BAD_NEWS),
            ..Page::default()
        }
        .at(&query)
        .shown_once_if(self.answers_form)
    }

    /// The frame of a page of someone who is signed in.
    pub(crate) async fn page_of(&mut self, title: &str, caller: &Caller, section: &'static str) -> Page {
        let way_back = self.way_back(&caller.realm).await;
        self.forms_for(&caller.account.id.to_string());
        let (is_operator, acting) = self.acting(caller).await;
        let page = self.page(title, Some(&caller.realm)).await;
        Page {
            way_back: way_back.as_ref().map(|address| address.as_str().to_owned()).unwrap_or_default(),
            way_back_host: way_back.map(|address| address.host().to_owned()).unwrap_or_default(),
            login: caller.account.login.as_str().to_owned(),
            is_admin: caller.may_administer(),
            is_operator,
            acting,
            section,
            ..page
        }
    }

    /// Whether it is an operator, and the realm that they act in. The forms of the page are for that one. Where it cannot be
    /// found out, the forms are for the own one, and refused if that is not the one.
    async fn acting(&mut self, caller: &Caller) -> (bool, String) {
        let found = acting::administrator(&self.application, &self.headers, caller).await;
        let Some(administrator) = found.ok().flatten().filter(|found| found.authority.is_operator()) else {
            return (false, String::new());
        };
        acting::abroad(&administrator, caller).clone_into(&mut self.form_token.realm);
        (true, administrator.realm.slug.to_string())
    }

    /// Keeps in which realm an operator acts from now on.
    pub(crate) fn act_in(&mut self, account: AccountId, slug: &str) {
        self.cookies.keep(Cookie::Acting, &acting::kept(account, slug), None);
    }

    /// Keeps a session in the browser, and ends the one that the account had in it before (OWASP ASVS 5, 7.2.4); those of other
    /// people who share the browser go on. The code is spent: that the one before cannot be ended must not cost the new one.
    pub(crate) async fn begin_session(&mut self, grant: &SessionGrant) {
        let before = self.tokens(Cookie::Session);
        self.keep_session(grant, None);
        self.remember_device(grant).await;
        for token in before {
            match self.end_session(&token, grant.session.account_id).await {
                Ok(true) => self.remove_token(Cookie::Session, &token),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the session that the browser had before was not ended"),
            }
        }
    }

    /// Gives the browser what it is known by at the next sign-in. The sign-in is done: that it will have to wait with
    /// strangers must not cost it.
    async fn remember_device(&mut self, grant: &SessionGrant) {
        let remember = RememberDevice {
            account_id: grant.session.account_id,
            known_devices: self.tokens(Cookie::KnownDevice),
            origin: self.origin.clone(),
        };
        match remember.execute(&self.application).await {
            Ok(Some(token)) => self.add_token(Cookie::KnownDevice, &token, YEAR_SECONDS),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the browser was not noted as a known device"),
        }
    }

    /// Ends a session of the account, and answers whether the token is of no more use. One of the API, which somebody slipped
    /// into the browser, is ended whosever it is: it opens nothing here, but whoever did so shall not keep it.
    async fn end_session(&self, token: &SecretString, account: AccountId) -> Result<bool, UseCaseError> {
        for door in [Door::Pages, Door::Api] {
            let Some(before) = self.recognize(token, door).await? else { continue };
            if door == Door::Pages && before.account.id != account {
                return Ok(false);
            }
            if let Some(session_id) = before.session_id() {
                EndSession { session_id }.execute(&self.application, &before).await?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Who a token of this browser stands for, if anybody.
    async fn recognize(&self, token: &SecretString, door: Door) -> Result<Option<Box<Caller>>, UseCaseError> {
        let (token, origin) = (token.clone(), self.origin.clone().through(door));
        let authenticate = AuthenticateSession { token, origin, purpose: SessionPurpose::Look };
        Ok(match authenticate.execute(&self.application).await? {
            AuthenticateSessionOutcome::Recognized(caller) => Some(caller),
            AuthenticateSessionOutcome::Unknown
            | AuthenticateSessionOutcome::EnrollmentRequired
            | AuthenticateSessionOutcome::PasswordChangeRequired => None,
        })
    }

    /// Who is signed in to a realm in this browser, the one used last first.
    pub(crate) async fn signed_in_to(&self, realm: &Realm) -> Result<Vec<(SecretString, Box<Caller>)>, Refusal> {
        let mut found: Vec<(SecretString, Box<Caller>)> = Vec::new();
        for token in self.tokens(Cookie::Session) {
            if let Some(caller) = self.recognize(&token, Door::Pages).await?
                && caller.realm.id == realm.id
            {
                found.push((token, caller));
            }
        }
        Ok(found)
    }

    /// The address under which the browser reaches the pages: by TLS, but on this machine itself, where nothing else keeps our
    /// cookies.
    pub(crate) fn own_address(&self) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let here = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        format!("{}://{host}", if here { "http" } else { "https" })
    }

    /// Who used this browser last and is still signed in.
    pub(crate) async fn signed_in(&self) -> Result<Option<Box<Caller>>, Refusal> {
        for token in self.tokens(Cookie::Session) {
            if let Some(caller) = self.recognize(&token, Door::Pages).await? {
                return Ok(Some(caller));
            }
        }
        Ok(None)
    }

    /// Keeps a session in the browser, instead of the one that it follows.
    pub(crate) fn keep_session(&mut self, grant: &SessionGrant, instead_of: Option<&SecretString>) {
        let seconds = grant.session.expires_at.as_micros().saturating_sub(grant.session.created_at.as_micros());
        let seconds = u64::try_from(seconds / 1_000_000).unwrap_or_default();
        if let Some(before) = instead_of {
            self.remove_token(Cookie::Session, before);
        }
        self.add_token(Cookie::Session, &grant.token, seconds);
    }

    /// The next page says this once: a key of the texts.
    pub(crate) fn notice(&mut self, key: &'static str) {
        self.cookies.keep(Cookie::Notice, key, Some(60));
    }

    /// The same with one value in it.
    pub(crate) fn notice_about(&mut self, key: &'static str, name: &'static str, value: &str) {
        self.cookies.keep(Cookie::Notice, &format!("{key}.{name}.{}", hex::encode(value)), Some(60));
    }

    /// The same with a number in it.
    pub(crate) fn notice_counting(&mut self, key: &'static str, name: &'static str, number: u32) {
        self.cookies.keep(Cookie::Notice, &format!("{key}.{name}.n{number}"), Some(60));
    }

    /// Answers with a page.
    pub(crate) fn show(self, template: &impl Template) -> Result<Response, Refusal> {
        self.show_as(StatusCode::OK, template)
    }

    /// Answers with a page that says what was wrong.
    pub(crate) fn show_wrong(self, template: &impl Template) -> Result<Response, Refusal> {
        self.show_as(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    pub(crate) fn show_as(self, status: StatusCode, template: &impl Template) -> Result<Response, Refusal> {
        let html = in_zone(self.zone(), || template.render()).map_err(|error| {
            tracing::error!(%error, "a page cannot be rendered");
            Refusal::Internal
        })?;
        let mut response =
            Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8").body(html);
        self.cookies.write(response.headers_mut());
        Ok(response)
    }

    /// Goes on after a sign-in: to where an application wants its user, else to the page that was asked for before.
    pub(crate) fn go_on(mut self, return_to: Option<&ReturnTo>) -> Result<Response, Refusal> {
        let wanted = deep_link::kept(&self.headers);
        if wanted.is_some() {
            self.cookies.remove(Cookie::DeepLink);
        }
        match (return_to, wanted) {
            (Some(address), _) => self.go(address.as_str()),
            (None, Some(page)) => self.go(&page),
            (None, None) => self.go("/security"),
        }
    }

    /// Goes on to another address.
    pub(crate) fn go(self, address: &str) -> Result<Response, Refusal> {
        let mut response = Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, address).finish();
        self.cookies.write(response.headers_mut());
        Ok(response)
    }
}

/// What a notice cookie says; nothing where it says something that this program did not write.
fn notice_text(notice: &str, texts: Texts) -> String {
    let mut parts = notice.split('.');
    let key = parts.next().unwrap_or_default();
    if !(key.starts_with("notice-") || key.starts_with(BAD_NEWS)) || !texts.has(key) {
        return String::new();
    }
    let (Some(name), Some(value)) = (parts.next(), parts.next()) else { return texts.say(key) };
    if let Some(number) = value.strip_prefix('n').and_then(|digits| digits.parse::<u32>().ok()) {
        return texts.say1(key, name, &number);
    }
    let value = hex::decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    value.map_or_else(String::new, |value| texts.say1(key, name, &value))
}
