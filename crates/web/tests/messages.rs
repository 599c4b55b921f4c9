//! The texts of the pages against the templates and the code that say them.
#![allow(clippy::expect_used, reason = "a failed test is a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

/// English first, which the others are compared with.
fn languages() -> Vec<String> {
    let code = |path: PathBuf| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let mut languages: Vec<String> = files("messages", "ftl").into_iter().filter_map(code).collect();
    languages.sort_by_key(|code| (code != "en", code.clone()));
    assert_eq!(languages[0], "en");
    languages
}

/// What takes a key of a text as its first argument.
const SAYERS: [&str; 10] = [
    ".say(\"",
    ".say1(\"",
    ".say2(\"",
    ".say_at(\"",
    ".say_with(\"",
    ".page(\"",
    ".page_of(\"",
    ".notice(\"",
    ".notice_about(\"",
    ".notice_counting(\"",
];

fn messages(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("messages/{language}.ftl"));
    fs::read_to_string(path).expect("there are messages of every language")
}

/// The keys of a language in their order. Everything that is no message of its own is indented or a comment.
fn keys(language: &str) -> Vec<String> {
    let text = messages(language);
    let key = |line: &str| line.split_once(" =").map(|(key, _)| key.to_owned());
    text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase())).filter_map(key).collect()
}

/// All files below a folder of this crate.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "{folder} holds none");
    files
}

/// The keys that a file says by their names.
fn said(text: &str) -> BTreeSet<&str> {
    let after = |sayer: &'static str| text.split(sayer).skip(1).filter_map(|rest| rest.split('"').next());
    // A key with a hole in it is put together when the program runs; other tests look at those.
    SAYERS.into_iter().flat_map(after).filter(|key| !key.contains('{')).collect()
}

/// The words of a file that can only be keys: they are handed on before they are said.
fn handed_on(text: &str) -> BTreeSet<&str> {
    let is_key = |word: &&str| {
        (word.starts_with("error-") || word.starts_with("notice-") || word.starts_with("message-"))
            && !word.ends_with('-')
            && word.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    text.split('"').filter(is_key).collect()
}

#[test]
fn the_messages_are_fluent() {
    for language in &languages() {
        if let Err((_, errors)) = FluentResource::try_new(messages(language)) {
            panic!("{language}: {errors:?}");
        }
    }
}

#[test]
fn no_message_stands_twice() {
    for language in &languages() {
        let mut seen = BTreeSet::new();
        for key in keys(language) {
            assert!(seen.insert(key.clone()), "{key} stands twice in {language}");
        }
    }
}

#[test]
fn all_languages_have_the_same_messages_in_the_same_order() {
    for other in &languages()[1..] {
        assert_eq!(keys("en"), keys(other), "en and {other} differ");
    }
}

#[test]
fn the_messages_of_all_languages_take_the_same_values() {
    let values = |language: &str| -> Vec<(String, BTreeSet<String>)> {
        let mut values: Vec<(String, BTreeSet<String>)> = Vec::new();
        for line in messages(language).lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|first: char| first.is_ascii_lowercase()) {
                let key = line.split_once(" =").map_or(line, |(key, _)| key);
                values.push((key.to_owned(), BTreeSet::new()));
            }
            let Some((_, names)) = values.last_mut() else { continue };
            for rest in line.split('$').skip(1) {
                let name = rest.split(|character: char| !character.is_ascii_alphanumeric() && character != '_').next();
                names.extend(name.map(str::to_owned));
            }
        }
        values
    };
    for other in &languages()[1..] {
        for (english, translated) in values("en").into_iter().zip(values(other)) {
            assert_eq!(english, translated, "in {other}");
        }
    }
}

#[test]
fn everything_that_is_said_is_a_message() {
    let known: BTreeSet<String> = keys("en").into_iter().collect();
    let mut missing = BTreeSet::new();
    for path in files("templates", "html").into_iter().chain(files("src", "rs")) {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let mut used = said(&text);
        if path.extension().is_some_and(|extension| extension == "rs") {
            used.extend(handed_on(&text));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        missing.extend(used.into_iter().filter(|key| !known.contains(*key)).map(|key| format!("{name}: {key}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// How the keys begin that are put together from a name, such as that of an event or of a rule.
const COMPOSED: [&str; 14] = [
    "account-order-",
    "account-state-",
    "actor-kind-",
    "admin-event-",
    "confirm-",
    "error-appearance-",
    "event-",
    "message-",
    "month-",
    "policy-",
    "preset-",
    "role-",
    "scope-",
    "several-",
];

#[test]
fn every_message_is_said_somewhere() {
    let sources = files("templates", "html").into_iter().chain(files("src", "rs"));
    let texts: String = sources.map(|path| fs::read_to_string(path).expect("the file can be read")).collect();
    let is_said =
        |key: &String| COMPOSED.iter().any(|begin| key.starts_with(begin)) || texts.contains(&format!("\"{key}\""));
    let silent: Vec<String> = keys("en").into_iter().filter(|key| !is_said(key)).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}
