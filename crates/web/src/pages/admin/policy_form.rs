//! What the form of the policy held, and what of it is a change.

use std::collections::BTreeMap;

use countersign_application::policy::{PolicyField, PolicyRule};
use countersign_application::realm::{KeyViolation, PolicyChange, Realm};

use super::policy_fields::{allowed_text, choices, rule_name, value_text};
use crate::form::Form;
use crate::texts::{Texts, hyphenated};

/// Before the name of a field: what the page showed there. It tells what someone changed from what someone else has
/// changed meanwhile.
pub(super) const SHOWN: &str = "shown.";

/// The fields of the form as they are to be shown, and what of them is a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PolicyForm {
    /// The name of the realm, and what it is now.
    pub(super) issuer: Field,
    /// The keys.
    pub(super) fields: BTreeMap<&'static str, Field>,
}

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// What is to be shown in it: what was typed, where that was a change, else what holds now.
    pub(super) value: String,
    /// What holds now.
    pub(super) now: String,
}

impl Field {
    pub(super) fn of(now: &str, typed: Option<&str>, shown: Option<&str>) -> Self {
        let changed = typed.map(str::trim).filter(|typed| *typed != shown.unwrap_or(now));
        Self { value: changed.unwrap_or(now).to_owned(), now: now.to_owned() }
    }

    pub(super) fn change(&self) -> Option<&str> {
        (self.value != self.now).then_some(self.value.as_str())
    }
}

impl PolicyForm {
    /// The form of a realm as it is.
    pub(super) fn of_realm(realm: &Realm) -> Self {
        Self::read(realm, |_| None)
    }

    /// What was typed, on what the realm is now.
    pub(super) fn of(realm: &Realm, form: &Form) -> Self {
        Self::read(realm, |name| form.fields().find(|(field, _)| *field == name).map(|(_, value)| value.to_owned()))
    }

    fn read(realm: &Realm, sent: impl Fn(&str) -> Option<String>) -> Self {
        let read =
            |name: &str, now: &str| Field::of(now, sent(name).as_deref(), sent(&format!("{SHOWN}{name}")).as_deref());
        let field = |field: &'static PolicyField| {
            (field.key, read(field.key, &field.value(realm.policy.document()).to_string()))
        };
        Self { issuer: read("issuer", &realm.issuer), fields: PolicyField::ALL.iter().map(field).collect() }
    }

    /// The new name of the realm, where there is one.
    pub(super) fn new_issuer(&self) -> Option<String> {
        self.issuer.change().map(str::to_owned)
    }

    /// Whether nothing would change.
    pub(super) fn changes_nothing(&self) -> bool {
        self.issuer.change().is_none() && self.fields.values().all(|field| field.change().is_none())
    }

    /// The fields that change, as another form can carry them.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let issuer = self.issuer.change().map(|value| ("issuer", value));
        issuer.into_iter().chain(self.fields.iter().filter_map(|(name, field)| Some((*name, field.change()?))))
    }

    /// The keys that change, and no others.
    pub(super) fn change(&self) -> PolicyChange {
        let mut change = PolicyChange::default();
        for (field, value) in
            PolicyField::ALL.iter().filter_map(|field| Some((field, self.fields.get(field.key)?.change()?)))
        {
            // What was nothing before becomes an object by being written into.
            let patch = change.patch.get_or_insert_default();
            // What is of another type than the key goes on as text: the use case says what is wrong with it.
            patch[field.group][field.name] = field.typed(value).into();
        }
        change
    }
}

/// The field of the page that a violation concerns, and what is wrong with it for the one who typed it.
pub(super) fn explained(violation: &KeyViolation, texts: Texts) -> (String, String) {
    let KeyViolation { key, rule, of_policy } = violation;
    if key == "issuer" {
        return ("issuer".to_owned(), texts.say("error-issuer-invalid"));
    }
    let (Some(field), Some(of_policy)) = (PolicyField::of(key), of_policy) else {
        return (String::new(), format!("{key} {rule}"));
    };
    let name = rule_name(key, texts);
    let text = match of_policy {
        PolicyRule::NotAbove(other) => {
            texts.say2("error-policy-above", "rule", &name, "other", &rule_name(other, texts))
        }
        PolicyRule::NotBelow(other) => {
            texts.say2("error-policy-below", "rule", &name, "other", &rule_name(other, texts))
        }
        PolicyRule::Pattern(_) => texts.say1("error-policy-format", "rule", &name),
        PolicyRule::NotLess(_) | PolicyRule::Beside(_) | PolicyRule::Values(_) => {
            let options: Vec<_> = choices(field).iter().map(|option| value_text(field, option, texts)).collect();
            let allowed = if options.is_empty() { allowed_text(field, texts) } else { options.join(", ") };
            texts.say2("error-policy-value", "rule", &name, "allowed", &allowed)
        }
    };
    (hyphenated(key), text)
}

