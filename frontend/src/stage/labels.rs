//! Where the words beside marks that stand still are put: each beside its own, none over another.

use super::pen::Pen;
use crate::paint::{Ink, Shape, width};

const SIZE: f64 = 15.0;
/// How far a mark reaches.
const REACH: f64 = 11.0;
/// From a mark's middle to where words begin or end.
const BESIDE: f64 = 13.0;
/// How much deeper the words may stand than beside: first not at all.
const DEEPER: [f64; 4] = [0.0, 17.0, -17.0, 30.0];

/// Left, top, right, bottom.
type Area = (f64, f64, f64, f64);

fn overlap(a: &Area, b: &Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// The ground of words that begin at (x, y).
fn ground(x: f64, y: f64, wide: f64) -> Area {
    (x - 3.0, y - 14.0, x + wide + 3.0, y + 5.0)
}

/// Puts the words of each of these marks beside it; what is said there already is not said twice.
pub(crate) fn draw(pen: &mut Pen, marks: &[((f64, f64), String)]) {
    let discs: Vec<Area> = marks.iter().map(|((x, y), _)| (x - REACH, y - REACH, x + REACH, y + REACH)).collect();
    let mut put: Vec<(Area, &str)> = Vec::new();
    for ((x, y), words) in marks.iter().filter(|(_, words)| !words.is_empty()) {
        let wide = width::of(words, SIZE, 600);
        let places = DEEPER.into_iter().flat_map(|deeper| {
            let y = y - 2.0 + deeper;
            [(x + BESIDE, y), (x - BESIDE - wide, y)]
        });
        let free = |(x, y): &(f64, f64)| {
            let area = ground(*x, *y, wide);
            !put.iter().map(|(known, _)| known).chain(&discs).any(|known| overlap(known, &area))
        };
        let first = (x + BESIDE, y - 2.0);
        let said = |area: Area| put.iter().any(|(known, other)| other == words && overlap(known, &area));
        let Some((x, y)) = places.clone().find(free).or((!said(ground(first.0, first.1, wide))).then_some(first))
        else {
            continue;
        };
        let area = ground(x, y, wide);
        pen.put(Shape::rect(area.0, area.1, area.2 - area.0, area.3 - area.1).corner(4.0).tint(Ink::Page, 0.85));
        pen.put(Shape::text(x, y, words.clone(), SIZE, 600).fill(Ink::Text));
        put.push((area, words));
    }
}
