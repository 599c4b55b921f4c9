//! How logins are compared.

use countersign_core::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// The most characters that are looked at of what someone typed where a login belongs: a login of 200 characters, each
/// typed as a letter with three marks. What is longer is no login, and normalizing it would be work for nothing.
const LONGEST_TYPED: usize = 800;

/// What makes a login unique in its realm: NFKC and full case folding, without what cannot be seen (the idea of
/// `NFKC_Casefold`, Unicode Standard, section 3.13), and without white space at the ends. Folding what was folded changes
/// nothing.
///
/// `:` and control characters become U+FFFD, which no login has: the keys of subjects begin with `:`, and not every engine
/// takes a NUL.
pub(crate) fn login_key(typed: &str) -> String {
    if is_too_long(typed) {
        return char::REPLACEMENT_CHARACTER.to_string();
    }
    if typed.is_ascii() {
        let lower: String = typed.chars().map(|character| out_of_reach(character.to_ascii_lowercase())).collect();
        return lower.trim().to_owned();
    }
    let mut key = folded(typed);
    // One pass is enough but for a few characters that compose or fold anew.
    for _ in 0..4 {
        let again = folded(&key);
        if again == key {
            break;
        }
        key = again;
    }
    key
}

/// The key that a login had by the first rule: NFKC in lower case. Accounts whose key would now be another account's have
/// kept it.
pub(crate) fn older_login_key(typed: &str) -> String {
    if is_too_long(typed) {
        return char::REPLACEMENT_CHARACTER.to_string();
    }
    let typed: String = typed.chars().map(out_of_reach).collect();
    typed.trim().nfkc().flat_map(char::to_lowercase).map(out_of_reach).collect()
}

fn is_too_long(typed: &str) -> bool {
    typed.chars().nth(LONGEST_TYPED).is_some()
}

fn folded(text: &str) -> String {
    let folded: String = text
        .chars()
        .map(out_of_reach)
        .nfkc()
        .filter(|character| !is_invisible(*character))
        .flat_map(case_folded)
        .nfkc()
        .map(out_of_reach)
        .collect();
    folded.trim().to_owned()
}

fn out_of_reach(character: char) -> char {
    if character == ':' || character.is_control() { char::REPLACEMENT_CHARACTER } else { character }
}

