//! What is shown once: recovery codes and keys. No answer to a form shows it: the form leads to an address that shows it to the
//! one who asked, until they have saved it or its time ends, so that loading the page again repeats nothing and loses nothing.

use countersign_application::AccountId;
use countersign_application::idempotency::{FindKeptAnswer, ForgetKeptAnswer};
use poem::Response;
use poem::http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::posted::{asked, shown_of};
use crate::refusal::Refusal;
use crate::visit::Visit;

/// What an act shows once, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// The account that may see it.
    pub(crate) account: String,
    /// What it is.
    pub(crate) what: ShownWhat,
}

/// What may be shown once. Times are in microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ShownWhat {
    /// Recovery codes.
    RecoveryCodes(RecoveryCodes),
    /// An API key.
    ApiKey(CreatedApiKey),
    /// A link by which someone sets a password.
    PasswordLink(MadePasswordLink),
    /// What was done to several accounts.
    Several(ActedOnSeveral),
}

/// Recovery codes as they were issued or viewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecoveryCodes {
    pub(crate) reason: CodesReason,
    pub(crate) codes: Vec<String>,
    pub(crate) issued_at: i64,
    /// Where to go on to; empty: to the security page.
    pub(crate) next: String,
}

/// Why recovery codes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CodesReason {
    /// With an authenticator that is not confirmed yet.
    Before,
    /// Two-factor was turned on.
    Enrolled,
    Regenerated,
    /// One was used, and this one replaces it.
    Replaced,
    Viewed,
}

impl RecoveryCodes {
    /// Leads on to the page that shows them.
    pub(crate) fn go(self, visit: Visit, account: AccountId) -> Result<Response, Refusal> {
        visit.go_and_show("/security/recovery-codes/shown", account, ShownWhat::RecoveryCodes(self))
    }
}

/// An API key as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CreatedApiKey {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Option<i64>,
}

/// A link by which someone sets a password, as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MadePasswordLink {
    /// Whose password.
    pub(crate) login: String,
    pub(crate) path: String,
    pub(crate) expires_at: i64,
}

/// What was done to several accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActedOnSeveral {
    pub(crate) act: String,
    pub(crate) done: u32,
    pub(crate) unchanged: u32,
    /// To how many it was not done.
    pub(crate) refused: u32,
    /// The first of them.
    pub(crate) named: Vec<NotActedOn>,
    /// Whether more match, to whom nothing was done.
    pub(crate) more: bool,
    /// The list that it was asked from.
    pub(crate) list_url: String,
}

/// An account to which it was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotActedOn {
    pub(crate) id: String,
    /// What it is called; empty where there is none.
    pub(crate) whom: String,
    pub(crate) why: String,
}

impl Shown {
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl Visit {
    /// Leads on to where `what` is shown to the account: at `path`, under the name of the act that made it.
    pub(crate) fn go_and_show(self, path: &str, account: AccountId, what: ShownWhat) -> Result<Response, Refusal> {
        let address = format!("{path}?{SHOWN}={}", self.act());
        let mut response = self.go(&address)?;
        // What RFC 9110, section 15.4.4, wants for whoever does not follow by itself: where it is, and no more.
        response.set_body(format!("<!doctype html><a id=\"codes\" href=\"{address}\">{address}</a>"));
        response.headers_mut().insert(header::CONTENT_TYPE, HTML);
        response.set_data(Shown { account: account.to_string(), what });
        Ok(response)
    }

    /// What the address of this page shows once to the account; `None` where it is not there any more.
    pub(crate) async fn shown(&self, account: AccountId) -> Result<Option<ShownWhat>, Refusal> {
        let Some((asker, key)) = asked(self.browser(), self.parameter(SHOWN)) else { return Ok(None) };
        let kept = FindKeptAnswer { key, asker }.execute(&self.application).await?;
        let shown = kept.and_then(|kept| shown_of(&kept));
        Ok(shown.filter(|shown| shown.account == account.to_string()).map(|shown| shown.what))
    }

    /// Forgets what an act showed: whoever saw it has saved it.
    pub(crate) async fn forget_shown(&self, act: &str) -> Result<(), Refusal> {
        let Some((asker, key)) = asked(self.browser(), act) else { return Ok(()) };
        Ok(ForgetKeptAnswer { key, asker }.execute(&self.application).await?)
    }
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The parameter that names the act.
pub(crate) const SHOWN: &str = "shown";
