//! An authenticator app on a phone, which sees no more of a page than its camera does.

use super::session::Browser;
use crate::authenticator::Authenticator;
use crate::tools;

/// What an app has after it scanned a QR code.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The key URI that the picture held.
    pub uri: String,
    /// The app, with the secret of it.
    pub app: Authenticator,
}

impl Phone {
    /// A parameter of the key URI, or nothing.
    pub fn parameter(&self, name: &str) -> &str {
        parameter(&self.uri, name).unwrap_or_default()
    }
}

/// Scans the QR code on the page: a picture of it as it is shown, read by another program.
#[track_caller]
pub fn scan(browser: &Browser) -> Phone {
    let uri = tools::read_qr_code(&browser.find(".qr").picture());
    assert!(uri.starts_with("otpauth://totp/"), "the picture holds a key URI: {uri}");
    let secret = parameter(&uri, "secret").unwrap_or_else(|| panic!("no secret: {uri}"));
    let period = parameter(&uri, "period").map_or(30, |seconds| seconds.parse().unwrap());
    Phone { app: Authenticator::new(secret).with_period(period), uri }
}

fn parameter<'a>(uri: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = uri.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
