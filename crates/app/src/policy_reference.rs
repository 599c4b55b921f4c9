//! `docs/policies.md`: every key and every preset, written from what the policy crate says of them.

use std::path::Path;

use countersign_policy::{Policy, PolicyField, Preset};

/// The text of `docs/policies.md`.
fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str("## Keys\n\n| key | values | who changes it | meaning |\n| --- | --- | --- | --- |\n");
    for PolicyField { key, values, beside, meaning, who, .. } in PolicyField::ALL {
        let beside = beside.map(|rule| format!(", and {rule}")).unwrap_or_default();
        text.push_str(&format!("| `{key}` | {values}{beside} | {} | {meaning} |\n", who.as_str()));
    }
    text.push_str(WHAT_HOLDS_BESIDE);
    text.push_str(PRESETS);
    let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
    text.push_str(&format!("| key | {} |\n|{}\n", names.join(" | "), " --- |".repeat(names.len() + 1)));
    let policies: Vec<Policy> = Preset::ALL.iter().map(|preset| preset.policy().unwrap()).collect();
    for field in PolicyField::ALL {
        let value = |policy: &Policy| format!("`{}`", field.value(policy.document()));
        let values: Vec<String> = policies.iter().map(value).collect();
        text.push_str(&format!("| `{}` | {} |\n", field.key, values.join(" | ")));
    }
    text
}

const INTRODUCTION: &str = "\
<!-- Written by `UPDATE_DOCS=1 cargo test -p countersign`; the source is crates/app/src/policy_reference.rs and
     crates/policy/src/table.rs. -->
# Policies

A realm has a policy: its rules, as plain data. A preset is a policy with a name; a new realm has `recommended` unless
another is asked for. On the command line:

```sh
countersign realm create shop --issuer 'The Shop' --preset pterodactyl
countersign realm show --realm shop
countersign realm set-policy --realm shop enforcement.required_for=everyone enforcement.grace_days=7
countersign realm set-policy --realm shop --preset recommended --file policy.toml totp.digits=8
```

First comes the preset, then the keys of the file (TOML, or JSON if its name ends in `.json`; all keys or some), then
those that are typed. A typed value is taken as JSON if it is JSON, and as a text otherwise. Over the HTTP interface,
`PATCH /v1/admin/realm` takes the same as a JSON merge patch:

```json
{\"preset\": \"recommended\", \"policy\": {\"enforcement\": {\"required_for\": \"everyone\", \"grace_days\": 7}}}
```

A realm keeps its preset and the keys that are otherwise. A key of a newer version, which a node of that version has set, is
kept by older nodes, which do not obey it; `countersign doctor` names it. Values and presets that only a newer version has are
to be set when every node has that version: older ones refuse such a realm.

A key that is unknown or a value that is not allowed is refused with the key and what is allowed, and then nothing is
changed. A change holds from the next request on, a stricter policy also for those who are signed in; every change is an
audit event `policy.changed` with the values before and after. The `totp` keys hold for new authenticators: each one
keeps what it was enrolled with, but for `totp.skew_steps`, which holds for all. What ended under a policy does not rise again
when it is loosened: sessions, trusted devices, challenges, enrollments, and recovery codes.

Over the HTTP interface and on the pages, keys that could lower what protects owners are changed by owners, and by API keys with
the scope `admin` that an owner or the operator made; the others by administrators as well (`admins`). The local command line
always may. With a session, a change takes a proof of one's own.

";

const WHAT_HOLDS_BESIDE: &str = "
## Factors, and what yields them

Nothing that yields a factor asks for less than what turns one off. While an account's two-factor is on:

- Beginning another enrollment asks for what `proofs.begin` and `proofs.disable` ask for together: with `password` and
  `password_and_code`, for both. The first enrollment asks for `proofs.begin` alone.
- `proofs.recovery_codes` may not ask for less than `proofs.disable`. A policy of an older version that does is raised.
- A change of the password asks for password and code, in every realm.
- A session that a trusted device opened has shown no second factor, and gives a code for all of these once, whatever the
  policy asks for.
- A new authenticator turns off nothing that was there before it, and changes no password, until `proofs.hold_hours` are
  over; it signs in at once. Recovery codes that were made or viewed with a code of what was there before are as good as
  that; where the password alone yields them, they wait as well, so that under the presets of systems that ask for the
  password alone they change no password. (Where a system documents that the password alone turns two-factor off, it
  does, and the password can be changed afterwards.) What is older turns off everything at once, and what is new can be
  removed with its own code. The hold may be 0 only where everything that yields a factor asks for both. It holds neither
  for administrators and the command line nor for applications.

## Who has to have a second factor

`enforcement.required_for` says it by role, and an account can be marked otherwise: required, or exempt (`countersign
account require-2fa`, `two_factor_required` over the API, or the account's page; only an owner exempts administrators). The
days of grace begin with what makes the rule apply: for those who are signed in, when the policy, their role or their
mark changes or two-factor is turned off; for all others, with their first sign-in. They are never renewed. When they are
over, sessions can do nothing but enroll, also those that stand. Nobody administers without a second factor that is
required of them, not even during the grace: whoever is made an administrator without one becomes one by enrolling, and
until then the API says `effective_role`.
";

const PRESETS: &str = "
## Presets

Each preset but `recommended` does what the system of its name documents.

";

#[test]
fn the_documentation_is_what_the_core_crate_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies.md");
    #[expect(clippy::disallowed_methods, reason = "asks whoever runs the test, not the configuration")]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    if update {
        std::fs::write(&path, markdown()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == markdown(), "docs/policies.md is stale: UPDATE_DOCS=1 cargo test -p countersign");
}