/// Full case folding (`CaseFolding.txt`, statuses C and F) by the mappings of the standard library: in lower case, then in
/// upper, then in lower again. Two exceptions: the dotless `ı` folds to itself, and Cherokee to its small letters instead
/// of its capitals, which compares the same.
fn case_folded(character: char) -> impl Iterator<Item = char> {
    let dotless = (character == 'ı').then_some(character);
    let other =
        dotless.is_none().then(|| character.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    dotless.into_iter().chain(other.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_capital_and_the_small_form_of_a_name_have_one_key() {
        for (one, other) in [
            ("STRASSE", "straße"),
            ("Groẞ", "groß"),
            ("ΝΙΚΟΣ", "νικος"),
            ("ΝΙΚΟΣ", "νικοσ"),
            ("İlker", "i\u{307}lker"),
            ("José", "jose\u{301}"),
            ("ﬁn", "FIN"),
            ("ＡＤＡ", "ada"),
            ("Ⅷ", "viii"),
            ("ŉ", "ʼN"),
            ("ΰ", "ΰ"),
            ("ᾳ", "ΑΙ"),
            ("Ꭰ", "ꭰ"),
            ("ſ", "S"),
            ("K", "k"),
        ] {
            assert_eq!(login_key(one), login_key(other), "{one:?} and {other:?}");
        }
        for (one, other) in [("ı", "i"), ("ö", "o"), ("ñ", "n"), ("а", "a"), ("l", "1")] {
            assert_ne!(login_key(one), login_key(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_makes_no_other_key() {
        let plain = login_key("ada@example.org");
        for invisible in
            ["\u{200b}", "\u{2060}", "\u{feff}", "\u{ad}", "\u{202e}", "\u{200d}", "\u{fe0f}", "\u{3164}", "\u{115f}"]
        {
            for typed in [
                format!("{invisible}ada@example.org"),
                format!("ada{invisible}@example.org"),
                format!("ada@example.org {invisible}"),
            ] {
                assert_eq!(login_key(&typed), plain, "{typed:?}");
            }
        }
    }

    #[test]
    fn neither_a_subject_nor_a_nul_is_ever_looked_for() {
        for typed in [":bob", "\u{ff1a}bob", " :bob", "\u{fe55}bob", "a\0b", "\0", "a\u{85}b", "\u{200b}:bob"] {
            for key in [login_key(typed), older_login_key(typed)] {
                assert!(key == key.trim() && !key.contains(|c: char| c == ':' || c.is_control()), "{typed:?}");
            }
        }
    }

    #[test]
    fn what_is_far_too_long_is_not_normalized() {
        let marks: String = "a".chars().chain(std::iter::repeat_n(['\u{316}', '\u{300}'], 15_000).flatten()).collect();
        for typed in ["x".repeat(801), "\u{fdfa}".repeat(20_000), marks, "\u{130}".repeat(30_000)] {
            assert_eq!((login_key(&typed).as_str(), older_login_key(&typed).as_str()), ("\u{fffd}", "\u{fffd}"));
        }
        assert_eq!(login_key(&"X".repeat(800)), "x".repeat(800));
    }

    fn awkward() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "a",
            "A",
            " ",
            "ß",
            "ẞ",
            "ς",
            "Σ",
            "İ",
            "ı",
            "i\u{307}",
            "\u{301}",
            "\u{345}",
            "\u{200b}",
            "\u{ad}",
            "ﬁ",
            "\u{fdfa}",
            "¨",
            "\u{37a}",
            "ŉ",
            "\u{1fb3}",
            "\u{390}",
            "\u{3164}",
            "\u{1100}",
            "\u{1161}",
            "\u{11a8}",
            "\u{13a0}",
            "\u{ab70}",
            ":",
            "\u{ff1a}",
            "\0",
            "ﷺ",
            "Ⅷ",
            "\u{a0}",
            "\u{2028}",
            "\u{1e9e}",
            "\u{fb13}",
            "\u{10428}",
            "\u{1e900}",
        ]);
        prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())]
    }

    proptest! {
        #[test]
        fn folding_what_was_folded_changes_nothing(typed in awkward()) {
            let key = login_key(&typed);
            prop_assert_eq!(login_key(&key), key.clone());
            prop_assert!(!key.contains('\0') && !key.contains(':') && key.trim() == key);
        }

        #[test]
        fn all_spellings_of_a_login_have_one_key(typed in awkward()) {
            let key = login_key(&typed);
            // Composed first: U+0345 becomes a letter in capitals, and marks that were typed behind it would be that letter's.
            let upper: String = typed.nfkc().flat_map(char::to_uppercase).collect();
            let sprinkled: String = typed.chars().flat_map(|character| [character, '\u{2060}']).collect();
            for spelling in [
                typed.nfc().collect::<String>(),
                typed.nfd().collect(),
                typed.nfkc().collect(),
                typed.nfkd().collect(),
                format!("  {typed}\u{a0}"),
            ] {
                prop_assert_eq!(login_key(&spelling), key.clone(), "{:?}", spelling);
            }
            if !typed.contains('ı') {
                prop_assert_eq!(login_key(&upper), key.clone());
            }
            if typed.nfkc().eq(typed.chars()) {
                prop_assert_eq!(login_key(&sprinkled), key);
            }
        }

        /// What is found by the older key first is never someone else's by the present one.
        #[test]
        fn the_older_key_folds_to_the_present_one(typed in awkward()) {
            prop_assert_eq!(login_key(&older_login_key(&typed)), login_key(&typed));
        }
    }
}
