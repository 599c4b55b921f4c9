//! Accounts and subjects, for people.

use countersign_wire::{
    AccountDetails, AccountOverviewView, AccountView, List, Moment, Outcome, PasswordLinkView, SeveralView,
};
use secrecy::ExposeSecret;

use crate::{Fact, View, columns, facts};

fn account_facts(account: &AccountView, subject: Option<&str>) -> Vec<Fact> {
    let mut all = match subject {
        Some(subject) => vec![("subject", subject.to_owned()), ("label", account.login.clone())],
        None => vec![("login", account.login.clone()), ("role", account.role.clone())],
    };
    all.extend([
        ("two-factor", on_or_off(account.two_factor_enabled)),
        ("created", account.created_at.for_people()),
        ("realm", account.realm.clone()),
        ("id", account.id.clone()),
    ]);
    all.extend(account.password_change_required.then(|| ("password", "has to be changed".to_owned())));
    all
}

impl View for AccountView {
    fn table(&self) -> String {
        facts(account_facts(self, None))
    }
}

impl View for PasswordLinkView {
    fn table(&self) -> String {
        facts([("path", self.path.expose_secret().to_owned()), ("expires", self.expires_at.for_people())])
    }
}

/// What it is called, and what it may do: a subject does not sign in.
fn called(item: &AccountOverviewView) -> [String; 2] {
    match &item.subject {
        Some(subject) => [subject.clone(), "subject".to_owned()],
        None => [item.account.login.clone(), item.account.role.clone()],
    }
}

