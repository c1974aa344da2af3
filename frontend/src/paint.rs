//! The display list: the few shapes everything on the stage is made of, as plain values in stage pixels.

pub mod change;
pub mod icon;
pub mod ink;
pub mod width;

pub use ink::{Ink, Theme};

/// One thing to draw: a form, filled, outlined or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// What it is.
    pub form: Form,
    /// How it is filled.
    pub fill: Option<Fill>,
    /// How it is outlined.
    pub line: Option<Line>,
}

/// What can be drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A rectangle with corner radius `r`.
    Rect {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        w: f64,
        /// Height.
        h: f64,
        /// Corner radius.
        r: f64,
    },
    /// A disc around (x, y).
    Disc {
        /// Centre.
        x: f64,
        /// Centre.
        y: f64,
        /// Radius.
        r: f64,
    },
    /// Lines and curves.
    Path(Vec<Step>),
    /// Diagonal lines `gap` apart (the shape's line), inside the rounded rectangle.
    Hatch {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        w: f64,
        /// Height.
        h: f64,
        /// Corner radius.
        r: f64,
        /// Distance between two lines.
        gap: f64,
    },
    /// The tail of a moving mark: wide at (x, y), a point at (tip_x, tip_y), fading unless `flat`.
    Tail {
        /// Where the mark is.
        x: f64,
        /// Where the mark is.
        y: f64,
        /// Where the tail ends.
        tip_x: f64,
        /// Where the tail ends.
        tip_y: f64,
        /// Half its width at the mark.
        half: f64,
        /// One tint instead of a gradient: many marks are cheaper that way.
        flat: bool,
    },
    /// Words on one line.
    Text(Text),
}

/// Words on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where the anchor is.
    pub x: f64,
    /// The baseline.
    pub y: f64,
    /// What it says.
    pub words: String,
    /// Font size in stage pixels.
    pub size: f64,
    /// Font weight, 400 to 700.
    pub weight: u16,
    /// Which end of the words stands at `x`.
    pub anchor: Anchor,
}

/// Which end of a text stands at its x.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Lift the pen and put it down here.
    Move(f64, f64),
    /// A straight line.
    Line(f64, f64),
    /// A quadratic curve by way of the first point.
    Curve(f64, f64, f64, f64),
    /// Back to the last `Move`.
    Close,
}

/// How a shape is filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// With which token.
    pub ink: Ink,
    /// 0 to 1.
    pub alpha: f64,
}

/// How a shape is outlined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// With which token.
    pub ink: Ink,
    /// How wide.
    pub width: f64,
    /// 0 to 1.
    pub alpha: f64,
    /// Length of a dash and of the gap after it; zeros are a solid line.
    pub dash: (f64, f64),
    /// Round ends and joins.
    pub round: bool,
}

/// What makes a shape is called, never copied into the four hundred places that make one: that is a tenth of the program.
impl Shape {
    fn new(form: Form) -> Self {
        Self { form, fill: None, line: None }
    }

    /// A rectangle.
    #[inline(never)]
    pub fn rect(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self::new(Form::Rect { x, y, w: w.max(0.0), h: h.max(0.0), r: 0.0 })
    }

    /// A disc.
    #[inline(never)]
    pub fn disc(x: f64, y: f64, r: f64) -> Self {
        Self::new(Form::Disc { x, y, r })
    }

    /// A path.
    pub fn path(steps: Vec<Step>) -> Self {
        Self::new(Form::Path(steps))
    }

    /// Straight lines from point to point.
    pub fn lines(points: &[(f64, f64)]) -> Self {
        let step = |(i, (x, y)): (usize, &(f64, f64))| if i == 0 { Step::Move(*x, *y) } else { Step::Line(*x, *y) };
        Self::path(points.iter().enumerate().map(step).collect())
    }

    /// A closed polygon.
    pub fn polygon(points: &[(f64, f64)]) -> Self {
        let mut shape = Self::lines(points);
        if let Form::Path(steps) = &mut shape.form {
            steps.push(Step::Close);
        }
        shape
    }

