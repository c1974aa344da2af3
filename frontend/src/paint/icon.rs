//! The icons, each on a grid of 24 x 24, as shapes of the display list.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{Form, Ink, Shape, Step};

/// What an icon says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A broker that is up.
    Up,
    /// Something that is gone.
    Gone,
    /// A process that is stopped (SIGSTOP).
    Paused,
    /// A broker that is starting.
    Starting,
    /// A ring: fenced.
    Ring,
    /// The order app.
    Order,
    /// The stock app.
    Stock,
    /// The payment app.
    Payment,
    /// Any other reader.
    Reader,
    /// Customers.
    Person,
    /// The controller.
    Controller,
}

impl Icon {
    /// The icon with its left top corner at (x, y), `size` wide.
    pub fn shapes(self, x: f64, y: f64, size: f64, ink: Ink) -> Vec<Shape> {
        let scale = size / 24.0;
        let mut shapes = self.on_grid(ink);
        for shape in &mut shapes {
            place(shape, x, y, scale);
        }
        shapes
    }

    fn on_grid(self, ink: Ink) -> Vec<Shape> {
        let drawn = |shape: Shape| shape.stroke(ink, 2.25).round();
        match self {
            Self::Up => vec![Shape::disc(12.0, 12.0, 9.0).fill(ink)],
            Self::Gone => vec![Shape::cross(12.0, 12.0, 8.0).stroke(ink, 4.5).round()],
            Self::Paused => vec![
                Shape::rect(4.0, 3.0, 6.0, 18.0).corner(1.5).fill(ink),
                Shape::rect(14.0, 3.0, 6.0, 18.0).corner(1.5).fill(ink),
            ],
            Self::Starting => {
                vec![Shape::disc(12.0, 12.0, 8.5).stroke(ink, 3.0), half_disc(12.0, 12.0, 8.5).fill(ink)]
            }
            Self::Ring => vec![Shape::disc(12.0, 12.0, 8.0).stroke(ink, 3.0)],
            Self::Order => vec![
                drawn(Shape::polygon(&[
                    (5.0, 2.5),
                    (19.0, 2.5),
                    (19.0, 21.5),
                    (15.5, 19.0),
                    (12.0, 21.5),
                    (8.5, 19.0),
                    (5.0, 21.5),
                ])),
                drawn(Shape::path(vec![
                    Step::Move(9.0, 8.0),
                    Step::Line(15.0, 8.0),
                    Step::Move(9.0, 13.0),
                    Step::Line(15.0, 13.0),
                ])),
            ],
            Self::Stock => vec![
                drawn(Shape::polygon(&[(3.0, 8.0), (12.0, 3.0), (21.0, 8.0), (21.0, 17.0), (12.0, 22.0), (3.0, 17.0)])),
                drawn(Shape::path(vec![
                    Step::Move(3.0, 8.0),
                    Step::Line(12.0, 13.0),
                    Step::Line(21.0, 8.0),
                    Step::Move(12.0, 13.0),
                    Step::Line(12.0, 22.0),
                ])),
            ],
            Self::Payment => vec![
                drawn(Shape::rect(2.5, 5.0, 19.0, 14.0).corner(2.5)),
                Shape::lines(&[(2.5, 10.0), (21.5, 10.0)]).stroke(ink, 3.0),
                drawn(Shape::lines(&[(6.0, 15.0), (10.0, 15.0)])),
            ],
            Self::Reader => vec![
                drawn(Shape::polygon(&[(4.0, 5.0), (20.0, 5.0), (12.0, 20.0)])),
                drawn(Shape::lines(&[(12.0, 1.5), (12.0, 5.0)])),
            ],
            Self::Person => vec![
                drawn(Shape::disc(12.0, 7.5, 4.5)),
                drawn(Shape::path(vec![
                    Step::Move(3.5, 21.5),
                    Step::Curve(4.0, 14.0, 12.0, 14.0),
                    Step::Curve(20.0, 14.0, 20.5, 21.5),
                ])),
            ],
            Self::Controller => vec![
                Shape::diamond(12.0, 12.0, 10.5).stroke(ink, 2.5).round(),
                Shape::diamond(12.0, 12.0, 4.0).fill(ink),
            ],
        }
    }
}

/// Four curves a quarter turn are within a hundredth of the arc: where each ends and the corner it bends by, for a disc of
/// radius 1 from its top to its right. As numbers, since sine and cosine would come into the page for this alone.
const QUARTER: [[f64; 4]; 4] = [
    [0.198_912, 1.0, 0.382_683, 0.923_880],
    [0.566_454, 0.847_759, FRAC_1_SQRT_2, FRAC_1_SQRT_2],
    [0.847_759, 0.566_454, 0.923_880, 0.382_683],
    [1.0, 0.198_912, 1.0, 0.0],
];

/// The right half of a disc.
fn half_disc(x: f64, y: f64, r: f64) -> Shape {
    let mut steps = vec![Step::Move(x, y - r)];
    steps.extend(QUARTER.map(|[cx, cy, ex, ey]| Step::Curve(x + r * cx, y - r * cy, x + r * ex, y - r * ey)));
    // The lower quarter is the upper one, turned.
    steps.extend(QUARTER.map(|[cx, cy, ex, ey]| Step::Curve(x + r * cy, y + r * cx, x + r * ey, y + r * ex)));
    steps.push(Step::Close);
    Shape::path(steps)
}

fn place(shape: &mut Shape, dx: f64, dy: f64, scale: f64) {
    let at = |x: &mut f64, y: &mut f64| {
        *x = dx + *x * scale;
        *y = dy + *y * scale;
    };
    match &mut shape.form {
        Form::Rect { x, y, w, h, r } => {
            at(x, y);
            *w *= scale;
            *h *= scale;
            *r *= scale;
        }
        Form::Disc { x, y, r } => {
            at(x, y);
            *r *= scale;
        }
        Form::Path(steps) => {
            for step in steps {
                match step {
                    Step::Move(x, y) | Step::Line(x, y) => at(x, y),
                    Step::Curve(cx, cy, x, y) => {
                        at(cx, cy);
                        at(x, y);
                    }
                    Step::Close => {}
                }
            }
        }
        Form::Hatch { .. } | Form::Tail { .. } | Form::Text(_) => {}
    }
    if let Some(line) = &mut shape.line {
        line.width *= scale;
    }
}
