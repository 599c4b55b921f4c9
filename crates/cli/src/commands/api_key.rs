use countersign_wire::Outcome;

use super::confirmation;
use crate::api_keys::{ApiKeyDirectory, NewApiKey};
use crate::part::whole;
use crate::{ApiKeyCommand, CommandError, Exit, Output, Terminal};

/// Refuses what cannot be done where nobody can be asked.
pub(super) fn check(command: &ApiKeyCommand, terminal: &dyn Terminal) -> Result<(), CommandError> {
    match command {
        ApiKeyCommand::Revoke { yes, .. } => confirmation::check(*yes, terminal),
        ApiKeyCommand::Create { .. } | ApiKeyCommand::List => Ok(()),
    }
}

/// Runs an API key command.
pub(super) async fn run(
    command: &ApiKeyCommand,
    keys: &dyn ApiKeyDirectory,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    match command {
        ApiKeyCommand::Create { name, scopes, expires_in } => {
            let key = NewApiKey { name: name.clone(), scopes: scopes.clone(), expires_in_days: *expires_in };
            output.result(&keys.create(key).await?)?;
            output.note("The key is shown only now; only a digest of it was kept.")?;
        }
        ApiKeyCommand::List => output.result(&whole(async |part| keys.page(&part).await).await?)?,
        ApiKeyCommand::Revoke { id, yes } => {
            let question = format!("Revoke the API key {id}? Whoever uses it is refused from then on.");
            confirmation::confirm(*yes, &question, terminal, output)?;
            let revoked = match id.parse() {
                Ok(id) => keys.revoke(id).await?,
                Err(_) => false,
            };
            if !revoked {
                return Err(CommandError::not_found(format!("there is no API key {id:?} in this realm"))
                    .advise("`countersign api-key list` shows those there are"));
            }
            output.result(&Outcome::success(format!("The API key {id} opens nothing any more.")))?;
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::super::administration::shell::Shell;
    use super::*;
    use crate::terminal::scripted::ScriptedTerminal;

    #[tokio::test]
    async fn a_key_is_made_listed_without_the_key_and_revoked() {
        let shell = Shell::new().await;
        let line = "api-key create --name shop --scope enroll --scope verify --scope verify";
        let made = shell.run(line, ScriptedTerminal::default()).await.json();
        let names: Vec<&String> = made.as_object().unwrap().keys().collect();
        assert_eq!(names, ["id", "key", "name", "realm", "scopes"]);
        assert_eq!(made["scopes"], serde_json::json!(["verify", "enroll"]));

        let expiring = "api-key create --name short --scope admin --expires-in 1";
        assert!(shell.run(expiring, ScriptedTerminal::default()).await.json()["expires_at"].is_string());

        let listed = shell.run("api-key list", ScriptedTerminal::default()).await;
        assert!(!listed.results.contains(made["key"].as_str().unwrap()));
        let listed = listed.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert!(listed["items"].as_array().unwrap().iter().any(|key| key["id"] == made["id"]));

        let revoke = format!("api-key revoke {}", made["id"].as_str().unwrap());
        assert_eq!(shell.run(&revoke, ScriptedTerminal::default()).await.exit, Exit::Usage);
        assert_eq!(shell.run(&revoke, ScriptedTerminal::answering(["no"])).await.exit, Exit::Refused);
        assert_eq!(shell.run(&format!("{revoke} --yes"), ScriptedTerminal::default()).await.exit, Exit::Done);
        for gone in [revoke.as_str(), "api-key revoke nonsense"] {
            let said = shell.run(&format!("{gone} --yes"), ScriptedTerminal::default()).await;
            assert_eq!(said.exit, Exit::NotFound);
        }
    }
}