    /// A diamond around (x, y).
    pub fn diamond(x: f64, y: f64, r: f64) -> Self {
        Self::polygon(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)])
    }

    /// A cross around (x, y).
    pub fn cross(x: f64, y: f64, r: f64) -> Self {
        let steps =
            [Step::Move(x - r, y - r), Step::Line(x + r, y + r), Step::Move(x + r, y - r), Step::Line(x - r, y + r)];
        Self::path(steps.to_vec())
    }

    /// Diagonal lines inside a rounded rectangle.
    #[inline(never)]
    pub fn hatch(x: f64, y: f64, w: f64, h: f64, gap: f64) -> Self {
        Self::new(Form::Hatch { x, y, w: w.max(0.0), h: h.max(0.0), r: 0.0, gap })
    }

    /// The tail of a mark at `at`, ending at `tip`.
    #[inline(never)]
    pub fn tail(at: (f64, f64), tip: (f64, f64), half: f64, flat: bool) -> Self {
        Self::new(Form::Tail { x: at.0, y: at.1, tip_x: tip.0, tip_y: tip.1, half, flat })
    }

    /// Words at their start.
    pub fn text(x: f64, y: f64, words: impl Into<String>, size: f64, weight: u16) -> Self {
        Self::new(Form::Text(Text { x, y, words: words.into(), size, weight, anchor: Anchor::Start }))
    }

    /// The same words, ending at their x.
    #[inline(never)]
    pub fn ending(mut self) -> Self {
        if let Form::Text(text) = &mut self.form {
            text.anchor = Anchor::End;
        }
        self
    }

    /// The same words, around their x.
    #[inline(never)]
    pub fn centred(mut self) -> Self {
        if let Form::Text(text) = &mut self.form {
            text.anchor = Anchor::Middle;
        }
        self
    }

    /// With round corners.
    #[inline(never)]
    pub fn corner(mut self, radius: f64) -> Self {
        if let Form::Rect { r, .. } | Form::Hatch { r, .. } = &mut self.form {
            *r = radius;
        }
        self
    }

    /// Filled.
    pub fn fill(self, ink: Ink) -> Self {
        self.tint(ink, 1.0)
    }

    /// Filled, partly transparent.
    #[inline(never)]
    pub fn tint(mut self, ink: Ink, alpha: f64) -> Self {
        self.fill = Some(Fill { ink, alpha });
        self
    }

    /// Outlined.
    #[inline(never)]
    pub fn stroke(mut self, ink: Ink, width: f64) -> Self {
        self.line = Some(Line { ink, width, alpha: 1.0, dash: (0.0, 0.0), round: false });
        self
    }

    /// With its outline dashed.
    #[inline(never)]
    pub fn dashed(mut self, dash: f64, gap: f64) -> Self {
        if let Some(line) = &mut self.line {
            line.dash = (dash, gap);
        }
        self
    }

    /// With its outline partly transparent.
    #[inline(never)]
    pub fn faint(mut self, alpha: f64) -> Self {
        if let Some(line) = &mut self.line {
            line.alpha = alpha;
        }
        self
    }

    /// With round ends and joins.
    #[inline(never)]
    pub fn round(mut self) -> Self {
        if let Some(line) = &mut self.line {
            line.round = true;
        }
        self
    }

    /// The rectangle it can colour: left, top, right, bottom.
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        let (x0, y0, x1, y1) = match &self.form {
            Form::Rect { x, y, w, h, .. } | Form::Hatch { x, y, w, h, .. } => (*x, *y, x + w, y + h),
            Form::Disc { x, y, r } => (x - r, y - r, x + r, y + r),
            Form::Tail { x, y, tip_x, tip_y, half, .. } => {
                (x.min(*tip_x) - half, y.min(*tip_y) - half, x.max(*tip_x) + half, y.max(*tip_y) + half)
            }
            // Some glyphs reach a little over their advance.
            Form::Text(text) => {
                let (x0, y0, x1, y1) = text.bounds();
                (x0 - 3.0, y0 - 3.0, x1 + 3.0, y1 + 3.0)
            }
            Form::Path(steps) => steps.iter().fold((f64::MAX, f64::MAX, f64::MIN, f64::MIN), |b, step| match *step {
                Step::Move(x, y) | Step::Line(x, y) => grow(b, x, y),
                Step::Curve(cx, cy, x, y) => grow(grow(b, cx, cy), x, y),
                Step::Close => b,
            }),
        };
        // A mitred corner reaches further out than half the line.
        let rim = self.line.map_or(0.0, |l| l.width);
        (x0 - rim, y0 - rim, x1 + rim, y1 + rim)
    }
}

/// A number, or the bound that it is beyond; std's `clamp` can panic and then says its numbers, which takes 6 KB.
pub fn bounded(number: f64, least: f64, most: f64) -> f64 {
    number.max(least).min(most)
}

fn grow((x0, y0, x1, y1): (f64, f64, f64, f64), x: f64, y: f64) -> (f64, f64, f64, f64) {
    (x0.min(x), y0.min(y), x1.max(x), y1.max(y))
}

impl Text {
    /// The rectangle its glyphs stand in: capitals and descenders, by the measured advance widths.
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        let wide = width::of(&self.words, self.size, self.weight);
        let x = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - wide / 2.0,
            Anchor::End => self.x - wide,
        };
        (x, self.y - self.size * 0.76, x + wide, self.y + self.size * 0.24)
    }
}

/// The diagonal lines of a hatch over (x, y, w, h), each as x, y, x, y; on one lattice for the whole stage, so that it
/// stands still while its rectangle grows.
pub fn hatch_lines((x, y, w, h): (f64, f64, f64, f64), gap: f64) -> Vec<(f64, f64, f64, f64)> {
    let step = gap * std::f64::consts::SQRT_2;
    let (first, last) = (((x + y) / step).ceil() as i64, ((x + w + y + h) / step).floor() as i64);
    let line = |i: i64| {
        let sum = i as f64 * step;
        (sum - y, y, sum - y - h, y + h)
    };
    (first..=last).map(line).collect()
}
