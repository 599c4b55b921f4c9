//! Values that have stable names.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_application::account::{AccountOrder, Role};
use countersign_application::api_key::Scope;
use countersign_application::audit::{ActorKind, AuditOutcome, EventKind};
use countersign_application::second_factor::TwoFactorStatus;

macro_rules! parsers {
    ($($name:ident: $type:ident,)+) => {$(
        pub(super) fn $name() -> impl TypedValueParser<Value = $type> {
            PossibleValuesParser::new($type::ALL.iter().map(|value| value.as_str()))
                .try_map(|name| $type::from_name(&name).ok_or("no such name"))
        }
    )+};
}

parsers! {
    role: Role,
    account_order: AccountOrder,
    two_factor_status: TwoFactorStatus,
    scope: Scope,
    event: EventKind,
    outcome: AuditOutcome,
    actor_kind: ActorKind,
}
