//! Where an application's users go back to.

use countersign_serving::FormsLeadTo;
use poem::Response;
use url::Url;

/// No longer address is kept: cookies and headers have their limits.
const MOST_CHARS: usize = 1000;

/// An address outside of these pages that the realm allows to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(Url);

impl ReturnTo {
    /// The address, if the realm's list allows it: the same scheme, host and port as an entry, and a path that is the
    /// entry's or lies below it. Anything that browsers and this program could read differently is refused.
    pub(crate) fn allowed(address: &str, list: &[String]) -> Option<Self> {
        if address.chars().any(|character| character.is_control() || matches!(character, '\\' | ' ')) {
            return None;
        }
        let address = Url::parse(address).ok()?;
        // Servers differ in whether an encoded slash or dot parts a path.
        let path = address.path().to_ascii_lowercase();
        if ["%2f", "%5c", "%2e"].iter().any(|encoded| path.contains(encoded)) || address.as_str().len() > MOST_CHARS {
            return None;
        }
        if !address.username().is_empty() || address.password().is_some() {
            return None;
        }
        let fits = |entry: &String| {
            let Ok(entry) = Url::parse(entry) else { return false };
            let (path, below) = (address.path(), entry.path().trim_end_matches('/'));
            entry.scheme() == address.scheme()
                && entry.host_str() == address.host_str()
                && entry.port_or_known_default() == address.port_or_known_default()
                && (path == entry.path() || path.strip_prefix(below).is_some_and(|rest| rest.starts_with('/')))
        };
        list.iter().any(fits).then_some(Self(address))
    }

    /// The address.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its host, as people know the application.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Lets the forms of a page lead to it: a browser holds the answer to a form against the page's policy as well.
    pub(crate) fn allow_on(this: Option<Self>, mut response: Response) -> Response {
        if let Some(address) = this {
            response.set_data(FormsLeadTo(address.origin()));
        }
        response
    }

    /// Scheme, host and port, as a content security policy names them.
    fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_an_entry_of_the_list_is_allowed() {
        let list = ["https://panel.example/".to_owned(), "https://shop.example:8443/account".to_owned()];
        for good in [
            "https://panel.example",
            "https://panel.example/a/b?c=d#e",
            "https://shop.example:8443/account",
            "https://shop.example:8443/account/orders",
        ] {
            assert!(ReturnTo::allowed(good, &list).is_some(), "{good}");
        }
        for bad in [
            "",
            "/security",
            "//panel.example/",
            "http://panel.example/",
            "https://panel.example.evil.example/",
            "https://evil.example/?https://panel.example/",
            "https://panel.example@evil.example/",
            "https://user@panel.example/",
            "https://panel.example:444/",
            "https:\\\\panel.example\\",
            "https://panel.example/\r\nSet-Cookie: a=b",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://shop.example:8443/accounts",
            "https://shop.example:8443/account/../admin",
            "https://shop.example:8443/account/..%2fadmin",
            "https://shop.example:8443/account/..%5Cadmin",
            "https://shop.example:8443/account/%2e%2e/admin",
            &format!("https://panel.example/{}", "a".repeat(1000)),
        ] {
            assert!(ReturnTo::allowed(bad, &list).is_none(), "{bad}");
        }
    }
}
