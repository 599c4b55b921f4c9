use std::collections::BTreeMap;
use std::process::Command;

use countersign_tests::workspace;
use serde_json::Value;

/// Which crates of the workspace each of them may use: the table of `docs/architecture.md`, where an arrow points to a
/// lower level only and adapters never see each other.
const MAY_USE: &[(&str, &[&str])] = &[
    ("countersign-core", &[]),
    ("countersign-policy", &["countersign-core"]),
    ("countersign-application", &["countersign-core", "countersign-policy"]),
    ("countersign-migrations", &[]),
    ("countersign-wire", &["countersign-application"]),
    (
        "countersign-web",
        &[
            "countersign-application",
            "countersign-core",
            "countersign-policy",
            "countersign-serving",
            "countersign-wire",
        ],
    ),
    ("countersign-persistence", &["countersign-application", "countersign-core", "countersign-migrations"]),
    ("countersign-crypto", &["countersign-application", "countersign-core"]),
    ("countersign-http", &["countersign-application", "countersign-core", "countersign-serving", "countersign-wire"]),
    ("countersign-cli", &["countersign-application", "countersign-core", "countersign-policy", "countersign-wire"]),
    ("countersign-serving", &["countersign-application"]),
    ("countersign-testing", &["countersign-application", "countersign-core", "countersign-policy"]),
    (
        "countersign",
        &[
            "countersign-application",
            "countersign-cli",
            "countersign-core",
            "countersign-crypto",
            "countersign-http",
            "countersign-persistence",
            "countersign-policy",
            "countersign-serving",
            "countersign-web",
            "countersign-wire",
        ],
    ),
    ("countersign-tests", &[]),
];

/// What may be used in tests and benchmarks beside it.
const MAY_USE_IN_TESTS: &[(&str, &[&str])] = &[
    ("countersign-application", &["countersign-testing"]),
    ("countersign-persistence", &["countersign-testing"]),
    ("countersign-crypto", &["countersign-testing"]),
    ("countersign-http", &["countersign-testing"]),
    ("countersign-serving", &["countersign-testing"]),
    ("countersign-web", &["countersign-testing"]),
    ("countersign-cli", &["countersign-testing"]),
    ("countersign", &["countersign-testing"]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(workspace::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn arrows_between_crates_are_those_of_the_architecture() {
    let metadata = metadata();
    let (may_use, in_tests) =
        (BTreeMap::from_iter(MAY_USE.iter().copied()), BTreeMap::from_iter(MAY_USE_IN_TESTS.iter().copied()));
    let packages = metadata["packages"].as_array().unwrap();
    let names: Vec<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some(allowed) = may_use.get(name) else {
            wrong.push(format!("{name} is not in the list of this test"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            let kind = dependency["kind"].as_str().unwrap_or("normal");
            let also = if kind == "dev" { in_tests.get(name).copied().unwrap_or_default() } else { &[] };
            if names.contains(&used) && !allowed.contains(&used) && !also.contains(&used) {
                wrong.push(format!("{name} must not use {used} ({kind})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let gone: Vec<_> = may_use.keys().filter(|name| !names.contains(name)).collect();
    assert!(gone.is_empty(), "the list of this test has packages that do not exist: {gone:?}");
}

/// A core without input and output is one that does not even know the standard library.
#[test]
fn the_core_does_without_the_standard_library() {
    assert!(workspace::read("crates/core/src/lib.rs").contains("#![no_std]"));
}
