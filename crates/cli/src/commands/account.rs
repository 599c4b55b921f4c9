use super::confirmation::{self, confirm};
use crate::accounts::{AccountDirectory, AccountList, AccountQuery, NewAccount};
use crate::{AccountCommand, CommandError, Exit, Outcome, Output, Terminal, password};

/// Refuses what cannot be done where nobody can be asked.
pub(super) fn check(command: &AccountCommand, terminal: &dyn Terminal) -> Result<(), CommandError> {
    match command {
        AccountCommand::Create { password_stdin, .. } | AccountCommand::SetPassword { password_stdin, .. } => {
            password::check(*password_stdin, terminal)
        }
        AccountCommand::Delete { yes, .. } | AccountCommand::DisableTwoFactor { yes, .. } => {
            confirmation::check(*yes, terminal)
        }
        AccountCommand::List { .. }
        | AccountCommand::Show { .. }
        | AccountCommand::Rename { .. }
        | AccountCommand::SetRole { .. }
        | AccountCommand::RequireTwoFactor { .. }
        | AccountCommand::Unlock { .. } => Ok(()),
    }
}

/// Runs an account command.
pub(super) async fn run(
    command: &AccountCommand,
    accounts: &dyn AccountDirectory,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let outcome = match command {
        AccountCommand::Create { login, role, password_stdin, must_change_password } => {
            let password = password::read(*password_stdin, terminal, output)?;
            let (login, password_change_required) = (login.clone(), *must_change_password);
            let new = NewAccount { login, password, password_change_required, role: *role };
            let made = accounts.create(new).await?;
            output.result(&made)?;
            return Ok(Exit::Done);
        }
        AccountCommand::List { query, role, two_factor } => {
            let query = AccountQuery { login: query.clone(), role: *role, two_factor: *two_factor };
            let items = accounts.list(&query).await?;
            output.result(&AccountList { items, next_cursor: None })?;
            return Ok(Exit::Done);
        }
        AccountCommand::Show { login } => {
            output.result(&accounts.load(login).await?)?;
            return Ok(Exit::Done);
        }
        AccountCommand::Rename { login, new } => accounts.rename(login, new).await?,
        AccountCommand::SetRole { login, role, yes_the_last_owner } => {
            accounts.set_role(login, *role, *yes_the_last_owner).await?
        }
        AccountCommand::SetPassword { login, password_stdin, must_change_password } => {
            let password = password::read(*password_stdin, terminal, output)?;
            accounts.set_password(login, password, *must_change_password).await?
        }
        AccountCommand::RequireTwoFactor { login, exempt, by_policy } => {
            accounts.set_requirement(login, (!by_policy).then_some(!exempt)).await?
        }
        AccountCommand::Delete { login, yes, yes_the_last_owner } => {
            let question = format!("Delete the account {login} and everything of it but its audit events?");
            confirm(*yes, &question, terminal, output)?;
            accounts.delete(login, *yes_the_last_owner).await?
        }
        AccountCommand::Unlock { login } => accounts.unlock(login).await?,
        AccountCommand::DisableTwoFactor { login, reason, yes } => {
            let question = format!("Disable two-factor authentication of {login} and end all its sessions?");
            confirm(*yes, &question, terminal, output)?;
            accounts.disable_two_factor(login, reason.as_deref()).await?
        }
    };
    output.result(&outcome)?;
    Ok(exit_of(&outcome))
}

fn exit_of(outcome: &Outcome) -> Exit {
    if outcome.success { Exit::Done } else { Exit::Refused }
}

#[cfg(test)]
mod tests {
    use super::super::administration::shell::{Said, Shell};
    use super::*;
    use crate::terminal::scripted::ScriptedTerminal;

    /// A shell in which all is said of accounts.
    struct Accounts(Shell);

    impl Accounts {
        async fn new() -> Self {
            Self(Shell::new().await)
        }

        async fn run(&self, arguments: &str, terminal: ScriptedTerminal) -> Said {
            self.0.run(&format!("account {arguments}"), terminal).await
        }
    }

    fn piped() -> ScriptedTerminal {
        ScriptedTerminal::piped(b"correct horse battery\n")
    }

    #[tokio::test]
    async fn an_account_is_made_shown_listed_and_deleted() {
        let shell = Accounts::new().await;
        let made = shell.run("create kim@example.org --role admin --password-stdin", piped()).await;
        assert_eq!(made.exit, Exit::Done, "{}", made.prose);
        let made: serde_json::Value = serde_json::from_str(&made.results).unwrap();
        assert_eq!((&made["login"], &made["role"]), (&"kim@example.org".into(), &"admin".into()));

        let shown = shell.run("show KIM@example.org", piped()).await;
        let shown: serde_json::Value = serde_json::from_str(&shown.results).unwrap();
        assert_eq!((&shown["id"], &shown["disabled"]), (&made["id"], &false.into()));

        let listed = shell.run("list --query kim", piped()).await;
        let listed: serde_json::Value = serde_json::from_str(&listed.results).unwrap();
        assert_eq!((&listed["items"][0]["id"], &listed["next_cursor"]), (&made["id"], &serde_json::Value::Null));
        let keys: Vec<&String> = listed["items"][0].as_object().unwrap().keys().collect();
        let expected = "created_at disabled id last_sign_in_at login realm role subject throttled_for_seconds two_factor \
                        two_factor_enabled";
        assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());

