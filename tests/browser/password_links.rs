//! Passwords that people set themselves, by a link that an administrator made.

use countersign_tests::browser::Jar;
use countersign_tests::{Account, Server, unique};

use crate::without_browser::{between, id_of, signed_in};

#[test]
fn whoever_gets_a_link_sets_the_password_and_nobody_else_ever_knows_it() {
    let server = Server::start();
    let lee = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let kim = Account::create(server.deployment());
    let id = id_of(&kim.session(&server.client()));
    let mut jar = signed_in(&server, &lee);
    assert!(jar.get(&format!("/admin/accounts/{id}")).text().contains(&format!("/admin/accounts/{id}/password-link")));
    let act = format!("/admin/accounts/{id}/password-link");
    assert_eq!(jar.get(&act).status, 200);
    assert_eq!(jar.post(&act, &[]).status, 422, "it outlasts the session: the password is asked for");
    let made = jar.post(&act, &[("proof_password", &lee.password)]);
    let page = jar.follow(&made).text();
    let url = between(&page, "id=\"link\">", "<").to_owned();
    let path = &url[url.find("/password?").expect("the page for passwords")..];
    assert!(url.starts_with("http://localhost"), "{url}");
    // Loading the page again makes no other link; once it is passed on, it is shown no more.
    assert!(jar.follow(&made).text().contains(&url));
    let shown = between(&page, "name=\"shown\" value=\"", "\"").to_owned();
    jar.post("/admin/password-link", &[("shown", &shown)]);
    assert_eq!(jar.follow(&made).status, 303);
    // The one who gets it: looking uses nothing up.
    let mut theirs = Jar::of(&server);
    for _ in 0..2 {
        let page = theirs.get(path);
        assert!(page.status == 200 && page.text().contains(&kim.login), "{}", page.text());
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
    let token = path.split_once("token=").unwrap().1;
    let new = unique::password();
    let fields = |again: &str, password: &str| {
        [("link_token", token.to_owned()), ("password", password.to_owned()), ("password_again", again.to_owned())]
    };
    let send = |jar: &mut Jar, fields: [(&str, String); 3]| {
        jar.post("/password", &fields.iter().map(|(name, value)| (*name, &**value)).collect::<Vec<_>>())
    };
    assert_eq!(send(&mut theirs, fields("otherwise", &new)).status, 422);
    assert_eq!(send(&mut theirs, fields("password1", "password1")).status, 422);
    let set = send(&mut theirs, fields(&new, &new));
    assert_eq!((set.status, set.header("location")), (303, "/sign-in?realm=default"));
    assert!(theirs.follow(&set).text().contains("Your password is set"));
    assert_eq!(Account { password: new.clone(), ..kim.clone() }.sign_in(&server.client()).status, 200);
    assert_eq!(kim.sign_in(&server.client()).status, 401);
    // It is used up.
    assert_eq!(theirs.get(path).status, 410);
    assert_eq!(send(&mut theirs, fields(&new, &new)).status, 410);
    assert_eq!(Jar::of(&server).get("/password?token=made-up").status, 410);
}
