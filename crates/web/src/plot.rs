//! Bar plots as SVG, drawn on the server: nothing is asked of a script, and the content security policy allows no style
//! within the page. Colors come from the style sheet, by the classes `bar`, `bar-bad`, `axis` and `grid`.

use crate::texts::escaped;
use std::fmt::Write;

/// The size of the drawing. The page scales it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// What the labels of the axes need: in narrow windows the style sheet writes them larger.
const LEFT: f64 = 56.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 34.0;
/// What another line of a label needs, where the style sheet writes it larger.
const LINE: f64 = 30.0;
/// A longer label has two lines: so many characters have room side by side in the narrowest window.
const LINE_CHARS: usize = 9;
/// No more labels than have room side by side.
const MOST_LABELS: usize = 5;
/// How many lines to read heights by, at most, beside the base line.
const MOST_LINES: u64 = 4;
/// A single bar should still look like one.
const WIDEST_BAR: f64 = 64.0;

/// One bar: what is good at the bottom, what is bad on top of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) good: u64,
    pub(crate) bad: u64,
}

impl Bar {
    fn total(&self) -> u64 {
        self.good.saturating_add(self.bad)
    }
}

/// A plot. Whoever cannot see it hears its title and description; the numbers stand in a table beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot<'a> {
    /// Unique within the page.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) bars: &'a [Bar],
}

