//! Accounts and events by the million, made by SQL: what is measured is how they are lived with.

use countersign_tests::deployment::Deployment;

/// What is looked at in a realm that grows.
pub(crate) const LOOKED_AT: [&str; 14] = [
    "/v1/admin/accounts?limit=50&count=false",
    "/v1/admin/accounts?limit=50",
    "/v1/admin/accounts?limit=50&query=grown-77",
    "/v1/admin/accounts?limit=50&two_factor=enabled",
    "/v1/admin/accounts?limit=50&two_factor=disabled",
    "/v1/admin/accounts?limit=50&disabled=true",
    "/v1/admin/accounts?limit=50&waiting=true",
    "/v1/admin/accounts?limit=50&never_signed_in=true",
    "/v1/admin/accounts?limit=50&required_but_missing=true",
    "/v1/admin/accounts?limit=50&sort=login_desc",
    "/v1/admin/accounts?limit=50&sort=last_sign_in_desc",
    "/v1/admin/audit-events?limit=50",
    "/v1/admin/audit-events?limit=50&event=second_factor.throttled",
    "/v1/admin/statistics",
];

/// How many statements make them: each is a transaction that others wait for.
const PIECE: usize = 50_000;

/// Grows a realm from so many accounts to so many, with five events of each.
pub(crate) fn grow(deployment: &Deployment, realm: &str, from: usize, to: usize) {
    let on_sqlite = deployment.database().is_none();
    for begin in (from..to).step_by(PIECE) {
        let end = (begin + PIECE).min(to);
        let (numbers, id, event_id, secret) = if on_sqlite {
            (
                format!(
                    "(WITH RECURSIVE n(i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end}) SELECT i FROM n)"
                ),
                "CAST(printf('grown-%010d', i) AS BLOB)",
                "CAST(printf('%05d-%010d', k, i) AS BLOB)",
                "randomblob(48)",
            )
        } else {
            (
                format!("(SELECT generate_series({begin}, {end} - 1) AS i)"),
                "md5('grown-' || i)::uuid",
                "md5(k || '-' || i)::uuid",
                "decode(md5(i::text), 'hex')",
            )
        };
        let of_realm = format!("FROM {numbers} AS numbers JOIN realm r ON r.slug = '{realm}'");
        let no = if on_sqlite { "0" } else { "FALSE" };
        let micros = 1_790_000_000_000_000_u64;
        for sql in [
            format!(
                "INSERT INTO account (id, realm_id, login, login_key, login_key_rule, role, password_version, \
                 password_change_required, created_at) \
                 SELECT {id}, r.id, 'grown-' || i, 'grown-' || i, 2, 'member', 1, {no}, {micros} + i {of_realm}"
            ),
            format!(
                "INSERT INTO second_factor (account_id, enabled_at, version, revision, code_failures, \
                 recovery_failures) SELECT {id}, {micros}, 1, 1, 0, 0 {of_realm}"
            ),
            format!(
                "INSERT INTO authenticator (id, account_id, name, status, issuer, algorithm, digits, period_seconds, \
                 sealed_secret, sealed_key_id, created_at) \
                 SELECT {id}, {id}, 'Phone', 'active', 'Grown', 'SHA1', 6, 30, {secret}, 'k', {micros} {of_realm}"
            ),
            format!(
                "INSERT INTO audit_event (id, occurred_at, event, realm_id, realm, account_id, login, actor_kind, \
                 outcome, purpose, method, drift_steps, details) \
                 SELECT {event_id}, {micros} + i, 'second_factor.accepted', r.id, r.slug, {id}, 'grown-' || i, \
                 'account', 'success', 'sign_in', 'totp', 0, '{{}}' {of_realm} \
                 JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) AS five ON TRUE"
            ),
        ] {
            deployment.change(&sql);
        }
    }
}
