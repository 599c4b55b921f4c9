//! The suite runs every clause that the ports' documentation names, and every clause that it defines itself.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use countersign_testing::contract::clauses;

/// All Rust sources of a folder, one after the other.
fn sources(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(!files.is_empty(), "{} holds sources", folder.display());
    files.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Whether a text reads as the name of a test: words in lower case, several of them.
fn is_name(text: &str) -> bool {
    text.contains('_') && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The names that documentation gives in parentheses: (`name`), (`name`, …), also where a line ends within.
fn documented(sources: &str) -> BTreeSet<String> {
    let docs: Vec<&str> = sources.lines().filter_map(|line| line.trim_start().strip_prefix("///")).collect();
    let docs = docs.join(" ");
    let in_parentheses = docs.split('(').skip(1).filter_map(|text| text.split(')').next());
    let quoted = in_parentheses.flat_map(|text| text.split('`').skip(1).step_by(2));
    quoted.filter(|text| is_name(text)).map(str::to_owned).collect()
}

/// The clauses that the suite defines.
fn defined(sources: &str) -> BTreeSet<String> {
    let heads = sources.lines().filter_map(|line| line.strip_prefix("pub async fn "));
    let clauses = heads.filter(|head| head.contains("(place: &dyn StorePlace)"));
    clauses.filter_map(|head| head.split('(').next()).map(str::to_owned).collect()
}

fn run() -> BTreeSet<String> {
    clauses().iter().map(|clause| clause.name.to_owned()).collect()
}

#[test]
fn every_clause_that_the_ports_name_is_run() {
    let documented = documented(&sources("../application/src/ports"));
    assert!(documented.len() >= 30, "the names are found in the documentation: {documented:?}");
    let missing: Vec<_> = documented.difference(&run()).cloned().collect();
    assert!(missing.is_empty(), "the suite does not run {missing:?}");
}

#[test]
fn every_clause_that_the_suite_defines_is_run() {
    let defined = defined(&sources("src/contract"));
    assert_eq!(defined, run());
    assert_eq!(clauses().len(), defined.len(), "each once");
}
