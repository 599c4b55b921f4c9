use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign_tests::account::text;
use countersign_tests::{Account, Server};
use serde_json::json;

/// Signs in over and over from four threads, ends the server by `end` in the midst of it, and answers the tokens of
/// all sign-ins that were answered.
fn sign_in_until_the_end(server: &Server, account: &Account, end: impl FnOnce()) -> Vec<String> {
    let tokens = Mutex::new(Vec::new());
    let answered = AtomicUsize::new(0);
    let body = json!({ "login": account.login, "password": account.password });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Until there is no answer any more.
                while let Ok(answer) = server.client().try_send("POST", "/v1/sign-in", Some(&body)) {
                    match answer.status {
                        200 => tokens.lock().unwrap().push(text(&answer.body["session"]["token"])),
                        status => assert_eq!(status, 503, "{}", answer.text()),
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let deadline = Instant::now() + Duration::from_secs(30);
        while answered.load(Ordering::Relaxed) < 20 {
            assert!(Instant::now() < deadline, "sign-ins are answered");
            std::thread::sleep(Duration::from_millis(1));
        }
        end();
    });
    tokens.into_inner().unwrap()
}

#[track_caller]
fn all_are_kept(server: &Server, tokens: &[String]) {
    assert!(tokens.len() >= 20);
    let lost = tokens.iter().filter(|token| !server.client().with_token(token).is_signed_in()).count();
    assert_eq!(lost, 0, "of {} sign-ins that were answered", tokens.len());
}

#[test]
fn stopping_under_load_loses_no_answered_sign_in() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let tokens = sign_in_until_the_end(&server, &account, || server.ask_to_stop());
    let (deployment, log) = server.stop();
    assert!(!log.contains("panicked") && !log.contains("\"level\":\"ERROR\""), "{log}");
    all_are_kept(&deployment.start(), &tokens);
}

#[test]
fn killing_under_load_loses_no_answered_sign_in() {
    let server = Server::start();
    let account = Account::create(server.deployment());
    let tokens = sign_in_until_the_end(&server, &account, || server.kill_in_place());
    all_are_kept(&server.kill().start(), &tokens);
}

#[test]
fn a_second_server_on_the_same_address_says_so() {
    let server = Server::start();
    let other = countersign_tests::Deployment::new().with("LISTEN", &server.address().to_string());
    let ended = other.start_in_vain();
    assert!(![0, 101].contains(&ended.code), "{ended:?}");
    assert!(ended.prose.contains(&server.address().to_string()), "{}", ended.prose);
}
