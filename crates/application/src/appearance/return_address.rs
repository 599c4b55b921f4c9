use url::{Host, Url};

/// An address that users may go back to, with everything below it: `https`, or `http` on this machine itself; at most 500
/// characters, without user, query and fragment. It is kept as browsers would write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReturnAddress(String);

/// Why a text is not an address to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnAddressError {
    /// It is no absolute address, or could be read in two ways.
    #[error("must be an absolute address of at most 500 characters, such as https://panel.example/")]
    Malformed,
    /// It is not encrypted, or leads to something that is no page.
    #[error("must begin with https:// (http:// only for localhost)")]
    Scheme,
    /// It has more than scheme, host, port and path.
    #[error("must not have a user name, a query or a fragment")]
    TooMuch,
}

impl ReturnAddress {
    /// The most characters that an address has.
    const MAX_LENGTH: usize = 500;

    /// Checks an address.
    ///
    /// # Errors
    /// The text breaks the rule of the type.
    pub fn new(text: &str) -> Result<Self, ReturnAddressError> {
        // What programs read differently: the parser would drop some of it, and turn the backslash around.
        if text.chars().any(|character| character.is_control() || matches!(character, '\\' | ' ')) {
            return Err(ReturnAddressError::Malformed);
        }
        let address = Url::parse(text).map_err(|_| ReturnAddressError::Malformed)?;
        let host = address.host().ok_or(ReturnAddressError::Scheme)?;
        match address.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            _ => return Err(ReturnAddressError::Scheme),
        }
        // Written out, since an empty one is dropped by the parser.
        if text.contains('@') || address.query().is_some() || address.fragment().is_some() {
            return Err(ReturnAddressError::TooMuch);
        }
        let text = String::from(address);
        if text.len() > Self::MAX_LENGTH { Err(ReturnAddressError::Malformed) } else { Ok(Self(text)) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a host is this machine, whatever the network says.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The addresses that a realm's users may go back to: 50 at most, each once, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnAddresses(Vec<ReturnAddress>);

/// Why texts are not a realm's return addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReturnAddressesError {
    /// There are too many.
    #[error("must be at most 50 addresses")]
    TooMany,
    /// One of them breaks its rule.
    #[error("number {number} {error}")]
    Address {
        /// Which, counted from 1.
        number: usize,
        error: ReturnAddressError,
    },
}

impl ReturnAddresses {
    /// The most addresses that a realm has.
    pub const MAX: usize = 50;

    /// Checks addresses. One that is there twice is kept once.
    ///
    /// # Errors
    /// The texts break the rule of the type.
    pub fn new<T: AsRef<str>>(texts: &[T]) -> Result<Self, ReturnAddressesError> {
        if texts.len() > Self::MAX {
            return Err(ReturnAddressesError::TooMany);
        }
        let mut addresses = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let address = ReturnAddress::new(text.as_ref());
            let address = address.map_err(|error| ReturnAddressesError::Address { number: index + 1, error })?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Ok(Self(addresses))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them is this.
    #[must_use]
    pub fn contains(&self, address: &ReturnAddress) -> bool {
        self.0.contains(address)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &ReturnAddress> {
        self.0.iter()
    }

    /// The texts.
    #[must_use]
    pub fn to_texts(&self) -> Vec<String> {
        self.0.iter().map(|address| address.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_browsers_write_it() {
        for (text, kept) in [
            ("https://panel.example", "https://panel.example/"),
            ("HTTPS://Panel.Example:443/A/../b/", "https://panel.example/b/"),
            ("https://bücher.example:8443/é", "https://xn--bcher-kva.example:8443/%C3%A9"),
            ("http://localhost:3000/", "http://localhost:3000/"),
            ("http://127.8.9.1/back", "http://127.8.9.1/back"),
            ("http://[::1]:8080", "http://[::1]:8080/"),
        ] {
            assert_eq!(ReturnAddress::new(text).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn an_address_that_could_mislead_is_refused_with_its_rule() {
        use ReturnAddressError::{Malformed, Scheme, TooMuch};
        let long = format!("https://panel.example/{}", "a".repeat(479));
        for (text, error) in [
            ("", Malformed),
            ("/security", Malformed),
            ("//panel.example/", Malformed),
            ("panel.example", Malformed),
            ("https://", Malformed),
            ("https:\\\\panel.example\\", Malformed),
            (" https://panel.example/", Malformed),
            ("https://panel.example/\r\n", Malformed),
            (&long, Malformed),
            ("http://panel.example/", Scheme),
            ("http://localhost.example/", Scheme),
            ("http://10.0.0.1/", Scheme),
            ("ftp://localhost/", Scheme),
            ("javascript:alert(1)", Scheme),
            ("data:text/html,x", Scheme),
            ("https://user@panel.example/", TooMuch),
            ("https://@panel.example/", TooMuch),
            ("https://user:hunter2@panel.example/", TooMuch),
            ("https://panel.example/?a=b", TooMuch),
            ("https://panel.example/?", TooMuch),
            ("https://panel.example/#a", TooMuch),
        ] {
            assert_eq!(ReturnAddress::new(text), Err(error), "{text:?}");
        }
        assert!(ReturnAddress::new(&long[..500]).is_ok());
    }

    #[test]
    fn a_list_has_an_end_and_each_address_once() {
        let some = |count: usize| (0..count).map(|it| format!("https://panel-{it}.example/")).collect::<Vec<_>>();
        assert_eq!(ReturnAddresses::new(&some(50)).unwrap().to_texts(), some(50));
        assert_eq!(ReturnAddresses::new(&some(51)), Err(ReturnAddressesError::TooMany));
        let twice = ReturnAddresses::new(&["https://a.example", "https://b.example/", "https://A.example/"]).unwrap();
        assert_eq!(twice.to_texts(), ["https://a.example/", "https://b.example/"]);
        let wrong = ReturnAddresses::new(&["https://a.example", "hunter2"]).unwrap_err().to_string();
        assert!(wrong.starts_with("number 2 must be") && !wrong.contains("hunter2"), "{wrong}");
    }
}
