//! Tables of promises, each with the tests that show it.

use countersign_tests::workspace;

/// A line of a table: the tests that it names, the files that they are in, and the step within them.
struct Promise {
    line: usize,
    tests: Vec<String>,
    files: Vec<String>,
    step: Option<String>,
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

/// The lines of all tables that have a column `tests` and a column `where`.
fn promises(markdown: &str) -> Vec<Promise> {
    let mut promises = Vec::new();
    let mut heading: Option<Vec<&str>> = None;
    for (number, line) in markdown.lines().enumerate() {
        if !line.starts_with('|') {
            heading = None;
            continue;
        }
        let cells = cells(line);
        let Some(columns) = &heading else {
            heading = Some(cells);
            continue;
        };
        if cells[0].starts_with("---") || !(columns.contains(&"tests") && columns.contains(&"where")) {
            continue;
        }
        assert_eq!(cells.len(), columns.len(), "line {} has as many columns as its heading", number + 1);
        let column = |name: &str| columns.iter().position(|column| *column == name).map(|at| cells[at]);
        promises.push(Promise {
            line: number + 1,
            tests: column("tests").unwrap_or_default().split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            files: column("where")
                .unwrap_or_default()
                .split(',')
                .map(|file| file.trim().trim_matches('`').to_owned())
                .collect(),
            step: column("step").map(str::to_owned),
        });
    }
    promises
}

fn defines(source: &str, test: &str) -> bool {
    source.match_indices(&format!("fn {test}")).any(|(at, found)| {
        let after = source[at + found.len()..].chars().next();
        after.is_some_and(|after| !after.is_alphanumeric() && after != '_')
    })
}

/// What is wrong with the promises of a document; it has to have `at_least` so many.
pub(crate) fn broken_promises(document: &str, at_least: usize) -> Vec<String> {
    let promises = promises(&workspace::read(document));
    assert!(promises.len() >= at_least, "{document}: the tables were found: {}", promises.len());
    let mut wrong = Vec::new();
    for Promise { line, tests, files, step } in &promises {
        if tests.is_empty() {
            wrong.push(format!("line {line} names no test"));
        }
        let read = |file: &String| std::fs::read_to_string(workspace::root().join(file));
        let missing = files.iter().filter(|file| read(file).is_err());
        wrong.extend(missing.map(|file| format!("line {line}: there is no file {file}")));
        let sources: String = files.iter().filter_map(|file| read(file).ok()).collect();
        let unknown = tests.iter().filter(|test| !defines(&sources, test));
        wrong.extend(unknown.map(|test| format!("line {line}: no test {test} in {}", files.join(", "))));
        if let Some(step) = step {
            let begins = step.is_empty() || sources.contains(&format!("// {step}"));
            wrong.extend((!begins).then(|| format!("line {line}: no comment begins with: {step}")));
        }
    }
    wrong
}
