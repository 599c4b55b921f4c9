//! Cells of comma-separated files (RFC 4180) that people open in a spreadsheet.

/// One cell. What a spreadsheet would take for the beginning of a formula gets an apostrophe before it: logins and names of
/// clients are written by whoever comes along. That holds behind a semicolon as well, where half of the world's
/// spreadsheets begin a cell.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len() + 2);
    let mut begins = true;
    for character in text.chars() {
        if begins && matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r') {
            cell.push('\'');
        }
        cell.push(character);
        // A quote is no part of what a cell holds.
        begins = matches!(character, ';' | '\t' | '\r' | '\n') || (begins && character == '"');
    }
    if cell.contains([',', ';', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula_in_any_spreadsheet() {
        for (text, cell) in [
            ("", ""),
            ("kim", "kim"),
            ("a-b=c", "a-b=c"),
            ("a,b", "\"a,b\""),
            ("\"a\"\nb", "\"\"\"a\"\"\nb\""),
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("＝1", "'＝1"),
            ("\t=1", "'\t'=1"),
            ("x;=cmd|'/C calc'!A0", "\"x;'=cmd|'/C calc'!A0\""),
            ("x\r\n-1", "\"x\r\n'-1\""),
            ("x;\"=1\"", "\"x;\"\"'=1\"\"\""),
        ] {
            assert_eq!(csv_cell(text), cell, "{text:?}");
        }
    }
}
