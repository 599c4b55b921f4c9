//! Accessibility, as axe-core sees it (<https://github.com/dequelabs/axe-core>, MPL-2.0; it is not part of this
//! repository).

use std::sync::LazyLock;

use serde_json::Value;

use super::built::target_directory;
use super::session::Browser;

/// Where `tests/run` puts it, below the directory that Cargo builds in.
const FILE: &str = "axe-core/axe.min.js";

static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = target_directory().join(FILE);
    std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!(
            "{} cannot be read ({error}): the accessibility tests need axe-core; `tests/run` gets it from npm",
            file.display()
        )
    })
});

/// What is wrong with a page, for someone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, such as `color-contrast`.
    pub rule: String,
    /// What it asks for.
    pub help: String,
    /// Which parts of the page are at fault, each with why.
    pub nodes: Vec<String>,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.rule, self.help)?;
        self.nodes.iter().try_for_each(|node| write!(formatter, "\n    {node}"))
    }
}

impl Browser {
    /// Has axe-core look at the page as it is shown now.
    #[track_caller]
    pub fn violations(&self) -> Vec<Violation> {
        if self.execute("return typeof axe") == "undefined" {
            self.execute(&AXE);
        }
        let script = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] })
                .then(results => done({ violations: results.violations }), error => done({ error: String(error) }))";
        let results = self.execute_async(script);
        let found = results["violations"].as_array().unwrap_or_else(|| panic!("axe-core did not run: {results}"));
        found.iter().map(read).collect()
    }
}

fn read(violation: &Value) -> Violation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let node = |node: &Value| {
        let why = text(&node["failureSummary"]).replace('\n', " ");
        format!("{}: {why}", text(&node["html"]))
    };
    Violation {
        rule: text(&violation["id"]),
        help: text(&violation["help"]),
        nodes: violation["nodes"].as_array().into_iter().flatten().map(node).collect(),
    }
}