#[cfg(test)]
pub(super) mod tests {
    use countersign_application::policy::Preset;
    use countersign_application::realm::RealmSlug;
    use countersign_application::{RealmId, Timestamp};

    use super::*;
    use crate::texts::Language;

    pub(in super::super) fn realm() -> Realm {
        let at = Timestamp::from_unix_seconds(1_767_225_600);
        Realm {
            id: RealmId::new(at, 0, [1; 8]),
            slug: RealmSlug::default_realm(),
            issuer: "Example".to_owned(),
            policy: Preset::RECOMMENDED.policy().unwrap(),
            version: 3,
            enforced_since: None,
            created_at: at,
        }
    }

    fn typed(realm: &Realm, sent: &[(&str, &str)]) -> PolicyForm {
        PolicyForm::read(realm, |name| sent.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn only_what_was_changed_is_sent_and_each_value_in_its_type() {
        let realm = realm();
        let form = typed(
            &realm,
            &[
                ("issuer", "Example"),
                ("totp.digits", "8"),
                ("totp.algorithm", "SHA1"),
                ("recovery_codes.viewable", "true"),
                ("recovery_codes.format", "XXXXX-XXXXX"),
                ("sign_in.challenge_attempts", "many"),
            ],
        );
        let change = form.change();
        assert_eq!(
            change.patch.unwrap().to_string(),
            r#"{"recovery_codes":{"format":"XXXXX-XXXXX","viewable":true},"sign_in":{"challenge_attempts":"many"},"totp":{"digits":8}}"#
        );
        assert_eq!((form.new_issuer(), form.changes_nothing()), (None, false));
    }

    #[test]
    fn what_was_not_touched_follows_what_someone_else_changed_meanwhile() {
        let realm = realm();
        let digits = realm.policy.totp.digits.to_string();
        // The page showed other digits, which nobody touched; the name was typed.
        let form = typed(
            &realm,
            &[("totp.digits", "7"), ("shown.totp.digits", "7"), ("issuer", " New "), ("shown.issuer", "Example")],
        );
        assert_eq!(form.fields["totp.digits"].value, digits);
        assert_eq!((form.new_issuer().as_deref(), form.change().patch.is_none()), (Some("New"), true));
        assert!(PolicyForm::of_realm(&realm).changes_nothing());
    }

    #[test]
    fn what_the_form_can_send_wrongly_is_explained_at_its_field() {
        let (realm, texts) = (realm(), Texts(Language::default()));
        for (key, value, field, said) in [
            ("totp.digits", "9", "totp-digits", "Digits of a code: this value is not allowed. Allowed: 6 to 8."),
            ("totp.digits", "six", "totp-digits", "Digits of a code: this value is not allowed. Allowed: 6 to 8."),
            ("recovery_codes.count", "3", "recovery-codes-count", "0, or 4 to 20"),
            ("recovery_codes.format", "XXX", "recovery-codes-format", "hyphens"),
            ("proofs.disable", "none", "proofs-disable", "Password or code"),
            ("sign_in.session_idle_seconds", "7776000", "sign-in-session-idle-seconds", "Length of a session"),
            ("throttle.first_wait_seconds", "3600", "throttle-longest-wait-seconds", "First wait"),
        ] {
            let change = typed(&realm, &[(key, value), ("throttle.longest_wait_seconds", "60")]).change();
            let violations = change.apply(&realm.policy).unwrap_err();
            let explained: Vec<_> = violations.iter().map(|violation| explained(violation, texts)).collect();
            assert!(explained.iter().any(|(id, text)| id == field && text.contains(said)), "{key}: {explained:?}");
        }
    }
}
