//! Whether a colour can be read on the page's backgrounds, and the nearest one that can (WCAG 2.2, contrast).

use std::fmt;

/// An sRGB colour, `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// From 1, none at all, to 21, black on white.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The lowest contrast with any of the backgrounds.
    pub fn contrast_on(self, backgrounds: &[Self]) -> f64 {
        let contrasts = backgrounds.iter().map(|background| self.contrast(*background));
        contrasts.fold(f64::INFINITY, f64::min)
    }

    /// Itself where links of this colour can be read on the page by day, else the same colour darkened just enough.
    pub fn on_light(self) -> Self {
        self.toward(BLACK, &LIGHT_BACKGROUNDS)
    }

    /// Itself where links of this colour can be read on the page by night, else the same colour lightened just enough.
    pub fn on_dark(self) -> Self {
        self.toward(WHITE, &DARK_BACKGROUNDS)
    }

    /// Mixed with another in linear light, which keeps the hue, in the smallest of 256 steps that can be read.
    fn toward(self, other: Self, backgrounds: &[Self]) -> Self {
        let mut mixes = (0..=STEPS).map(|step| self.mixed(other, f64::from(step) / f64::from(STEPS)));
        let readable = mixes.find(|mixed| mixed.contrast_on(backgrounds) >= CONTRAST_MIN);
        readable.unwrap_or(other)
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        if share == 0.0 {
            return self;
        }
        let mut mixed = [0; 3];
        for ((to, from), toward) in mixed.iter_mut().zip(self.0).zip(other.0) {
            *to = encoded(linear(from) * (1.0 - share) + linear(toward) * share);
        }
        Self(mixed)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

fn encoded(part: f64) -> u8 {
    let part = if part <= 0.003_130_8 {
        part * 12.92
    } else {
        1.055 * part.powf(1.0 / 2.4) - 0.055
    };
    (part * 255.0).round().clamp(0.0, 255.0) as u8
}

/// Text in a link must be read at any size.
pub const CONTRAST_MIN: f64 = 4.5;
const STEPS: u32 = 256;
const BLACK: Colour = Colour([0; 3]);
const WHITE: Colour = Colour([255; 3]);
/// The backgrounds of the page, of its cards and of their heads.
pub const LIGHT_BACKGROUNDS: [Colour; 3] = [Colour([0xfb, 0xfb, 0xf9]), WHITE, Colour([0xf8, 0xf8, 0xf6])];
pub const DARK_BACKGROUNDS: [Colour; 3] = [
    Colour([0x0e, 0x10, 0x13]),
    Colour([0x15, 0x18, 0x1c]),
    Colour([0x1a, 0x1e, 0x23]),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).expect("a colour")
    }

    #[test]
    fn contrast_follows_wcag() {
        for (one, other, expected) in [
            ("#000000", "#ffffff", "21.00"),
            ("#ffffff", "#ffffff", "1.00"),
            ("#767676", "#ffffff", "4.54"),
            ("#777777", "#ffffff", "4.48"),
            ("#0000ff", "#ffffff", "8.59"),
        ] {
            let contrast = format!("{:.2}", colour(one).contrast(colour(other)));
            assert_eq!(contrast, expected, "{one} {other}");
        }
    }

    #[test]
    fn keeps_readable_colours_and_adjusts_others_as_little_as_needed() {
        assert_eq!(colour("#0b5fff").on_light(), colour("#0b5fff"));
        assert_eq!(colour("#ffcc00").on_light().to_string(), "#8b6e00");
        assert_eq!(colour("#0b5fff").on_dark().to_string(), "#587bff");
        for text in ["ffcc00", "#fc0", "#ffcc0g", "#ffcc000", "#+fcc00", "", "#ffc\u{e9}0"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn finds_a_readable_colour_for_every_colour(parts: [u8; 3]) {
            let any = Colour(parts);
            prop_assert!(any.on_light().contrast_on(&LIGHT_BACKGROUNDS) >= CONTRAST_MIN);
            prop_assert!(any.on_dark().contrast_on(&DARK_BACKGROUNDS) >= CONTRAST_MIN);
            prop_assert_eq!(any.on_light().on_light(), any.on_light());
            prop_assert_eq!(Colour::parse(&any.to_string()), Some(any));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,12}") {
            let _ = Colour::parse(&text);
        }
    }
}
