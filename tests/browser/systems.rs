//! The journeys of the five systems through the pages, under the preset of each. What each of them promises is checked
//! step by step in `tests/systems`; here it is that the pages lead through it.

use countersign_tests::browser::{Phone, Visitor, scan};
use countersign_tests::{Account, Enrolled, Realm, Server};

/// Someone in a realm of a preset, signed in.
struct Guest {
    server: Server,
    realm: Realm,
    kim: Account,
    visitor: Visitor,
}

fn guest_of(preset: &str) -> Guest {
    let server = Server::start();
    let realm = Realm::create(server.deployment(), preset);
    let kim = Account::create_in(server.deployment(), &realm);
    let visitor = Visitor::of(&server);
    visitor.sign_in(&kim);
    Guest { server, realm, kim, visitor }
}

impl Guest {
    fn is_enabled(&self) -> bool {
        self.kim.shown(self.server.deployment())["two_factor_enabled"] == true
    }

    fn fields(&self, names: &[&str]) -> Vec<bool> {
        names.iter().map(|name| self.visitor.has_field(name)).collect()
    }

    /// The codes that the page shows again, or the new ones.
    fn codes_by(&self, act: &str) -> Vec<String> {
        self.visitor.open("/security/recovery-codes");
        self.visitor.prove(&self.kim.password, || panic!("a password will do"));
        self.visitor.follow(&format!("button[value={act}]"));
        let codes = self.visitor.shown_codes();
        assert!(!codes.is_empty(), "{}", self.visitor.browser.text());
        codes
    }

    /// Turns two-factor off with the fields that are there, of which the password has to be one or not.
    fn disable(&self, password: bool, code: Option<&str>) {
        self.visitor.open("/security/disable");
        assert_eq!(self.visitor.has_field("proof_password"), password);
        match code {
            Some(code) => self.visitor.fill("proof_code", code),
            None => self.visitor.fill("proof_password", &self.kim.password),
        }
        self.visitor.send();
        self.visitor.expect_at("/security");
        assert!(!self.is_enabled());
    }

    fn sign_in_again(&self, phone: &mut Phone) {
        self.visitor.sign_out();
        self.visitor.sign_in_with(&self.kim, phone);
    }

