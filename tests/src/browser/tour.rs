//! A walk past every page, in most of its states.

use crate::account::{Account, Enrolled};
use crate::browser::{Phone, Visitor, scan, set_up_link};
use crate::deployment::Deployment;
use crate::server::Server;
use crate::unique;

/// Someone who walks, from the first start on: sets up, enrolls, looks after an account, administers, signs in.
pub struct Tour<S> {
    server: Server,
    visitor: Visitor,
    /// Called at every stop with its name.
    stop: S,
    owner: Account,
}

impl<S: FnMut(&str, &Visitor)> Tour<S> {
    /// Walks, as the visitor that `open` makes.
    pub fn walk(open: impl FnOnce(&Server) -> Visitor, stop: S) {
        let server = Deployment::new().start();
        let visitor = open(&server);
        let owner = Account { realm: "default".to_owned(), login: unique::login(), password: unique::password() };
        let mut tour = Self { server, visitor, stop, owner };
        tour.set_up();
        let mut phone = tour.enrollment();
        let codes = tour.own_account(&mut phone);
        let member = tour.administration(&mut phone);
        tour.messages();
        tour.sign_in(&codes);
        tour.member(&member);
    }

    fn stop(&mut self, name: &str) {
        (self.stop)(name, &self.visitor);
    }

    fn visit(&mut self, path: &str, name: &str) {
        self.visitor.open(path);
        self.stop(name);
    }

    fn set_up(&mut self) {
        let link = set_up_link(&self.server);
        self.visit(&link, "setup");
        let (login, password) = (self.owner.login.clone(), self.owner.password.clone());
        let fill = |visitor: &Visitor, again: &str| {
            visitor.fill("login", &login);
            visitor.fill("password", &password);
            visitor.fill("password_again", again);
            visitor.send();
        };
        fill(&self.visitor, "another password");
        self.stop("setup-wrong");
        fill(&self.visitor, &password);
        self.visitor.expect_at("/security/enroll");
        self.stop("enroll");
        self.visit(&link, "setup-gone");
    }

    fn enrollment(&mut self) -> Phone {
        self.visit("/security", "security-off");
        self.visitor.open("/security/enroll");
        self.visitor.fill("name", &"x".repeat(101));
        self.visitor.send();
        self.stop("enroll-wrong");
        self.visitor.fill("name", "Phone");
        self.visitor.send();
        let mut phone = scan(&self.visitor.browser);
        self.stop("enroll-confirm");
        let pending = self.visitor.browser.find("main form.form").attribute("action").unwrap();
        self.visitor.send_code(&phone.app.wrong_code());
        self.visitor.browser.find("main details summary").click();
        self.stop("enroll-confirm-wrong");
        self.visit("/security", "security-pending");
        self.visitor.open(&pending);
        self.visitor.send_code(&phone.app.fresh_code());
        self.stop("recovery-codes");
        self.visitor.tick("saved");
        self.visitor.send();
        self.stop("security-on");
        phone
    }

    fn own_account(&mut self, phone: &mut Phone) -> Vec<String> {
        // A browser elsewhere.
        self.owner.sign_in(&self.server.client());
        let remove = self.visitor.browser.find("a[href$='/remove']").attribute("href").unwrap();
        self.visit(&remove, "authenticator-remove");
        for (path, name) in [
            ("/security/enroll", "enroll-further"),
            ("/security/password", "password"),
            ("/security/sessions", "sessions"),
            ("/security/trusted-devices", "trusted-devices"),
            ("/security/activity", "activity"),
            ("/security/not-me", "not-me"),
            ("/security/disable", "disable"),
            ("/security/recovery-codes/test", "recovery-test"),
            ("/security/recovery-codes", "recovery-codes-view"),
        ] {
            self.visit(path, name);
        }
        let code = phone.app.fresh_code();
        self.visitor.fill("proof_password", "not the password");
        self.visitor.fill("proof_code", &code);
        self.visitor.follow("button[value=regenerate]");
        self.stop("recovery-codes-view-wrong");
        self.visitor.fill("proof_password", &self.owner.password.clone());
        self.visitor.fill("proof_code", &code);
        self.visitor.follow("button[value=regenerate]");
        self.stop("recovery-codes-regenerated");
        self.visitor.shown_codes()
    }

