//! What someone who can read the memory of the server finds there after the requests.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use countersign_tests::{Enrolled, Realm, Server, subject};

/// Which of these texts stand in the memory that a process may write to.
fn found_in<'a>(process: u32, texts: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = Vec::new();
        memory.seek(SeekFrom::Start(from)).unwrap();
        // A mapping may be gone by now, and some cannot be read.
        let _ = memory.by_ref().take(to - from).read_to_end(&mut bytes);
        let bytes = String::from_utf8_lossy(&bytes);
        found.extend(texts.iter().filter(|(_, text)| bytes.contains(text)));
    }
    found
}

#[test]
fn no_secret_outlives_its_requests_in_memory() {
    let server = Server::start();
    let realm = Realm { slug: "default".to_owned(), issuer: "Countersign".to_owned() };
    let key = realm.api_key(server.deployment(), &["verify"]).key;
    let another = realm.api_key(server.deployment(), &["verify"]).key;
    let secrets = {
        let client = server.client();
        let mut kim = Enrolled::create(server.deployment(), &client);
        let recovery_code = kim.recovery_code();
        kim.sign_in_with(&client, &recovery_code).expect(200);
        assert!(kim.session.is_signed_in());
        subject::verify(&client.with_token(&key), "user-7", "123456");
        [
            ("the password", kim.account.password.clone()),
            ("the recovery code as it was typed", recovery_code.clone()),
            ("the recovery code as it is read", recovery_code.replace('-', "")),
            ("another recovery code", kim.recovery_codes[1].clone()),
            ("the authenticator's secret", kim.authenticator.secret().to_owned()),
            ("the session's token", kim.session.token().to_owned()),
            ("the API key", key.clone()),
        ]
        // The connections end here, and with them their buffers.
    };
    let deadline = Instant::now() + Duration::from_secs(10);
    let secrets: Vec<(&str, &str)> = secrets.iter().map(|(what, secret)| (*what, secret.as_str())).collect();
    loop {
        // What a thread had on its stack stays there until it is called again, so that it is called just as deep, with what is
        // not looked for.
        for _ in 0..4 {
            subject::verify(&server.client().with_token(&another), "user-7", "123456");
        }
        let left = found_in(server.process_id(), &secrets);
        if left.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "{left:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_ne!(found_in(server.process_id(), &[("what is no secret", "countersign")]), [], "what is there is found");
}
