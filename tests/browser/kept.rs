//! What a deployment keeps, to be compared with what it kept before.

use countersign_tests::Deployment;

/// Everything that someone would notice. Only when a session or a key was last seen is left out: looking moves that on.
const QUERIES: [&str; 13] = [
    "SELECT event, outcome, COUNT(*) FROM audit_event GROUP BY event, outcome ORDER BY event, outcome",
    "SELECT login, role, password_hash, password_version, disabled_at, last_sign_in_at FROM account \
     ORDER BY created_at, login",
    "SELECT enabled_at, version, code_failures, code_blocked_until, recovery_failures, recovery_blocked_until \
     FROM second_factor ORDER BY enabled_at, version, code_failures, recovery_failures",
    "SELECT name, status, issuer, last_step, created_at, confirmed_at FROM authenticator ORDER BY created_at",
    "SELECT status, total, issued_at FROM recovery_code_set ORDER BY issued_at, status",
    "SELECT COUNT(*), COUNT(used_at) FROM recovery_code",
    "SELECT created_at, expires_at, failed_tries FROM challenge ORDER BY created_at",
    "SELECT created_at, expires_at, enrollment_only, ip, user_agent FROM session ORDER BY created_at",
    "SELECT created_at, expires_at, ip, user_agent FROM trusted_device ORDER BY created_at",
    "SELECT failures, blocked_until FROM attempt ORDER BY touched_at",
    "SELECT name, scopes, created_at, expires_at FROM api_key ORDER BY created_at",
    "SELECT slug, issuer, policy, version FROM realm ORDER BY slug",
    "SELECT display_name, accent, logo_type, contact_name, contact_link, time_zone, return_addresses \
     FROM realm_appearance ORDER BY changed_at",
];

/// All of it: each query, and the rows.
pub(crate) fn kept(deployment: &Deployment) -> Vec<String> {
    QUERIES.iter().map(|query| format!("{query}:\n{}", deployment.query(query))).collect()
}

/// Demands that all is as it was.
#[track_caller]
pub(crate) fn expect_unchanged(deployment: &Deployment, before: &[String], what: &str) {
    for (before, after) in before.iter().zip(kept(deployment)) {
        assert_eq!(*before, after, "{what} changed something");
    }
}
