//! Accounts for other programs: one line each.

use countersign_application::audit::csv_cell;

use crate::{AccountOverviewView, Moment};

const COLUMNS: [&str; 12] = [
    "id",
    "realm",
    "login",
    "subject",
    "role",
    "two_factor",
    "two_factor_required",
    "disabled",
    "password_change_required",
    "throttled_for_seconds",
    "last_sign_in_at",
    "created_at",
];

/// The names of the columns.
#[must_use]
pub fn account_csv_header() -> String {
    COLUMNS.join(",") + "\n"
}

/// An account as CSV (RFC 4180, with the line ends of Unix); what is not there is empty.
///
/// # Errors
/// A time of it is beyond the year 9999.
pub fn account_csv_line(item: &AccountOverviewView) -> Result<String, serde_json::Error> {
    let time = |moment: Moment| {
        moment.for_programs().ok_or_else(|| serde::ser::Error::custom("a time is beyond the year 9999"))
    };
    let account = &item.account;
    let fields: [String; COLUMNS.len()] = [
        account.id.clone(),
        account.realm.clone(),
        account.login.clone(),
        item.subject.clone().unwrap_or_default(),
        account.role.clone(),
        item.two_factor.clone(),
        item.two_factor_required.map(|required| required.to_string()).unwrap_or_default(),
        item.disabled.to_string(),
        account.password_change_required.to_string(),
        item.throttled_for_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        item.last_sign_in_at.map(time).transpose()?.unwrap_or_default(),
        time(account.created_at)?,
    ];
    Ok(fields.map(|field| csv_cell(&field)).join(",") + "\n")
}

#[cfg(test)]
mod tests {
    use countersign_application::Timestamp;

    use super::*;
    use crate::{AccountView, json_line};

    #[test]
    fn an_account_is_one_line_and_no_cell_begins_a_formula() {
        let account = AccountView {
            id: "0190".to_owned(),
            realm: "default".to_owned(),
            login: "=kim, the boss".to_owned(),
            role: "member".to_owned(),
            two_factor_enabled: true,
            password_change_required: false,
            created_at: Moment(Timestamp::from_unix_seconds(1_767_225_600)),
        };
        let item = AccountOverviewView {
            account,
            two_factor: "enabled".to_owned(),
            throttled_for_seconds: Some(30),
            last_sign_in_at: None,
            disabled: true,
            two_factor_required: Some(true),
            subject: None,
        };
        assert_eq!(account_csv_header().split(',').count(), COLUMNS.len());
        let line = "0190,default,\"'=kim, the boss\",,member,enabled,true,true,false,30,,2026-01-01T00:00:00Z\n";
        assert_eq!(account_csv_line(&item).unwrap(), line);
        let json = json_line(&item).unwrap();
        assert!(json.starts_with(r#"{"id":"0190","#) && json.lines().count() == 1, "{json}");
    }
}
