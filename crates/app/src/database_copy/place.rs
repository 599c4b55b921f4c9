use countersign_application::text::line_of_file;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use countersign_cli::{CommandError, UrlSource};
use countersign_persistence::{CopySide, StoreOptions};

use crate::settings::Environment;

/// Far more than the longest URL takes.
const LONGEST_LINE: u64 = 4096;

/// One of the databases, as it was named.
pub(super) struct Place {
    pub(super) options: StoreOptions,
    shown: countersign_persistence::Place,
}

impl Place {
    pub(super) fn read(side: CopySide, source: &UrlSource, environment: &Environment) -> Result<Self, CommandError> {
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
        let shown = countersign_persistence::Place::parse(&url)
            .map_err(|error| CommandError::usage(format!("{side} is not understood")).because(error))?;
        Ok(Self { options: StoreOptions::new(url), shown })
    }
}

fn first_line(path: &std::path::Path) -> std::io::Result<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?.take(LONGEST_LINE)).read_until(b'\n', &mut line)?;
    let line = line_of_file(&line).map_err(|error| std::io::Error::other(format!("it {error}")))?;
    Ok(line.trim().to_owned())
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}
