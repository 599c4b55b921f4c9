//! The command that moves a deployment to another database.

mod progress;
mod refusal;
mod view;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use countersign_application::ports::Clock;
use countersign_application::text::line_of_file;
use countersign_cli::{CommandError, CopyArguments, Exit, Output, UrlSource};
use countersign_crypto::SystemClock;
use countersign_persistence::{CopySide, DatabaseUrl, StoreOptions, copy_database};

use crate::settings::Environment;

use progress::Progress;
use view::CopyView;

/// Far more than the longest URL takes.
const LONGEST_LINE: u64 = 4096;

/// Copies one database to another.
pub(crate) async fn run(arguments: &CopyArguments, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let environment = Environment::of_process();
    let from = read(CopySide::Source, &arguments.from, &environment)?;
    let to = read(CopySide::Target, &arguments.to, &environment)?;
    let (source, target) = (StoreOptions::new(from.clone()), StoreOptions::new(to.clone()).creating());
    let mut progress = Progress::new(output)?;
    let copied = copy_database(&source, &target, SystemClock.now(), &mut progress).await;
    progress.end();
    let copied = copied.map_err(refusal::of)?;
    output.result(&CopyView::new(&from, &to, &copied))?;
    tell_what_is_next(&from, &to, output)?;
    Ok(Exit::Done)
}

/// The URL of one of the databases, from where it was said to be.
fn read(side: CopySide, source: &UrlSource, environment: &Environment) -> Result<DatabaseUrl, CommandError> {
    let refused = |why: String| CommandError::usage(format!("{side} is not understood: {why}"));
    if source.has_typed_password() {
        return Err(CommandError::usage(format!(
            "the URL of {side} has a password, and everyone on this machine can read arguments"
        ))
        .advise("put the URL in an environment variable or a file, and give env:NAME or file:PATH in its place"));
    }
    let url = match source {
        UrlSource::Typed(url) => url.clone(),
        UrlSource::Variable(name) => {
            environment.text(name)?.ok_or_else(|| refused(format!("there is no environment variable {name}")))?
        }
        UrlSource::File(path) => first_line(path)
            .map_err(|error| refused(format!("the file {} cannot be read", path.display())).because(error))?,
    };
    DatabaseUrl::parse(&url).map_err(|error| CommandError::usage(format!("{side} is not understood")).because(error))
}

fn first_line(path: &Path) -> std::io::Result<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?.take(LONGEST_LINE)).read_until(b'\n', &mut line)?;
    let line = line_of_file(&line).map_err(|error| std::io::Error::other(format!("it {error}")))?;
    Ok(line.trim().to_owned())
}

fn tell_what_is_next(from: &DatabaseUrl, to: &DatabaseUrl, output: &mut Output<'_>) -> Result<(), CommandError> {
    output.note("Every row was copied, and the two databases are the same. What is left to do:")?;
    output.note(&format!("  1. Stop every server on {from}, if one still runs."))?;
    output.note("     What it has changed since the copy is not in the new database.")?;
    output.note(&format!("  2. Set `database_url` (COUNTERSIGN_DATABASE_URL) to the one at {to}."))?;
    output.note("     The key ring file stays as it is and where it is: it opens both.")?;
    output.note("  3. Start the server.")?;
    output.note("  4. Keep the old database until all is well, then delete it. Never serve it again:")?;
    output.note("     codes that were spent since the copy would be good there once more.")?;
    Ok(())
}
