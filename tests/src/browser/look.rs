//! How a browser shows pages, and to whom.

/// How wide the window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// The narrowest that pages are made for, which is also a desk's at 400 % (WCAG 2.2, 1.4.10).
    Narrow,
    /// A phone held upright.
    Phone,
    /// A window on a desk.
    Desktop,
}

impl Width {
    /// Width and height in CSS pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Narrow => (320, 640),
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 900),
        }
    }

    /// As it stands in the name of a file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Narrow => "narrow",
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }
}

/// What the one who looks prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// As style sheets call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A width and a color scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// How wide.
    pub width: Width,
    /// Light or dark.
    pub scheme: Scheme,
}

impl Look {
    /// What most tests look with.
    pub const DESK: Self = Self { width: Width::Desktop, scheme: Scheme::Light };

    /// All four.
    pub const ALL: [Self; 4] = [
        Self { width: Width::Desktop, scheme: Scheme::Light },
        Self { width: Width::Desktop, scheme: Scheme::Dark },
        Self { width: Width::Phone, scheme: Scheme::Light },
        Self { width: Width::Phone, scheme: Scheme::Dark },
    ];

    /// As it stands in the name of a file.
    pub fn name(self) -> String {
        format!("{}-{}", self.scheme.name(), self.width.name())
    }
}
