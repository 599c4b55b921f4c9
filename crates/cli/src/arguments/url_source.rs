use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A database's URL, or where it is. A URL that was typed must not have a password: everyone on the machine can read
/// arguments, and shells remember them.
#[derive(Clone, PartialEq, Eq)]
pub enum UrlSource {
    /// It was typed.
    Typed(String),
    /// An environment variable holds it.
    Variable(String),
    /// It is the first line of a file.
    File(PathBuf),
}

impl UrlSource {
    /// Whether a URL was typed that has a password, or looks as if it had: whatever stands between a colon and the last
    /// `@`, also where the URL is not well-formed.
    #[must_use]
    pub fn has_typed_password(&self) -> bool {
        let Self::Typed(url) = self else { return false };
        let Some((scheme, rest)) = url.split_once(':') else { return false };
        let who = rest.trim_start_matches('/').rsplit_once('@').map(|(who, _)| who);
        scheme != "sqlite" && who.is_some_and(|who| who.contains(':'))
    }
}

impl FromStr for UrlSource {
    // Nothing is refused here: the message would repeat what was typed.
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            Some(("env", name)) => Self::Variable(name.to_owned()),
            Some(("file", path)) => Self::File(path.into()),
            _ => Self::Typed(text.to_owned()),
        })
    }
}

impl fmt::Debug for UrlSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlSource")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> UrlSource {
        let Ok(source) = text.parse();
        source
    }

    #[test]
    fn a_source_is_told_by_how_it_begins() {
        assert!(matches!(of("env:TO"), UrlSource::Variable(name) if name == "TO"));
        assert!(matches!(of("file:/run/to.url"), UrlSource::File(path) if path.as_os_str() == "/run/to.url"));
        for typed in ["sqlite:///a.db", "postgres://u@h/d", "nonsense", ""] {
            assert!(matches!(of(typed), UrlSource::Typed(url) if url == typed));
        }
    }

    #[test]
    fn a_password_is_seen_wherever_it_stands() {
        for url in
            ["postgres://u:p@h/d", "mysql://u:@h/d", "postgres://u:p/q@h/d", "postgres:u:p@h", "oracle://u:p@h/d"]
        {
            assert!(of(url).has_typed_password(), "{url}");
        }
        for url in ["sqlite:///a:b@c.db", "postgres://u@h:5432/d", "mysql://u@[::1]:3306/d", "env:A:B@C", "file:a:b@c"]
        {
            assert!(!of(url).has_typed_password(), "{url}");
        }
    }
}
