use countersign_tests::browser::{Jar, set_up_link};
use countersign_tests::{Account, Deployment, unique};

use crate::without_browser::{SESSION, begin_enrollment, begin_further, between, shown_codes};

/// The values that may stand nowhere, and what they are.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, value: &str) {
        assert!(value.len() >= 10, "{what} is there: {value:?}");
        self.0.push((what, value.to_owned()));
    }

    /// A key in the spellings in which someone might write it.
    fn add_key(&mut self, key: &str) {
        let bytes = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, key).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let groups: Vec<String> = key.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into()).collect();
        for spelling in [key.to_owned(), groups.join(" "), hex.to_uppercase(), hex, format!("{bytes:?}")] {
            self.add("a key", &spelling);
        }
    }

    fn add_codes(&mut self, codes: &[String]) {
        assert_eq!(codes.len(), 10);
        for code in codes {
            for spelling in [code.clone(), code.replace('-', ""), code.to_lowercase()] {
                self.add("a recovery code", &spelling);
            }
        }
    }

    /// The tokens that a visitor has now.
    fn add_cookies(&mut self, jar: &Jar) {
        for name in ["session", "challenge", "device", "form"] {
            for token in jar.cookie(&format!("__Host-countersign-{name}")).split('.').filter(|token| !token.is_empty())
            {
                self.add("a token", token);
                // After `cs_kind_`; there may be more underscores in it.
                self.add("a token without its prefix", token.splitn(3, '_').last().unwrap());
            }
        }
    }
}

/// Whether `code` stands in `text` as a word of its own.
fn has_word(text: &str, code: &str) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| word == code)
}

#[test]
fn no_secret_of_the_pages_is_in_the_log_or_the_metrics() {
    let server = Deployment::new().with("LOG", "trace").with("METRICS_PUBLIC", "true").start();
    let (mut secrets, mut codes) = (Secrets::default(), Vec::new());
    let link = set_up_link(&server);
    let token = link.split_once('=').unwrap().1.to_owned();
    let printed = server.log().matches(&token).count();
    let typo = unique::password();
    let kim = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };

    // Setting up, with something wrong first.
    let mut jar = Jar::of(&server);
    jar.get(&link);
    let set_up = |password, again| {
        [("setup_token", &*token), ("login", &*kim.login), ("password", password), ("password_again", again)]
    };
    assert_eq!(jar.post("/setup", &set_up(&kim.password, &typo)).status, 422);
    assert_eq!(jar.post("/setup", &set_up(&kim.password, &kim.password)).status, 303);
    secrets.add_cookies(&jar);
    // The session that chose the password is not asked for it: another one is.
    assert_eq!(jar.post("/sign-in", &[("login", &*kim.login), ("password", &*kim.password)]).status, 303);
    secrets.add_cookies(&jar);
    // Enrolling, with a wrong password and a wrong code.
    assert_eq!(jar.post("/security/enroll", &[("proof_password", &typo)]).status, 422);
    let (address, mut app) = begin_enrollment(&mut jar, &kim);
    secrets.add_key(app.secret());
    let (wrong, code) = (app.wrong_code(), app.fresh_code());
    assert_eq!(jar.post(&address, &[("code", &wrong)]).status, 422);
    let confirmed = jar.post(&address, &[("code", &code)]);
    let recovery_codes = shown_codes(&jar.follow(&confirmed));
    secrets.add_codes(&recovery_codes);
    codes.extend([wrong, code]);
    assert_eq!(jar.post("/security/recovery-codes/saved", &[("saved", "yes")]).status, 303);
    // A key for an application, a proof, other codes, another password.
    let key = [
        ("name", "Shop"),
        ("scope", "verify"),
        ("expiry", "30"),
        ("proof_password", &*kim.password),
        ("proof_code", &*recovery_codes[8]),
    ];
    let made = jar.post("/admin/api-keys", &key);
    let made = jar.follow(&made).text();
    secrets.add("a key for an application", between(&made, "id=\"key\">", "<"));
    let regenerate = [("act", "regenerate"), ("proof_password", &*kim.password), ("proof_code", &*recovery_codes[9])];
    let regenerated = jar.post("/security/recovery-codes", &regenerate);
    let fresh = shown_codes(&jar.follow(&regenerated));
    secrets.add_codes(&fresh);
    let (_, second) = begin_further(&mut jar, &kim, &fresh[9]);
    secrets.add_key(second.secret());
    let (new, code) = (unique::password(), app.fresh_code());
    let change =
        [("current_password", &*kim.password), ("new_password", &new), ("new_password_again", &new), ("code", &code)];
    let changed = jar.post("/security/password", &change);
    assert_eq!(changed.status, 303, "{}", changed.text());
    codes.push(code);
    jar.post("/sign-out", &[]);
    // Signing in: a wrong password, a password for a login, a wrong code, a right one with trust, a recovery code.
    let stray = unique::password();
    for (login, password) in [(&kim.login, &typo), (&stray, &new)] {
        assert_eq!(jar.post("/sign-in", &[("login", login), ("password", password)]).status, 422);
    }
    assert_eq!(jar.post("/sign-in", &[("login", &kim.login), ("password", &new)]).status, 303);
    secrets.add_cookies(&jar);
    let mut other = jar.clone();
    let (wrong, code) = (app.wrong_codes(2).remove(1), app.fresh_code());
    assert_eq!(jar.post("/sign-in/second-factor", &[("code", &wrong)]).status, 422);
    let trusted = jar.post("/sign-in/second-factor", &[("code", &code), ("trust", "yes")]);
    assert_eq!(trusted.status, 303, "{}", trusted.text());
    secrets.add_cookies(&jar);
    codes.extend([wrong, code]);
    assert_eq!(other.post("/sign-in", &[("login", &kim.login), ("password", &new)]).status, 303);
    for status in [303, 303] {
        assert_eq!(other.post("/sign-in/recovery-code", &[("code", &fresh[0])]).status, status);
    }
    // Secrets in places where none belongs.
    let stray_token = jar.cookie(SESSION).to_owned();
    for path in
        ["/security/", "/assets/", "/admin/accounts/", "/sign-in?realm=", "/admin/accounts?query=", "/setup?token="]
    {
        jar.get(&format!("{path}{stray_token}"));
        jar.get(&format!("{path}{stray}"));
    }
    jar.post_as_is("/security/disable", &[("form_token", &stray), (&stray, &stray)]);

    for password in [&kim.password, &typo, &new, &stray] {
        secrets.add("a password", password);
    }
    let metrics = server.client().get("/metrics").text();
    let (_, log) = server.stop();
    assert!(log.contains("\"level\":\"DEBUG\""), "the filter lets everything through: {log}");
    assert!(metrics.contains("countersign_"), "{metrics}");
    for (place, text) in [("the log", &log), ("the metrics", &metrics)] {
        for (what, value) in &secrets.0 {
            assert!(!text.contains(value), "{what} is in {place}: {value}");
        }
        for code in &codes {
            assert!(!has_word(text, code), "a code is in {place}: {code}");
        }
    }
    // It is printed for whoever started the server, and not said again.
    assert!(printed > 0 && !metrics.contains(&token));
    assert_eq!(log.matches(&token).count(), printed, "the set-up token was logged when it was used");
}
