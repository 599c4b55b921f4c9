//! Realms' own logos and colors, served beside our own assets.

use countersign_application::Application;
use countersign_application::appearance::{Accent, Appearance, Color, FindAppearance};
use countersign_application::realm::{FindRealm, RealmSlug};
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Body, Request, Response, handler};
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// For how long a browser does not ask again: a new logo is there soon, and yet not every page costs a request.
const FRESH: &str = "public, max-age=300";

/// An SVG may hold scripts. As a picture on a page it runs none; opened by itself it is a document of this origin, and
/// this keeps it from running any there.
const LOGO_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A style sheet needs nothing at all.
const THEME_POLICY: &str = "default-src 'none'";

/// A realm's picture.
#[handler]
pub(crate) async fn logo(
    Path(slug): Path<String>,
    Data(application): Data<&Application>,
    request: &Request,
) -> Result<Response, Refusal> {
    let logo = find(application, &slug).await?.logo.ok_or(Refusal::NotFound)?;
    Ok(answer(request.headers(), logo.kind().as_str(), LOGO_POLICY, logo.bytes().to_vec()))
}

/// A realm's colors, as `app.css` expects them.
#[handler]
pub(crate) async fn theme(
    Path(slug): Path<String>,
    Data(application): Data<&Application>,
    request: &Request,
) -> Result<Response, Refusal> {
    let accent = find(application, &slug).await?.accent.ok_or(Refusal::NotFound)?;
    Ok(answer(request.headers(), "text/css; charset=utf-8", THEME_POLICY, style(accent).into_bytes()))
}

/// How a realm looks. One that is not there is not told from one that has nothing of its own.
async fn find(application: &Application, slug: &str) -> Result<Appearance, Refusal> {
    let slug = RealmSlug::new(slug).map_err(|_| Refusal::NotFound)?;
    let realm = FindRealm { realm: slug }.execute(application).await?.ok_or(Refusal::NotFound)?;
    Ok(FindAppearance { realm: realm.id }.execute(application).await?)
}

/// The style sheet of a color: on light pages, and on dark ones.
fn style(accent: Accent) -> String {
    let rules = |color: Color| {
        let (text, stronger) = (color.text_on_it(), color.stronger());
        format!(":root {{ --accent: {color}; --on-accent: {text}; --accent-strong: {stronger} }}")
    };
    let (light, dark) = (rules(accent.on_light()), rules(accent.on_dark()));
    format!("{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n")
}

/// A file, or that the browser has it already.
fn answer(asked: &HeaderMap, kind: &str, policy: &str, content: Vec<u8>) -> Response {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&content)[..16]));
    let response = Response::builder()
        .header(header::ETAG, &tag)
        .header(header::CACHE_CONTROL, FRESH)
        // Of an answer without content as well: a browser takes its headers for those of what it has.
        .header(header::CONTENT_SECURITY_POLICY, policy);
    if has(asked, &tag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.status(StatusCode::OK).header(header::CONTENT_TYPE, kind).body(Body::from(content))
}

/// Whether the browser says that it has what this tag is of.
fn has(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = known.flat_map(|tags| tags.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_sets_what_the_style_sheet_lets_it() {
        let sheet = style(Accent::new("#7a2fb0").unwrap());
        assert!(sheet.starts_with(":root { --accent: #7a2fb0; --on-accent: #ffffff; --accent-strong: #"), "{sheet}");
        assert!(sheet.contains("@media (prefers-color-scheme: dark) { :root { --accent: #"), "{sheet}");
        let ours = include_str!("../assets/app.css");
        for name in ["--accent", "--on-accent", "--accent-strong"] {
            assert!(ours.contains(&format!("  {name}: ")), "{name}");
        }
        assert!(ours.contains("--surface: #171a1d"), "the colors of dark pages are those that accents are fitted to");
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let first = answer(&HeaderMap::new(), "image/svg+xml", LOGO_POLICY, b"<svg/>".to_vec());
        assert_eq!((first.status(), first.content_type()), (StatusCode::OK, Some("image/svg+xml")));
        let tag = first.header(header::ETAG).unwrap().to_owned();
        for (known, status) in [
            (tag.clone(), StatusCode::NOT_MODIFIED),
            (format!("\"other\", W/{tag}"), StatusCode::NOT_MODIFIED),
            ("*".to_owned(), StatusCode::NOT_MODIFIED),
            ("\"other\"".to_owned(), StatusCode::OK),
        ] {
            let mut asked = HeaderMap::new();
            asked.insert(header::IF_NONE_MATCH, known.parse().unwrap());
            let again = answer(&asked, "image/svg+xml", LOGO_POLICY, b"<svg/>".to_vec());
            assert_eq!(again.status(), status, "{known}");
            assert_eq!(again.header(header::CONTENT_SECURITY_POLICY), Some(LOGO_POLICY));
        }
    }
}