    fn administration(&mut self, phone: &mut Phone) -> Account {
        let member = Account::create(self.server.deployment());
        Account::named(self.server.deployment(), "default", "someone-with-a-long-login@subdomain.example.org", "admin");
        self.visit("/admin/accounts", "admin-accounts");
        self.visit("/admin/accounts/new", "admin-account-new");
        self.visit("/admin/accounts?query=nobody-is-called-so", "admin-accounts-none");
        self.visit("/admin/accounts/several?act=require_two_factor&all=yes", "admin-accounts-several");
        self.visitor.open(&format!("/admin/accounts?query={}", member.login.replace('@', "%40")));
        self.visitor.follow("main tbody th a");
        self.stop("admin-account");
        let enrolled = Enrolled::create(self.server.deployment(), &self.server.client());
        let account = self.visitor.path();
        for (what, name) in [
            ("/password", "admin-account-password"),
            ("/role?role=admin", "admin-account-role"),
            ("/disable", "admin-account-disable"),
            ("/delete", "admin-account-delete"),
        ] {
            self.visit(&format!("{account}{what}"), name);
        }
        self.visitor.open(&format!("/admin/accounts?query={}", enrolled.account.login.replace('@', "%40")));
        self.visitor.follow("main tbody th a");
        self.stop("admin-account-enrolled");
        self.visitor.follow("a[href$='/disable-two-factor']");
        self.stop("admin-account-disable-two-factor");
        self.visitor.open("/admin/policy");
        self.visitor.browser.find("[name=preset][value=docspell]").click();
        self.visitor.follow("main form:has([name=preset]) [type=submit]");
        self.stop("admin-policy-preset");
        for (path, name) in [
            ("/admin/policy", "admin-policy"),
            ("/admin/appearance", "admin-appearance"),
            ("/admin/audit-events", "admin-audit-events"),
            ("/admin/audit-events?account=nobody-is-called-so", "admin-audit-events-none"),
            ("/admin/statistics", "admin-statistics"),
            ("/admin/api-keys", "admin-api-keys-none"),
        ] {
            self.visit(path, name);
        }
        self.visitor.open("/admin/appearance");
        self.visitor.fill("accent", "#ffe100");
        self.visitor.fill("contact_link", "nowhere");
        self.visitor.fill("return_addresses", "nowhere");
        self.visitor.follow("main button[value=preview]");
        self.stop("admin-appearance-preview");
        self.visitor.open("/admin/api-keys");
        self.visitor.fill("name", "Web shop");
        self.visitor.browser.find("[name=scope][value=verify]").click();
        let password = self.owner.password.clone();
        self.visitor.prove(&password, || phone.app.fresh_code());
        self.visitor.send();
        self.stop("api-key-created");
        self.visit("/admin/api-keys", "admin-api-keys");
        let revoke = self.visitor.browser.find("a[href$='/revoke']").attribute("href").unwrap();
        self.visit(&revoke, "api-key-revoke");
        member
    }

    fn messages(&mut self) {
        self.visit("/security/there-is-no-such-page", "not-found");
        self.visitor.open("/security/password");
        self.visitor.browser.execute("document.querySelectorAll('[name=form_token]').forEach(it => it.value = '')");
        self.visitor.follow(".bar-in > .bar-user button");
        self.stop("form-expired");
    }

    fn sign_in(&mut self, codes: &[String]) {
        self.visitor.sign_out();
        self.stop("signed-out");
        let owner = self.owner.clone();
        self.visit("/sign-in", "sign-in");
        self.visitor.give_password(&Account { password: "not the password".to_owned(), ..owner.clone() });
        self.stop("sign-in-wrong");
        self.visitor.give_password(&owner);
        self.stop("second-factor");
        self.visitor.follow("a[href^='/sign-in/recovery-code']");
        self.stop("recovery-code");
        self.visitor.fill("code", "not a code");
        self.visitor.send();
        self.stop("recovery-code-wrong");
        // What was wrong before counts no more.
        self.server.deployment().run(&["account", "unlock", &owner.login]).expect(0);
        self.visitor.open("/sign-in/second-factor");
        self.visitor.send_code("000000");
        self.stop("second-factor-wrong");
        let policy = ["realm", "set-policy", "--realm", "default", "throttle.free_failures=1"];
        self.server.deployment().run(&policy).expect(0);
        self.visitor.send_code("000001");
        self.stop("second-factor-waiting");
        self.visitor.open("/sign-in/recovery-code");
        self.visitor.fill("code", &codes[0]);
        self.visitor.send();
        self.visitor.expect_at("/security/replace");
        self.stop("replace");
        self.visit("/security", "security-recovered");
        self.visitor.sign_out();
    }

    fn member(&mut self, member: &Account) {
        let policy = ["realm", "set-policy", "--realm", "default", "enforcement.required_for=everyone"];
        let deployment = self.server.deployment();
        deployment.run(&[&policy[..], &["enforcement.grace_days=7"]].concat()).expect(0);
        self.visitor.sign_in(member);
        self.stop("security-deadline");
        self.visit("/admin/accounts", "forbidden");
        self.visitor.sign_out();
        let late = Account::create(self.server.deployment());
        let policy = ["realm", "set-policy", "--realm", "default", "enforcement.grace_days=0"];
        self.server.deployment().run(&policy).expect(0);
        self.visitor.give_password(&late);
        self.visitor.open("/security");
        self.stop("security-enroll-now");
    }
}
