//! An operator at the pages: in which realm they act, and that a form acts in no other.

use countersign_tests::browser::{Jar, Look, Scheme, Visitor, Width};
use countersign_tests::{Account, Realm, Server, unique};

use crate::kept::{expect_unchanged, kept};
use crate::without_browser::{form_token_of, id_of, signed_in};

struct Office {
    server: Server,
    realm: Realm,
    operator: Account,
    jar: Jar,
}

impl Office {
    fn new() -> Self {
        let server = Server::start();
        let realm = Realm::create(server.deployment(), "recommended");
        let operator = named(&server, "default", "operator");
        let jar = signed_in(&server, &operator);
        Self { server, realm, operator, jar }
    }

    /// Goes to a realm.
    fn go_to(&mut self, slug: &str) {
        let token = form_token_of(&self.jar.get("/admin/realms"));
        let gone = self.jar.post_as_is(&format!("/admin/realms/{slug}/act"), &[("form_token", &token)]);
        assert_eq!((gone.status, gone.header("location")), (303, "/admin/accounts"), "{}", gone.text());
    }

    fn send(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> countersign_tests::Answer {
        let proof = ("proof_password", &*self.operator.password);
        self.jar.clone().post_as_is(path, &[&[("form_token", token), proof], fields].concat())
    }
}

fn named(server: &Server, realm: &str, role: &str) -> Account {
    Account::named(server.deployment(), realm, &unique::login(), role)
}

fn acting(jar: &mut Jar, path: &str) -> Option<String> {
    let page = jar.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.text());
    let text = page.text();
    Some(text.split_once("data-acting=\"")?.1.split('"').next()?.to_owned())
}

#[test]
fn an_operator_goes_from_realm_to_realm_and_every_page_says_where() {
    let mut office = Office::new();
    let kim = named(&office.server, &office.realm.slug, "member");
    let lee = named(&office.server, "default", "member");
    let pages =
        ["accounts", "accounts/new", "policy", "appearance", "audit-events", "statistics", "api-keys", "realms"];
    let slug = office.realm.slug.clone();
    for (realm, whose, not) in [("default", &lee, &kim), (&*slug, &kim, &lee), ("default", &lee, &kim)] {
        if acting(&mut office.jar, "/admin/realms").as_deref() != Some(realm) {
            office.go_to(realm);
        }
        for page in pages {
            assert_eq!(acting(&mut office.jar, &format!("/admin/{page}")).as_deref(), Some(realm), "{page}");
        }
        let accounts = office.jar.get("/admin/accounts").text();
        assert!(accounts.contains(&whose.login) && !accounts.contains(&not.login), "{realm}: {accounts}");
        let id = id_of(&not.session(&office.server.client()));
        assert_eq!(office.jar.get(&format!("/admin/accounts/{id}")).status, 404, "{realm}");
        assert_eq!(acting(&mut office.jar, "/security"), None, "the own account is at home everywhere");
    }
    // A new realm is gone to at once, and its first owner made there.
    let token = form_token_of(&office.jar.get("/admin/realms"));
    let new = [("slug", "panel"), ("issuer", "Panel"), ("preset", "dqos")];
    for (fields, said) in [
        (&[("slug", "UPPER"), ("issuer", "Panel"), ("preset", "dqos")][..], "id=\"slug-error\""),
        (&[("slug", "default"), ("issuer", "Panel"), ("preset", "dqos")], "id=\"slug-error\""),
        (&[("slug", "panel"), ("issuer", "a:b"), ("preset", "dqos")], "id=\"issuer-error\""),
        (&[("slug", "panel"), ("issuer", "Panel"), ("preset", "best")], "id=\"preset-error\""),
    ] {
        let answer = office.send("/admin/realms", &token, fields);
        assert!(answer.status == 422 && answer.text().contains(said), "{said}: {}", answer.text());
    }
    let unproven = office.jar.clone().post_as_is("/admin/realms", &[&[("form_token", &*token)], &new[..]].concat());
    assert!(unproven.status == 422 && unproven.text().contains("value=\"panel\""), "{}", unproven.text());
    let made = office.jar.post_as_is(
        "/admin/realms",
        &[&[("form_token", &*token), ("proof_password", &*office.operator.password)], &new[..]].concat(),
    );
    assert_eq!(made.status, 303, "{}", made.text());
    assert_eq!(acting(&mut office.jar, "/admin/accounts").as_deref(), Some("panel"));
}

