//! Links for passwords, over the API and by the command line.

use countersign_tests::account::text;
use countersign_tests::browser::Jar;
use countersign_tests::{Account, Server, unique};
use serde_json::json;

use crate::remote::remote;
use crate::staff::Staff;

/// Sets a password by the page that a path leads to.
fn set(server: &Server, path: &str, password: &str) -> u16 {
    let mut jar = Jar::of(server);
    assert_eq!(jar.get(path).status, 200);
    let token = path.split_once("token=").unwrap().1.to_owned();
    jar.post("/password", &[("link_token", &token), ("password", password), ("password_again", password)]).status
}

#[test]
fn an_account_without_a_password_gets_its_first_one_by_a_link() {
    let server = Server::start();
    let owner = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let client = owner.session(&server.client());
    let proof = json!({ "password": owner.password });
    let login = unique::login();
    let made = client.post("/v1/admin/accounts", json!({ "login": login, "proof": proof })).expect(201);
    let links = format!("/v1/admin/accounts/{}/password-link", text(&made["id"]));
    client.without_proof().post(&links, json!({})).expect_problem(422, "invalid_proof");
    let link = client.post(&links, json!({ "proof": proof })).expect(201);
    assert!(link["expires_at"].as_str().unwrap().ends_with('Z'), "{link}");
    let password = unique::password();
    assert_eq!(set(&server, &text(&link["path"]), &password), 303);
    let kim = Account { realm: "default".to_owned(), login, password };
    assert_eq!(kim.sign_in(&server.client()).status, 200);
    // What somebody did is told, and never the link.
    let events = client.get("/v1/admin/audit-events?event=password.link_issued").expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "{events}");
    assert!(!events.to_string().contains(text(&link["path"]).rsplit('.').next().unwrap()));
}

#[test]
fn the_command_line_makes_links_beside_the_database_and_over_a_server() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let made = server.deployment().run(&["account", "password-link", &kim.login, "--output", "json"]).expect(0).json();
    let password = unique::password();
    assert_eq!(set(&server, &text(&made["path"]), &password), 303);
    assert_eq!(Account { password, ..kim }.sign_in(&server.client()).status, 200);
    assert_eq!(server.deployment().run(&["account", "password-link", "nobody@example.org"]).code, 3);

    let staff = Staff::new();
    let (link, member) = (["account", "password-link"], staff.account("member"));
    let there = remote(&staff, staff.owner.token(), &[link[0], link[1], &member.login], "").expect(0).json();
    let password = unique::password();
    assert_eq!(set(&staff.server, &text(&there["path"]), &password), 303);
    // A subject signs in nowhere.
    let subject = countersign_tests::subject::path("user-7", "authenticators");
    staff.key(&["enroll"]).post(&subject, json!({ "label": "user 7" })).expect(201);
    let refused = remote(&staff, staff.owner.token(), &[link[0], link[1], "--subject", "user-7"], "");
    assert!(refused.code == 1 && refused.prose.contains("has no password"), "{}", refused.prose);
}

#[test]
fn of_many_that_use_a_link_at_once_one_sets_the_password() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let made = server.deployment().run(&["account", "password-link", &kim.login, "--output", "json"]).expect(0).json();
    let path = text(&made["path"]);
    let token = path.split_once("token=").unwrap().1;
    // Each has looked at the link before: hashing takes long enough for all of them to do so before one is through.
    let tries: Vec<(Jar, String)> = (0..8)
        .map(|_| {
            let mut jar = Jar::of(&server);
            assert_eq!(jar.get(&path).status, 200);
            (jar, unique::password())
        })
        .collect();
    let answers = countersign_tests::all_at_once(tries, |(mut jar, password)| {
        let fields = [("link_token", token), ("password", &*password), ("password_again", &password)];
        (jar.post("/password", &fields).status, password)
    });
    let set: Vec<&String> = answers.iter().filter(|(status, _)| *status == 303).map(|(_, password)| password).collect();
    assert_eq!(set.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|(status, _)| [303, 410].contains(status)), "{answers:?}");
    assert_eq!(Account { password: set[0].clone(), ..kim }.sign_in(&server.client()).status, 200);
}
