//! A record on its partition: stored on the leader, copied line by line, committed, and there to be read from then on.

use super::{Labels, Rows, axis::Axis, plot::Part};
use crate::{
    paint::{Ink, Shape},
    stage::{Selected, pen::Pen},
};

const H: f64 = 26.0;
/// The solid block that stands where it became committed.
const SOLID: f64 = 12.0;

pub(super) fn draw(pen: &mut Pen, labels: &mut Labels, rows: &Rows<'_>, axis: &Axis, part: &Part<'_>) {
    let Some(row) = rows.partition(part) else { return };
    let (stored, again) = (axis.x(part.stored_at()), part.again.is_some());
    let (moving, safe) = if again { (Ink::Wrong, Ink::Wrong) } else { (Ink::Open, Ink::Safe) };
    // What is stored a second time lies beside what was there.
    let aside = if again { 4.0 } else { -4.0 };
    for (broker, at) in &part.record.history.copied {
        let Some(y) = row.replica(*broker).filter(|y| *y > row.y) else { continue };
        let x = axis.x(*at).max(stored);
        pen.put(Shape::lines(&[(stored + 3.0, row.y + H / 2.0), (x, y)]).stroke(moving, 2.0));
        pen.put(Shape::lines(&[(x, y + aside / 2.0), (axis.right, y + aside / 2.0)]).stroke(safe, 3.0).faint(0.5));
        pen.put(Shape::rect(x - 5.0, y - 5.0, 10.0, 10.0).corner(2.5).fill(safe));
    }
    let committed = part.record.history.committed_at.map(|at| axis.x(at).max(stored));
    let y = row.y;
    if let Some(x) = committed {
        pen.put(Shape::lines(&[(x, y + aside), (axis.right, y + aside)]).stroke(safe, 5.0));
    }
    let end = committed.map_or(stored + SOLID, |x| x.max(stored + 4.0));
    let hollow = Shape::rect(stored, y - H / 2.0, end - stored + 2.0, H).corner(5.0);
    pen.put(hollow.fill(Ink::Band).stroke(moving, 3.0));
    let mut right = end + 2.0;
    if let Some(x) = committed {
        pen.put(Shape::rect(x.max(stored + 3.0), y - H / 2.0 - 1.5, SOLID, H + 3.0).corner(3.0).fill(safe));
        right = x + SOLID;
    }
    let state = if committed.is_some() { "committed" } else { "stored, not safe yet" };
    let label = format!("{}, offset {}, {}, {state}", part.id, part.offset, part.event_type());
    let what = Selected::Record { id: part.id.clone(), offset: part.offset };
    pen.target((stored - 4.0, y - H / 2.0 - 4.0, (right - stored).max(20.0) + 8.0, H + 8.0), what, label);
    labels.keep_free((stored - 2.0, y - H / 2.0, right + 2.0, y + H / 2.0));
    let words = part.offset.to_string();
    let ink = if again { Ink::Wrong } else { Ink::Text };
    let over = |x: f64| Shape::text(x, y - H / 2.0 - 6.0, words.clone(), 17.0, 600).fill(ink);
    labels.first(pen, [over(right - 6.0), over(right + 10.0), over(stored - 4.0).ending()]);
}
