use countersign_wire::List;

use crate::realms::{NewRealm, RealmChange, RealmDirectory, appearance_change, policy_patch};
use crate::{CommandError, Exit, Output, RealmCommand};

/// Runs a realm command.
pub(super) async fn run(
    command: &RealmCommand,
    realms: &dyn RealmDirectory,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    match command {
        RealmCommand::Create { slug, issuer, preset } => {
            let realm = NewRealm { slug: slug.clone(), issuer: issuer.clone(), preset: preset.clone() };
            output.result(&realms.create(realm).await?)?;
        }
        RealmCommand::List => {
            output.result(&List::complete(realms.list().await?))?;
        }
        RealmCommand::Show => output.result(&realms.load().await?)?,
        RealmCommand::SetAppearance { change } => {
            let change = appearance_change(change)?;
            output.result(&realms.set_appearance(change).await?)?;
        }
        RealmCommand::SetPolicy { preset, file, issuer, keys } => {
            let policy = policy_patch(file.as_deref(), keys)?;
            let change = RealmChange { issuer: issuer.clone(), preset: preset.clone(), policy };
            output.result(&realms.update(change).await?)?;
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
    async fn a_realm_is_made_listed_and_changed() {
        let shell = Shell::new().await;
        let made = shell.run("realm create shop --issuer Shop --preset dokploy", ScriptedTerminal::default()).await;
        let made = made.json();
        assert_eq!((&made["slug"], &made["issuer"]), (&"shop".into(), &"Shop".into()));
        assert_eq!(made["policy"]["proofs"]["disable"], "password_or_code");
        assert_eq!(shell.run("realm show --realm shop", ScriptedTerminal::default()).await.json(), made);
        let listed = shell.run("realm list", ScriptedTerminal::default()).await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert_eq!(listed["items"][1], made);

        let line = "realm set-policy --preset ispconfig --issuer Mail totp.period_seconds=60 totp.digits=8";
        let changed = shell.run(line, ScriptedTerminal::default()).await.json();
        assert_eq!((&changed["slug"], &changed["issuer"]), (&"default".into(), &"Mail".into()));
        assert_eq!(changed["policy"]["totp"]["period_seconds"], 60);
        assert_eq!(changed["policy"]["proofs"]["confirm"], "password");
        assert_eq!(shell.run("realm show", ScriptedTerminal::default()).await.json(), changed);
    }

    #[tokio::test]
    async fn an_appearance_is_set_shown_and_taken_away_again() {
        let shell = Shell::new().await;
        let plain = shell.run("realm create shop --issuer Shop", ScriptedTerminal::default()).await.json();
        assert!(plain.get("appearance").is_none(), "{plain}");
        let directory = tempfile::tempdir().unwrap();
        let logo = directory.path().join("logo.bin");
        std::fs::write(&logo, "<svg/>").unwrap();
        let line = format!(
            "realm set-appearance --realm shop --name Store --accent #0A7D55 --logo {} --return-to https://a.example \
             --return-to http://localhost:3000/back --contact-name Desk --contact-link mailto:it@example.org \
             --time-zone europe/berlin",
            logo.display()
        );
        let shown = shell.run(&line, ScriptedTerminal::default()).await.json();
        let expected = serde_json::json!({
            "name": "Store",
            "accent": "#0a7d55",
            "logo": { "media_type": "image/svg+xml", "bytes": 6 },
            "contact_name": "Desk",
            "contact_link": "mailto:it@example.org",
            "time_zone": "Europe/Berlin",
            "return_addresses": ["https://a.example/", "http://localhost:3000/back"],
        });
        assert_eq!(shown["appearance"], expected);
        assert_eq!(shell.run("realm show --realm shop", ScriptedTerminal::default()).await.json(), shown);
        let listed = shell.run("realm list", ScriptedTerminal::default()).await.json();
        assert_eq!(listed["items"][1], shown);
        let line = "realm set-appearance --realm shop --no-logo --return-to https://b.example/";
        let less = shell.run(line, ScriptedTerminal::default()).await.json();
        assert_eq!(less["appearance"]["logo"], serde_json::Value::Null);
        assert_eq!(less["appearance"]["return_addresses"], serde_json::json!(["https://b.example/"]));
        assert_eq!(less["appearance"]["name"], "Store");
        let line = "realm set-appearance --realm shop --no-name --no-accent --no-logo --no-return-to --no-contact-name \
                    --no-contact-link --no-time-zone";
        assert_eq!(shell.run(line, ScriptedTerminal::default()).await.json(), plain);
    }

    #[tokio::test]
    async fn an_appearance_that_breaks_a_rule_changes_nothing() {
        let shell = Shell::new().await;
        let before = shell.run("realm show", ScriptedTerminal::default()).await.json();
        let directory = tempfile::tempdir().unwrap();
        let (large, wrong) = (directory.path().join("large"), directory.path().join("wrong"));
        std::fs::write(&large, [b"<svg>".to_vec(), vec![b' '; 65_536]].concat()).unwrap();
        std::fs::write(&wrong, "GIF89a").unwrap();
        for (change, told) in [
            ("--accent hunter2".to_owned(), "accent must be a color"),
            ("--contact-link javascript:hunter2".to_owned(), "contact_link must be https://"),
            ("--time-zone hunter2".to_owned(), "time_zone must be the name of a time zone"),
            (format!("--logo {}", large.display()), "logo must be at most 64 KiB"),
            (format!("--logo {}", wrong.display()), "logo must be a PNG"),
            ("--logo /no/such/file".to_owned(), "/no/such/file cannot be read"),
            ("--return-to https://a.example/ --return-to http://hunter2/".to_owned(), "return_addresses number 2 must"),
        ] {
            let said = shell.run(&format!("realm set-appearance {change}"), ScriptedTerminal::default()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::Refused, ""), "{change}");
            assert!(said.prose.contains(told) && !said.prose.contains("hunter2"), "{}", said.prose);
        }
        assert_eq!(shell.run("realm show", ScriptedTerminal::default()).await.json(), before);
        let nowhere = shell.run("realm set-appearance --realm nowhere --no-name", ScriptedTerminal::default()).await;
        assert_eq!(nowhere.exit, Exit::NotFound);
    }

    #[tokio::test]
    async fn what_breaks_a_rule_is_named_and_changes_nothing() {
        let shell = Shell::new().await;
        let before = shell.run("realm show", ScriptedTerminal::default()).await.json();
        for (change, told) in [
            ("totp.period_seconds=7", "totp.period_seconds must be 15 to 120"),
            ("totp.digits=8 nonsense.key=1", "nonsense.key is not a key"),
            ("recovery_codes.format=XXXX", "recovery_codes.format must"),
            ("proofs.disable=none", "proofs.disable must"),
            ("totp.algorithm=null", "totp.algorithm must be SHA1"),
            ("--preset nothing", "preset must be one of recommended, dokploy"),
            ("--issuer a:b", "issuer must be"),
        ] {
            let said = shell.run(&format!("realm set-policy {change}"), ScriptedTerminal::default()).await;
            assert_eq!((said.exit, said.results.as_str()), (Exit::Refused, ""), "{change}");
            assert!(
                said.prose.starts_with("error: nothing was changed: ") && said.prose.contains(told),
                "{}",
                said.prose
            );
        }
        let both = "realm set-policy totp.period_seconds=7 sign_in.challenge_attempts=0";
        let said = shell.run(both, ScriptedTerminal::default()).await.prose;
        assert!(said.contains("totp.period_seconds") && said.contains("sign_in.challenge_attempts"), "{said}");
        assert_eq!(shell.run("realm show", ScriptedTerminal::default()).await.json(), before);
        for (line, exit) in [
            ("realm create default --issuer A", Exit::Refused),
            ("realm create shop --issuer a:b", Exit::Refused),
            ("realm create shop --issuer A --preset nothing", Exit::Refused),
            ("realm show --realm shop", Exit::NotFound),
        ] {
            assert_eq!(shell.run(line, ScriptedTerminal::default()).await.exit, exit, "{line}");
        }
    }
}
