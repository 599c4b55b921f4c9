//! QR codes as text for a terminal.

use zeroize::Zeroizing;

use super::Modules;

/// Black on white: colors 16 and 231 of the 256-color cube. Unlike the first sixteen, themes leave them alone, so that
/// the code is dark on light, as scanners expect it, on a terminal of any ground.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16;48;5;231m";
/// At the end of every line: a terminal fills what is right of it with the color that is set.
const RESET: &str = "\u{1b}[0m\n";

/// Half blocks: a character shows two modules, one above the other, so that modules come out about square.
pub(super) fn draw(modules: &Modules) -> Zeroizing<String> {
    let width = modules.width();
    let lines = width.div_ceil(2);
    // A half block takes three bytes. Enough from the start: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(lines * (3 * width + BLACK_ON_WHITE.len() + RESET.len())));
    for line in 0..lines {
        text.push_str(BLACK_ON_WHITE);
        for x in 0..width {
            text.push(match (modules.is_dark(x, 2 * line), modules.is_dark(x, 2 * line + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push_str(RESET);
    }
    text
}