        assert_eq!(shell.run("delete kim@example.org --yes", piped()).await.exit, Exit::Done);
        assert_eq!(shell.run("show kim@example.org", piped()).await.exit, Exit::NotFound);
    }

    #[tokio::test]
    async fn a_role_is_changed_and_a_list_narrowed_down() {
        let shell = Accounts::new().await;
        for login in ["kim", "lee"] {
            shell.run(&format!("create {login} --password-stdin"), piped()).await;
        }
        assert_eq!(shell.run("set-role KIM admin", piped()).await.exit, Exit::Done);
        for (filter, logins) in [
            ("--role admin", &["kim"][..]),
            ("--role member --two-factor disabled", &["lee"]),
            ("--two-factor pending", &[]),
            ("--two-factor enabled", &[]),
        ] {
            let listed = shell.run(&format!("list {filter}"), piped()).await.json();
            let items = listed["items"].as_array().unwrap();
            assert_eq!(
                items.iter().map(|item| item["login"].as_str().unwrap()).collect::<Vec<_>>(),
                logins,
                "{filter}"
            );
        }
    }

    #[tokio::test]
    async fn an_account_is_renamed_unless_the_login_is_taken() {
        let shell = Accounts::new().await;
        for login in ["maria.old@example.org", "lee"] {
            shell.run(&format!("create {login} --password-stdin"), piped()).await;
        }
        assert_eq!(shell.run("rename MARIA.OLD@example.org maria.new@example.org", piped()).await.exit, Exit::Done);
        assert_eq!(shell.run("show maria.old@example.org", piped()).await.exit, Exit::NotFound);
        assert_eq!(shell.run("show Maria.New@example.org", piped()).await.exit, Exit::Done);
        for (new, told) in [("LEE", "is taken"), ("a:b", "the login must be"), ("a\u{202e}b", "the login must be")] {
            let said = shell.run(&format!("rename maria.new@example.org {new}"), piped()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::Refused, ""), "{new}");
            assert!(said.prose.contains(told), "{}", said.prose);
        }
    }

    #[tokio::test]
    async fn a_list_walks_all_pages() {
        let shell = Accounts::new().await;
        for number in 0..201 {
            let line = format!("create user{number} --password-stdin");
            assert_eq!(shell.run(&line, piped()).await.exit, Exit::Done);
        }
        let listed = shell.run("list", piped()).await;
        let listed: serde_json::Value = serde_json::from_str(&listed.results).unwrap();
        assert_eq!(listed["items"].as_array().unwrap().len(), 201);
    }

    #[tokio::test]
    async fn what_breaks_a_rule_is_refused_and_says_which() {
        let shell = Accounts::new().await;
        assert_eq!(shell.run("create kim --password-stdin", piped()).await.exit, Exit::Done);
        for (line, terminal, told) in [
            ("create KIM --password-stdin", piped(), "is taken"),
            ("create a:b --password-stdin", piped(), "the login must be"),
            ("create lee --password-stdin", ScriptedTerminal::piped(b"short\n"), "the password must be"),
            ("set-password kim --password-stdin", ScriptedTerminal::piped(b"short\n"), "the password must be"),
        ] {
            let said = shell.run(line, terminal).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::Refused, ""), "{line}");
            assert!(said.prose.starts_with("error: ") && said.prose.contains(told), "{}", said.prose);
            assert!(!said.prose.contains("short"));
        }
    }

    #[tokio::test]
    async fn an_unknown_login_is_not_found_in_every_command() {
        let shell = Accounts::new().await;
        for line in [
            "show x",
            "rename x y",
            "set-role x admin",
            "set-password x --password-stdin",
            "delete x --yes",
            "unlock x",
            "disable-2fa x --yes",
        ] {
            let said = shell.run(line, piped()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::NotFound, ""), "{line}");
        }
    }

    #[tokio::test]
    async fn disabling_what_is_not_on_is_told_and_is_no_success() {
        let shell = Accounts::new().await;
        shell.run("create kim --password-stdin", piped()).await;
        let said = shell.run("disable-2fa kim --yes", piped()).await;
        assert_eq!(said.exit, Exit::Refused);
        let json: serde_json::Value = serde_json::from_str(&said.results).unwrap();
        let told = "Two-factor authentication of kim was not enabled.";
        assert_eq!(json, serde_json::json!({ "success": false, "message": told }));
    }

    #[tokio::test]
    async fn what_destroys_asks_on_a_terminal_and_wants_yes_elsewhere() {
        let shell = Accounts::new().await;
        shell.run("create kim --password-stdin", piped()).await;
        for line in ["delete kim", "disable-2fa kim"] {
            assert_eq!(shell.run(line, piped()).await.exit, Exit::Usage, "{line}");
            let said = shell.run(line, ScriptedTerminal::answering(["no"])).await;
            assert_eq!(said.exit, Exit::Refused, "{line}");
            assert!(said.prose.contains("[y/N]"));
        }
        assert_eq!(shell.run("delete kim", ScriptedTerminal::answering(["y"])).await.exit, Exit::Done);
    }

    #[tokio::test]
    async fn a_password_needs_a_terminal_or_standard_input() {
        let shell = Accounts::new().await;
        let said = shell.run("create kim", piped()).await;
        assert_eq!(said.exit, Exit::Usage);
        assert!(said.prose.contains("--password-stdin"));
        let twice = ScriptedTerminal::answering(["correct horse battery", "correct horse battery"]);
        assert_eq!(shell.run("create kim", twice).await.exit, Exit::Done);
    }
}
