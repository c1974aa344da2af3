//! Rings around what is selected, what proves a number, what the caption has begun to speak of, and what the pointer is on;
//! they lie over everything else.

use super::{Selected, Target, View, column::eased, pen::Pen};
use crate::paint::{Ink, Shape};

/// How long what the caption names is ringed.
pub(crate) const NAMED_MICROS: u64 = 600_000;

pub(crate) fn draw(pen: &mut Pen, view: &View<'_>) {
    let mut rings = Vec::new();
    let (named, age) = view.named;
    if age < NAMED_MICROS {
        // It closes in on its thing, once.
        let off = if view.still { 0.0 } else { 22.0 * (1.0 - eased(age, NAMED_MICROS)) };
        for target in pen.targets().filter(|t| named.contains(&t.what)) {
            let wide = Target {
                x: target.x - off,
                y: target.y - off,
                w: target.w + 2.0 * off,
                h: target.h + 2.0 * off,
                ..target.clone()
            };
            rings.push(ring(&wide, 4.0, Ink::Text));
        }
    }
    // On a ground of their own, so that they are seen from afar.
    for target in pen.targets().filter(|t| view.proof.contains(&t.what)) {
        rings.push(ring(target, 9.0, Ink::Page));
        rings.push(ring(target, 4.0, Ink::Text));
    }
    if let Some(selected) = view.selected {
        rings.extend(pen.targets().filter(|t| t.what == *selected).map(|t| ring(t, 3.0, Ink::Text)));
    }
    if let Some((x, y)) = view.hover {
        let under = |t: &&Target| x >= t.x && x < t.x + t.w && y >= t.y && y < t.y + t.h;
        let what = pen.targets().rev().find(under).map(|t| t.what.clone()).filter(|w| view.selected != Some(w));
        rings.extend(pen.targets().filter(|t| Some(&t.what) == what.as_ref()).map(|t| ring(t, 2.0, Ink::Text)));
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
