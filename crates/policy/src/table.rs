//! The table of all keys.

use countersign_core::{Algorithm, RecoveryAlphabet};
use serde::{Deserialize, Serialize};

use crate::value::{KeyType, words};
use crate::{KeyHolder, PolicyField, PolicyGroup, ProofRequirement, Values};

/// Makes of a table of groups and keys: the types of a policy, the defaults, [`PolicyField::ALL`] and [`PolicyGroup::ALL`].
macro_rules! table {
    ($(
        $(#[doc = $about:literal])+
        $group:ident: $Rules:ident {
            $(
                $(#[doc = $meaning:literal])+
                $who:ident $key:ident: $type:ty = $default:expr, $values:expr $(, beside $beside:literal)?;
            )+
        }
    )+) => {
        /// A policy as it travels over the API: every field present, none unknown, values not yet checked.
        /// [`Policy::new`](crate::Policy::new) checks them.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct PolicyDocument {
            $($(#[doc = $about])+ pub $group: $Rules,)+
        }

        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $Rules {
                $($(#[doc = $meaning])+ pub $key: $type,)+
            }

            impl Default for $Rules {
                fn default() -> Self {
                    Self { $($key: $default,)+ }
                }
            }
        )+

        impl PolicyGroup {
            /// Every group, in the order of a policy.
            pub const ALL: &'static [Self] = &[$(Self {
                name: stringify!($group),
                type_name: stringify!($Rules),
                meaning: concat!($($about),+).trim_ascii(),
            },)+];
        }

        impl PolicyField {
            /// Every key, in the order of a policy.
            pub const ALL: &'static [Self] = &[$($(Self {
                key: concat!(stringify!($group), ".", stringify!($key)),
                group: stringify!($group),
                name: stringify!($key),
                values: $values,
                beside: optional!($($beside)?),
                meaning: concat!($($meaning),+).trim_ascii(),
                who: holder!($who),
                get: |document| document.$group.$key.to_value(),
                set: |document, value| match KeyType::from_value(value) {
                    Some(value) => {
                        document.$group.$key = value;
                        true
                    }
                    None => false,
                },
            },)+)+];
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($text:literal) => {
        Some($text)
    };
}

/// A key that lowers nothing, whatever it is set to, is the administrators'; every other one is the owners'.
macro_rules! holder {
    (owners) => {
        KeyHolder::Owners
    };
    (admins) => {
        KeyHolder::Admins
    };
}