impl Plot<'_> {
    /// The plot as an SVG element. All texts are escaped: a template may take it as it is.
    pub(crate) fn draw(&self) -> String {
        let mut svg = format!(
            r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{id}-title {id}-description">"#,
            id = escaped(self.id),
        );
        self.write(&mut svg).map_or_else(|_| String::new(), |()| svg)
    }

    fn write(&self, svg: &mut String) -> std::fmt::Result {
        let id = escaped(self.id);
        write!(svg, r#"<title id="{id}-title">{}</title>"#, escaped(self.title))?;
        write!(svg, r#"<desc id="{id}-description">{}</desc>"#, escaped(self.description))?;
        let highest = self.bars.iter().map(Bar::total).max().unwrap_or_default();
        let step = step_for(highest);
        let most = highest.div_ceil(step).max(1).saturating_mul(step);
        let most_lines = self.bars.iter().map(|bar| lines(&bar.label).len()).max().unwrap_or(1);
        let under = LINE * (most_lines - 1) as f64;
        let base = HEIGHT - BOTTOM - under;
        let height = |count: u64| (base - TOP) * count as f64 / most as f64;
        for line in (0..=most / step).map(|line| line * step) {
            let y = base - height(line);
            let class = if line == 0 { "axis" } else { "grid" };
            write!(svg, r#"<path class="{class}" d="M{LEFT} {y:.1}H{WIDTH}"/>"#)?;
            write!(svg, r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{line}</text>"#, LEFT - 8.0, y + 4.0)?;
        }
        let slot = (WIDTH - LEFT) / self.bars.len().max(1) as f64;
        let width = (slot * 0.72).min(WIDEST_BAR);
        // Counted from the end, so that the last bar has its label.
        let labeled = self.bars.len().div_ceil(MOST_LABELS).max(1);
        for (index, bar) in self.bars.iter().enumerate() {
            let middle = LEFT + slot * (index as f64 + 0.5);
            let x = middle - width / 2.0;
            let (good, bad) = (height(bar.good), height(bar.bad));
            for (class, y, height) in [("bar", base - good, good), ("bar-bad", base - good - bad, bad)] {
                if height > 0.0 {
                    write!(
                        svg,
                        r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
                    )?;
                }
            }
            let last = index + 1 == self.bars.len();
            let lines = lines(&bar.label);
            if (self.bars.len() - 1 - index).is_multiple_of(labeled) {
                // The last label would reach beyond the edge where bars are narrow.
                let (x, anchor) = if last && labeled > 1 { (middle + width / 2.0, "end") } else { (middle, "middle") };
                write!(svg, r#"<text x="{x:.1}" y="{:.1}" text-anchor="{anchor}">"#, HEIGHT - 8.0 - under)?;
                match lines[..] {
                    [first, second] => {
                        let (first, second) = (escaped(first), escaped(second));
                        write!(svg, r#"{first}<tspan x="{x:.1}" dy="1.15em">{second}</tspan>"#)?;
                    }
                    _ => svg.write_str(&escaped(&bar.label))?,
                }
                svg.write_str("</text>")?;
            }
        }
        svg.write_str("</svg>")
    }
}

/// A label in one line, or in two where it is long and has a space: they are about as long as each other.
fn lines(label: &str) -> Vec<&str> {
    if label.chars().count() <= LINE_CHARS {
        return vec![label];
    }
    let length = |(first, second): &(&str, &str)| first.chars().count().max(second.chars().count());
    let parts = label.match_indices(' ').map(|(at, space)| (&label[..at], &label[at + space.len()..]));
    parts.min_by_key(length).map_or_else(|| vec![label], |(first, second)| vec![first, second])
}

/// The distance of the lines: 1, 2 or 5 times a power of ten.
fn step_for(most: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5].map(|factor| power.saturating_mul(factor)) {
            if most.div_ceil(step) <= MOST_LINES {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(counts: &[(u64, u64)]) -> Vec<Bar> {
        let bar =
            |(index, (good, bad)): (usize, &(u64, u64))| Bar { label: format!("day {index}"), good: *good, bad: *bad };
        counts.iter().enumerate().map(bar).collect()
    }

    fn draw(bars: &[Bar]) -> String {
        Plot { id: "codes", title: "Codes by day", description: "Each bar is a day.", bars }.draw()
    }

    #[test]
    fn a_bar_is_as_high_as_its_share_and_the_bad_part_stands_on_the_good_one() {
        let svg = draw(&bars(&[(2, 2), (0, 0), (4, 0)]));
        assert_eq!(svg.matches(r#"class="bar""#).count(), 2, "{svg}");
        assert_eq!(svg.matches(r#"class="bar-bad""#).count(), 1, "{svg}");
        // Between 14 and 186: half of it for two of four, and all of it for four.
        assert!(svg.contains(r#"y="100.0" width="64.0" height="86.0""#), "{svg}");
        assert!(svg.contains(r#"y="14.0" width="64.0" height="86.0""#), "{svg}");
        assert!(svg.contains(r#"y="14.0" width="64.0" height="172.0""#), "{svg}");
    }

    #[test]
    fn lines_are_at_round_numbers_and_few() {
        for (most, step) in [
            (0, 1),
            (1, 1),
            (4, 1),
            (5, 2),
            (9, 5),
            (20, 5),
            (21, 10),
            (1_000, 500),
            (u64::MAX, 5_000_000_000_000_000_000),
        ] {
            assert_eq!(step_for(most), step, "{most}");
        }
    }

    #[test]
    fn a_month_has_few_labels_and_one_of_them_is_the_last_days() {
        let svg = draw(&bars(&[(1, 0); 31]));
        let labels = svg.matches("day ").count();
        assert!((2..=MOST_LABELS + 1).contains(&labels), "{svg}");
        assert!(svg.contains(">day 30</text>"), "{svg}");
    }

    #[test]
    fn an_empty_plot_and_the_largest_number_are_drawn_as_well() {
        assert!(draw(&[]).ends_with("</svg>"));
        assert!(draw(&bars(&[(0, 0)])).ends_with("</svg>"));
        let svg = draw(&bars(&[(u64::MAX, u64::MAX)]));
        assert!(svg.ends_with("</svg>") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn texts_are_escaped_and_nothing_brings_its_own_style() {
        let bars = [Bar { label: "<b>&".to_owned(), good: 1, bad: 0 }];
        let svg = Plot { id: "a", title: "\"<script>\"", description: "x'y", bars: &bars }.draw();
        assert!(
            svg.contains("&lt;b&gt;&amp;") && svg.contains("&quot;&lt;script&gt;&quot;") && svg.contains("x&#39;y")
        );
        assert!(!svg.contains("style") && !svg.contains("fill") && !svg.contains("<script"), "{svg}");
        assert!(svg.contains(r#"role="img" aria-labelledby="a-title a-description""#), "{svg}");
    }

    #[test]
    fn a_long_label_has_two_lines_about_as_long_as_each_other() {
        assert_eq!(lines("22 Nov"), ["22 Nov"]);
        assert_eq!(lines("2 steps late"), ["2 steps", "late"]);
        assert_eq!(lines("2 Schritte zu spät"), ["2 Schritte", "zu spät"]);
        assert_eq!(lines("immeasurable"), ["immeasurable"]);
        let bars = [Bar { label: "2 steps <late".to_owned(), good: 1, bad: 0 }];
        let svg = Plot { id: "p", title: "t", description: "d", bars: &bars }.draw();
        assert!(svg.contains(">2 steps<tspan") && svg.contains(">&lt;late</tspan></text>"), "{svg}");
    }
}
