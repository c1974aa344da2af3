//! What changed between two still layers: the rectangles that have to be painted again.

use super::Shape;

/// Left, top, right, bottom.
pub type Area = (f64, f64, f64, f64);

/// Above this share of the stage, painting all of it is cheaper than clipping.
const MOST: f64 = 0.6;
/// A clip of many small rectangles costs more than a few large ones.
const MANY: usize = 24;

/// What has to be painted again.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Nothing.
    None,
    /// Everything.
    All,
    /// These rectangles.
    Areas(Vec<Area>),
}

impl Change {
    /// Compares two lists of shapes, part by part; `cuts` say where each part ends.
    pub fn between(old: (&[Shape], &[usize]), new: (&[Shape], &[usize]), whole: (f64, f64)) -> Self {
        if old.1.len() != new.1.len() || old.1.is_empty() {
            return Self::All;
        }
        let mut areas = Vec::new();
        let (mut a, mut b) = (0, 0);
        for (a_end, b_end) in old.1.iter().zip(new.1) {
            let before = old.0.get(a..*a_end).unwrap_or_default();
            let after = new.0.get(b..*b_end).unwrap_or_default();
            part(before, after, &mut areas);
            (a, b) = (*a_end, *b_end);
        }
        let areas = merged(areas);
        let size = |(x0, y0, x1, y1): &Area| (x1 - x0) * (y1 - y0);
        match areas.iter().map(size).sum::<f64>() {
            _ if areas.is_empty() => Self::None,
            sum if sum > MOST * whole.0 * whole.1 || areas.len() > MANY => Self::All,
            _ => Self::Areas(areas),
        }
    }
}

/// Whether a shape may colour anything in an area.
pub fn touches(area: &Area, shape: &Shape) -> bool {
    // A smoothed edge reaches into the next pixel.
    let (x0, y0, x1, y1) = shape.bounds();
    overlap(area, &(x0 - 1.0, y0 - 1.0, x1 + 1.0, y1 + 1.0))
}

fn part(before: &[Shape], after: &[Shape], areas: &mut Vec<Area>) {
    let same_start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (before, after) = (before.get(same_start..).unwrap_or_default(), after.get(same_start..).unwrap_or_default());
    if before.len() == after.len() {
        for (a, b) in before.iter().zip(after).filter(|(a, b)| a != b) {
            areas.push(a.bounds());
            areas.push(b.bounds());
        }
        return;
    }
    let same_end = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    let changed = |shapes: &[Shape]| shapes.len() - same_end;
    areas.extend(before.iter().take(changed(before)).map(Shape::bounds));
    areas.extend(after.iter().take(changed(after)).map(Shape::bounds));
}

fn overlap(a: &Area, b: &Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// Rectangles grown by a pixel for smoothed edges, those that overlap made into one.
fn merged(areas: Vec<Area>) -> Vec<Area> {
    let mut kept: Vec<Area> = Vec::new();
    for area in areas {
        let mut area = (area.0.floor() - 1.0, area.1.floor() - 1.0, area.2.ceil() + 1.0, area.3.ceil() + 1.0);
        while let Some(i) = kept.iter().position(|k| overlap(k, &area)) {
            let k = kept.swap_remove(i);
            area = (area.0.min(k.0), area.1.min(k.1), area.2.max(k.2), area.3.max(k.3));
        }
        kept.push(area);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{Change, Shape, touches};
    use crate::paint::Ink;

    fn square(x: f64, ink: Ink) -> Shape {
        Shape::rect(x, 10.0, 10.0, 10.0).fill(ink)
    }

    fn between(old: &[Shape], new: &[Shape]) -> Change {
        Change::between((old, &[old.len()]), (new, &[new.len()]), (1000.0, 1000.0))
    }

    #[test]
    fn what_is_equal_is_not_painted() {
        let shapes = [square(10.0, Ink::Safe), square(30.0, Ink::Safe)];
        assert_eq!(between(&shapes, &shapes), Change::None);
    }

    #[test]
    fn a_changed_shape_is_painted_where_it_was_and_is() {
        let old = [square(10.0, Ink::Safe), square(30.0, Ink::Safe)];
        let new = [square(10.0, Ink::Safe), square(32.0, Ink::Open)];
        assert_eq!(between(&old, &new), Change::Areas(vec![(29.0, 9.0, 43.0, 21.0)]));
    }

    #[test]
    fn a_new_shape_does_not_move_those_behind_it() {
        let old = [square(10.0, Ink::Safe), square(90.0, Ink::Safe)];
        let new = [square(10.0, Ink::Safe), square(50.0, Ink::Open), square(90.0, Ink::Safe)];
        let area = (49.0, 9.0, 61.0, 21.0);
        assert_eq!(between(&old, &new), Change::Areas(vec![area]));
        assert!(touches(&area, &square(50.0, Ink::Open)) && !touches(&area, &square(90.0, Ink::Safe)));
    }
}
