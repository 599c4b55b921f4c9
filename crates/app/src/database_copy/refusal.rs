//! What an error of a copy means to whoever began it.

use countersign_cli::CommandError;
use countersign_persistence::{CopyError, CopySide, OpenError, SchemaStatus};

use crate::deployment::cannot_open;

const AGAIN: &str = "run `countersign database copy` with the same databases again: it goes on where it ended";
const EMPTY: &str = "name an empty database; on a server, make one with CREATE DATABASE";
const AFRESH: &str = "begin again with an empty database: remove the file, or DROP DATABASE and CREATE DATABASE";

/// What an error of a copy means to the person at the keyboard.
pub(super) fn of(error: CopyError) -> CommandError {
    match error {
        CopyError::Open { side, source: source @ OpenError::Missing { .. } } => {
            CommandError::unavailable(format!("{side} is not there"))
                .because(source)
                .advise("name the database of a deployment that was set up before")
        }
        CopyError::Open { side, source: source @ OpenError::Url(_) } => {
            CommandError::usage(format!("{side} is not understood")).because(source)
        }
        CopyError::Open { side, source } => {
            let refused = cannot_open(source);
            let advice = refused.advice().map(str::to_owned);
            let told = CommandError::unavailable(format!("{side}: {}", refused.chain()));
            match advice {
                Some(advice) => told.advise(advice),
                None => told,
            }
        }
        CopyError::SamePlace => CommandError::usage(error.to_string()).advise("name two databases"),
        CopyError::Schema { side: CopySide::Source, ref status } => {
            let advice = of_schema(status);
            CommandError::refused(error.to_string()).advise(advice)
        }
        CopyError::Schema { side: CopySide::Target, .. } => {
            CommandError::refused("another version of this program began this copy").advise(AFRESH)
        }
        CopyError::SourceUnfinished => CommandError::refused(error.to_string())
            .advise("finish that copy first, or copy from where it was to come from"),
        CopyError::SourceInUse(_) => {
            CommandError::unavailable("others keep changing the database to copy from, or are in the middle of it")
                .because(error)
                .advise("stop the servers on it first, and try again")
        }
        CopyError::TargetNotEmpty { .. } => CommandError::refused(error.to_string()).advise(EMPTY),
        CopyError::OtherCopy => CommandError::refused(error.to_string()).advise(format!(
            "run that copy to its end, or {AFRESH}; this is also said where the source has got other realms or master \
             keys meanwhile"
        )),
        CopyError::Database { side: CopySide::Source, .. } | CopyError::Table { side: CopySide::Source, .. } => {
            CommandError::refused("the copy has not finished").because(error).advise(AGAIN)
        }
        CopyError::Database { .. } | CopyError::Table { .. } => {
            CommandError::refused("the copy has not finished, and the new database is not served")
                .because(error)
                .advise(AGAIN)
        }
        CopyError::Interrupted => CommandError::refused(error.to_string()).advise(AGAIN),
        CopyError::Different(_) => CommandError::refused(error.to_string()).advise(format!(
            "the new database is not served; either something changed it, or the old one was changed after an \
             interrupted copy had begun: stop the servers on the old one, and {AFRESH}"
        )),
    }
}

fn of_schema(status: &SchemaStatus) -> &'static str {
    if status.is_newer() {
        "a newer version of countersign has migrated it: copy with that version"
    } else if status.applied.is_empty() {
        "there is no deployment in it: see whether it is the right one"
    } else {
        "it is older than this program: run `countersign database migrate` on it first"
    }
}

#[cfg(test)]
mod tests {
    use countersign_cli::Exit;

    use super::*;

    #[test]
    fn every_refusal_says_what_to_do() {
        let side = CopySide::Source;
        let schema = |side| CopyError::Schema { side, status: SchemaStatus::default() };
        for (error, exit, told) in [
            (CopyError::Open { side, source: OpenError::Missing { path: "/a".into() } }, Exit::Unavailable, "set up"),
            (CopyError::Open { side, source: OpenError::UnfinishedCopy }, Exit::Unavailable, "copy"),
            (CopyError::Open { side, source: OpenError::Url("no") }, Exit::Usage, ""),
            (CopyError::SamePlace, Exit::Usage, "two"),
            (schema(CopySide::Source), Exit::Refused, "right one"),
            (schema(CopySide::Target), Exit::Refused, "empty"),
            (CopyError::SourceUnfinished, Exit::Refused, "finish"),
            (CopyError::TargetNotEmpty { table: "realm" }, Exit::Refused, "CREATE DATABASE"),
            (CopyError::OtherCopy, Exit::Refused, "realms"),
            (CopyError::Interrupted, Exit::Refused, "again"),
            (CopyError::Different(Vec::new()), Exit::Refused, "not served"),
        ] {
            let refusal = of(error);
            assert_eq!(refusal.exit(), exit, "{refusal}");
            assert!(refusal.advice().unwrap_or_default().contains(told), "{refusal}: {:?}", refusal.advice());
        }
    }
}
