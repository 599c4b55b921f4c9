//! Presets: what each would change, and which of them a policy comes from.

use countersign_application::core::{KeyHolder, Policy, PolicyDocument, Preset};

use super::policy_fields::{Difference, differences, rule_name, value_text};
use crate::texts::Texts;

/// How many changes a card names one by one.
const NAMED: usize = 6;

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
        let found = differences(policy, &preset.policy().ok()?);
        let say = |difference: &Difference| {
            let rule = rule_name(difference.field.key, texts);
            texts.say2("preset-change", "rule", &rule, "value", &value_text(difference.field, &difference.then, texts))
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
            locked: !is_owner && found.iter().any(|difference| difference.field.who == KeyHolder::Owners),
            changes,
        })
    };
    Preset::ALL.iter().filter_map(card).collect()
}

/// The preset that a policy most likely comes from: of all the one that it differs least from. Which one was chosen last
/// is kept nowhere.
pub(super) fn nearest(policy: &Policy) -> Option<(Preset, PolicyDocument)> {
    let distance = |preset: &Preset| {
        let preset_policy = preset.policy().ok()?;
        Some((differences(policy, &preset_policy).len(), (*preset, preset_policy.into_document())))
    };
    // Of equal ones the first.
    Preset::ALL.iter().filter_map(distance).min_by_key(|(distance, _)| *distance).map(|(_, nearest)| nearest)
}

/// What a preset changes, a sentence each: the rule with its key, now and then.
pub(super) fn sentences(differences: &[Difference], texts: Texts) -> Vec<String> {
    let say = |Difference { field, now, then }: &Difference| {
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
        for (language, preset) in
            Language::ALL.iter().flat_map(|it| Preset::ALL.iter().map(move |preset| (*it, preset)))
        {
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
            assert_eq!(nearest(&policy).map(|(nearest, _)| nearest), Some(*preset));
        }
    }

    #[test]
    fn a_changed_policy_still_comes_from_its_preset() {
        let preset = Preset::from_name("ispconfig").unwrap();
        let mut document = preset.policy().unwrap().into_document();
        document.totp.digits = 8;
        let policy = Policy::new(document).unwrap();
        assert_eq!(nearest(&policy).map(|(nearest, _)| nearest), Some(preset));
        let said = sentences(&differences(&policy, &preset.policy().unwrap()), Texts(Language::English));
        assert_eq!(said, ["Digits of a code (totp.digits): now 8, then 6"]);
    }
}
