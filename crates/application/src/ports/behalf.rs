//! On whose behalf something slow is computed.

use crate::{AccountId, ApiKeyId};

/// On whose behalf something slow is computed: by this the places are shared out, so that nobody who asks for much makes
/// others wait for more than their turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behalf {
    /// An account: of someone who showed that it is theirs, or who comes from a place that it was signed in from before.
    Account {
        account: AccountId,
        /// The network it asks from. Within an account each has a turn of its own.
        network: Option<String>,
    },
    /// Someone who claims to be an account, from a place that it was never signed in from.
    Claimant {
        /// The network they ask from.
        network: Option<String>,
        /// Whom they claim to be: a digest of what was typed, alike for accounts that there are and for those that there
        /// are not, or waiting would tell them apart.
        claimed: [u8; 32],
    },
    /// An application with an API key that administers.
    Application(ApiKeyId),
    /// The operator, who waits for nobody's share.
    Operator,
}

impl Behalf {
    /// Whether it is someone whom nothing yet shows to be who they claim to be.
    #[must_use]
    pub fn is_claimant(&self) -> bool {
        matches!(self, Self::Claimant { .. })
    }
}
