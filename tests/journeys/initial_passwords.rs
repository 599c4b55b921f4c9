use countersign_tests::account::text;
use countersign_tests::{Account, Server, unique};
use serde_json::json;

#[test]
fn a_password_that_an_administrator_gave_is_changed_first() {
    let server = Server::start();
    let client = server.client();
    let owner = Account::named(server.deployment(), "default", &unique::login(), "owner").session(&client);
    let kim = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };
    let body = json!({ "login": kim.login, "password": kim.password, "password_change_required": true });
    let made = owner.post("/v1/admin/accounts", body).expect(201);
    assert_eq!(made["password_change_required"], true);

    let body = kim.sign_in(&client).expect(200);
    assert_eq!(body["status"], "password_change_required", "{body}");
    let session = client.with_token(&text(&body["session"]["token"]));
    session.get("/v1/account/sessions").expect_problem(403, "password_change_required");
    let shown = session.get("/v1/account").expect(200);
    assert_eq!(
        (&shown["session"]["purpose"], &shown["password_change_required"]),
        (&json!("password_change_only"), &json!(true))
    );
    let change = |new: &str| {
        session.put("/v1/account/password", json!({ "current_password": kim.password, "new_password": new }))
    };
    change(&kim.password).expect_problem(422, "policy_violation");
    let new = unique::password();
    let full = client.with_token(&text(&change(&new).expect(200)["session"]["token"]));
    assert!(!session.is_signed_in());
    let shown = full.get("/v1/account").expect(200);
    assert_eq!((&shown["session"]["purpose"], &shown["session"]["amr"]), (&json!("full"), &json!(["pwd"])));
    Account { password: new, ..kim }.session(&client);
}

#[test]
fn the_command_line_asks_for_a_change_where_it_is_told_to() {
    let server = Server::start();
    let (client, deployment) = (server.client(), server.deployment());
    let kim = Account::create(deployment);
    kim.session(&client);
    let given = unique::password();
    let arguments = ["account", "set-password", &kim.login, "--password-stdin", "--must-change-password"];
    deployment.run_with_input(&arguments, &given).expect(0);
    let shown = deployment.run(&["account", "show", &kim.login]).expect(0).json();
    assert_eq!(shown["password_change_required"], true);
    let body = Account { password: given, ..kim }.sign_in(&client).expect(200);
    assert_eq!(body["status"], "password_change_required", "{body}");
}
