//! Which characters may stand in which text.

use countersign_core::is_invisible;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Whether a login may have this character: it can be seen, the standard gives it a meaning that will not change, and it
/// does not stand for something that was broken. What is not assigned yet may one day fold to something else, and then two
/// accounts would be one.
pub(super) fn is_kept_in_a_login(character: char) -> bool {
    !character.is_control()
        && !is_invisible(character)
        && character != char::REPLACEMENT_CHARACTER
        && !matches!(
            character.general_category(),
            GeneralCategory::Unassigned | GeneralCategory::PrivateUse | GeneralCategory::Surrogate
        )
}

/// Whether an application may have this character in its identifier of a user. It is compared exactly, so that only what
/// people would not see, and what no engine can be trusted with, is refused.
pub(super) fn is_kept_in_a_subject(character: char) -> bool {
    !character.is_control() && !is_invisible(character) && !is_noncharacter(character)
}

/// Whether every character of a name may stand where it stands: names are shown, and mean nothing else.
pub(super) fn is_a_name(text: &str) -> bool {
    let mut previous = None;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if !is_kept_in_a_name(previous, character, rest.peek().copied()) {
            return false;
        }
        previous = Some(character);
    }
    true
}

/// Whether a name may have this character between these two.
fn is_kept_in_a_name(previous: Option<char>, character: char, next: Option<char>) -> bool {
    if character.is_control() || is_noncharacter(character) {
        return false;
    }
    if is_invisible(character) {
        return is_needed(previous, character, next);
    }
    character.general_category() != GeneralCategory::PrivateUse
}

/// What is shown of a text that was kept before there were rules, or that came from elsewhere: what may not stand in a
/// name is replaced, so that it can change neither the sentence around it nor the terminal.
#[must_use]
pub fn legible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut previous = None;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let kept = is_kept_in_a_name(previous, character, rest.peek().copied());
        shown.push(if kept { character } else { char::REPLACEMENT_CHARACTER });
        previous = Some(character);
    }
    shown
}

/// Whether an invisible character does something here that can be seen: joins emoji (ZERO WIDTH JOINER), keeps letters of
/// a joining script or of one with conjuncts apart or together (both joiners), or chooses between the plain and the
/// colored form of a symbol (variation selectors 15 and 16).
fn is_needed(previous: Option<char>, character: char, next: Option<char>) -> bool {
    match (character, previous, next) {
        ('\u{200d}', Some(before), Some(after)) if is_pictograph(before) && is_pictograph(after) => true,
        ('\u{200c}' | '\u{200d}', Some(before), Some(after)) => is_joining(before) && is_joining(after),
        // A digit, # or * only on a key.
        ('\u{fe0f}', Some('0'..='9' | '#' | '*'), next) => next == Some('\u{20e3}'),
        ('\u{fe0e}' | '\u{fe0f}', Some(before), _) => !before.is_ascii() && has_two_forms(before),
        _ => false,
    }
}

fn is_pictograph(character: char) -> bool {
    character == '\u{fe0f}'
        || (!character.is_ascii()
            && matches!(
                character.general_category(),
                GeneralCategory::OtherSymbol | GeneralCategory::ModifierSymbol | GeneralCategory::MathSymbol
            ))
}

fn has_two_forms(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::OtherSymbol
            | GeneralCategory::MathSymbol
            | GeneralCategory::OtherPunctuation
            | GeneralCategory::DashPunctuation
    )
}

/// Letters and marks of scripts that are written with joiners: Arabic and its relatives, those of India, and some of
/// their neighbors.
fn is_joining(character: char) -> bool {
    let script = matches!(
        character,
        '\u{600}'..='\u{8ff}'
            | '\u{900}'..='\u{dff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{18af}'
            | '\u{a8e0}'..='\u{a8ff}'
            | '\u{fb50}'..='\u{fdff}'
    );
    script && matches!(character.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
}

/// `U+FFFE`, `U+FFFF` and their like, which stand for no character for ever.
pub(super) fn is_noncharacter(character: char) -> bool {
    let code_point = u32::from(character);
    code_point & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code_point)
}

/// Whether a text has a `:` in any of its forms: there are wide and small ones, which compose to it.
pub(super) fn has_colon(text: &str) -> bool {
    text.nfkc().any(|character| character == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_and_selectors_stay_where_something_can_be_seen_of_them() {
        for good in [
            "👩‍💻 phone",
            "❤️",
            "🏳️‍🌈",
            "1️⃣",
            "می‌خواهم",
            "क्‍ष",
            "☎︎ desk",
            "Ada’s phone 📱",
            "e\u{301}",
            "東京",
            "a\u{a0}b",
            "👍🏽",
        ] {
            assert!(is_a_name(good), "{good:?}");
            assert_eq!(legible(good), good);
        }
        for bad in [
            "a\u{200d}b",
            "a\u{200c}b",
            "\u{200d}",
            "ا\u{200c}",
            "\u{200c}ا",
            "a\u{fe0f}",
            "1\u{fe0f}",
            "\u{fe0f}",
            "📱\u{200d}",
            "a\u{200b}b",
            "a\u{2060}b",
            "a\u{ad}b",
            "\u{feff}a",
            "evil\u{202e}gnp.exe",
            "\u{2066}a\u{2069}",
            "\u{61c}a",
            "a\0b",
            "a\nb",
            "a\u{7f}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{3164}b",
            "a\u{2800}b",
            "a\u{e0041}b",
            "\u{fffe}",
            "\u{1fffe}",
            "\u{fdd0}",
            "\u{e000}",
            "\u{10fffd}",
            "a\u{180e}b",
            "a\u{34f}b",
        ] {
            assert!(!is_a_name(bad), "{bad:?}");
            assert!(is_a_name(&legible(bad)), "{bad:?}");
        }
    }

    /// The core has no table of general categories; here its small ones are held against the large one.
    #[test]
    fn the_tables_of_the_core_are_those_of_the_standard() {
        use countersign_core::TotpCode;
        for character in '\0'..=char::MAX {
            let category = character.general_category();
            let read = TotpCode::parse(&format!("12345{character}")).is_ok();
            assert_eq!(read, category == GeneralCategory::DecimalNumber, "{character:?} as a digit");
            let separates = TotpCode::parse(&format!("123{character}456")).is_ok();
            match category {
                GeneralCategory::DashPunctuation
                | GeneralCategory::SpaceSeparator
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator => assert!(separates, "{character:?} separates"),
                GeneralCategory::UppercaseLetter | GeneralCategory::LowercaseLetter => {
                    assert!(!separates, "{character:?} does not separate");
                }
                _ => {}
            }
            if is_invisible(character) {
                assert!(separates, "{character:?} cannot be seen");
                assert!(!is_kept_in_a_login(character) && !is_kept_in_a_subject(character), "{character:?}");
            }
        }
    }
}
