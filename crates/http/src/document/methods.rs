//! Which operations each path has, and whom they take: for the header `Allow`, for requests that may be repeated, and for those
//! that say nothing of themselves.

use serde_json::{Value, json};

use super::rewriting::METHODS;

/// Whom an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Whoever comes; the body says who that is.
    Anyone,
    /// The bearer of a token.
    Bearer,
}

/// What is done at a path with a method.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    method: String,
    /// What it is called.
    pub(crate) id: &'static str,
    /// Whom it takes.
    pub(crate) asks: Asks,
}

/// A path, and what it has.
struct Documented {
    segments: Vec<String>,
    operations: Vec<Operation>,
}

impl Documented {
    fn fits(&self, segments: &[&str]) -> bool {
        let same = |(pattern, segment): (&String, &&str)| pattern.starts_with('{') || pattern == segment;
        self.segments.len() == segments.len() && self.segments.iter().zip(segments).all(same)
    }
}

/// Which methods each path has.
pub(crate) struct Methods(Vec<Documented>);

impl Methods {
    /// Those of a finished document.
    pub(super) fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let documented = paths.map(|(path, item)| {
            let operations = METHODS.iter().filter_map(|method| Some((*method, item.get(*method)?)));
            let operations = operations.map(|(method, operation)| Operation {
                method: method.to_uppercase(),
                // The document is made once for each program that serves it.
                id: operation["operationId"].as_str().unwrap_or_default().to_owned().leak(),
                asks: if operation["security"] == json!([]) { Asks::Anyone } else { Asks::Bearer },
            });
            Documented { segments: path.split('/').map(str::to_owned).collect(), operations: operations.collect() }
        });
        Self(documented.collect())
    }

    /// What the header `Allow` says (RFC 9110, section 15.5.6).
    pub(crate) fn allowed(&self, path: &str) -> String {
        let names = |path: &Documented| path.operations.iter().map(|it| &*it.method).collect::<Vec<_>>().join(", ");
        self.find(path).map_or_else(|| "GET".to_owned(), names)
    }

    /// The operation that a request goes to, if there is one.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        self.find(path)?.operations.iter().find(|operation| operation.method == method)
    }

    fn find(&self, path: &str) -> Option<&Documented> {
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        // A path that is spelled out goes before one with a parameter.
        let parameters = |path: &&Documented| path.segments.iter().filter(|segment| segment.starts_with('{')).count();
        self.0.iter().filter(|path| path.fits(&segments)).min_by_key(parameters)
    }
}
