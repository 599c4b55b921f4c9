//! Presets: what each would change.

use countersign_application::policy::{KeyHolder, Policy, PolicyField, Preset};
use countersign_application::realm::policy_differences;

use super::policy_fields::{rule_name, value_text};
use crate::texts::Texts;

/// How many changes a card names one by one.
const NAMED: usize = 6;

/// A key in which two policies differ, with its value now and then.
type Difference = (&'static PolicyField, String, String);

/// A preset to choose.
pub(super) struct PresetCard {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) selected: bool,
    pub(super) changes: Vec<String>,
    pub(super) has_changes: bool,
    /// It changes what only owners may change, and the one who looks is none.
    pub(super) locked: bool,
}

/// All presets, with what choosing each would change.
pub(super) fn cards(policy: &Policy, is_owner: bool, texts: Texts) -> Vec<PresetCard> {
    let card = |preset: &Preset| {
        let name = preset.name();
        let found = policy_differences(policy, &preset.policy().ok()?);
        let say = |(field, _, then): &Difference| {
            let rule = rule_name(field.key, texts);
            texts.say2("preset-change", "rule", &rule, "value", &value_text(field, then, texts))
        };
        let mut changes: Vec<String> = found.iter().take(NAMED).map(say).collect();
        if found.len() > NAMED {
            changes.push(texts.say1("preset-changes-more", "count", &(found.len() - NAMED)));
        }
        Some(PresetCard {
            name,
            title: texts.say(&format!("preset-{name}")),
            summary: texts.say(&format!("preset-{name}-summary")),
            selected: found.is_empty(),
            has_changes: !found.is_empty(),
            locked: !is_owner && found.iter().any(|(field, ..)| field.who == KeyHolder::Owners),
            changes,
        })
    };
    Preset::ALL.iter().filter_map(card).collect()
}

/// What a preset changes, a sentence each: the rule with its key, now and then.
pub(super) fn sentences(differences: &[Difference], texts: Texts) -> Vec<String> {
    let say = |(field, now, then): &Difference| {
        texts.say_with(
            "preset-difference",
            &[
                ("rule", &rule_name(field.key, texts)),
                ("key", &field.key),
                ("now", &value_text(field, now, texts)),
                ("then", &value_text(field, then, texts)),
            ],
        )
    };
    differences.iter().map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_preset_has_a_card_and_the_one_in_use_changes_nothing() {
        for (language, preset) in Language::all().flat_map(|it| Preset::ALL.iter().map(move |preset| (it, preset))) {
            let texts = Texts(language);
            let policy = preset.policy().unwrap();
            let cards = cards(&policy, true, texts);
            assert!(cards.iter().all(|card| !card.locked));
            assert_eq!(cards.len(), Preset::ALL.len());
            let selected: Vec<_> = cards.iter().filter(|card| card.selected).map(|card| card.name).collect();
            assert_eq!(selected, [preset.name()]);
            assert!(cards.iter().all(|card| card.selected != card.has_changes && card.changes.len() <= NAMED + 1));
            assert!(
                cards.iter().all(|card| !card.title.starts_with("preset-") && !card.summary.starts_with("preset-"))
            );
        }
    }

    #[test]
    fn differences_are_told_with_both_values() {
        let preset = Preset::from_name("ispconfig").unwrap().policy().unwrap();
        let mut document = preset.document().clone();
        document.totp.digits = 8;
        let policy = preset.changed(document).unwrap();
        let said = sentences(&policy_differences(&policy, &preset), Texts(Language::default()));
        assert_eq!(said, ["Digits of a code (totp.digits): now 8, then 6"]);
    }
}
