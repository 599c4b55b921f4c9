//! Where everything that a command says goes.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::CommandError;

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// A table for people.
    Table,
    /// JSON for programs.
    Json,
}

/// What a command found, to be printed.
pub trait View: Serialize {
    /// The same for people.
    fn table(&self) -> String;
}

/// Where everything that a command says goes: results to standard output, prose to standard error.
pub struct Output<'a> {
    format: OutputFormat,
    results: Box<dyn Write + 'a>,
    prose: Box<dyn Write + 'a>,
    /// Whether someone looks on at a terminal, on which the results do not appear.
    watched: bool,
}

impl Output<'static> {
    /// The process's own standard output and error. Unless asked otherwise, a table on a terminal and JSON elsewhere.
    #[must_use]
    pub fn standard(requested: Option<OutputFormat>) -> Self {
        let usual = if io::stdout().is_terminal() { OutputFormat::Table } else { OutputFormat::Json };
        let watched = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self { watched, ..Self::new(requested.unwrap_or(usual), io::stdout(), io::stderr()) }
    }
}

impl<'a> Output<'a> {
    /// Prints results to `results` and prose to `prose`.
    #[must_use]
    pub fn new(format: OutputFormat, results: impl Write + 'a, prose: impl Write + 'a) -> Self {
        Self { format, results: Box::new(results), prose: Box::new(prose), watched: false }
    }

    /// Prints what a command found.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn result(&mut self, view: &impl View) -> io::Result<()> {
        match self.format {
            OutputFormat::Table => writeln!(self.results, "{}", view.table())?,
            OutputFormat::Json => {
                serde_json::to_writer_pretty(&mut self.results, view)?;
                writeln!(self.results)?;
            }
        }
        self.results.flush()
    }

    /// Prints a result that has one form only, a document or a drawing.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn document(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.results.write_all(bytes)?;
        if !bytes.ends_with(b"\n") {
            writeln!(self.results)?;
        }
        self.results.flush()
    }

    /// Tells the person at the terminal something.
    ///
    /// # Errors
    /// Standard error failed.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.prose, "{text}")?;
        self.prose.flush()
    }

    /// Shows how far something is, in one line in which the next one takes its place; nothing where nobody looks on. An empty
    /// one at the end leaves nothing of it.
    ///
    /// # Errors
    /// Standard error failed.
    pub fn progress(&mut self, text: &str) -> io::Result<()> {
        if self.watched {
            write!(self.prose, "\r\x1b[K{text}")?;
            self.prose.flush()?;
        }
        Ok(())
    }

    /// Asks the person at the terminal something; the answer stands in the same line.
    ///
    /// # Errors
    /// Standard error failed.
    pub fn ask(&mut self, question: &str) -> io::Result<()> {
        write!(self.prose, "{question}")?;
        self.prose.flush()
    }

    /// Prints an error with its whole story, and what to do next.
    ///
    /// # Errors
    /// Standard error failed.
    pub fn error(&mut self, error: &CommandError) -> io::Result<()> {
        self.note(&format!("error: {}", error.chain()))?;
        match error.advice() {
            Some(advice) => self.note(&format!("  {advice}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Answer {
        answer: u8,
    }

    impl View for Answer {
        fn table(&self) -> String {
            format!("the answer is {}", self.answer)
        }
    }

    fn printed(format: OutputFormat, print: impl FnOnce(&mut Output<'_>)) -> (String, String) {
        let (mut results, mut prose) = (Vec::new(), Vec::new());
        print(&mut Output::new(format, &mut results, &mut prose));
        (String::from_utf8(results).unwrap(), String::from_utf8(prose).unwrap())
    }

    #[test]
    fn results_go_to_standard_output_and_prose_to_standard_error() {
        let (results, prose) = printed(OutputFormat::Json, |output| {
            output.result(&Answer { answer: 42 }).unwrap();
            output.note("done").unwrap();
        });
        assert_eq!((results.as_str(), prose.as_str()), ("{\n  \"answer\": 42\n}\n", "done\n"));
        let (results, _) = printed(OutputFormat::Table, |output| output.result(&Answer { answer: 42 }).unwrap());
        assert_eq!(results, "the answer is 42\n");
    }

    #[test]
    fn progress_is_shown_to_someone_who_looks_on_and_leaves_nothing() {
        let print = |output: &mut Output<'_>| ["1 event", ""].map(|text| output.progress(text).unwrap());
        let (_, prose) = printed(OutputFormat::Json, |output| {
            print(output);
        });
        assert_eq!(prose, "");
        let (_, prose) = printed(OutputFormat::Json, |output| {
            output.watched = true;
            print(output);
        });
        assert_eq!(prose, "\r\x1b[K1 event\r\x1b[K");
    }

    #[test]
    fn an_error_says_what_to_do_next() {
        let error = CommandError::refused("no").because("never").advise("ask again");
        let (results, prose) = printed(OutputFormat::Json, |output| output.error(&error).unwrap());
        assert_eq!((results.as_str(), prose.as_str()), ("", "error: no: never\n  ask again\n"));
    }
}
