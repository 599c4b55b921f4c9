//! Style, script and pictures. They are part of the binary, and their address changes with their content.

use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Response, handler};

use crate::refusal::Refusal;

const STYLE: &str = include_str!("../assets/app.css");
const SCRIPT: &str = include_str!("../assets/app.js");
const ICON: &str = include_str!("../assets/icon.svg");
const ICONS: &str = include_str!("../assets/icons.svg");

/// What stands behind `?v=`: a browser that knows the address knows the content.
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("COUNTERSIGN_ASSETS"));

/// A file of ours.
#[handler]
pub(crate) fn show(Path(name): Path<String>) -> Result<Response, Refusal> {
    let (kind, content) = match name.as_str() {
        "app.css" => ("text/css; charset=utf-8", STYLE),
        "app.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        "icons.svg" => ("image/svg+xml", ICONS),
        _ => return Err(Refusal::NotFound),
    };
    Ok(Response::builder()
        .status(StatusCode::OK)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(content))
}
