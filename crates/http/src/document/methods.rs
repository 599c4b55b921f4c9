//! Which methods each path has, and whom they take: for the header `Allow`, and for requests that may be repeated.

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

/// A path, and what it has.
struct Documented {
    segments: Vec<String>,
    methods: Vec<(String, Asks)>,
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
            let methods = METHODS.iter().filter_map(|method| Some((*method, item.get(*method)?)));
            let methods = methods.map(|(method, operation)| {
                let asks = if operation["security"] == json!([]) { Asks::Anyone } else { Asks::Bearer };
                (method.to_uppercase(), asks)
            });
            Documented { segments: path.split('/').map(str::to_owned).collect(), methods: methods.collect() }
        });
        Self(documented.collect())
    }

    /// What the header `Allow` says (RFC 9110, section 15.5.6).
    pub(crate) fn allowed(&self, path: &str) -> String {
        let names = |path: &Documented| path.methods.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(", ");
        self.find(path).map_or_else(|| "GET".to_owned(), names)
    }

    /// Whom the operation takes that a request goes to, if there is one.
    pub(crate) fn asks(&self, method: &str, path: &str) -> Option<Asks> {
        self.find(path)?.methods.iter().find(|(name, _)| name == method).map(|(_, asks)| *asks)
    }

    fn find(&self, path: &str) -> Option<&Documented> {
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        // A path that is spelled out goes before one with a parameter.
        let parameters = |path: &&Documented| path.segments.iter().filter(|segment| segment.starts_with('{')).count();
        self.0.iter().filter(|path| path.fits(&segments)).min_by_key(parameters)
    }
}