    fn recover_with(&self, code: &str) {
        self.visitor.sign_out();
        self.visitor.give_password(&self.kim);
        self.visitor.follow("a[href^='/sign-in/recovery-code']");
        self.visitor.fill("code", code);
        self.visitor.send();
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn dokploy_leads_from_a_chosen_issuer_over_codes_to_a_proof_of_either_kind() {
    let guest = guest_of("dokploy");
    let visitor = &guest.visitor;
    visitor.open("/security/enroll");
    assert_eq!(guest.fields(&["issuer", "proof_password", "proof_code"]), [true, false, false]);
    visitor.fill("issuer", "My Server");
    visitor.send();
    let mut phone = scan(&visitor.browser);
    assert!(phone.uri.starts_with("otpauth://totp/My%20Server:"), "{}", phone.uri);
    let mut codes = visitor.shown_codes();
    assert_eq!(codes.len(), 10, "they are shown before the code is confirmed");
    visitor.send_code(&phone.app.fresh_code());
    visitor.expect_at("/security");
    guest.sign_in_again(&mut phone);
    guest.recover_with(&codes.remove(0));
    visitor.expect_at("/security/replace");
    // View and download the backup codes, then make new ones.
    assert_eq!(guest.codes_by("view"), codes);
    visitor.browser.find("[data-download]").click();
    assert!(visitor.browser.downloaded("recovery-codes.txt").contains(&codes[0]));
    let fresh = guest.codes_by("regenerate");
    assert!(fresh.len() == 10 && !fresh.contains(&codes[0]));
    // One authenticator: there is no second one.
    visitor.open("/security");
    assert!(!visitor.browser.has("main a[href='/security/enroll']"));
    guest.disable(true, Some(&phone.app.fresh_code()));
    visitor.enroll(&guest.kim);
    guest.disable(true, None);
    visitor.expect_quiet();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn pterodactyl_confirms_with_code_and_password() {
    let guest = guest_of("pterodactyl");
    let visitor = &guest.visitor;
    visitor.open("/security/enroll");
    assert_eq!(guest.fields(&["issuer", "proof_password", "proof_code"]), [false, false, false]);
    visitor.send();
    let mut phone = scan(&visitor.browser);
    assert_eq!(guest.fields(&["code", "proof_password"]), [true, true]);
    visitor.fill("proof_password", "not the password");
    visitor.send_code(&phone.app.wrong_code());
    assert!(!visitor.errors().is_empty() && !guest.is_enabled());
    visitor.fill("proof_password", &guest.kim.password);
    visitor.send_code(&phone.app.fresh_code());
    let tokens = visitor.shown_codes();
    assert!(tokens.len() == 10 && tokens.iter().all(|token| token.len() == 10), "{tokens:?}");
    visitor.tick("saved");
    visitor.send();
    guest.sign_in_again(&mut phone);
    guest.recover_with(&tokens[0]);
    visitor.expect_at("/security/replace");
    guest.disable(true, None);

    // There is no button for administrators: only the command line turns off the two-factor of others.
    let other = Enrolled::create_in(guest.server.deployment(), &guest.server.client(), &guest.realm);
    let owner = Account::create_as(guest.server.deployment(), &guest.realm, "owner");
    visitor.sign_out();
    visitor.sign_in(&owner);
    visitor.open("/admin/accounts?two_factor=enabled");
    visitor.follow("main tbody th a");
    assert!(visitor.browser.text().contains(&other.account.login));
    assert!(!visitor.browser.has("a[href$='/disable-two-factor']"));
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn docspell_has_no_recovery_codes_and_wants_a_code_to_turn_it_off() {
    let guest = guest_of("docspell");
    let visitor = &guest.visitor;
    visitor.open("/security/enroll");
    visitor.send();
    let mut phone = scan(&visitor.browser);
    // The key is behind a click.
    assert!(!visitor.browser.find("#secret").is_shown());
    visitor.send_code(&phone.app.fresh_code());
    visitor.expect_at("/security");
    assert!(!visitor.browser.has("a[href='/security/recovery-codes']"));
    visitor.sign_out();
    visitor.give_password(&guest.kim);
    assert!(!visitor.browser.has("a[href^='/sign-in/recovery-code']"));
    assert!(visitor.browser.find("main").attribute("id").is_some());
    assert!(visitor.browser.html().contains("administrator"), "the way back is named");
    visitor.send_code(&phone.app.fresh_code());
    visitor.expect_at("/security");
    guest.disable(false, Some(&phone.app.fresh_code()));
    // A new setup gets a new key.
    assert_ne!(visitor.begin_enrollment(&guest.kim.password).app.secret(), phone.app.secret());
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn dqos_shows_eight_codes_and_shows_them_again_for_the_password() {
    let guest = guest_of("dqos");
    let visitor = &guest.visitor;
    let (mut phone, mut codes) = visitor.enroll(&guest.kim);
    assert!(codes.len() == 8 && codes.iter().all(|code| code.len() == 21), "{codes:?}");
    guest.sign_in_again(&mut phone);
    guest.recover_with(&codes.remove(0));
    visitor.expect_at("/security/replace");
    visitor.open("/security/recovery-codes");
    assert_eq!(guest.fields(&["proof_password", "proof_code"]), [true, false]);
    assert_eq!(guest.codes_by("view"), codes);
    // They were not made now: there is no box to tick.
    assert!(!visitor.browser.has("[name=saved][type=checkbox]"));
    visitor.send();
    let fresh = guest.codes_by("regenerate");
    assert_eq!(fresh.len(), 8);
    guest.recover_with(&codes[0]);
    assert_eq!(visitor.errors().len(), 1, "the old ones are replaced");
    visitor.fill("code", &fresh[0]);
    visitor.send();
    visitor.expect_at("/security/replace");
    guest.disable(true, None);
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn ispconfig_shows_codes_first_and_is_turned_off_with_the_password() {
    let guest = guest_of("ispconfig");
    let visitor = &guest.visitor;
    visitor.open("/security/enroll");
    visitor.send();
    let mut phone = scan(&visitor.browser);
    let codes = visitor.shown_codes();
    assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 11), "{codes:?}");
    // To activate it, password and code are given together.
    visitor.fill("proof_password", &guest.kim.password);
    visitor.send_code(&phone.app.fresh_code());
    visitor.expect_at("/security");
    assert!(visitor.shown_codes().is_empty(), "they are not shown again");
    // One field takes a code or a recovery code.
    guest.sign_in_again(&mut phone);
    visitor.sign_out();
    visitor.give_password(&guest.kim);
    visitor.fill("code", &codes[0]);
    visitor.send();
    visitor.expect_at("/security/replace");
    visitor.open("/security/recovery-codes");
    assert!(!visitor.browser.has("button[value=view]"));
    guest.disable(true, None);

    // An administrator turns it off for any user.
    let other = Enrolled::create_in(guest.server.deployment(), &guest.server.client(), &guest.realm);
    let admin = Account::create_as(guest.server.deployment(), &guest.realm, "admin");
    visitor.sign_out();
    visitor.sign_in(&admin);
    visitor.open("/admin/accounts?two_factor=enabled");
    visitor.follow("main tbody th a");
    visitor.follow("a[href$='/disable-two-factor']");
    visitor.fill("reason", "asked by phone");
    visitor.prove(&admin.password, || panic!("no code: two-factor is off here"));
    visitor.send();
    assert!(!visitor.notice().is_empty(), "{}", visitor.browser.text());
    other.account.session(&guest.server.client());
}
