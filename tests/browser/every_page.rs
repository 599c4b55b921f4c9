use std::collections::BTreeSet;
use std::sync::LazyLock;

use countersign_tests::browser::{Browser, Look, Tour, Visitor, target_directory};
use countersign_tests::workspace;

/// How many pages a walk passes at least.
const PAGES: usize = 40;

/// What was found of every page. One walk looks at everything: getting to the pages takes longer than looking.
#[derive(Default)]
struct Walk {
    pages: BTreeSet<String>,
    /// What someone could not use, in light and dark, on a phone and a desk.
    violations: Vec<String>,
    /// What a page says, loads or shows that it should not.
    faults: Vec<String>,
    pictures: usize,
}

/// In English, with everything.
static WALK: LazyLock<Walk> = LazyLock::new(|| Walk::through("en", true));

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn every_page_is_accessible_in_light_and_dark_on_a_phone_and_a_desk() {
    let Walk { pages, violations, .. } = &*WALK;
    assert!(pages.len() >= PAGES, "{pages:?}");
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn every_page_is_quiet_complete_and_fits_in_english() {
    WALK.is_quiet_complete_and_fits();
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn every_page_is_quiet_complete_and_fits_in_every_other_language() {
    let messages = workspace::root().join("crates/web/messages");
    let files = std::fs::read_dir(messages).unwrap().map(|entry| entry.unwrap().path());
    let codes: Vec<String> = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert!(codes.len() > 1, "{codes:?}");
    for code in codes.iter().filter(|code| *code != "en") {
        Walk::through(code, false).is_quiet_complete_and_fits();
    }
}

#[test]
#[ignore = "needs Chromium; tests/run installs it"]
fn pictures_of_every_page_are_written_for_people_to_look_at() {
    assert!(WALK.pictures >= 4 * PAGES, "{} pictures", WALK.pictures);
}

/// What makes a page wider than its window: the innermost parts that reach over its edge.
const WIDER: &str = "const page = document.scrollingElement, edge = page.clientWidth;
    if (page.scrollWidth <= edge) return [];
    const over = it => it.getBoundingClientRect().right > edge + 0.5;
    const inner = it => over(it) && !Array.from(it.children).some(over);
    return Array.from(document.querySelectorAll('main *')).filter(inner).slice(0, 5)
        .map(it => `${it.tagName.toLowerCase()}.${it.className}: ${it.textContent.trim().slice(0, 60)}`)
        .concat(`${page.scrollWidth} pixels`)";

/// How many tables one would have to scroll sideways.
const HIDDEN: &str = "return Array.from(document.querySelectorAll('.table-wrap'))
    .filter(it => it.scrollWidth > it.clientWidth).length";

impl Walk {
    fn through(language: &str, in_every_look: bool) -> Self {
        let mut walk = Self::default();
        let keys = message_names();
        let directory = target_directory().join("screenshots");
        std::fs::create_dir_all(&directory).unwrap();
        Tour::walk(
            |server| Visitor::reading(server, language),
            |name, visitor| {
                assert!(walk.pages.insert(name.to_owned()), "{name} was there before");
                // First, as looking closer loads and says something itself.
                walk.faults.extend(faults(name, &visitor.browser, language, &keys));
                if in_every_look {
                    for look in Look::ALL {
                        visitor.browser.look(look);
                        let violations = visitor.browser.violations().into_iter();
                        walk.violations.extend(violations.map(|it| format!("{name}-{}: {it}", look.name())));
                        let picture = visitor.browser.picture();
                        assert!(picture.starts_with(b"\x89PNG"), "{name}");
                        assert_eq!(width_of(&picture), look.width.size().0, "{name}-{}", look.name());
                        std::fs::write(directory.join(format!("{name}-{}.png", look.name())), picture).unwrap();
                        walk.pictures += 1;
                    }
                    visitor.browser.look(Look::DESK);
                    // What looking closer said is no fault of the next page.
                    visitor.browser.complaints();
                }
            },
        );
        walk
    }

    fn is_quiet_complete_and_fits(&self) {
        assert!(self.pages.len() >= PAGES, "{:?}", self.pages);
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

/// Neither console nor policy complain; nothing comes from elsewhere; one heading, a title, the right language, no name
/// of a message instead of its text; and nothing is wider than the window.
fn faults(name: &str, browser: &Browser, language: &str, keys: &BTreeSet<String>) -> Vec<String> {
    let mut faults: Vec<String> =
        browser.complaints().into_iter().map(|complaint| format!("{name}: {complaint}")).collect();
    let from = browser.execute(
        "return performance.getEntriesByType('resource').map(it => it.name)
            .filter(it => new URL(it).origin !== location.origin)",
    );
    faults.extend((from != serde_json::json!([])).then(|| format!("{name}: loads {from}")));
    let headings = browser.all("h1").len();
    faults.extend((headings != 1).then(|| format!("{name}: {headings} headings of the first level")));
    let said = browser.find("html").attribute("lang").unwrap_or_default();
    faults.extend((said != language).then(|| format!("{name}: in {said:?}")));
    let text = format!("{} {}", browser.title(), browser.text());
    let words: BTreeSet<&str> = text.split(|symbol: char| !(symbol.is_alphanumeric() || symbol == '-')).collect();
    faults.extend(words.iter().filter(|word| keys.contains(**word)).map(|word| format!("{name}: says {word}")));
    faults.extend(text.contains("{ $").then(|| format!("{name}: a text with a hole")));
    for look in [Look::ALL[0], Look::ALL[2]] {
        browser.look(look);
        let window = look.width.size().0;
        let wide = browser.execute(WIDER).as_array().unwrap().clone();
        faults.extend((!wide.is_empty()).then(|| format!("{name}: wider than {window} pixels: {wide:?}")));
    }
    browser.look(Look::DESK);
    let hidden = browser.execute(HIDDEN);
    faults.extend((hidden != 0).then(|| format!("{name}: {hidden} tables are wider than their place")));
    faults
}

/// The names of all messages that could not be a word of a text.
fn message_names() -> BTreeSet<String> {
    let messages = workspace::read("crates/web/messages/en.ftl");
    let names =
        messages.lines().filter(|line| !line.starts_with([' ', '#'])).filter_map(|line| line.split(" =").next());
    names.filter(|name| name.matches('-').count() >= 2).map(str::to_owned).collect()
}

/// The width of a PNG picture, from its header.
fn width_of(picture: &[u8]) -> u32 {
    u32::from_be_bytes(picture[16..20].try_into().unwrap())
}
