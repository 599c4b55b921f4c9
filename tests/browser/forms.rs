use countersign_tests::browser::Jar;
use countersign_tests::{Account, Server};

use crate::inhabited::Inhabited;
use crate::kept::{expect_unchanged, kept};
use crate::routes::{forms, routes};
use crate::without_browser::{SESSION, between, escaped, set_cookies, signed_in};

#[test]
fn every_form_that_is_not_from_a_page_of_ours_is_refused_and_changes_nothing() {
    let place = Inhabited::new();
    let jar = place.owner_at_the_pages();
    let mut elsewhere = Jar::of(&place.server);
    elsewhere.get("/sign-in");
    let stranger = elsewhere.form_token().to_owned();
    assert!(stranger.len() >= 32 && stranger != jar.form_token());
    let before = kept(place.deployment());
    let addresses: Vec<String> = forms().iter().map(|form| place.address(&form.path)).collect();
    for path in &addresses {
        let fields = place.fields(path, &place.owner.account);
        let with_token = |token: &str| jar.clone().post_as_is(path, &[&[("form_token", token)], &fields[..]].concat());
        for (what, answer) in [
            ("without a token", jar.clone().post_as_is(path, &fields)),
            ("with an empty token", with_token("")),
            ("with another visitor's token", with_token(&stranger)),
            ("with a part of the token", with_token(&jar.form_token()[1..])),
            ("without the cookie", without_form_cookie(&place).post_as_is(path, &fields)),
            ("sent by another site", jar.with_header("Sec-Fetch-Site", "cross-site").post(path, &fields)),
            ("sent by a neighboring host", jar.with_header("Sec-Fetch-Site", "same-site").post(path, &fields)),
        ] {
            assert_eq!(answer.status, 400, "{path} {what}: {}", answer.text());
            assert_eq!(answer.header("location"), "", "{path} {what}");
            let set = set_cookies(&answer);
            assert!(set.iter().all(|line| line.contains("-form=")), "{path} {what}: {set:?}");
        }
        expect_unchanged(place.deployment(), &before, path);
    }
    // It was for nothing else that they were refused.
    for path in &addresses {
        let answer = jar.clone().post(path, &place.fields(path, &place.owner.account));
        assert_ne!(answer.status, 400, "{path}: {}", answer.text());
    }
    assert_ne!(kept(place.deployment()), before);
}

/// The owner at a browser that has seen no page yet.
fn without_form_cookie(place: &Inhabited) -> Jar {
    Jar::of(&place.server).with_session(place.owner_at_the_pages().cookie(SESSION))
}

#[test]
fn a_form_of_another_media_type_is_refused_even_with_the_token() {
    // What other sites can make a browser send without asking first.
    let place = Inhabited::new();
    let mut jar = place.owner_at_the_pages();
    let token = jar.form_token().to_owned();
    let before = kept(place.deployment());
    for path in ["/security/sessions/end-others", "/security/trusted-devices/revoke-all", "/sign-out"] {
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
            let answer = jar.post_typed(path, kind, &format!("form_token={token}"));
            assert_eq!(answer.status, 400, "{path} as {kind:?}: {}", answer.text());
        }
        expect_unchanged(place.deployment(), &before, path);
    }
    assert_eq!(jar.post("/security/sessions/end-others", &[]).status, 303);
}

#[test]
fn looking_at_any_page_changes_nothing() {
    let place = Inhabited::new();
    let challenge = place.owner.challenge(&place.server.client());
    let mut jar = place.owner_at_the_pages().with_cookie("__Host-countersign-challenge", &challenge);
    let before = kept(place.deployment());
    let mut shown = 0;
    for route in routes().iter().filter(|route| route.get) {
        let path = place.address(&route.path);
        // Whatever a form would hold does nothing in an address either.
        let token = jar.form_token().to_owned();
        let fields = [&place.fields(&path, &place.owner.account)[..], &[("form_token", &token), ("format", "csv")]];
        let pairs: Vec<String> =
            fields.concat().iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        for address in [path.clone(), format!("{path}?{}", pairs.join("&"))] {
            let answer = jar.get(&address);
            // What only operators see, an owner is not shown.
            let is_for_operators = path == "/admin/realms" && answer.status == 403;
            let is_shown = [200, 303, 404, 410].contains(&answer.status);
            assert!(is_shown || is_for_operators, "{address}: {} {}", answer.status, answer.text());
            shown += usize::from(answer.status == 200);
            expect_unchanged(place.deployment(), &before, &address);
        }
    }
    assert!(shown >= 50, "{shown} pages were shown, and not only refused");
    assert!(place.owner.session.is_signed_in());
}

#[test]
fn a_form_that_was_cut_off_by_the_end_of_a_session_is_kept_until_the_next_sign_in() {
    let server = Server::start();
    let (kim, lee) = (Account::create(server.deployment()), Account::create(server.deployment()));
    let mut jar = signed_in(&server, &kim);
    let page = jar.get("/security/enroll").text();
    let token = between(&page, "name=\"form_token\" value=\"", "\"").to_owned();
    let end_others = |someone: &Account| signed_in(&server, someone).post("/security/sessions/end-others", &[]);
    assert_eq!(end_others(&kim).status, 303);
    let name = "\nKim's <b>\"phone\"</b>";
    let fields = [("form_token", &*token), ("name", name), ("proof_password", &*kim.password)];
    let cut_off = jar.post_as_is("/security/enroll", &fields);
    assert_eq!(cut_off.status, 403, "{}", cut_off.text());
    let page = cut_off.text();
    assert!(page.contains("What you typed is kept") && page.contains("target=\"_blank\""), "{page}");
    assert!(!page.contains(&kim.password) && !page.contains("<b>"), "{page}");
    // As a browser reads it: the first line break of a text area is not part of it.
    let kept = between(&page, "name=\"name\" hidden>\n", "</textarea>");
    let kept = kept.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
    assert_eq!(kept, name);
    // Sent once more before the sign-in it stays where it is, and for somebody else it does nothing.
    let again = [("form_token", &*token), ("name", &*kept)];
    assert_eq!(jar.post_as_is("/security/enroll", &again).status, 403);
    jar.post("/sign-in", &[("login", &lee.login), ("password", &lee.password)]);
    assert_eq!(jar.post_as_is("/security/enroll", &again).status, 409);
    jar.post("/sign-in", &[("login", &kim.login), ("password", &kim.password)]);
    let asked = jar.post_as_is("/security/enroll", &again);
    assert!(asked.status == 422 && asked.text().contains("phone"), "{} {}", asked.status, asked.text());
    // What nobody typed is not worth a page.
    let mut jar = signed_in(&server, &lee);
    end_others(&lee);
    let nothing = jar.post("/security/sessions/end-others", &[]);
    assert_eq!((nothing.status, nothing.header("location")), (303, "/sign-in"));
}
