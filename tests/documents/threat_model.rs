use countersign_tests::workspace;

/// A line of a table of promises: the tests that it names and the files that they are in.
struct Promise {
    line: usize,
    tests: Vec<String>,
    files: Vec<String>,
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The lines of all tables whose last columns are `tests` and `where`.
fn promises(markdown: &str) -> Vec<Promise> {
    let mut promises = Vec::new();
    let mut in_table = false;
    for (number, line) in markdown.lines().enumerate() {
        let cells = cells(line);
        match &cells[..] {
            _ if !line.starts_with('|') => in_table = false,
            [.., "tests", "where"] => in_table = true,
            [.., first, _] if first.starts_with("---") => {}
            [_, tests, files] if in_table => promises.push(Promise {
                line: number + 1,
                tests: tests.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
                files: files.split(',').map(|file| file.trim().trim_matches('`').to_owned()).collect(),
            }),
            _ if in_table => panic!("line {} has not three columns", number + 1),
            _ => {}
        }
    }
    promises
}

fn defines(source: &str, test: &str) -> bool {
    source.match_indices(&format!("fn {test}")).any(|(at, found)| {
        let after = source[at + found.len()..].chars().next();
        after.is_some_and(|after| !after.is_alphanumeric() && after != '_')
    })
}

#[test]
fn every_test_that_the_threat_model_names_exists_where_it_says() {
    let promises = promises(&workspace::read("docs/threat-model.md"));
    assert!(promises.len() > 40, "the tables were found: {}", promises.len());
    let mut wrong = Vec::new();
    for Promise { line, tests, files } in &promises {
        if tests.is_empty() {
            wrong.push(format!("line {line} names no test"));
        }
        let read = |file: &String| std::fs::read_to_string(workspace::root().join(file));
        let missing = files.iter().filter(|file| read(file).is_err());
        wrong.extend(missing.map(|file| format!("line {line}: there is no file {file}")));
        let sources: String = files.iter().filter_map(|file| read(file).ok()).collect();
        let unknown = tests.iter().filter(|test| !defines(&sources, test));
        wrong.extend(unknown.map(|test| format!("line {line}: no test {test} in {}", files.join(", "))));
    }
    assert!(wrong.is_empty(), "docs/threat-model.md:\n{}", wrong.join("\n"));
}
