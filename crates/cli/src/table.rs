//! Tables.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table, TableComponent};

/// In terminals narrower than this, tables do not wrap: they would only get worse.
const NARROWEST: u16 = 40;

/// One line of a table of facts: what, and its value.
pub type Fact = (&'static str, String);

/// A table with a heading over each column.
#[must_use]
pub fn columns<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = plain();
    table.set_header(headings);
    for row in rows {
        table.add_row(row.map(|cell| printable(&cell)));
    }
    trimmed(&table)
}

/// A table of one thing's facts, one a line.
#[must_use]
pub fn facts(facts: impl IntoIterator<Item = Fact>) -> String {
    let mut table = plain();
    for (what, value) in facts {
        table.add_row([what.to_owned(), printable(&value)]);
    }
    trimmed(&table)
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_style(TableComponent::HeaderLines, '─');
    // Some pseudo-terminals claim to have no width at all; a letter a line helps nobody.
    let wraps = table.width().is_none_or(|width| width >= NARROWEST);
    table.set_content_arrangement(if wraps { ContentArrangement::Dynamic } else { ContentArrangement::Disabled });
    if cfg!(test) {
        // Tests look the same in every terminal.
        table.force_no_tty();
    }
    table
}

/// Without the white space that fills lines up to the table's width: it wraps in narrow terminals.
fn trimmed(table: &Table) -> String {
    table
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// A text that comes from others, such as the name that a client gives itself, without what would command a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_command_a_terminal_is_shown_and_not_sent() {
        assert_eq!(facts([("client", "a\u{1b}[2Jb".to_owned())]), "client  a\\u{1b}[2Jb");
    }
}
