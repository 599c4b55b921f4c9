/// A color of the sRGB space, without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// The contrast that text needs to be readable for most people: WCAG 2.2, 1.4.3.
const READABLE: f64 = 4.5;

/// The surface of the dark pages, as `app.css` has it.
const DARK_SURFACE: Color = Color([0x17, 0x1a, 0x1d]);

/// The contrast that a button's ground needs to stand out of the page: WCAG 2.2, 1.4.11.
const VISIBLE: f64 = 3.0;

impl Color {
    const BLACK: Self = Self([0; 3]);
    const WHITE: Self = Self([255; 3]);

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut color = [0; 3];
        for (channel, pair) in color.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?;
            *channel = u8::try_from(value).ok()?;
        }
        Some(Self(color))
    }

    /// How bright it is, from 0 to 1: WCAG 2.2, relative luminance.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well one stands out of the other, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// White, or black where white would not be readable on it. One of both always is: where white has less than 4.5
    /// times the brightness, black has more than 4.6 times less of it.
    #[must_use]
    pub fn text_on_it(self) -> Self {
        if self.contrast(Self::WHITE) >= READABLE { Self::WHITE } else { Self::BLACK }
    }

    /// A part of the way to another color.
    fn towards(self, other: Self, percent: u16) -> Self {
        let mut mixed = self.0;
        for (channel, goal) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*channel) * (100 - percent) + u16::from(goal) * percent;
            *channel = u8::try_from(sum / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// The color of a button under the pointer: a little further away from its text, so that this stays readable.
    #[must_use]
    pub fn stronger(self) -> Self {
        let away = if self.text_on_it() == Self::WHITE { Self::BLACK } else { Self::WHITE };
        self.towards(away, 14)
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        f.pad(&format!("#{red:02x}{green:02x}{blue:02x}"))
    }
}

/// A realm's color, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent(Color);

/// Why a text is not a color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a color as #rrggbb, such as #0a7d55")]
pub struct AccentError;

impl Accent {
    /// Reads a color; capital and small letters are alike.
    ///
    /// # Errors
    /// The text breaks the rule of the type.
    pub fn new(text: &str) -> Result<Self, AccentError> {
        Color::parse(text).map(Self).ok_or(AccentError)
    }

    /// The color on light pages: as it was given.
    #[must_use]
    pub fn on_light(self) -> Color {
        self.0
    }

    /// The color on dark pages: as it was given, or lighter where it would not stand out.
    #[must_use]
    pub fn on_dark(self) -> Color {
        let lighter = |step: u16| self.0.towards(Color::WHITE, 10 * step);
        (0..=10).map(lighter).find(|color| color.contrast(DARK_SURFACE) >= VISIBLE).unwrap_or(Color::WHITE)
    }
}

impl std::fmt::Display for Accent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_six_digits_behind_a_hash() {
        for (text, color) in [("#0a7d55", "#0a7d55"), ("#FFee00", "#ffee00"), ("#000000", "#000000")] {
            assert_eq!(Accent::new(text).unwrap().to_string(), color);
        }
        for bad in ["", "#", "0a7d55", "#0a7d5", "#0a7d555", "#0a7d5g", "#+a7d55", "#fff", "red", "#é123", " #0a7d55"]
        {
            assert_eq!(Accent::new(bad), Err(AccentError), "{bad:?}");
        }
    }

    #[test]
    fn text_is_readable_on_every_color() {
        let steps = || (0..=255).step_by(15);
        for red in steps() {
            for green in steps() {
                for blue in steps() {
                    let accent = Accent(Color([red, green, blue]));
                    for ground in [accent.on_light(), accent.on_dark()] {
                        let text = ground.text_on_it();
                        assert!(ground.contrast(text) >= READABLE, "{text} on {ground}");
                        assert!(ground.stronger().contrast(text) >= READABLE, "{text} on {ground}, under the pointer");
                    }
                    assert!(accent.on_dark().contrast(DARK_SURFACE) >= VISIBLE, "{accent} on dark pages");
                }
            }
        }
    }

    #[test]
    fn contrasts_are_those_of_the_standard() {
        let color = |text| Color::parse(text).unwrap();
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 0.001);
        assert!((color("#767676").contrast(Color::WHITE) - 4.54).abs() < 0.01);
        assert_eq!(color("#767676").text_on_it(), Color::WHITE);
        assert_eq!(color("#777777").text_on_it(), Color::BLACK);
    }
}
