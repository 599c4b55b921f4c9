//! The addresses of the pages, as their own source lists them: one that is new is tested without anyone thinking of it.

use countersign_tests::workspace;

/// Where they are listed.
const SOURCES: [&str; 3] =
    ["crates/web/src/pages/mod.rs", "crates/web/src/pages/admin/mod.rs", "crates/web/src/lib.rs"];

/// What is done to an account. One address with a parameter stands for all of them.
pub(crate) const ACTS: [&str; 5] = ["disable-two-factor", "role", "disable", "enable", "delete"];

/// What administrators do to the account of someone else: a form for each.
pub(crate) const ACTS_ON_OTHERS: [&str; 7] =
    ["unlock", "password", "disable-two-factor", "role", "disable", "enable", "delete"];

/// An address of the pages, with parameters such as `:id`, and the methods that it takes.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) get: bool,
    pub(crate) post: bool,
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let listed: Vec<Route> = SOURCES.iter().flat_map(|source| routes_in(&workspace::read(source))).collect();
    assert!(listed.len() >= 35, "the source is read: {listed:?}");
    let acts = |route: Route| -> Vec<Route> {
        let of_act = |act: &&str| Route { path: route.path.replace(":act", act), ..route.clone() };
        if route.path.contains(":act") { ACTS.iter().map(of_act).collect() } else { vec![route] }
    };
    listed.into_iter().flat_map(acts).collect()
}

/// Those to which forms are sent.
pub(crate) fn forms() -> Vec<Route> {
    let forms: Vec<Route> = routes().into_iter().filter(|route| route.post).collect();
    assert!(forms.len() >= 27, "the source is read: {forms:?}");
    forms
}

fn routes_in(source: &str) -> Vec<Route> {
    let without_tests = source.split("#[cfg(test)]").next().unwrap();
    without_tests.split(".at(").skip(1).map(route).collect()
}

/// What stands behind `.at(`, up to the next one.
fn route(part: &str) -> Route {
    let (_, rest) = part.split_once('"').unwrap();
    let (path, rest) = rest.split_once('"').unwrap();
    // The last one ends where its statement does.
    let handlers = rest.split([';', '}']).next().unwrap();
    let takes = |method: &str| handlers.contains(&format!("{method}("));
    let route = Route { path: path.to_owned(), get: takes("get"), post: takes("post") };
    assert!(route.path.starts_with('/') && (route.get || route.post), "{part}");
    route
}
