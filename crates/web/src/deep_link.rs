//! The page that somebody wanted who had to sign in first.

use poem::http::{HeaderMap, Uri};

use crate::cookies::{Cookie, SetCookies};

/// For how long it is kept: as long as somebody may take to sign in.
const SECONDS: u64 = 15 * 60;

/// No longer address is kept: cookies have their limits.
const MOST_BYTES: usize = 1000;

/// Keeps the address of a page. The pages that come after a sign-in anyway need not be kept.
pub(crate) fn keep(cookies: &mut SetCookies, address: &Uri) {
    let address = address.path_and_query().map_or("", |address| address.as_str());
    if is_one_of_ours(address) && !matches!(address, "/" | "/security") {
        cookies.keep(Cookie::DeepLink, &hex::encode(address), Some(SECONDS));
    }
}

/// The page that was kept.
pub(crate) fn kept(headers: &HeaderMap) -> Option<String> {
    let address = hex::decode(Cookie::DeepLink.of(headers)?).ok()?;
    String::from_utf8(address).ok().filter(|address| is_one_of_ours(address))
}

/// Whether it is a page for people who are signed in, and nothing that a browser could read as another host.
fn is_one_of_ours(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let first = path.split('/').nth(1).unwrap_or_default();
    address.len() <= MOST_BYTES
        && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && path.starts_with('/')
        && !path.contains("//")
        && (path == "/" || matches!(first, "security" | "admin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_led_to() {
        for good in ["/security/sessions", "/admin/accounts?query=a%20b", "/security?lang=de"] {
            assert!(is_one_of_ours(good), "{good}");
        }
        for bad in [
            "",
            "security",
            "//evil.example/security",
            "/\\evil.example",
            "/sign-in",
            "/setup?token=x",
            "https://evil.example/security",
            "/security//evil.example",
            "/security\r\nSet-Cookie: a=b",
            "/v1/account",
            &format!("/security?{}", "a".repeat(MOST_BYTES)),
        ] {
            assert!(!is_one_of_ours(bad), "{bad}");
        }
    }
}
