//! The layout: which of three sheets the score is written on, and the numbers in which they differ (design §2, §10).

/// A sheet. The stage is scaled as one on each of them, never reflowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// The hall's screen, 16:9.
    #[default]
    Wide,
    /// A 4:3 projector, and what is between a phone and a hall: higher bands, narrower columns.
    Classic,
    /// A small score without apps, for a hand.
    Phone,
    /// A phone's lanes: wider than the hand, which moves them sideways.
    Strip,
    /// A phone's story: a list, step under step.
    List,
}

/// From this width on the page is scaled as one.
const WHOLE: f64 = 1_200.0;
/// Below this width it is a phone.
const PHONE: f64 = 768.0;
/// A window this many times as wide as it is high is more of a 4:3 than of a 16:9.
const CLASSIC: f64 = 1.5;

impl Layout {
    /// The sheet for a window of this size in CSS pixels, and whether all of the page is scaled to it as one.
    pub fn of(width: f64, height: f64) -> (Self, bool) {
        match (width < PHONE, width < WHOLE) {
            (true, _) => (Self::Phone, false),
            (_, true) => (Self::Classic, false),
            _ if width < height * CLASSIC => (Self::Classic, true),
            _ => (Self::Wide, true),
        }
    }

    /// Its name in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Classic => "classic",
            Self::Phone => "phone",
            Self::Strip => "strip",
            Self::List => "list",
        }
    }

    /// Width and height of the whole page where it is scaled as one, in stage pixels.
    pub const fn page(self) -> (f64, f64) {
        match self {
            Self::Wide => (1_920.0, 1_080.0),
            _ => (1_620.0, 1_215.0),
        }
    }

    /// Width and height of the canvas, in stage pixels.
    pub const fn size(self) -> (f64, f64) {
        match self {
            Self::Wide => (1_920.0, 1_080.0),
            // The proof stands under the caption; the canvas begins so much lower.
            Self::Classic => (1_620.0, 1_151.0),
            Self::Phone => (390.0, 372.0),
            Self::Strip => (1_000.0, 780.0),
            Self::List => (390.0, 900.0),
        }
    }

    pub(super) const fn is_phone(self) -> bool {
        matches!(self, Self::Phone)
    }

    /// Left edge of the bands.
    pub(super) const fn left(self) -> f64 {
        if self.is_phone() { 8.0 } else { 32.0 }
    }

    /// Right edge of the bands.
    pub(super) const fn right(self) -> f64 {
        match self {
            Self::Wide => 1_888.0,
            Self::Classic => 1_588.0,
            Self::Strip => 992.0,
            Self::Phone | Self::List => 382.0,
        }
    }

    /// Left edge of the first column.
    pub(super) const fn first(self) -> f64 {
        if self.is_phone() { 68.0 } else { 212.0 }
    }

    /// Right edge of the last column.
    pub(super) const fn last(self) -> f64 {
        self.right() - if self.is_phone() { 0.0 } else { 24.0 }
    }

    /// Top of the bands, and the height they share.
    pub(super) const fn rows(self) -> (f64, f64) {
        match self {
            Self::Wide => (332.0, 402.0),
            Self::Phone => (46.0, 252.0),
            _ => (332.0, 477.0),
        }
    }

    /// Top of the groups' tracks; what stands under them is as far below it on every sheet.
    pub(super) const fn track(self) -> f64 {
        let (top, height) = self.rows();
        top + height + if self.is_phone() { 4.0 } else { 8.0 }
    }

    /// Width of one record on a tape, gap included.
    pub(super) const fn slot(self) -> f64 {
        if self.is_phone() { 7.0 } else { 18.0 }
    }

    /// Width of a record's block.
    pub(super) const fn block(self) -> f64 {
        if self.is_phone() { 5.5 } else { 14.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn a_window_has_the_sheet_that_fits_it() {
        let of = |w, h| {
            let (layout, whole) = Layout::of(w, h);
            (layout.name(), whole)
        };
        assert_eq!([of(1920.0, 1080.0), of(1280.0, 720.0), of(3840.0, 2160.0)], [("wide", true); 3]);
        assert_eq!([of(1600.0, 1200.0), of(1280.0, 1024.0), of(1400.0, 1050.0)], [("classic", true); 3]);
        assert_eq!([of(1024.0, 768.0), of(768.0, 1024.0), of(960.0, 540.0)], [("classic", false); 3]);
        assert_eq!([of(390.0, 844.0), of(640.0, 360.0), of(320.0, 568.0)], [("phone", false); 3]);
    }
}
