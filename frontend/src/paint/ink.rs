//! The colour tokens and their two tables; colour only repeats what shape and word already say.

use super::bounded;

/// A colour by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ink {
    /// The page behind everything.
    Page,
    /// A broker's band.
    Band,
    /// A leader's plate.
    Plate,
    /// A dialog, a key cap.
    Raise,
    /// Decoration only.
    Rule,
    /// Lines one must see: app lines, tapes.
    Edge,
    /// What must be read first.
    Text,
    /// What is read next.
    Text2,
    /// What is read last.
    Text3,
    /// Committed, acknowledged.
    Safe,
    /// Moving, waiting, not safe yet.
    Open,
    /// Gone, lost, twice, refused.
    Wrong,
    /// Groups, reads, lag.
    Read,
    /// Transactions.
    Tx,
    /// Words on a filled mark.
    OnFill,
    /// Records on a dead broker.
    Ghost,
}

/// Which table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Chalk on a dark board.
    #[default]
    Dark,
    /// Ink on paper.
    Light,
}

impl Ink {
    /// Every token.
    pub const ALL: [Self; 16] = [
        Self::Page,
        Self::Band,
        Self::Plate,
        Self::Raise,
        Self::Rule,
        Self::Edge,
        Self::Text,
        Self::Text2,
        Self::Text3,
        Self::Safe,
        Self::Open,
        Self::Wrong,
        Self::Read,
        Self::Tx,
        Self::OnFill,
        Self::Ghost,
    ];

    /// Its name as a CSS variable, without the two dashes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "ink",
            Self::Band => "band",
            Self::Plate => "plate",
            Self::Raise => "raise",
            Self::Rule => "rule",
            Self::Edge => "edge",
            Self::Text => "text",
            Self::Text2 => "text2",
            Self::Text3 => "text3",
            Self::Safe => "safe",
            Self::Open => "open",
            Self::Wrong => "wrong",
            Self::Read => "read",
            Self::Tx => "tx",
            Self::OnFill => "onfill",
            Self::Ghost => "ghost",
        }
    }
}

impl Theme {
    /// A token as 0xRRGGBB.
    pub const fn rgb(self, ink: Ink) -> u32 {
        let (dark, light) = match ink {
            Ink::Page => (0x0A_1316, 0xFA_F8F3),
            Ink::Band => (0x13_1F23, 0xEF_ECE4),
            Ink::Plate => (0x22_343A, 0xFF_FFFF),
            Ink::Raise => (0x1A_292E, 0xF4_F1EA),
            Ink::Rule => (0x2A_3B41, 0xD5_D0C4),
            Ink::Edge => (0x6B_8088, 0x7A_7F7C),
            Ink::Text => (0xF4_F6F0, 0x10_191B),
            Ink::Text2 => (0xC2_CECC, 0x3A_474A),
            Ink::Text3 => (0x94_A6A7, 0x58_6568),
            Ink::Safe => (0xEA_F0E8, 0x17_272B),
            Ink::Open => (0xFF_C24A, 0xA8_5000),
            Ink::Wrong => (0xFF_7A5C, 0xB3_290B),
            Ink::Read => (0x62_C6FF, 0x0A_5FA6),
            Ink::Tx => (0xC6_ABFF, 0x65_38B8),
            Ink::OnFill => (0x0A_1316, 0xFA_F8F3),
            Ink::Ghost => (0x6A_8087, 0x7C_8886),
        };
        match self {
            Self::Dark => dark,
            Self::Light => light,
        }
    }

    /// A token as CSS writes it.
    pub fn css(self, ink: Ink) -> String {
        format!("#{:06X}", self.rgb(ink))
    }

    /// A token as CSS writes it, partly transparent.
    pub fn css_alpha(self, ink: Ink, alpha: f64) -> String {
        let byte = (bounded(alpha, 0.0, 1.0) * 255.0).round() as u32;
        format!("#{:06X}{byte:02X}", self.rgb(ink))
    }

    /// The contrast ratio of two tokens (WCAG 2.1, 1.4.3).
    pub fn contrast(self, a: Ink, b: Ink) -> f64 {
        let (a, b) = (luminance(self.rgb(a)), luminance(self.rgb(b)));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// Relative luminance of an sRGB colour (WCAG 2.1).
fn luminance(rgb: u32) -> f64 {
    let part = |shift: u32| {
        let c = f64::from((rgb >> shift) & 0xFF) / 255.0;
        if c <= 0.039_28 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}

#[cfg(test)]
mod tests {
    use super::{Ink, Theme};

    /// Token, ratio on page and band in the dark table, then in the light one (design.md, section 4).
    const WRITTEN: [(Ink, [f64; 4]); 10] = [
        (Ink::Text, [17.3, 15.5, 16.8, 15.1]),
        (Ink::Text2, [11.6, 10.4, 9.1, 8.2]),
        (Ink::Text3, [7.4, 6.6, 5.7, 5.1]),
        (Ink::Safe, [16.2, 14.5, 14.5, 13.1]),
        (Ink::Open, [11.7, 10.5, 5.2, 4.7]),
        (Ink::Wrong, [7.3, 6.6, 6.1, 5.5]),
        (Ink::Read, [9.9, 8.8, 6.2, 5.6]),
        (Ink::Tx, [9.5, 8.6, 7.0, 6.3]),
        (Ink::Edge, [4.5, 4.1, 3.8, 3.5]),
        (Ink::Ghost, [4.5, 4.1, 3.5, 3.1]),
    ];

    #[test]
    fn ratios_are_the_written_ones() {
        for (ink, written) in WRITTEN {
            let got = [Theme::Dark, Theme::Light]
                .map(|theme| [Ink::Page, Ink::Band].map(|ground| theme.contrast(ink, ground)))
                .concat();
            for (got, written) in got.into_iter().zip(written) {
                assert!((got - written).abs() < 0.06, "{}: {got:.2}, written {written}", ink.name());
            }
        }
    }

    #[test]
    fn words_and_marks_can_be_seen_wherever_they_stand() {
        use Ink::{Band, Edge, Ghost, OnFill, Open, Page, Plate, Read, Safe, Text, Text2, Text3, Tx, Wrong};
        for theme in [Theme::Dark, Theme::Light] {
            for ground in [Page, Band, Plate] {
                for ink in [Text, Text2, Text3, Safe, Open, Wrong, Read, Tx] {
                    assert!(theme.contrast(ink, ground) >= 4.5, "{} on {}", ink.name(), ground.name());
                }
                for ink in [Edge, Ghost] {
                    assert!(theme.contrast(ink, ground) >= 3.0, "{} on {}", ink.name(), ground.name());
                }
            }
            for mark in [Safe, Open, Wrong, Tx] {
                assert!(theme.contrast(OnFill, mark) >= 4.5, "words on {}", mark.name());
            }
        }
    }
}
