use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ureq::http::Uri;

/// Where a server is. The token goes there, so that it is encrypted on the way, or never leaves this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    base: String,
    encrypted: bool,
}

/// Why a text is not the URL of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerUrlError {
    /// It is not one at all.
    #[error("must be a URL such as https://auth.example.org, without user, query and fragment")]
    Form,
    /// Everyone on the way could read the token.
    #[error("must begin with https:// unless the server is on this machine: everyone on the way could read the token")]
    Plain,
}

impl ServerUrl {
    /// Whether what is sent is encrypted on the way.
    pub(super) fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// The URL of a path of the interface.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl FromStr for ServerUrl {
    type Err = ServerUrlError;

    fn from_str(text: &str) -> Result<Self, ServerUrlError> {
        let uri: Uri = text.parse().map_err(|_| ServerUrlError::Form)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(ServerUrlError::Form)?;
        let user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if user || uri.query().is_some() || text.contains('#') {
            return Err(ServerUrlError::Form);
        }
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_loopback(host) => false,
            Some("http") => return Err(ServerUrlError::Plain),
            _ => return Err(ServerUrlError::Form),
        };
        Ok(Self { base: text.trim_end_matches('/').to_owned(), encrypted })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.base)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_over_tls_or_on_this_machine() {
        for good in [
            "https://auth.example.org",
            "https://auth.example.org:8443/countersign/",
            "http://127.0.0.1:8080",
            "http://localhost:8080/",
            "http://[::1]:8080",
        ] {
            let url: ServerUrl = good.parse().unwrap();
            assert_eq!(url.join("/v1"), format!("{}/v1", good.trim_end_matches('/')));
        }
        for plain in ["http://auth.example.org", "http://192.0.2.1:8080", "http://127.0.0.1.example.org"] {
            assert_eq!(plain.parse::<ServerUrl>(), Err(ServerUrlError::Plain), "{plain}");
        }
    }

    #[test]
    fn what_is_no_url_of_a_server_is_refused() {
        for bad in
            ["", "auth.example.org", "/v1", "ftp://a", "https://", "https://kim:secret@a", "https://a?b", "https://a#b"]
        {
            assert_eq!(bad.parse::<ServerUrl>(), Err(ServerUrlError::Form), "{bad}");
        }
    }
}
