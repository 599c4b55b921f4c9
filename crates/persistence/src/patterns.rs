//! Patterns for `LIKE`.

use sea_orm::sea_query::LikeExpr;

/// What stands before a wildcard that is to be taken for itself. Not a backslash: MySQL would take that for the
/// beginning of an escape in the statement's own text.
const ESCAPE: char = '!';

/// The pattern of texts that contain `part`, whatever is in it.
pub(crate) fn containing(part: &str) -> LikeExpr {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for character in part.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape(ESCAPE)
}
