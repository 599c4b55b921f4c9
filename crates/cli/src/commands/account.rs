use countersign_application::PageRequest;
use countersign_application::account::SeveralAct;
use countersign_wire::{AccountOverviewView, account_csv_header, account_csv_line, json_line};

use super::confirmation::{self, confirm};
use crate::accounts::{AccountChange, AccountDirectory, AccountQuery, Found, NewAccount};
use crate::part::whole;
use crate::{
    AccountArgument, AccountCommand, AccountsArgument, CommandError, Exit, ExportFormat, Output, Part, Terminal,
    password,
};

/// Refuses what cannot be done where nobody can be asked.
pub(super) fn check(command: &AccountCommand, terminal: &dyn Terminal) -> Result<(), CommandError> {
    match command {
        AccountCommand::Create { password_stdin, .. } | AccountCommand::SetPassword { password_stdin, .. } => {
            password::check(*password_stdin, terminal)
        }
        AccountCommand::Delete { yes, .. }
        | AccountCommand::DisableTwoFactor { yes, .. }
        | AccountCommand::Disable { yes, .. }
        | AccountCommand::EndSessions { yes, .. } => confirmation::check(*yes, terminal),
        AccountCommand::List { .. }
        | AccountCommand::Export { .. }
        | AccountCommand::Enable { .. }
        | AccountCommand::Show { .. }
        | AccountCommand::Rename { .. }
        | AccountCommand::SetRole { .. }
        | AccountCommand::PasswordLink { .. }
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
    let find = async |account: &AccountArgument| Found::load(accounts, &account.name()).await;
    let change = async |account: &AccountArgument, change: AccountChange| {
        let found = find(account).await?;
        accounts.update(found.id, change).await?;
        Ok::<_, CommandError>(found.whom())
    };
    let outcome = match command {
        AccountCommand::Create { login, role, password_stdin, must_change_password } => {
            let password = password::read(*password_stdin, terminal, output)?;
            let (login, password_change_required) = (login.clone(), *must_change_password);
            let new = NewAccount { login, password, password_change_required, role: *role };
            let made = accounts.create(new).await?;
            output.result(&made)?;
            return Ok(Exit::Done);
        }
        AccountCommand::List { filter, sort } => {
            let query = AccountQuery { wanted: filter.wanted(), order: *sort };
            output.result(&whole(async |part| accounts.page(&query, &part).await).await?)?;
            return Ok(Exit::Done);
        }
        AccountCommand::Export { filter, sort, format } => {
            let query = AccountQuery { wanted: filter.wanted(), order: *sort };
            return export(&query, *format, accounts, output).await;
        }
        AccountCommand::Disable { accounts: whom, yes } => {
            let whom = Whom::find(accounts, whom).await?;
            confirm(*yes, &format!("Disable {}, and end all sessions?", whom.noun()), terminal, output)?;
            return whom.act(SeveralAct::Disable, accounts, output).await;
        }
        AccountCommand::Enable { accounts: whom } => {
            return Whom::find(accounts, whom).await?.act(SeveralAct::Enable, accounts, output).await;
        }
        AccountCommand::EndSessions { accounts: whom, yes } => {
            let whom = Whom::find(accounts, whom).await?;
            confirm(*yes, &format!("Sign {} out everywhere?", whom.noun()), terminal, output)?;
            return whom.act(SeveralAct::EndSessions, accounts, output).await;
        }
        AccountCommand::Show { account } => {
            output.result(&accounts.load(find(account).await?.id).await?)?;
            return Ok(Exit::Done);
        }
        AccountCommand::Rename { account, new } => {
            let whom = change(account, AccountChange { login: Some(new.clone()), ..AccountChange::default() }).await?;
            told::renamed(&whom, new)
        }
        AccountCommand::SetRole { account, role, yes_the_last_owner } => {
            let even_the_last_owner = *yes_the_last_owner;
            let to = AccountChange { role: Some(*role), even_the_last_owner, ..AccountChange::default() };
            told::role_set(&change(account, to).await?, *role)
        }
        AccountCommand::SetPassword { account, password_stdin, must_change_password } => {
            let password = Some(password::read(*password_stdin, terminal, output)?);
            let password_change_required = Some(*must_change_password);
            let to = AccountChange { password, password_change_required, ..AccountChange::default() };
            told::password_set(&change(account, to).await?)
        }
        AccountCommand::PasswordLink { account } => {
            let link = accounts.password_link(find(account).await?.id).await?;
            output.note(
                "Give this to the one whose account it is, behind the address under which people reach the pages:",
            )?;
            output.result(&link)?;
            return Ok(Exit::Done);
        }
        AccountCommand::RequireTwoFactor { account, exempt, by_policy } => {
            let required = (!by_policy).then_some(!exempt);
            let to = AccountChange { two_factor_required: Some(required), ..AccountChange::default() };
            told::requirement_set(&change(account, to).await?, required)
        }
        AccountCommand::Delete { account, reason, yes, yes_the_last_owner } => {
            let found = find(account).await?;
            let question = format!("Delete the {} and everything of it but its audit events?", found.noun());
            confirm(*yes, &question, terminal, output)?;
            accounts.delete(found.id, reason.as_deref(), *yes_the_last_owner).await?;
            told::deleted(&found.noun())
        }
        AccountCommand::Unlock { account } => {
            let found = find(account).await?;
            accounts.unlock(found.id).await?;
            told::unlocked(&found.whom())
        }
        AccountCommand::DisableTwoFactor { account, reason, yes } => {
            let found = find(account).await?;
            let whom = found.whom();
            let question = format!("Disable two-factor authentication of {whom} and end all its sessions?");
            confirm(*yes, &question, terminal, output)?;
            told::two_factor_disabled(&whom, accounts.disable_two_factor(found.id, reason.as_deref()).await?)
        }
    };
    output.result(&outcome)?;
    Ok(if outcome.success { Exit::Done } else { Exit::Refused })
}

/// The accounts that a command names.
struct Whom(Vec<Found>);

impl Whom {
    /// Finds them all, before anything is done to one.
    async fn find(accounts: &dyn AccountDirectory, named: &AccountsArgument) -> Result<Self, CommandError> {
        let mut found = Vec::new();
        for name in named.names() {
            found.push(Found::load(accounts, &name).await?);
        }
        Ok(Self(found))
    }

    fn noun(&self) -> String {
        match &self.0[..] {
            [one] => format!("the {}", one.noun()),
            several => format!("{} accounts", several.len()),
        }
    }

    async fn act(
        &self,
        act: SeveralAct,
        accounts: &dyn AccountDirectory,
        output: &mut Output<'_>,
    ) -> Result<Exit, CommandError> {
        let done = accounts.act_on_several(act, self.0.iter().map(|found| found.id).collect()).await?;
        output.result(&done)?;
        Ok(if done.refused.is_empty() { Exit::Done } else { Exit::Refused })
    }
}

/// Prints accounts part by part, so that no more than one part is in memory.
async fn export(
    query: &AccountQuery,
    format: ExportFormat,
    accounts: &dyn AccountDirectory,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    if format == ExportFormat::Csv {
        output.document(account_csv_header().as_bytes())?;
    }
    let (mut part, mut exported) = (Part { limit: PageRequest::LIMIT, cursor: None }, 0_usize);
    loop {
        let page = accounts.page(query, &part).await?;
        let line = |item: &AccountOverviewView| match format {
            ExportFormat::Jsonl => json_line(item),
            ExportFormat::Csv => account_csv_line(item),
        };
        let lines: Result<String, serde_json::Error> = page.items.iter().map(line).collect();
        let lines = lines.map_err(|error| CommandError::refused("an account cannot be written").because(error))?;
        if !lines.is_empty() {
            output.document(lines.as_bytes())?;
        }
        exported += page.items.len();
        output.progress(&format!("{exported} accounts"))?;
        part.cursor = page.next_cursor;
        if part.cursor.is_none() {
            output.progress("")?;
            return Ok(Exit::Done);
        }
    }
}

/// What came of an act on an account.
mod told {
    use countersign_application::account::Role;
    use countersign_application::second_factor::ResetTwoFactorOutcome;
    use countersign_wire::Outcome;

    pub(super) fn renamed(whom: &str, new: &str) -> Outcome {
        Outcome::success(format!("{whom} signs in as {new} from now on; everything else of the account is as it was."))
    }

    pub(super) fn role_set(whom: &str, role: Role) -> Outcome {
        Outcome::success(format!("The role of {whom} is {role} from now on."))
    }

    pub(super) fn password_set(whom: &str) -> Outcome {
        Outcome::success(format!(
            "The new password of {whom} holds; sessions and trusted devices of the account were ended."
        ))
    }

    pub(super) fn requirement_set(whom: &str, required: Option<bool>) -> Outcome {
        Outcome::success(match required {
            Some(true) => format!("{whom} has to have a second factor from now on, whatever the policy says."),
            Some(false) => format!("{whom} need not have a second factor from now on, whatever the policy says."),
            None => format!("Whether {whom} has to have a second factor, the policy says from now on."),
        })
    }

    pub(super) fn deleted(noun: &str) -> Outcome {
        Outcome::success(format!("The {noun} was deleted; its audit events were kept."))
    }

    pub(super) fn unlocked(whom: &str) -> Outcome {
        Outcome::success(format!("The failed attempts of {whom} were forgotten."))
    }

    pub(super) fn two_factor_disabled(whom: &str, was_on: bool) -> Outcome {
        if was_on {
            Outcome::success(ResetTwoFactorOutcome::message(whom))
        } else {
            Outcome::failure(format!("Two-factor authentication of {whom} was not enabled."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::administration::shell::{Said, Shell};
    use super::*;
    use crate::OutputFormat;
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

    /// A shell with the account `kim`, and with subjects: `user-42`, and one that is called as the account is.
    async fn accounts_and_subjects() -> (Accounts, [String; 3]) {
        let shell = Accounts::new().await;
        let made = shell.run("create kim --password-stdin", piped()).await.json();
        let [user, twin] = [shell.0.subject("user-42", "Grace").await, shell.0.subject("kim", "Kim").await];
        (shell, [made["id"].as_str().unwrap().to_owned(), user, twin])
    }

    #[tokio::test]
    async fn a_subject_is_named_by_its_identifier_or_id_in_every_command() {
        let (shell, [kim, user, twin]) = accounts_and_subjects().await;
        for (name, id) in [
            ("user-42", &user),
            ("user-42 --subject", &user),
            (&user, &user),
            ("kim --subject", &twin),
            (&twin, &twin),
            (&kim, &kim),
        ] {
            let shown = shell.run(&format!("show {name}"), piped()).await.json();
            assert_eq!(shown["id"].as_str(), Some(id.as_str()), "{name}");
            let said = shell.run(&format!("unlock {name}"), piped()).await;
            assert_eq!(said.exit, Exit::Done, "{name}: {}", said.prose);
        }
        let off = shell.run("disable-2fa user-42 --yes", piped()).await;
        let told = "Two-factor authentication of the subject user-42 was not enabled.";
        assert_eq!((off.exit, off.json()["message"].as_str()), (Exit::Refused, Some(told)));
        let line = "delete user-42 --reason left";
        let deleted = shell.run(line, ScriptedTerminal::answering(["y"])).await;
        assert!(deleted.prose.contains("Delete the subject user-42 and"), "{}", deleted.prose);
        assert_eq!(deleted.json()["message"], "The subject user-42 was deleted; its audit events were kept.");
        for gone in ["show user-42", "show user-42 --subject", "show USER-42", "show Grace", "show nobody --subject"] {
            let said = shell.run(gone, piped()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::NotFound, ""), "{gone}");
            assert!(said.prose.contains("account list --query"), "{}", said.prose);
        }
    }

    #[tokio::test]
    async fn a_name_of_several_is_refused_with_their_ids() {
        let (shell, [kim, _, twin]) = accounts_and_subjects().await;
        for line in [
            "show kim",
            "rename kim lee",
            "set-role kim admin",
            "set-password kim --password-stdin",
            "require-2fa kim",
            "delete kim --yes",
            "unlock kim",
            "disable-2fa kim --yes",
        ] {
            let said = shell.run(line, piped()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::Refused, ""), "{line}");
            for told in [&format!("the account kim (id {kim})"), &format!("the subject kim (id {twin})"), "--subject"] {
                assert!(said.prose.contains(told), "{told}: {}", said.prose);
            }
        }
        assert_eq!(shell.run(&format!("delete {twin} --yes"), piped()).await.exit, Exit::Done);
        assert_eq!(shell.run("show kim", piped()).await.json()["id"].as_str(), Some(kim.as_str()));
    }

    #[tokio::test]
    async fn a_subject_gets_no_login_role_or_password() {
        let (shell, _) = accounts_and_subjects().await;
        for (line, field) in [
            ("rename user-42 grace", "login"),
            ("set-role user-42 owner", "role"),
            ("set-password user-42 --password-stdin", "password"),
            ("require-2fa user-42 --exempt", "two_factor_required"),
        ] {
            let said = shell.run(line, piped()).await;
            let told = format!("error: {field} is for accounts that sign in, and this is a subject");
            assert_eq!(said.exit, Exit::Refused, "{line}");
            assert!(said.prose.starts_with(&told), "{}", said.prose);
        }
    }

    #[tokio::test]
    async fn a_list_shows_subjects_and_is_searched_by_identifier_and_label() {
        let (shell, [_, user, _]) = accounts_and_subjects().await;
        for query in ["user", "grace"] {
            let listed = shell.run(&format!("list --query {query}"), piped()).await.json();
            let [item] = &listed["items"].as_array().unwrap()[..] else { panic!("{query}: {listed}") };
            assert_eq!((&item["id"], &item["subject"]), (&user.clone().into(), &"user-42".into()));
        }
        let table = shell.0.run_as(OutputFormat::Table, "account list", &mut piped()).await.results;
        let row = table.lines().find(|line| line.starts_with("user-42 ")).unwrap();
        assert!(row.contains(" subject ") && row.ends_with("label Grace"), "{table}");
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

    #[tokio::test]
    async fn several_are_disabled_enabled_and_signed_out_and_none_where_one_is_unknown() {
        let (shell, [_, user, _]) = accounts_and_subjects().await;
        shell.run("create lee --password-stdin", piped()).await;
        let unknown = shell.run("disable lee nobody --yes", piped()).await;
        assert_eq!((unknown.exit, unknown.results.as_str()), (Exit::NotFound, ""));
        let disabled = async |name: &str| shell.run(&format!("show {name}"), piped()).await.json()["disabled"].clone();
        assert_eq!(disabled("lee").await, false, "they are all found before anything is done");
        assert_eq!(shell.run("disable lee user-42", piped()).await.exit, Exit::Usage);
        let said = shell.run("disable lee user-42", ScriptedTerminal::answering(["y"])).await;
        assert!(said.prose.contains("Disable 2 accounts"), "{}", said.prose);
        assert_eq!((said.exit, &said.json()["done"]), (Exit::Done, &2.into()));
        assert_eq!((disabled("lee").await, disabled(&user).await), (true.into(), true.into()));
        let again = shell.run("disable lee --yes", piped()).await.json();
        assert_eq!((&again["done"], &again["unchanged"]), (&0.into(), &1.into()));
        assert_eq!(shell.run("enable lee user-42", piped()).await.json()["done"], 2);
        let refused = shell.run("end-sessions lee user-42 --yes", piped()).await;
        let json = refused.json();
        assert_eq!((refused.exit, &json["refused"][0]["reason"]), (Exit::Refused, &"subject".into()));
        let table = shell.0.run_as(OutputFormat::Table, "account end-sessions user-42 --yes", &mut piped()).await;
        assert!(
            table.results.contains("the subject user-42") && table.results.contains("subject"),
            "{}",
            table.results
        );
    }

    #[tokio::test]
    async fn accounts_are_filtered_sorted_and_exported() {
        let (shell, _) = accounts_and_subjects().await;
        shell.run("create adam --password-stdin", piped()).await;
        shell.run("disable adam --yes", piped()).await;
        let logins = async |filter: &str| {
            let listed = shell.run(&format!("list {filter}"), piped()).await.json();
            let items = listed["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["login"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(logins("--disabled").await, ["adam"]);
        assert_eq!(logins("--active --never-signed-in").await, ["kim"]);
        assert_eq!(logins("--sort login_desc").await, ["kim", "adam", "Grace", "Kim"]);
        assert_eq!(logins("--waiting").await, [""; 0]);
        let lines = shell.run("export --sort login", piped()).await.results;
        assert_eq!(lines.lines().count(), 4);
        let csv = shell.run("export --format csv --disabled", piped()).await.results;
        assert!(csv.lines().count() == 2 && csv.starts_with("id,realm,login,"), "{csv}");
    }
}
