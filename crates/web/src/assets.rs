//! Style, script and pictures. They are part of the binary, and their address changes with their content.

use std::sync::LazyLock;

use countersign_serving::Prepared;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::web::Path;
use poem::{Response, handler};

use crate::refusal::Refusal;

static STYLE: LazyLock<Prepared> =
    LazyLock::new(|| Prepared::new("text/css; charset=utf-8", include_str!("../assets/app.css")));
static SCRIPT: LazyLock<Prepared> =
    LazyLock::new(|| Prepared::new("text/javascript; charset=utf-8", include_str!("../assets/app.js")));
static ICON: LazyLock<Prepared> = LazyLock::new(|| Prepared::new("image/svg+xml", include_str!("../assets/icon.svg")));
static ICONS: LazyLock<Prepared> =
    LazyLock::new(|| Prepared::new("image/svg+xml", include_str!("../assets/icons.svg")));

/// What stands behind `?v=`: a browser that knows the address knows the content.
pub(crate) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("COUNTERSIGN_ASSETS"));

/// A file of ours.
#[handler]
pub(crate) fn show(Path(name): Path<String>, request: &HeaderMap) -> Result<Response, Refusal> {
    let file = match name.as_str() {
        "app.css" => &STYLE,
        "app.js" => &SCRIPT,
        "icon.svg" => &ICON,
        "icons.svg" => &ICONS,
        _ => return Err(Refusal::NotFound),
    };
    let mut response = file.answer(request);
    let for_a_year = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, for_a_year);
    Ok(response)
}