fn remarks(item: &AccountOverviewView) -> String {
    let disabled = item.disabled.then(|| "disabled".to_owned());
    let throttled = item.throttled_for_seconds.map(|seconds| format!("throttled for {seconds} s"));
    let labeled = item.subject.as_ref().filter(|subject| **subject != item.account.login);
    let label = labeled.map(|_| format!("label {}", item.account.login));
    let required = item.two_factor_required.map(required_or_exempt);
    [disabled, throttled, required, label].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl View for List<AccountOverviewView> {
    fn table(&self) -> String {
        let has_subjects = self.items.iter().any(|item| item.subject.is_some());
        let rows = self.items.iter().map(|item| {
            let [called, role] = called(item);
            let created = item.account.created_at.for_people();
            let last = if item.subject.is_some() { String::new() } else { or_never(item.last_sign_in_at) };
            [called, role, item.two_factor.clone(), created, last, remarks(item)]
        });
        let login = if has_subjects { "login or subject" } else { "login" };
        columns([login, "role", "two-factor", "created", "last sign-in", ""], rows)
    }
}

impl View for AccountDetails {
    fn table(&self) -> String {
        let mut all = account_facts(&self.account, self.subject.as_deref());
        all.push(("disabled", if self.disabled { "yes" } else { "no" }.to_owned()));
        if self.subject.is_none() {
            all.push(("last sign-in", or_never(self.last_sign_in_at)));
        }
        all.push(("recovery codes", format!("{} remaining", self.recovery_codes_remaining)));
        let throttled = match self.throttled_for_seconds {
            Some(seconds) => format!("for {seconds} s"),
            None => "no".to_owned(),
        };
        all.push(("throttled", throttled));
        let codes = match self.code_state.as_str() {
            "waiting" => Some("single ones wait; two consecutive ones are taken"),
            "hardened" => Some("hardened: two consecutive ones are asked for"),
            "disabled" => Some("the authenticators are disabled; recovery codes are taken"),
            _ => None,
        };
        all.extend(codes.map(|codes| ("codes", codes.to_owned())));
        all.extend(self.two_factor_required.map(|required| ("marked", required_or_exempt(required))));
        all.extend(self.enrollment_deadline.map(|deadline| ("must enroll until", deadline.for_people())));
        let mut text = facts(all);
        if !self.authenticators.is_empty() {
            let rows = self.authenticators.iter().map(|it| {
                let kind = format!("{}, {} digits, {} s", it.algorithm, it.digits, it.period_seconds);
                [it.name.clone(), it.status.clone(), kind, it.created_at.for_people(), or_never(it.last_used_at)]
            });
            text.push_str("\n\n");
            text.push_str(&columns(["authenticator", "status", "kind", "created", "last used"], rows));
        }
        text
    }
}

impl View for SeveralView {
    fn table(&self) -> String {
        let refused = self
            .refused
            .iter()
            .map(|one| [one.whom.clone().unwrap_or_else(|| one.account_id.clone()), one.reason.replace('_', " ")]);
        let counted = facts([("done", self.done.to_string()), ("unchanged", self.unchanged.to_string())]);
        if self.refused.is_empty() { counted } else { format!("{counted}\n\n{}", columns(["refused", "why"], refused)) }
    }
}

impl View for Outcome {
    fn table(&self) -> String {
        columns(["success", "message"], [[self.success.to_string(), self.message.clone()]])
    }
}

fn required_or_exempt(required: bool) -> String {
    if required { "two-factor required" } else { "exempt from two-factor" }.to_owned()
}

fn on_or_off(on: bool) -> String {
    if on { "enabled" } else { "disabled" }.to_owned()
}

pub(crate) fn or_never(moment: Option<Moment>) -> String {
    moment.map_or_else(|| "never".to_owned(), Moment::for_people)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn account(more: &Value) -> Value {
        let mut account = json!({
            "id": "0190",
            "realm": "default",
            "login": "kim@example.org",
            "role": "member",
            "two_factor_enabled": true,
            "created_at": "2026-01-01T00:00:00Z",
            "throttled_for_seconds": 30,
            "last_sign_in_at": null,
        });
        account.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        account
    }

    fn overview(more: &Value) -> AccountOverviewView {
        let mut overview = account(&json!({ "two_factor": "enabled", "disabled": true, "subject": null }));
        overview.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(overview).unwrap()
    }

    fn details(subject: Option<&str>) -> AccountDetails {
        let phone = json!({
            "id": "0191",
            "name": "Phone",
            "status": "active",
            "algorithm": "SHA1",
            "digits": 6,
            "period_seconds": 30,
            "created_at": "2026-01-01T00:01:00Z",
            "confirmed_at": "2026-01-01T00:01:01Z",
            "last_used_at": null,
        });
        let details = account(&json!({
            "disabled": false,
            "authenticators": [phone],
            "code_state": "waiting",
            "recovery_codes_remaining": 9,
            "enrollment_deadline": null,
            "subject": subject,
        }));
        serde_json::from_value(details).unwrap()
    }

    #[test]
    fn tables_are_for_people() {
        let list = List::complete(vec![overview(&json!({}))]);
        assert_eq!(
            list.table(),
            "\
login            role    two-factor  created               last sign-in
───────────────────────────────────────────────────────────────────────────────────────────────────────
kim@example.org  member  enabled     2026-01-01 00:00 UTC  never         disabled, throttled for 30 s"
        );
        assert_eq!(
            details(None).table(),
            "\
login           kim@example.org
role            member
two-factor      enabled
created         2026-01-01 00:00 UTC
realm           default
id              0190
disabled        no
last sign-in    never
recovery codes  9 remaining
throttled       for 30 s
codes           single ones wait; two consecutive ones are taken

authenticator  status  kind                  created               last used
──────────────────────────────────────────────────────────────────────────────
Phone          active  SHA1, 6 digits, 30 s  2026-01-01 00:01 UTC  never"
        );
        assert_eq!(Outcome::success("done").table(), "success  message\n──────────────────\ntrue     done");
    }

    #[test]
    fn a_subject_is_shown_as_what_it_is() {
        let subject = |label: &str| {
            overview(&json!({
                "login": label,
                "subject": "user-42",
                "disabled": false,
                "throttled_for_seconds": null,
            }))
        };
        assert_eq!(
            List::complete(vec![overview(&json!({})), subject("Kim"), subject("user-42")]).table(),
            "\
login or subject  role     two-factor  created               last sign-in
─────────────────────────────────────────────────────────────────────────────────────────────────────────
kim@example.org   member   enabled     2026-01-01 00:00 UTC  never         disabled, throttled for 30 s
user-42           subject  enabled     2026-01-01 00:00 UTC                label Kim
user-42           subject  enabled     2026-01-01 00:00 UTC"
        );
        let table = details(Some("user-42")).table();
        let begins = "\
subject         user-42
label           kim@example.org
two-factor      enabled
created         2026-01-01 00:00 UTC
realm           default
id              0190
disabled        no
recovery codes  9 remaining
";
        assert!(table.starts_with(begins), "{table}");
    }
}
