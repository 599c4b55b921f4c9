//! How a realm looks, as administrators see and send it.

use ::countersign_application as domain;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use domain::appearance::{AppearanceChange, ContactLink, ContactName, DisplayName, Setting, TimeZone};
use domain::verification::GivenProof;
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use super::values::{AddressText, ColorText, ContactText, Nullable, Picture, Words, ZoneText};
use super::{ProofRequest, own_proof};
use crate::problem::Problem;

/// Padding may be left out, as many programs do.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A realm's picture: never the picture itself, which is at `/assets/realms/{slug}/logo`.
#[derive(Object)]
pub(crate) struct Logo {
    /// What kind it is.
    media_type: String,
    /// How many bytes it has.
    bytes: u64,
}

/// How a realm's pages look, and where they may send its users back to.
#[derive(Object)]
pub(crate) struct Appearance {
    /// What the pages call the realm; null for its issuer.
    name: Nullable<String>,
    /// The color of buttons and links; null for Countersign's own.
    accent: Nullable<String>,
    /// The picture beside the name.
    logo: Nullable<Logo>,
    /// Whom its users ask where they cannot help themselves; null for an administrator.
    contact_name: Nullable<String>,
    /// Where they ask: a page, a mailbox or a telephone.
    contact_link: Nullable<String>,
    /// The zone whose time its pages tell, of the IANA database; null for UTC.
    time_zone: Nullable<String>,
    /// Addresses that users may be sent back to, with everything below each.
    return_addresses: Vec<String>,
}

impl From<&domain::appearance::Appearance> for Appearance {
    fn from(appearance: &domain::appearance::Appearance) -> Self {
        let logo = appearance.logo.as_ref().map(|logo| Logo {
            media_type: logo.kind().to_string(),
            bytes: u64::try_from(logo.bytes().len()).unwrap_or(u64::MAX),
        });
        Self {
            name: appearance.name.as_ref().map(DisplayName::as_str).into(),
            accent: Nullable(appearance.accent.map(|accent| accent.to_string())),
            logo: Nullable(logo),
            contact_name: appearance.contact_name.as_ref().map(ContactName::as_str).into(),
            contact_link: appearance.contact_link.as_ref().map(ContactLink::as_str).into(),
            time_zone: appearance.time_zone.map(TimeZone::as_str).into(),
            return_addresses: appearance.return_addresses.to_texts(),
        }
    }
}

/// A change of how a realm looks. What is left out stays as it is, and null takes it away: a JSON merge patch (RFC 7396).
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct UpdateAppearanceRequest {
    /// What the pages call the realm from now on.
    #[oai(validator(min_length = 1, max_length = 400))]
    name: MaybeUndefined<Words>,
    /// The color of buttons and links from now on.
    #[oai(validator(min_length = 1, max_length = 32))]
    accent: MaybeUndefined<ColorText>,
    /// The picture beside the name: PNG, SVG or WebP of at most 64 KiB, in base64 or as a `data:` URL of it.
    #[oai(validator(min_length = 1, max_length = 90_000))]
    logo: MaybeUndefined<Picture>,
    /// Whom its users ask where they cannot help themselves, such as "IT desk".
    #[oai(validator(min_length = 1, max_length = 400))]
    contact_name: MaybeUndefined<Words>,
    /// Where they ask: `https://…`, `mailto:` with one address, or `tel:` with a number.
    #[oai(validator(min_length = 1, max_length = 500))]
    contact_link: MaybeUndefined<ContactText>,
    /// The zone whose time its pages tell, of the IANA database. A reader's own clock replaces it where scripts run.
    #[oai(validator(min_length = 1, max_length = 64))]
    time_zone: MaybeUndefined<ZoneText>,
    /// Every address that users may be sent back to from now on, with everything below each: 50 at most.
    return_addresses: MaybeUndefined<Vec<AddressText>>,
    /// The administrator's own proof; an API key gives none.
    proof: Option<ProofRequest>,
}

impl UpdateAppearanceRequest {
    /// The change, and the proof.
    pub(crate) fn into_parts(self) -> Result<(AppearanceChange, GivenProof), Problem> {
        let logo = match setting(self.logo, |picture| bytes_of(&picture)) {
            Setting::Keep => Setting::Keep,
            Setting::Clear => Setting::Clear,
            Setting::Set(bytes) => Setting::Set(bytes.ok_or_else(no_picture)?),
        };
        let change = AppearanceChange {
            name: setting(self.name, Into::into),
            accent: setting(self.accent, Into::into),
            logo,
            contact_name: setting(self.contact_name, Into::into),
            contact_link: setting(self.contact_link, Into::into),
            time_zone: setting(self.time_zone, Into::into),
            return_addresses: setting(self.return_addresses, |all| all.into_iter().map(Into::into).collect()),
        };
        Ok((change, own_proof(self.proof)))
    }
}

fn setting<T, U>(sent: MaybeUndefined<T>, value: impl FnOnce(T) -> U) -> Setting<U> {
    match sent {
        MaybeUndefined::Undefined => Setting::Keep,
        MaybeUndefined::Null => Setting::Clear,
        MaybeUndefined::Value(sent) => Setting::Set(value(sent)),
    }
}

fn no_picture() -> Problem {
    Problem::policy_violation([("logo".to_owned(), "must be a picture in base64, or a data: URL of one".to_owned())])
}

/// What is in base64. What a `data:` URL says of its kind is not looked at: the content does.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let base64 = match text.strip_prefix("data:") {
        Some(url) => url.split_once(',').filter(|(kind, _)| kind.ends_with(";base64"))?.1,
        None => text,
    };
    BASE64.decode(base64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_base64_with_padding_or_without_and_a_data_url_of_it() {
        for good in ["PHN2Zy8+", "data:image/svg+xml;base64,PHN2Zy8+", "data:text/plain;charset=x;base64,PHN2Zy8+"] {
            assert_eq!(bytes_of(good).as_deref(), Some(&b"<svg/>"[..]), "{good}");
        }
        for good in ["PHN2Zz4=", "PHN2Zz4"] {
            assert_eq!(bytes_of(good).as_deref(), Some(&b"<svg>"[..]), "{good}");
        }
        for bad in ["<svg/>", "data:image/svg+xml,<svg/>", "data:PHN2Zy8+", "PHN2Zy8\n+", "PHN2Zy8-", "data:"] {
            assert_eq!(bytes_of(bad), None, "{bad}");
        }
    }
}
