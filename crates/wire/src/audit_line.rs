//! Audit events for other programs: one line each.

use countersign_application::audit::csv_cell;
use serde::Serialize;

use crate::AuditEventView;

const COLUMNS: [&str; 12] = [
    "id",
    "at",
    "event",
    "realm",
    "account_id",
    "login",
    "actor_kind",
    "actor_id",
    "ip",
    "user_agent",
    "outcome",
    "details",
];

/// An event or an account as JSON, without line breaks.
///
/// # Errors
/// A time of it is beyond the year 9999.
pub fn json_line(line: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string(line)? + "\n")
}

/// The names of the columns.
#[must_use]
pub fn csv_header() -> String {
    COLUMNS.join(",") + "\n"
}

/// An event as CSV (RFC 4180, with the line ends of Unix); the details are one column of JSON.
///
/// # Errors
/// A time of it is beyond the year 9999.
pub fn csv_line(event: &AuditEventView) -> Result<String, serde_json::Error> {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let fields: [String; COLUMNS.len()] = [
        event.id.clone(),
        event.at.for_programs().ok_or_else(|| serde::ser::Error::custom("a time is beyond the year 9999"))?,
        event.event.clone(),
        event.realm.clone(),
        or_empty(&event.account_id),
        or_empty(&event.login),
        event.actor.kind.clone(),
        or_empty(&event.actor.id),
        or_empty(&event.ip),
        or_empty(&event.user_agent),
        event.outcome.clone(),
        serde_json::to_string(&event.details)?,
    ];
    Ok(fields.map(|field| csv_cell(&field)).join(",") + "\n")
}

#[cfg(test)]
mod tests {
    use countersign_application::Timestamp;

    use super::*;
    use crate::{ActorView, Moment};

    fn event() -> AuditEventView {
        AuditEventView {
            id: "0190".to_owned(),
            at: Moment(Timestamp::from_unix_seconds(1_767_225_600)),
            event: "two_factor.disabled".to_owned(),
            realm: "default".to_owned(),
            account_id: Some("0191".to_owned()),
            login: Some("kim, \"the boss\"".to_owned()),
            actor: ActorView { kind: "operator".to_owned(), id: None },
            ip: None,
            user_agent: Some("a\nb".to_owned()),
            outcome: "success".to_owned(),
            details: [("reason".to_owned(), "lost".to_owned())].into(),
        }
    }

    #[test]
    fn csv_is_quoted_where_it_must_be() {
        assert_eq!(
            csv_line(&event()).unwrap(),
            "0190,2026-01-01T00:00:00Z,two_factor.disabled,default,0191,\"kim, \"\"the boss\"\"\",operator,,,\"a\nb\",\
             success,\"{\"\"reason\"\":\"\"lost\"\"}\"\n"
        );
        assert_eq!(csv_header().split(',').count(), COLUMNS.len());
    }

    #[test]
    fn json_is_one_line_and_as_in_the_http_contract() {
        let line = json_line(&event()).unwrap();
        assert_eq!(
            line,
            r#"{"id":"0190","at":"2026-01-01T00:00:00Z","event":"two_factor.disabled","realm":"default","#.to_owned()
                + r#""account_id":"0191","login":"kim, \"the boss\"","actor":{"kind":"operator","id":null},"ip":null,"#
                + r#""user_agent":"a\nb","outcome":"success","details":{"reason":"lost"}}"#
                + "\n"
        );
        assert_eq!(serde_json::from_str::<AuditEventView>(&line).unwrap(), event());
    }
}
