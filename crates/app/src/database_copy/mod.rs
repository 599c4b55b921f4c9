//! The command that moves a deployment to another database.

mod place;
mod progress;
mod refusal;
mod view;

use countersign_application::ports::Clock;
use countersign_cli::{CommandError, CopyArguments, Exit, Output};
use countersign_crypto::SystemClock;
use countersign_persistence::{CopySide, copy_database};

use crate::settings::Environment;

use place::Place;
use progress::Progress;
use view::CopyView;

/// Copies one database to another.
pub(crate) async fn run(arguments: &CopyArguments, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let environment = Environment::of_process();
    let from = Place::read(CopySide::Source, &arguments.from, &environment)?;
    let to = Place::read(CopySide::Target, &arguments.to, &environment)?;
    let mut progress = Progress::new(output)?;
    let copied = copy_database(&from.options, &to.options.clone().creating(), SystemClock.now(), &mut progress).await;
    progress.end();
    let copied = copied.map_err(refusal::of)?;
    output.result(&CopyView::new(&from, &to, &copied))?;
    tell_what_is_next(&from, &to, output)?;
    Ok(Exit::Done)
}

fn tell_what_is_next(from: &Place, to: &Place, output: &mut Output<'_>) -> Result<(), CommandError> {
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
