//! How much of the store a page reads before it changes something: who asks, and in which realm, is found out once.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_application::account::{Account, Role};
use countersign_application::ports::Clock;
use countersign_serving::Frame;
use countersign_testing::{MemoryStore, PASSWORD, Phone, TestApplication, an_account, application, keep};
use poem::endpoint::BoxEndpoint;
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, EndpointExt, Request, Response};

/// A browser at the pages.
struct Browser {
    pages: BoxEndpoint<'static, Response>,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new(test: &TestApplication) -> Self {
        let pages = Frame::new(test.application.clone()).around(countersign_web::service(test.application.clone()));
        Self { pages: pages.boxed(), cookies: BTreeMap::new() }
    }

    async fn ask(&mut self, method: Method, path: &str, body: String) -> (StatusCode, String) {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path.parse().unwrap())
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let response = self.pages.call(request).await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        (response.status(), location.unwrap_or_default())
    }

    /// Opens the sign-in page, and so has what the forms have to repeat.
    async fn arrive(&mut self) {
        assert_eq!(self.ask(Method::GET, "/sign-in", String::new()).await.0, StatusCode::OK);
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let token = self.cookies["__Host-countersign-form"].clone();
        let fields = [fields, &[("form_token", &token)]].concat();
        self.ask(Method::POST, path, serde_urlencoded::to_string(fields).unwrap()).await
    }
}

/// A realm with an owner who has a phone, and somebody else who has one.
struct Place {
    store: MemoryStore,
    test: TestApplication,
    owner: Account,
    phone: Phone,
    member: Account,
}

impl Place {
    async fn new() -> Self {
        let (store, realm) = (MemoryStore::new(), countersign_testing::the_default_realm());
        let test = application(Arc::new(store.clone()));
        let owner = Account { role: Role::Owner, ..an_account(&realm, "owner@example.org") };
        let member = an_account(&realm, "member@example.org");
        keep(&store, &[&realm, &owner, &member]).await;
        let phone = Phone::enrolled(&store, &realm, &owner).await;
        Phone::enrolled(&store, &realm, &member).await;
        Self { store, test, owner, phone, member }
    }

    /// The next code of the owner, while the last use of the session is still noted.
    fn fresh_code(&self) -> String {
        self.test.clock.advance_seconds(30);
        self.phone.code(self.test.clock.now())
    }

    /// A browser in which the owner has given the password.
    async fn challenged(&self) -> Browser {
        let mut browser = Browser::new(&self.test);
        browser.arrive().await;
        let password = [("login", self.owner.login.as_str()), ("password", PASSWORD)];
        let led = browser.post("/sign-in", &password).await;
        assert_eq!(led, (StatusCode::SEE_OTHER, "/sign-in/second-factor".to_owned()));
        browser
    }
}

#[tokio::test]
async fn a_second_factor_on_the_page_reads_at_most_4_times_before_its_unit_of_work() {
    let place = Place::new().await;
    let mut browser = place.challenged().await;
    let code = place.fresh_code();
    place.store.count_reads();
    let led = browser.post("/sign-in/second-factor", &[("code", &code)]).await;
    assert_eq!(led, (StatusCode::SEE_OTHER, "/security".to_owned()));
    let reads = place.store.reads_before_the_first_unit().unwrap();
    assert!(reads <= 4, "{reads} reads");
}

#[tokio::test]
async fn an_administrators_act_on_the_page_reads_at_most_5_times_before_its_unit_of_work() {
    let place = Place::new().await;
    let mut browser = place.challenged().await;
    browser.post("/sign-in/second-factor", &[("code", &place.fresh_code())]).await;
    let account = format!("/admin/accounts/{}", place.member.id);
    for (act, fields) in [
        ("disable-two-factor", vec![("reason", "lost the phone")]),
        ("role", vec![("role", "admin")]),
        ("disable", vec![]),
        ("unlock", vec![]),
        ("delete", vec![("reason", "left the company")]),
    ] {
        let code = place.fresh_code();
        let fields = [&fields[..], &[("proof_password", PASSWORD), ("proof_code", &code)]].concat();
        // Whatever was noted of the last request, this one has it behind it.
        browser.ask(Method::GET, "/security", String::new()).await;
        place.store.count_reads();
        let (status, led) = browser.post(&format!("{account}/{act}"), &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{act}: {led}");
        let reads = place.store.reads_before_the_first_unit().unwrap();
        assert!(reads <= 5, "{act}: {reads} reads");
    }
    assert!(place.test.store.find_account(place.member.id).await.unwrap().is_none(), "all of it was done");
}
