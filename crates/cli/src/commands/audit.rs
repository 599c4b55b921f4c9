use countersign_application::PageRequest;
use countersign_wire::{AuditEventView, List, csv_header, csv_line, json_line};

use super::AdministrationPlace;
use crate::accounts::Found;
use crate::audit::AuditTrail;
use crate::{AuditCommand, AuditFilterArguments, AuditQuery, CommandError, Exit, ExportFormat, Output, Part};

/// Runs a command on the audit trail.
pub(super) async fn run(
    command: &AuditCommand,
    place: &dyn AdministrationPlace,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    match command {
        AuditCommand::List { filter, limit } => {
            let mut list = List::complete(Vec::new());
            let mut parts = Parts::new(place, query_of(filter, place, output).await?, Some(*limit));
            while let Some(page) = parts.next().await? {
                list.items.extend(page);
            }
            list.next_cursor = parts.cursor;
            output.result(&list)?;
            if list.next_cursor.is_some() {
                output.note("There are older events; --limit shows more, and `audit export` prints all.")?;
            }
        }
        AuditCommand::Export { filter, limit, format } => {
            let query = query_of(filter, place, output).await?;
            if *format == ExportFormat::Csv {
                output.document(csv_header().as_bytes())?;
            }
            let line = match format {
                ExportFormat::Jsonl => json_line,
                ExportFormat::Csv => csv_line,
            };
            let mut parts = Parts::new(place, query, *limit);
            let mut exported = 0_usize;
            while let Some(page) = parts.next().await? {
                let lines: Result<String, serde_json::Error> = page.iter().map(line).collect();
                let lines =
                    lines.map_err(|error| CommandError::refused("an event cannot be written").because(error))?;
                if !lines.is_empty() {
                    output.document(lines.as_bytes())?;
                }
                exported += page.len();
                let reached = page.last().map(|event| format!(", back to {}", event.at.for_people()));
                output.progress(&format!("{exported} events{}", reached.unwrap_or_default()))?;
            }
            output.progress("")?;
        }
    }
    Ok(Exit::Done)
}

/// What is asked for; `None` where it concerns an account that there is not.
async fn query_of(
    filter: &AuditFilterArguments,
    place: &dyn AdministrationPlace,
    output: &mut Output<'_>,
) -> Result<Option<AuditQuery>, CommandError> {
    let name = filter.name();
    let account = match &name {
        None => None,
        Some(name) => match Found::find(place, name).await?.map(|found| found.id).or_else(|| name.id()) {
            Some(id) => Some(id),
            None => {
                output.note(&format!(
                    "Nobody goes by {:?}; what happened to an account that is gone, its id finds.",
                    name.as_str()
                ))?;
                return Ok(None);
            }
        },
    };
    Ok(Some(AuditQuery {
        event: filter.event,
        account,
        outcome: filter.outcome,
        address: filter.address,
        actor_kind: filter.actor_kind,
        actor: filter.actor.clone(),
        login: filter.login.clone(),
        since: filter.since,
        until: filter.until,
    }))
}

/// The pages of the events that are asked for, one after the other.
struct Parts<'a> {
    trail: &'a dyn AuditTrail,
    /// `None` for no events at all.
    query: Option<AuditQuery>,
    /// How many are still wanted; `None` for all.
    wanted: Option<u32>,
    cursor: Option<String>,
    begun: bool,
}

impl<'a> Parts<'a> {
    fn new(trail: &'a dyn AuditTrail, query: Option<AuditQuery>, wanted: Option<u32>) -> Self {
        Self { trail, query, wanted, cursor: None, begun: false }
    }

    async fn next(&mut self) -> Result<Option<Vec<AuditEventView>>, CommandError> {
        let limit = self.wanted.map_or(PageRequest::LIMIT, |wanted| wanted.min(PageRequest::LIMIT));
        let Some(query) = self.query.as_ref().filter(|_| limit > 0 && (!self.begun || self.cursor.is_some())) else {
            return Ok(None);
        };
        let page = self.trail.page(query, &Part { limit, cursor: self.cursor.take() }).await?;
        let number = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(number));
        self.cursor = page.next_cursor;
        self.begun = true;
        Ok(Some(page.items))
    }
}

#[cfg(test)]
mod tests {
    use super::super::administration::shell::Shell;
    use super::*;
    use crate::OutputFormat;
    use crate::terminal::scripted::ScriptedTerminal;

