//! How a realm looks, and where its users may go back to.

use super::{Accent, ContactLink, ContactName, Logo, ReturnAddresses, TimeZone};
use crate::text::named_by_people;

/// How a realm's pages look, and where its users may go back to. One that nobody has set has nothing of all this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// What the pages call the realm; its issuer where there is none.
    pub name: Option<DisplayName>,
    /// The color of buttons and links; Countersign's own where there is none.
    pub accent: Option<Accent>,
    /// The picture beside the name.
    pub logo: Option<Logo>,
    /// Whom its users ask where they cannot help themselves; an administrator where there is none.
    pub contact_name: Option<ContactName>,
    /// Where they ask.
    pub contact_link: Option<ContactLink>,
    /// The zone whose time the pages tell, to whoever has no clock of their own; UTC where there is none.
    pub time_zone: Option<TimeZone>,
    /// Where the pages may send someone back to, with everything below.
    pub return_addresses: ReturnAddresses,
}

named_by_people! {
    /// What the pages call a realm: 1 to 100 characters, none that cannot be seen.
    DisplayName
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextError;

    #[test]
    fn a_name_has_a_length_that_fits_a_page() {
        for (text, name) in [(" Example ", "Example"), ("é", "é"), (&"北".repeat(100), &"北".repeat(100))] {
            assert_eq!(DisplayName::new(text).unwrap().as_str(), name);
        }
        for bad in ["", "  ", "a\nb", "a\0b", &"a".repeat(101)] {
            assert_eq!(DisplayName::new(bad), Err(TextError(DisplayName::RULE)), "{bad:?}");
        }
    }
}
