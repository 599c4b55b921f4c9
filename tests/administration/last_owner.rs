//! A realm keeps an owner.

use countersign_tests::{Account, Deployment, all_at_once};
use serde_json::json;

use crate::staff::{Staff, account_path, id_of};

fn owners(staff: &Staff) -> usize {
    let list = ["account", "list", "--realm", &staff.realm.slug, "--role", "owner", "--output", "json"];
    let list = staff.deployment().run(&list).expect(0).json();
    list["items"].as_array().unwrap().iter().filter(|owner| owner["disabled"] == false).count()
}

#[test]
fn of_owners_that_take_each_others_role_at_once_one_stays() {
    for change in [json!({ "role": "member" }), json!({ "disabled": true })] {
        let staff = Staff::new();
        let second = staff.account("owner").session(&staff.client());
        let pairs = vec![(&staff.owner, id_of(&second)), (&second, id_of(&staff.owner))];
        let answers = all_at_once(pairs, |(owner, id)| owner.patch(&account_path(&id, ""), change.clone()));
        assert_eq!(owners(&staff), 1, "{change}: {:?}", answers.iter().map(|it| it.status).collect::<Vec<_>>());
        // Whoever came second is told so, or is no owner any more.
        let refused = answers.iter().filter(|answer| answer.status != 200);
        for answer in refused {
            assert!([401, 403, 409].contains(&answer.status), "{}", answer.text());
        }
    }
}

#[test]
fn of_owners_that_delete_each_other_at_once_one_stays() {
    let staff = Staff::new();
    let second = staff.account("owner").session(&staff.client());
    let pairs = vec![(&staff.owner, id_of(&second)), (&second, id_of(&staff.owner))];
    all_at_once(pairs, |(owner, id)| owner.delete(&account_path(&id, "")));
    assert_eq!(owners(&staff), 1);
}

/// Runs a command on the realm.
fn run(staff: &Staff, arguments: &[&str]) -> countersign_tests::Finished {
    staff.deployment().run(&[arguments, &["--realm", &staff.realm.slug]].concat())
}

#[test]
fn the_command_line_takes_the_last_owner_away_only_when_it_is_told_so() {
    let staff = Staff::new();
    let owner = staff.owner.get("/v1/account").expect(200)["login"].as_str().unwrap().to_owned();
    for arguments in [vec!["account", "set-role", &owner, "member"], vec!["account", "delete", &owner, "--yes"]] {
        let refused = run(&staff, &arguments).expect(1);
        assert!(refused.prose.contains("last owner") && refused.prose.contains("--yes-the-last-owner"), "{refused:?}");
        assert_eq!(owners(&staff), 1, "{arguments:?}");
    }
    run(&staff, &["account", "set-role", &owner, "admin", "--yes-the-last-owner"]).expect(0);
    assert_eq!(owners(&staff), 0);
    run(&staff, &["account", "set-role", &owner, "owner"]).expect(0);
    run(&staff, &["account", "delete", &owner, "--yes", "--yes-the-last-owner"]).expect(0);
    assert_eq!(owners(&staff), 0);
    // With another one, nothing needs to be said.
    let [first, second] = ["owner", "owner"].map(|role| staff.account(role));
    run(&staff, &["account", "delete", &first.login, "--yes"]).expect(0);
    run(&staff, &["account", "delete", &second.login, "--yes"]).expect(1);
}

#[test]
fn over_a_server_nobody_takes_the_last_owner_away() {
    let staff = Staff::new();
    let key = staff.realm.api_key(staff.deployment(), &["admin"]).key;
    let url = format!("http://{}", staff.server.address());
    let owner = staff.owner.get("/v1/account").expect(200)["login"].as_str().unwrap().to_owned();
    let delete = ["account", "delete", &owner, "--yes", "--yes-the-last-owner", "--server", &url];
    Deployment::new().with("TOKEN", &key).run(&delete).expect(2);
    assert_eq!(owners(&staff), 1);
}

#[test]
fn the_set_up_link_makes_no_owner_once_there_was_one() {
    use countersign_tests::browser::{Jar, set_up_link};
    use countersign_tests::{Server, unique};
    for by_the_link in [true, false] {
        let server = Server::start();
        let link = set_up_link(&server);
        let token = link.split_once('=').unwrap().1.to_owned();
        let mut jar = Jar::of(&server);
        let mut make = |login: &str| {
            jar.get(&link);
            let password = unique::password();
            let fields =
                [("setup_token", &*token), ("login", login), ("password", &password), ("password_again", &password)];
            let answer = jar.post("/setup", &fields);
            (answer.status, answer.header("location").to_owned())
        };
        let first = unique::login();
        if by_the_link {
            assert_eq!(make(&first), (303, "/security/enroll".to_owned()));
        } else {
            Account::named(server.deployment(), "default", &first, "owner");
        }
        let delete = ["account", "delete", &first, "--yes", "--yes-the-last-owner"];
        server.deployment().run(&delete).expect(0);
        assert_eq!(make(&unique::login()).0, 410, "by the link: {by_the_link}");
        assert_eq!(server.deployment().query("SELECT COUNT(*) FROM account").trim(), "0");
    }
}