    async fn shell_with_events(number: usize) -> Shell {
        let shell = Shell::new().await;
        for index in 0..number {
            let line = format!("account create user{index} --password-stdin");
            let said = shell.run(&line, ScriptedTerminal::piped(b"correct horse battery\n")).await;
            assert_eq!(said.exit, Exit::Done, "{}", said.prose);
        }
        shell
    }

    #[tokio::test]
    async fn events_are_listed_up_to_a_limit_and_exported_altogether() {
        let shell = shell_with_events(203).await;
        for (line, number, more) in
            [("audit list", 50, true), ("audit list --limit 201", 201, true), ("audit list --limit 203", 203, false)]
        {
            let said = shell.run(line, ScriptedTerminal::default()).await;
            let json = said.json();
            assert_eq!(json["items"].as_array().unwrap().len(), number, "{line}");
            assert_eq!((json["next_cursor"].is_string(), said.prose.contains("--limit")), (more, more), "{line}");
        }
        let exported = shell.run("audit export", ScriptedTerminal::default()).await.results;
        assert_eq!(exported.lines().count(), 203);
        let first: serde_json::Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
        let listed = shell.run("audit list --limit 1", ScriptedTerminal::default()).await.json();
        assert_eq!((&first, first["event"].as_str()), (&listed["items"][0], Some("account.created")));
        assert_eq!(shell.run("audit export --limit 7", ScriptedTerminal::default()).await.results.lines().count(), 7);
    }

    #[tokio::test]
    async fn what_concerns_a_subject_is_found_by_its_identifier_and_by_its_id_also_once_it_is_gone() {
        let shell = shell_with_events(2).await;
        let [user, twin] = [shell.subject("user-42", "Grace").await, shell.subject("user1", "Twin").await];
        for line in ["account unlock user-42".to_owned(), format!("account unlock {twin}")] {
            assert_eq!(shell.run(&line, ScriptedTerminal::default()).await.exit, Exit::Done);
        }
        let events = async |filter: &str| {
            let listed = shell.run(&format!("audit list {filter}"), ScriptedTerminal::default()).await.json();
            let items = listed["items"].as_array().unwrap().clone();
            items.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for filter in ["--account user-42", "--subject user-42", &format!("--account {user}"), "--subject user1"] {
            assert_eq!(events(filter).await, ["account.unlocked"], "{filter}");
        }
        let several = shell.run("audit export --account user1", ScriptedTerminal::default()).await;
        assert_eq!((several.exit, several.results.as_str()), (Exit::Refused, ""));
        assert!(several.prose.contains(&twin) && several.prose.contains("--subject"), "{}", several.prose);
        shell.run("account delete user-42 --yes", ScriptedTerminal::default()).await;
        assert_eq!(events(&format!("--account {user}")).await, ["account.deleted", "account.unlocked"]);
        let gone = shell.run("audit list --subject user-42", ScriptedTerminal::default()).await;
        assert_eq!((gone.exit, &gone.json()["items"]), (Exit::Done, &serde_json::json!([])));
        assert!(gone.prose.contains("Nobody goes by \"user-42\""), "{}", gone.prose);
    }

    #[tokio::test]
    async fn filters_narrow_down_and_csv_has_a_header() {
        let shell = shell_with_events(3).await;
        let csv = shell.run("audit export --format csv --account USER1", ScriptedTerminal::default()).await.results;
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with("id,at,event,realm,"), "{csv}");
        assert!(
            lines[1].contains(",account.created,default,") && lines[1].ends_with(",\"{\"\"role\"\":\"\"member\"\"}\"")
        );
        for nothing in [
            "audit export --account nobody",
            "audit export --event sign_in.failed",
            "audit export --outcome failure",
            "audit export --address 203.0.113.7",
            "audit export --actor-kind administrator",
            "audit export --actor nobody",
            "audit export --login nobody",
            "audit export --until 2001-01-01T00:00:00Z",
            "audit export --since 2101-01-01T00:00:00Z",
        ] {
            let said = shell.run(nothing, ScriptedTerminal::default()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::Done, ""), "{nothing}");
        }
        for (some, count) in [("--login SER1", 1), ("--login user --actor-kind operator", 3)] {
            let said = shell.run(&format!("audit export {some}"), ScriptedTerminal::default()).await;
            assert_eq!(said.results.lines().count(), count, "{some}");
        }
        let table = shell.run_as(OutputFormat::Table, "audit list", &mut ScriptedTerminal::default()).await.results;
        assert!(table.starts_with("at ") && table.contains("operator") && table.contains("role: member"), "{table}");
    }
}
