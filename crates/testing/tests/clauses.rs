//! The suite runs every clause that the ports' documentation names, and every clause that it defines itself.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use countersign_testing::contract::clauses;

/// All Rust sources of a folder and those within it.
fn sources(folder: &str) -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(!sources.is_empty(), "{folder} holds sources");
    sources
}

/// Those that declare a port.
fn ports() -> String {
    let mut sources = sources("../application/src");
    sources.retain(|source| source.contains("#[async_trait]\npub trait "));
    assert!(sources.len() >= 15, "the ports are found: {}", sources.len());
    sources.concat()
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
    let documented = documented(&ports());
    assert!(documented.len() >= 60, "the names are found in the documentation: {documented:?}");
    let missing: Vec<_> = documented.difference(&run()).cloned().collect();
    assert!(missing.is_empty(), "the suite does not run {missing:?}");
}

#[test]
fn every_clause_that_the_suite_defines_is_run() {
    let defined = defined(&sources("src/contract").concat());
    assert_eq!(defined, run());
    assert_eq!(clauses().len(), defined.len(), "each once");
}
