use countersign_tests::account::text;
use countersign_tests::{Account, Client, Deployment, Server};
use serde_json::{Value, json};

/// What the sessions list and the activity say of the address from which `client` signs in.
fn address_of(server: &Server, client: &Client) -> [Value; 2] {
    let session = Account::create(server.deployment()).session(client);
    let sessions = session.get("/v1/account/sessions").expect(200);
    let activity = session.get("/v1/account/activity").expect(200);
    let signed_in =
        activity["items"].as_array().unwrap().iter().find(|event| text(&event["event"]) == "sign_in.succeeded");
    [sessions["items"][0]["ip"].clone(), signed_in.unwrap()["ip"].clone()]
}

#[test]
fn a_forged_forwarding_header_changes_nothing() {
    let server = Server::start();
    let mut client = server.client();
    for header in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip"] {
        client = client.with_header(header, if header == "forwarded" { "for=203.0.113.7" } else { "203.0.113.7" });
    }
    assert_eq!(address_of(&server, &client), [json!("127.0.0.1"), json!("127.0.0.1")]);
}

#[test]
fn a_trusted_proxy_is_believed_in_what_it_added_and_in_nothing_before() {
    let server = Deployment::new().with("TRUSTED_PROXIES", "127.0.0.1").start();
    let client = server.client();
    let through = |forwarded: &str| address_of(&server, &client.with_header("x-forwarded-for", forwarded));
    assert_eq!(through("203.0.113.7"), [json!("203.0.113.7"), json!("203.0.113.7")]);
    assert_eq!(through("192.0.2.1, 203.0.113.7"), [json!("203.0.113.7"), json!("203.0.113.7")]);
    assert_eq!(through("2001:db8::1")[0], "2001:db8::1");
    assert_eq!(address_of(&server, &client)[0], "127.0.0.1");
}

#[test]
fn forging_an_address_does_not_end_the_wait() {
    let server = Server::start();
    let client = server.client();
    let kim = Account::create(server.deployment());
    let guesser = Account { password: "not the password".to_owned(), ..kim };
    let from = |number: u32| client.with_header("x-forwarded-for", &format!("192.0.2.{number}"));
    let answers: Vec<u16> = (1..=15).map(|number| guesser.sign_in(&from(number)).status).collect();
    assert!(answers.contains(&429), "{answers:?}");
}

#[test]
fn it_does_not_listen_to_the_network_in_the_clear() {
    let ended = Deployment::new().with("LISTEN", "0.0.0.0:0").start_in_vain();
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.prose.contains("tls_certificate_file") && ended.prose.contains("trusted_proxies"), "{ended:?}");
}
