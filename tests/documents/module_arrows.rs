//! Within the application crate no module uses another that uses it, however far around: files are what is looked at, and a
//! name that a subject hands on counts as that of the file that has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use countersign_tests::workspace;

const SOURCES: &str = "crates/application/src";

/// The files of the crate by their path below its sources, without tests.
fn sources() -> BTreeMap<String, String> {
    let root = workspace::root().join(SOURCES);
    let mut found = BTreeMap::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(root.join(&directory)).unwrap() {
            let entry = entry.unwrap();
            let path = directory.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(root.join(&path)).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
                found.insert(path.to_str().unwrap().to_owned(), code);
            }
        }
    }
    found
}

/// The `use` declarations of a file, each without the word itself, its visibility and the semicolon.
fn declarations(code: &str, handed_on: bool) -> Vec<String> {
    let mut declarations = Vec::new();
    for part in code.split(';') {
        // What comes before are attributes, comments and other items.
        let Some(line) = part.lines().position(|line| {
            let line = line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub ")).unwrap_or(line);
            line.starts_with("use ")
        }) else {
            continue;
        };
        let text: Vec<&str> = part.lines().skip(line).map(str::trim).collect();
        let text = text.join(" ");
        let is_handed_on = text.starts_with("pub");
        if is_handed_on == handed_on {
            declarations.push(text.split_once("use ").unwrap().1.to_owned());
        }
    }
    declarations
}

/// The paths of a `use` tree, each as its segments; what is renamed counts under its own name.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|segment| segment.trim().to_owned()).collect()];
    };
    let prefix: Vec<String> =
        tree[..open].split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    let inner = tree[open + 1..].trim_end().strip_suffix('}').expect("braces are closed");
    let (mut branches, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.push(&inner[start..]);
    let branches = branches.into_iter().filter(|branch| !branch.trim().is_empty());
    branches.flat_map(paths).map(|rest| prefix.iter().cloned().chain(rest).collect()).collect()
}

/// Where each name is that a subject, or the crate, hands on.
fn homes(sources: &BTreeMap<String, String>) -> BTreeMap<(String, String), String> {
    let mut homes = BTreeMap::new();
    for (file, code) in sources {
        let subject = match file.as_str() {
            "lib.rs" => "",
            file => match file.strip_suffix("/mod.rs") {
                Some(subject) => subject,
                None => continue,
            },
        };
        for path in declarations(code, true).iter().flat_map(|declaration| paths(declaration)) {
            let [module, name] = path.as_slice() else { continue };
            let home = Path::new(subject).join(format!("{module}.rs"));
            homes.insert((subject.to_owned(), name.clone()), home.to_str().unwrap().to_owned());
        }
    }
    homes
}

/// Which files each file uses.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let homes = homes(&sources);
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, code) in &sources {
        if file == "lib.rs" || file.ends_with("/mod.rs") {
            continue;
        }
        let subject = Path::new(file).parent().and_then(Path::to_str).unwrap_or_default();
        for path in declarations(code, false).iter().flat_map(|declaration| paths(declaration)) {
            let (name, way) = path.split_last().unwrap();
            let way: Vec<&str> = way.iter().map(String::as_str).collect();
            let of = match way.as_slice() {
                ["crate", way @ ..] => way.join("/"),
                ["super"] => subject.to_owned(),
                ["super", way @ ..] => format!("{subject}/{}", way.join("/")),
                _ => continue,
            };
            let itself = format!("{of}.rs");
            let used = match homes.get(&(of.clone(), name.clone())) {
                Some(home) => home.clone(),
                None if sources.contains_key(&itself) => itself,
                // A module as a whole, or a macro: the files behind its names are found where they are imported.
                None => continue,
            };
            if used != *file {
                arrows.entry(file.clone()).or_default().insert(used);
            }
        }
    }
    arrows
}

/// A way from a file to itself, if there is one.
fn circle(arrows: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit<'a>(
        file: &'a str,
        arrows: &'a BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(at) = way.iter().position(|before| *before == file) {
            return Some(way[at..].iter().chain([&file]).map(|file| (*file).to_owned()).collect());
        }
        if done.contains(file) {
            return None;
        }
        way.push(file);
        let found = arrows.get(file).into_iter().flatten().find_map(|next| visit(next, arrows, way, done));
        way.pop();
        done.insert(file);
        found
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|file| visit(file, arrows, &mut Vec::new(), &mut done))
}

#[test]
fn no_module_of_the_application_uses_one_that_uses_it() {
    let arrows = arrows();
    let all: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(all > 300, "the arrows are found: {all}");
    assert!(arrows["sign_in/second_factor.rs"].contains("verification/claim.rs"), "those of a name that is handed on");
    assert_eq!(circle(&arrows), None);
}

/// What a port needs of a use case would turn the hexagon inside out.
#[test]
fn no_port_uses_the_application() {
    let arrows = arrows();
    for (file, used) in arrows.iter().filter(|(file, _)| file.ends_with("/store.rs") || file.starts_with("ports/")) {
        assert!(!used.contains("application.rs"), "{file} uses the application");
    }
}

#[test]
fn a_circle_is_found() {
    let arrow = |from: &str, to: &str| (from.to_owned(), BTreeSet::from([to.to_owned()]));
    let arrows = BTreeMap::from([arrow("a", "b"), arrow("b", "c"), arrow("c", "b")]);
    assert_eq!(circle(&arrows), Some(vec!["b".to_owned(), "c".to_owned(), "b".to_owned()]));
    assert_eq!(circle(&BTreeMap::from([arrow("a", "b"), arrow("b", "c")])), None);
    assert_eq!(
        paths("crate::a::{B, c::{D, E as F}, self}"),
        ["crate a B", "crate a c D", "crate a c E", "crate a self"]
            .map(|path| path.split(' ').map(str::to_owned).collect::<Vec<_>>())
    );
}
