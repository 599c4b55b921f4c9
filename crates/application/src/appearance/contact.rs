use url::{Host, Url};

use crate::text::named_by_people;

named_by_people! {
    /// Whom the users of a realm ask for help, such as `IT desk`: 1 to 100 characters, none that cannot be seen.
    ContactName
}

/// Where the users of a realm ask for help: a page (`https:`), a mailbox (`mailto:`) or a telephone (`tel:`); at most 500
/// characters. A page is kept as browsers would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactLink(String);

/// Why a text is not a link to ask for help by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be https:// with a host and without a user name, mailto: with one address and nothing behind it, or tel: with a \
     number of 3 to 20 digits; at most 500 characters"
)]
pub struct ContactLinkError;

impl ContactLink {
    /// The most characters that a link has.
    const MAX_LENGTH: usize = 500;

    /// Checks a link.
    ///
    /// # Errors
    /// The text breaks the rule of the type.
    pub fn new(text: &str) -> Result<Self, ContactLinkError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(ContactLinkError);
        }
        let scheme = text.split_once(':').map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
        let link = match scheme.as_ref().map(|(scheme, rest)| (&**scheme, *rest)) {
            Some(("https", _)) => page(text),
            Some(("mailto", address)) if is_mailbox(address) => Some(format!("mailto:{address}")),
            Some(("tel", number)) if is_number(number) => Some(format!("tel:{number}")),
            _ => None,
        };
        link.filter(|link| link.len() <= Self::MAX_LENGTH).map(Self).ok_or(ContactLinkError)
    }

    /// The link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What people are shown of it where it has no other name: the address or number without its scheme.
    #[must_use]
    pub fn told(&self) -> &str {
        let told = self.0.trim_start_matches("https://").trim_start_matches("mailto:").trim_start_matches("tel:");
        told.strip_suffix('/').unwrap_or(told)
    }
}

impl std::fmt::Display for ContactLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// A page, as browsers would write it; `None` for what programs read differently, or what could look like another host.
fn page(text: &str) -> Option<String> {
    if text.chars().any(|character| character.is_control() || matches!(character, '\\' | ' ' | '@')) {
        return None;
    }
    let address = Url::parse(text).ok()?;
    (address.scheme() == "https" && address.host().is_some()).then(|| String::from(address))
}

/// One address of ordinary characters: no header, no second one, nothing that a program could take for an option.
fn is_mailbox(address: &str) -> bool {
    let Some((local, host)) = address.split_once('@') else { return false };
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '+' | '-');
    let is_local = (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && !local.starts_with(['.', '-', '+'])
        && !local.ends_with('.')
        && !local.contains("..");
    is_local && host.contains('.') && matches!(Host::parse(host), Ok(Host::Domain(name)) if name == host.to_lowercase())
}

/// A number as it is dialed, with what people part its digits by (RFC 3966, section 5.1.1).
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let count = digits.chars().filter(char::is_ascii_digit).count();
    (3..=20).contains(&count)
        && digits.chars().all(|character| character.is_ascii_digit() || matches!(character, '-' | '.' | '(' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_a_mailbox_or_a_telephone() {
        for (text, kept, told) in [
            ("https://Help.Example", "https://help.example/", "help.example"),
            ("HTTPS://help.example/two?a=b#c", "https://help.example/two?a=b#c", "help.example/two?a=b#c"),
            ("mailto:it-desk@example.org", "mailto:it-desk@example.org", "it-desk@example.org"),
            ("MAILTO:a.b+c_d@Mail.example.org", "mailto:a.b+c_d@Mail.example.org", "a.b+c_d@Mail.example.org"),
            ("tel:+49-30-1234567", "tel:+49-30-1234567", "+49-30-1234567"),
            ("tel:4711", "tel:4711", "4711"),
        ] {
            let link = ContactLink::new(text).unwrap();
            assert_eq!((link.as_str(), link.told()), (kept, told), "{text}");
        }
    }

    #[test]
    fn what_could_mislead_or_run_is_refused() {
        let long = format!("https://help.example/{}", "a".repeat(480));
        for bad in [
            "",
            "help.example",
            "/help",
            "http://help.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://help.example/",
            "https:",
            "https://",
            "https://user@help.example/",
            "https://help.example/@x",
            "https://help.example\\x",
            "https://help.example/a b",
            "https://help.example/\n",
            " https://help.example/",
            "mailto:",
            "mailto:it",
            "mailto:@example.org",
            "mailto:it@",
            "mailto:it@localhost",
            "mailto:it@example.org?subject=x",
            "mailto:it@example.org,b@example.org",
            "mailto:it%0abcc@example.org",
            "mailto:-it@example.org",
            "mailto:a..b@example.org",
            "mailto:it@exa mple.org",
            "mailto:it@1.2.3.4",
            "mailto:it@example.org@example.com",
            "tel:",
            "tel:+",
            "tel:12",
            "tel:12a4",
            "tel:++4930123",
            "tel:+49 30 1234567",
            "tel:1234;phone-context=x",
            "tel:123456789012345678901",
            &long,
        ] {
            assert_eq!(ContactLink::new(bad), Err(ContactLinkError), "{bad:?}");
        }
    }
}