#[test]
fn a_form_made_for_one_realm_never_acts_in_another() {
    let mut office = Office::new();
    let (slug, client) = (office.realm.slug.clone(), office.server.client());
    let kim = id_of(&named(&office.server, &slug, "member").session(&client));
    let lee = id_of(&named(&office.server, "default", "member").session(&client));
    let (login, password) = (unique::login(), unique::password());
    let forms = |whom: &str| {
        vec![
            ("/admin/accounts/new".to_owned(), vec![("login", &*login), ("password", &*password)]),
            (format!("/admin/accounts/{whom}/password"), vec![("password", &*password)]),
            (format!("/admin/accounts/{whom}/role"), vec![("role", "admin")]),
            (format!("/admin/accounts/{whom}/disable"), vec![]),
            (format!("/admin/accounts/{whom}/delete"), vec![]),
            (format!("/admin/accounts/{whom}/unlock"), vec![]),
            (
                "/admin/policy".to_owned(),
                vec![("act", "fields"), ("version", "1"), ("totp.digits", "8"), ("confirmed", "yes")],
            ),
            ("/admin/appearance".to_owned(), vec![("name", "Elsewhere")]),
            ("/admin/api-keys".to_owned(), vec![("name", "Key"), ("scope", "verify"), ("expiry", "never")]),
        ]
    };
    for (made_for, sent_in, whom) in [("default", &*slug, &lee), (&*slug, "default", &kim), ("default", &*slug, &kim)] {
        if acting(&mut office.jar, "/admin/realms").as_deref() != Some(made_for) {
            office.go_to(made_for);
        }
        let token = form_token_of(&office.jar.get("/admin/accounts/new"));
        // In another window.
        office.go_to(sent_in);
        let before = kept(office.server.deployment());
        for (path, fields) in forms(whom) {
            let answer = office.send(&path, &token, &fields);
            assert_eq!(answer.status, 409, "{path} of {made_for} in {sent_in}: {}", answer.text());
            assert!(answer.text().contains("/admin/realms"), "{}", answer.text());
            // Nor one that names no realm at all, where that would not be the own one.
            let bare = token.split('.').next().unwrap();
            if sent_in != "default" {
                assert_eq!(office.send(&path, bare, &fields).status, 409, "{path} in {sent_in}");
            }
        }
        expect_unchanged(office.server.deployment(), &before, sent_in);
    }
    // In the realm of its page each does what it is for, and its act is an operator's.
    let token = form_token_of(&office.jar.get("/admin/accounts/new"));
    let (path, fields) = forms(&kim).swap_remove(2);
    let done = office.send(&path, &token, &fields);
    assert_eq!(done.status, 303, "{}", done.text());
    let trail = office.jar.get("/admin/audit-events?event=account.updated").text();
    assert!(trail.contains("Operator "), "{trail}");
}

#[test]
fn nobody_else_goes_anywhere_whatever_their_browser_says() {
    let office = Office::new();
    let slug = &*office.realm.slug;
    for (realm, role) in [("default", "owner"), ("default", "admin"), (slug, "owner")] {
        let account = named(&office.server, realm, role);
        let id = id_of(&account.session(&office.server.client()));
        let away = if realm == "default" { slug } else { "default" };
        let jar = signed_in(&office.server, &account).with_cookie("__Host-countersign-acting", &format!("{id}.{away}"));
        let (near, far) = (named(&office.server, realm, "member"), named(&office.server, away, "member"));
        let page = jar.clone().get("/admin/accounts").text();
        assert!(page.contains(&near.login) && !page.contains(&far.login), "{role} of {realm}: {page}");
        assert!(!page.contains("/admin/realms") && !page.contains("data-acting"), "{role} of {realm}: {page}");
        for path in ["/admin/realms", &format!("/admin/realms/{away}/act")] {
            let answer =
                jar.clone().post(path, &[("slug", "theirs"), ("issuer", "A"), ("proof_password", &account.password)]);
            assert_eq!(answer.status, 403, "{role} of {realm} at {path}: {}", answer.text());
        }
        assert_eq!(jar.clone().get("/admin/realms").status, 403, "{role} of {realm}");
    }
    // Of two operators who share a browser, each is where they went.
    let other = named(&office.server, "default", "operator");
    let id = id_of(&office.operator.session(&office.server.client()));
    let shared = signed_in(&office.server, &other).with_cookie("__Host-countersign-acting", &format!("{id}.{slug}"));
    assert_eq!(acting(&mut shared.clone(), "/admin/accounts").as_deref(), Some("default"));
    let nowhere = office.jar.with_cookie("__Host-countersign-acting", &format!("{id}.nowhere"));
    assert_eq!(acting(&mut nowhere.clone(), "/admin/accounts").as_deref(), Some("default"));
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn an_operator_switches_realms_at_a_browser_that_everyone_can_use() {
    let office = Office::new();
    for visitor in [Visitor::of(&office.server), Visitor::without_scripts(&office.server)] {
        visitor.sign_in(&office.operator);
        visitor.open("/admin/realms");
        visitor.follow(&format!("form[action='/admin/realms/{}/act'] button", office.realm.slug));
        visitor.expect_at("/admin/accounts");
        assert!(visitor.browser.find("[data-acting]").text().contains(&office.realm.slug));
        visitor.follow("[data-acting] a");
        visitor.follow("form[action='/admin/realms/default/act'] button");
        assert!(visitor.browser.find("[data-acting]").text().contains("default"));
        visitor.expect_quiet();
    }
    let visitor = Visitor::of(&office.server);
    visitor.sign_in(&office.operator);
    let mut faults = Vec::new();
    let narrow = Look { width: Width::Narrow, scheme: Scheme::Light };
    for path in ["/admin/realms", "/admin/accounts", "/admin/accounts/new", "/admin/appearance"] {
        visitor.open(path);
        for look in Look::ALL.into_iter().chain([narrow]) {
            visitor.browser.look(look);
            visitor.browser.execute("document.querySelectorAll('details').forEach(it => it.open = true)");
            faults.extend(visitor.browser.violations().iter().map(|it| format!("{path} {}: {it}", look.name())));
            let wide = "return document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth";
            assert_eq!(visitor.browser.execute(wide), 0, "{path} {}", look.name());
        }
        visitor.browser.look(Look::DESK);
    }
    assert!(faults.is_empty(), "{} violations:\n{}", faults.len(), faults.join("\n"));
}
