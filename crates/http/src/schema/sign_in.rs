use std::borrow::Cow;

use ::countersign_application as domain;
use poem_openapi::registry::{MetaDiscriminatorObject, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{Enum, Object};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::values::{Nullable, Time, TypedText, one_piece};
use super::{Account, SessionGrant};

/// A sign-in with a password.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct SignInRequest {
    /// The e-mail address or user name.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) login: TypedText,
    /// The password.
    #[oai(validator(min_length = 1, max_length = 1024))]
    pub(crate) password: String,
    /// The short name of the realm; `default` when it is left out.
    #[oai(validator(min_length = 1, max_length = 63))]
    pub(crate) realm: Option<String>,
    /// The token of a trusted device.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) device_token: Option<String>,
}

/// A union of answers that `status` tells apart. Each variant has an enum of one value there: generators of typed languages
/// take a reference to it, and no constant.
macro_rules! told_by_status {
    (
        $(#[doc = $doc:literal])+
        $union:ident {
            $($(#[$meta:meta])* $variant:ident, $status:ident = $value:literal { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ })+
        }
    ) => {
        $(#[doc = $doc])+
        pub(crate) enum $union { $($variant($variant),)+ }

        $(
            /// What tells this answer from others.
            #[derive(Clone, Copy, Enum)]
            pub(crate) enum $status {
                #[oai(rename = $value)]
                Is,
            }

            $(#[$meta])*
            #[derive(Object)]
            pub(crate) struct $variant {
                /// What the answer is.
                status: $status,
                $($(#[$field_meta])* $field: $type,)+
            }

            impl $variant {
                pub(crate) fn answer($($field: $type),+) -> $union {
                    $union::$variant(Self { status: $status::Is, $($field),+ })
                }
            }
        )+

        impl Type for $union {
            one_piece!();

            fn name() -> Cow<'static, str> {
                stringify!($union).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Reference(Self::name().into_owned())
            }

            fn register(registry: &mut Registry) {
                $($variant::register(registry);)+
                let target = |name: Cow<'static, str>| format!("#/components/schemas/{name}");
                registry.create_schema::<Self, _>(Self::name().into_owned(), |_| MetaSchema {
                    description: Some(concat!($($doc),+).trim_ascii()),
                    one_of: vec![$($variant::schema_ref()),+],
                    discriminator: Some(MetaDiscriminatorObject {
                        property_name: "status",
                        mapping: vec![$(($value.to_owned(), target($variant::name()))),+],
                    }),
                    ..MetaSchema::ANY
                });
            }
        }

        impl ToJSON for $union {
            fn to_json(&self) -> Option<Value> {
                match self { $(Self::$variant(answer) => answer.to_json(),)+ }
            }
        }
    };
}

told_by_status! {
    /// What a sign-in with a password comes to.
    SignInResponse {
        /// No second factor was due.
        SignedIn, SignedInStatus = "signed_in" {
            /// The new session.
            session: SessionGrant,
            /// The account.
            account: Account,
            /// Until when the account has to enroll, where a policy requires it.
            enrollment_deadline: Nullable<Time>,
        }
        /// The password is right and a second factor is due.
        SecondFactorRequired, SecondFactorRequiredStatus = "second_factor_required" {
            /// What the second factor is sent with.
            challenge: ChallengeGrant,
        }
        /// The password is right, and the policy requires a second factor that the account should have by now.
        EnrollmentRequired, EnrollmentRequiredStatus = "enrollment_required" {
            /// A session that may only enroll.
            session: SessionGrant,
            /// The account.
            account: Account,
        }
        /// The password is right, and was given by someone else.
        PasswordChangeRequired, PasswordChangeRequiredStatus = "password_change_required" {
            /// A session that may only change the password.
            session: SessionGrant,
            /// The account.
            account: Account,
        }
    }
}

/// A challenge: answers a second factor, opens nothing.
#[derive(Object)]
pub(crate) struct ChallengeGrant {
    /// The token to send with the code.
    token: String,
    /// Until when it can be answered.
    expires_at: Time,
    /// What it can be answered with.
    methods: Vec<Method>,
    /// Whether no single code of an authenticator is looked at now, because of earlier failures, and two consecutive ones
    /// are: the one that it shows and then the next, in the same field and separated by a space.
    consecutive_codes_required: bool,
}

impl ChallengeGrant {
    pub(crate) fn new(
        token: &SecretString,
        expires_at: domain::Timestamp,
        methods: &[domain::sign_in::ChallengeMethod],
        consecutive_codes_required: bool,
    ) -> Self {
        Self {
            token: token.expose_secret().to_owned(),
            expires_at: expires_at.into(),
            methods: methods.iter().copied().map(Method::from).collect(),
            consecutive_codes_required,
        }
    }
}

/// What satisfies a second factor.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "SecondFactorMethod", rename_all = "snake_case")]
pub(crate) enum Method {
    /// A code of an authenticator.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

impl From<domain::second_factor::SecondFactorMethod> for Method {
    fn from(method: domain::second_factor::SecondFactorMethod) -> Self {
        match method {
            domain::second_factor::SecondFactorMethod::Totp => Self::Totp,
            domain::second_factor::SecondFactorMethod::RecoveryCode => Self::RecoveryCode,
        }
    }
}

/// The answer to a challenge.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct SecondFactorRequest {
    /// The challenge's token.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) challenge_token: String,
    /// A code of an authenticator, or a recovery code. Separators are ignored; digits may be of any script.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
    /// Whether this browser shall be trusted from now on, where the policy allows it.
    pub(crate) remember_device: Option<bool>,
}

/// What an accepted code yields.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum SecondFactorStatus {
    /// The session may do anything.
    SignedIn,
    /// The session may only change the password, which someone else gave.
    PasswordChangeRequired,
}

/// A completed sign-in.
#[derive(Object)]
pub(crate) struct SecondFactorResponse {
    /// What the session may do.
    status: SecondFactorStatus,
    /// The new session.
    session: SessionGrant,
    /// The account.
    account: Account,
    /// What the code was.
    method: Method,
    /// How many recovery codes are left.
    recovery_codes_remaining: u32,
    /// The token of the newly trusted device.
    #[oai(skip_serializing_if_is_none)]
    device_token: Option<String>,
    /// The new recovery code, where the policy replaces used ones.
    #[oai(skip_serializing_if_is_none)]
    replacement_recovery_code: Option<String>,
}

impl From<domain::sign_in::SignedInBySecondFactor> for SecondFactorResponse {
    fn from(done: domain::sign_in::SignedInBySecondFactor) -> Self {
        let exposed = |secret: SecretString| secret.expose_secret().to_owned();
        Self {
            status: if done.account.password_change_required {
                SecondFactorStatus::PasswordChangeRequired
            } else {
                SecondFactorStatus::SignedIn
            },
            session: SessionGrant::new(&done.grant),
            account: Account::new(&done.account, &done.realm),
            method: done.code.method.into(),
            recovery_codes_remaining: done.code.recovery_codes_remaining,
            device_token: done.device_token.map(exposed),
            replacement_recovery_code: done.code.replacement_recovery_code.map(exposed),
        }
    }
}
