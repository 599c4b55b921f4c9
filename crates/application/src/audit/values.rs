//! The record of security-relevant acts.

use countersign_core::Timestamp;

use crate::account::Account;
use crate::audit::{AuditDetails, Event, EventKind};
use crate::named::named;
use crate::realm::RealmSlug;
use crate::{AccountId, AuditEventId, ChallengeId, Origin, RealmId};

named! {
    /// How it ended.
    pub enum AuditOutcome {
        /// As was asked.
        Success = "success",
        /// Refused.
        Failure = "failure",
    }
}

named! {
    /// In which role someone acted.
    pub enum ActorKind {
        /// For the own account, or claiming to be its owner.
        Account = "account",
        /// For others, over the API or the pages.
        Administrator = "administrator",
        /// With an API key.
        Application = "application",
        /// On the command line beside the database.
        Operator = "operator",
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The account itself.
    Account(AccountId),
    /// Someone who claims to be the account and has not shown it.
    Claimant,
    /// An administrator, over the API or the pages.
    Administrator(AccountId),
    /// An application, with the API key of this identifier.
    Application(String),
    /// Whoever runs the command line beside the database.
    Operator,
    /// An operator with an account, over the API or the pages, in whichever realm.
    OperatorAccount(AccountId),
}

impl Actor {
    /// In which role.
    #[must_use]
    pub fn role(&self) -> ActorKind {
        match self {
            Self::Account(_) | Self::Claimant => ActorKind::Account,
            Self::Administrator(_) => ActorKind::Administrator,
            Self::Application(_) => ActorKind::Application,
            Self::Operator | Self::OperatorAccount(_) => ActorKind::Operator,
        }
    }

    /// The role's stable name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.role().as_str()
    }

    /// The identifier of the one who acted, where there is one.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Account(id) | Self::Administrator(id) | Self::OperatorAccount(id) => Some(id.to_string()),
            Self::Application(id) => Some(id.clone()),
            Self::Operator | Self::Claimant => None,
        }
    }

    /// Puts an actor together again from its parts; `None` for parts that no actor has.
    #[must_use]
    pub fn from_parts(kind: &str, id: Option<&str>) -> Option<Self> {
        match (kind, id) {
            ("account", Some(id)) => id.parse().ok().map(Self::Account),
            ("administrator", Some(id)) => id.parse().ok().map(Self::Administrator),
            ("application", Some(id)) => Some(Self::Application(id.to_owned())),
            ("account", None) => Some(Self::Claimant),
            ("operator", None) => Some(Self::Operator),
            ("operator", Some(id)) => id.parse().ok().map(Self::OperatorAccount),
            _ => None,
        }
    }
}

/// The detail of an event whose address and client an application stated of its end user.
const CLIENT: (&str, &str) = ("client", "stated");

/// The detail of an event that is a part of a sign-in.
const SIGN_IN: &str = "sign_in_id";

/// The record of one act. Written in the unit of work of what it records, and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its identifier; sorts by time.
    pub id: AuditEventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// The realm, by identifier.
    pub realm_id: RealmId,
    /// The realm, by name.
    pub realm: RealmSlug,
    /// The account that it concerns; also after the account is gone.
    pub account_id: Option<AccountId>,
    /// That account's login at the time.
    pub login: Option<String>,
    /// Who.
    pub actor: Actor,
    /// From which address.
    pub ip: Option<String>,
    /// With which client.
    pub user_agent: Option<String>,
    /// Whether address and client are what an application stated of its end user.
    pub client_stated: bool,
    /// The sign-in that it is a part of, where that takes a second factor: all events of one have the same.
    pub sign_in: Option<ChallengeId>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Details that this version does not know: a newer one wrote them, and they are shown as they are.
    pub further: AuditDetails,
}

impl AuditEvent {
    /// Everything that is worth knowing of it. Stores keep it, and [`read_details`] understands it again.
    #[must_use]
    pub fn details(&self) -> AuditDetails {
        let mut details = self.event.details();
        details.extend(self.further.clone());
        if self.client_stated {
            let (name, text) = CLIENT;
            details.insert(name.to_owned(), text.to_owned());
        }
        if let Some(id) = self.sign_in {
            details.insert(SIGN_IN.to_owned(), id.to_string());
        }
        details
    }
}

/// What a stored event's name and details say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadDetails {
    /// What happened.
    pub event: Event,
    /// Whether an application stated address and client.
    pub client_stated: bool,
    /// The sign-in that it is a part of.
    pub sign_in: Option<ChallengeId>,
    /// What this version does not know of the details.
    pub further: AuditDetails,
}

/// Understands the details of an event of this name. A newer version may have written them: what cannot be understood is
/// [`Event::Unknown`], with all of its details left.
#[must_use]
pub fn read_details(name: &str, mut details: AuditDetails) -> ReadDetails {
    let client_stated = details.get(CLIENT.0).is_some_and(|text| text == CLIENT.1);
    if client_stated {
        details.remove(CLIENT.0);
    }
    let sign_in = details.get(SIGN_IN).and_then(|id| id.parse().ok());
    if sign_in.is_some() {
        details.remove(SIGN_IN);
    }
    let mut left = details.clone();
    let (event, further) = match EventKind::from_name(name).and_then(|kind| Event::take(kind, &mut left)) {
        Some(event) => (event, left),
        None => (Event::Unknown { name: name.to_owned() }, details),
    };
    ReadDetails { event, client_stated, sign_in, further }
}

/// What the events of one act have in common.
#[derive(Clone, Debug)]
pub(crate) struct AuditScene {
    pub(crate) realm_id: RealmId,
    pub(crate) realm: RealmSlug,
    pub(crate) account: Option<(AccountId, String)>,
    pub(crate) actor: Actor,
    pub(crate) origin: Origin,
    /// The sign-in that they are a part of.
    pub(crate) sign_in: Option<ChallengeId>,
}

impl AuditScene {
    /// An act of `actor` that concerns the realm itself.
    pub(crate) fn of_realm(realm: &crate::realm::Realm, actor: Actor, origin: &Origin) -> Self {
        Self {
            realm_id: realm.id,
            realm: realm.slug.clone(),
            account: None,
            actor,
            origin: origin.clone(),
            sign_in: None,
        }
    }

    /// An act of `actor` that concerns `account`.
    pub(crate) fn new(realm: &crate::realm::Realm, account: &Account, actor: Actor, origin: &Origin) -> Self {
        Self {
            realm_id: realm.id,
            realm: realm.slug.clone(),
            account: Some((account.id, account.login.as_str().to_owned())),
            actor,
            origin: origin.clone(),
            sign_in: None,
        }
    }
}
