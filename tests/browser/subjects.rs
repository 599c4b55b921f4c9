//! Subjects, as administrators meet them on the pages.

use countersign_tests::account::text;
use countersign_tests::{Account, Client, Deployment, Server, Subject, unique};
use serde_json::json;

use crate::without_browser::{id_of, signed_in};

fn key(deployment: &Deployment, client: &Client) -> Client {
    let arguments = ["api-key", "create", "--name", "shop", "--scope", "verify", "--scope", "enroll"];
    client.with_token(&text(&deployment.run(&arguments).expect(0).json()["key"]))
}

fn id_of_subject(deployment: &Deployment, subject: &str) -> String {
    text(&deployment.run(&["account", "show", "--subject", subject]).expect(0).json()["id"])
}

#[test]
fn the_audit_trail_is_filtered_by_subject_and_asks_which_is_meant_where_a_name_is_of_several() {
    let server = Server::start();
    let (deployment, client) = (server.deployment(), server.client());
    let ada = Account::named(deployment, "default", &unique::login(), "owner");
    let ada_id = id_of(&ada.session(&client));
    let key = key(deployment, &client);
    for subject in ["user-42", &ada.login] {
        Subject::enroll(&key, subject);
    }
    let (user, twin) = (id_of_subject(deployment, "user-42"), id_of_subject(deployment, &ada.login));
    let mut jar = signed_in(&server, &ada);
    for name in ["user-42", &user] {
        let page = jar.get(&format!("/admin/audit-events?account={name}"));
        assert_eq!(page.status, 200, "{name}");
        let linked = |id: &str| page.text().contains(&format!("/admin/accounts/{id}"));
        assert!(linked(&user) && !linked(&twin) && !linked(&ada_id), "{}", page.text());
        let export = jar.get(&format!("/admin/audit-events/export?format=jsonl&account={name}")).text();
        assert!(export.contains("two_factor.enabled") && export.lines().all(|line| line.contains(&user)), "{export}");
    }
    let by_application = jar.get("/admin/audit-events?actor_kind=application&login=USER").text();
    assert!(by_application.contains(&user) && !by_application.contains(&twin), "{by_application}");
    let mine = jar.get(&format!("/admin/audit-events/export?format=csv&actor={ada_id}&event=sign_in.succeeded")).text();
    assert!(mine.lines().count() > 1 && mine.lines().skip(1).all(|line| line.contains(&ada_id)), "{mine}");
    let several = jar.get(&format!("/admin/audit-events?account={}", ada.login));
    assert_eq!(several.status, 422, "{}", several.text());
    assert!(several.text().contains("An account and a subject go by this name."), "{}", several.text());
    assert!(!several.text().contains("/admin/accounts/0"), "no event is shown: {}", several.text());
    let export = jar.get(&format!("/admin/audit-events/export?format=csv&account={}", ada.login));
    assert_eq!(export.status, 303, "the list says what is wrong");
}

#[test]
fn the_page_of_a_subject_offers_nothing_that_only_those_have_who_sign_in() {
    let server = Server::start();
    let (deployment, client) = (server.deployment(), server.client());
    let ada = Account::named(deployment, "default", &unique::login(), "owner");
    let kim = Account::create(deployment);
    Subject::enroll(&key(deployment, &client), "user-42");
    let mut jar = signed_in(&server, &ada);
    let mut offers = |id: &str| {
        let page = jar.get(&format!("/admin/accounts/{id}")).text();
        ["role", "password", "require", "disable", "delete"]
            .map(|act| page.contains(&format!("\"/admin/accounts/{id}/{act}\"")))
    };
    assert_eq!(offers(&id_of(&kim.session(&client))), [true, true, true, true, true]);
    let user = id_of_subject(deployment, "user-42");
    assert_eq!(offers(&user), [false, false, false, true, true]);
    // Whoever sends it all the same makes no owner of it.
    let sent = [("role", "owner"), ("proof_password", &*ada.password)];
    assert_eq!(jar.post(&format!("/admin/accounts/{user}/role"), &sent).status, 404);
    assert_eq!(deployment.run(&["account", "show", "user-42"]).expect(0).json()["role"], "member");
    for nothing in ["role?role=owner", "password", "password-link", "require", "exempt", "by-policy"] {
        assert_eq!(jar.get(&format!("/admin/accounts/{user}/{nothing}")).status, 404, "{nothing}");
    }
    let page = jar.get(&format!("/admin/accounts/{user}")).text();
    for fact in ["<dt>Role", "<dt>Last sign-in", "<dt>Two-factor is"] {
        assert!(!page.contains(fact), "{fact} means nothing for it");
    }
    assert!(jar.get("/admin/accounts?query=user-42").text().contains("Subject"));
}

#[test]
fn all_that_concerns_a_second_factor_is_done_to_a_subject_as_to_an_account() {
    let server = Server::start();
    let (deployment, client) = (server.deployment(), server.client());
    let ada = Account::named(deployment, "default", &unique::login(), "owner");
    let key = key(deployment, &client);
    Subject::enroll(&key, "user-42");
    let user = id_of_subject(deployment, "user-42");
    let mut jar = signed_in(&server, &ada);
    let proof = ("proof_password", &*ada.password);
    let shown = || deployment.run(&["account", "show", "user-42"]).expect(0).json();
    for (act, fields, field, value) in [
        ("disable", vec![], "disabled", json!(true)),
        ("enable", vec![proof], "disabled", json!(false)),
        ("disable-two-factor", vec![proof, ("reason", "lost the phone")], "two_factor_enabled", json!(false)),
    ] {
        assert_eq!(jar.get(&format!("/admin/accounts/{user}/{act}")).status, 200, "{act}");
        assert_eq!(jar.post(&format!("/admin/accounts/{user}/{act}"), &fields).status, 303, "{act}");
        assert_eq!(shown()[field], value, "{act}");
    }
    assert_eq!(jar.post(&format!("/admin/accounts/{user}/unlock"), &[]).status, 303);
    // Deleting asks why.
    let delete = format!("/admin/accounts/{user}/delete");
    assert!(jar.get(&delete).text().contains("name=\"reason\""));
    assert_eq!(jar.post(&delete, &[proof]).status, 422);
    assert_eq!(jar.post(&delete, &[proof, ("reason", "left the shop")]).status, 303);
    deployment.run(&["account", "show", "user-42"]).expect(3);
    let deleted = deployment.run(&["audit", "list", "--event", "account.deleted"]).expect(0).json();
    assert_eq!(deleted["items"][0]["details"]["reason"], "left the shop");
    assert!(jar.get("/admin/audit-events?event=account.deleted").text().contains("Reason: left the shop"));
}
