use std::collections::BTreeMap;

use crate::audit::{AuditDetails, Change, Detail};

/// What of a realm's appearance has one value and became another, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedAppearance(BTreeMap<&'static str, Change>);

impl ChangedAppearance {
    /// What has one value.
    const NAMES: [&'static str; 6] = ["name", "accent", "logo", "contact_name", "contact_link", "time_zone"];

    /// Of each what changed; nothing where it did not.
    #[must_use]
    pub fn new(changes: [(&'static str, Option<Change>); 6]) -> Self {
        Self(changes.into_iter().filter_map(|(name, change)| Some((name, change?))).collect())
    }
}

impl Detail for ChangedAppearance {
    fn write(&self, _: &str, details: &mut AuditDetails) {
        self.0.iter().for_each(|(name, change)| change.write(name, details));
    }

    fn take(_: &str, details: &mut AuditDetails) -> Option<Self> {
        let taken = |name| Some((name, <Option<Change> as Detail>::take(name, details)?));
        let all: Option<Vec<_>> = Self::NAMES.into_iter().map(taken).collect();
        Some(Self(all?.into_iter().filter_map(|(name, change)| Some((name, change?))).collect()))
    }
}
