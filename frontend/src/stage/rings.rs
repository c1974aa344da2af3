//! Rings around what is selected, what proves a number and what the pointer is on; they lie over everything else.

use super::{Selected, Target, View, pen::Pen};
use crate::paint::{Ink, Shape};

pub(crate) fn draw(pen: &mut Pen, view: &View<'_>) {
    let mut rings = Vec::new();
    // On a ground of their own, so that they are seen from afar.
    for target in pen.targets().iter().filter(|t| view.proof.contains(&t.what)) {
        rings.push(ring(target, 9.0, Ink::Page));
        rings.push(ring(target, 4.0, Ink::Text));
    }
    if let Some(selected) = view.selected {
        rings.extend(pen.targets().iter().filter(|t| t.what == *selected).map(|t| ring(t, 3.0, Ink::Text)));
    }
    if let Some((x, y)) = view.hover {
        let under = |t: &&Target| x >= t.x && x < t.x + t.w && y >= t.y && y < t.y + t.h;
        let what = pen.targets().iter().rev().find(under).map(|t| t.what.clone()).filter(|w| view.selected != Some(w));
        rings.extend(pen.targets().iter().filter(|t| Some(&t.what) == what.as_ref()).map(|t| ring(t, 2.0, Ink::Text)));
    }
    for ring in rings {
        pen.put(ring);
    }
}

/// 3 px off the mark; a record is its own frame.
fn ring(target: &Target, width: f64, ink: Ink) -> Shape {
    let (off, corner) = match target.what {
        Selected::Record { .. } => (1.0, 6.0),
        _ => (3.0, 12.0),
    };
    let (x, y) = (target.x - off, target.y - off);
    Shape::rect(x, y, target.w + 2.0 * off, target.h + 2.0 * off).corner(corner).stroke(ink, width)
}