table! {
    /// The codes. They hold for new authenticators; each authenticator keeps the parameters it was enrolled with.
    totp: TotpRules {
        /// The hash of the codes. Several authenticator apps ignore anything but SHA1.
        admins algorithm: Algorithm = Algorithm::Sha1, Values::words::<Algorithm>();
        /// How many digits a code has.
        owners digits: u32 = 6, Values::within(6, 8);
        /// How long a code is shown.
        owners period_seconds: u32 = 30, Values::within(15, 120);
        /// How many steps before and after the current one are accepted. 2 with six digits is more than 1 % of guessing a year.
        owners skew_steps: u32 = 1, Values::within(0, 2);
        /// How long new secrets are.
        owners secret_bytes: u32 = 20, Values::within(16, 64);
    }
    /// The authenticators of an account.
    authenticators: AuthenticatorRules {
        /// How many authenticators an account may have. With 1, a second enrollment is refused while one is active.
        owners max_per_account: u32 = 5, Values::within(1, 10);
        /// Whether the one who enrolls may choose the issuer that the app shows.
        admins user_chosen_issuer: bool = false, Values::Switch;
    }
    /// The time between beginning and confirming an authenticator.
    enrollment: EnrollmentRules {
        /// How long a pending authenticator can be confirmed.
        admins ttl_seconds: u32 = 900, Values::within(60, 86_400);
    }
    /// What sensitive operations ask for again. Nothing that yields a factor asks for less than what turns one off.
    proofs: ProofRules {
        /// What beginning an enrollment asks for. While two-factor is on, at least what turning it off asks for.
        owners begin: ProofRequirement = ProofRequirement::Password, Values::words::<ProofRequirement>();
        /// What confirming one asks for, beside the new authenticator's own code.
        owners confirm: ProofRequirement = ProofRequirement::None, Values::words::<ProofRequirement>();
        /// What turning two-factor off asks for.
        owners disable: ProofRequirement = ProofRequirement::PasswordAndCode, Values::words_but_first::<ProofRequirement>();
        /// What viewing and regenerating recovery codes ask for; not less than turning two-factor off.
        owners recovery_codes: ProofRequirement = ProofRequirement::PasswordAndCode,
            Values::words_but_first::<ProofRequirement>();
        /// How long a code of what was just added, issued or viewed is no proof for turning off what was there before.
        owners hold_hours: u32 = 24, Values::within(0, 168),
            beside "more than none where a factor is yielded for less than password_and_code";
    }
    /// Recovery codes.
    recovery_codes: RecoveryCodeRules {
        /// How many recovery codes are issued; 0 for none.
        owners count: u32 = 10, Values::none_or_within(4, 20);
        /// How they look: X draws from the alphabet, - and space separate and are ignored when typed.
        owners format: String = String::from("XXXX-XXXX-XXXX-XXXX"), Values::Pattern;
        /// What X draws from. Of crockford32, case does not matter.
        owners alphabet: RecoveryAlphabet = RecoveryAlphabet::Crockford32, Values::words::<RecoveryAlphabet>();
        /// When they are shown. Before the confirmation they are worthless until it.
        owners shown: RecoveryCodesShown = RecoveryCodesShown::AfterConfirm, Values::words::<RecoveryCodesShown>();
        /// Whether unused ones can be viewed again; they are then sealed as well as hashed.
        owners viewable: bool = false, Values::Switch;
        /// Whether a used one is replaced by a new one.
        owners after_use: AfterUse = AfterUse::Remove, Values::words::<AfterUse>();
        /// Whether they stay when two-factor is turned off; kept ones are worthless.
        owners on_disable: OnDisable = OnDisable::Erase, Values::words::<OnDisable>();
    }
    /// Challenges, sessions, trusted devices.
    sign_in: SignInRules {
        /// How long a challenge can be answered.
        owners challenge_ttl_seconds: u32 = 300, Values::within(60, 900);
        /// How many wrong codes end a challenge.
        owners challenge_attempts: u32 = 5, Values::within(1, 10);
        /// How long a browser may be trusted; 0 for never.
        owners trusted_device_days: u32 = 30, Values::within(0, 90);
        /// How long a session lasts however much it is used.
        owners session_ttl_seconds: u32 = 86_400, Values::within(300, 7_776_000);
        /// How long a session lasts unused.
        owners session_idle_seconds: u32 = 3_600, Values::within(60, 7_776_000), beside "not above session_ttl_seconds";
        /// Whether a change of password or second factor ends the account's other sessions.
        owners end_other_sessions_on_change: bool = true, Values::Switch;
    }
    /// Who has to have a second factor.
    enforcement: EnforcementRules {
        /// Who has to have a second factor. An account can be marked otherwise.
        owners required_for: RequiredFor = RequiredFor::Nobody, Values::words::<RequiredFor>();
        /// How long they have to enroll, from when the rule met them; never renewed. Until then nobody administers.
        owners grace_days: u32 = 14, Values::within(0, 90);
    }
    /// Waiting after failures in a row.
    throttle: ThrottleRules {
        /// How many failures in a row cost no wait.
        owners free_failures: u32 = 4, Values::within(1, 10);
        /// The wait after the next failure; it doubles with each further one.
        owners first_wait_seconds: u32 = 30, Values::within(1, 3_600);
        /// The longest wait.
        owners longest_wait_seconds: u32 = 3_600, Values::within(1, 86_400), beside "not below first_wait_seconds";
    }
    /// What administrators may do over the API and the pages.
    administration: AdministrationRules {
        /// Who may turn off the two-factor of others over the API and the pages. The local command line always may.
        owners may_disable_two_factor: MayDisableTwoFactor = MayDisableTwoFactor::Admins,
            Values::words::<MayDisableTwoFactor>();
    }
}

words! {
    /// When recovery codes are shown.
    RecoveryCodesShown {
        /// With the QR code. They become valid only with the confirmation.
        BeforeConfirm = "before_confirm",
        /// With the confirmation.
        AfterConfirm = "after_confirm",
    }
    /// What becomes of a used recovery code.
    AfterUse {
        /// The set shrinks by it.
        Remove = "remove",
        /// A new code takes its place and is shown in the answer.
        Replace = "replace",
    }
    /// What becomes of recovery codes when the second factor is disabled.
    OnDisable {
        /// They are deleted.
        Erase = "erase",
        /// They stay, dormant, until the next enrollment issues a new set.
        Keep = "keep",
    }
    /// Who must have a second factor.
    RequiredFor {
        /// Nobody has to.
        Nobody = "nobody",
        /// Owners.
        Owners = "owners",
        /// Admins and owners.
        Admins = "admins",
        /// Every account.
        Everyone = "everyone",
    }
    /// Who may disable another account's second factor.
    MayDisableTwoFactor {
        /// Owners.
        Owners = "owners",
        /// Owners and admins.
        Admins = "admins",
        /// Nobody.
        Nobody = "nobody",
    }
}
