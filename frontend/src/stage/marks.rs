//! Moving marks: records are discs, answers discs with a tick or a cross, reads triangles, many at once a pill.

use model::ids::{Micros, PartitionId};

use super::{
    Hop, Leg, Selected, View,
    column::eased,
    grid::{self, Grid},
    pen::Pen,
};
use crate::{
    paint::{Ink, Shape, width},
    words::numbers::fine_seconds,
};

/// How long the arrow from the old leader to the new one takes to be drawn.
const ARROW_MICROS: u64 = 400_000;

/// How long the thin line of a hop that takes no time stays.
const TRACE_MICROS: u64 = 1_000_000;

/// A hop at a moment.
pub(crate) struct Mark<'a> {
    pub(crate) hop: &'a Hop,
    pub(crate) at: (f64, f64),
    /// A unit vector.
    pub(crate) direction: (f64, f64),
    /// Whether its tail has one tint.
    pub(crate) flat: bool,
}

/// How much of its way a hop has made; none where it is not on its way.
pub(crate) fn share(hop: &Hop, now: Micros) -> Option<f64> {
    let whole = hop.ends.since(hop.starts);
    let share = if whole == 0 { 1.0 } else { now.since(hop.starts) as f64 / whole as f64 };
    (hop.starts <= now && now <= hop.ends).then_some(share)
}

/// Whether a thin line stands for a hop that took no time.
pub(crate) fn is_trace(hop: &Hop, now: Micros) -> bool {
    hop.starts == hop.ends && hop.ends <= now && now.since(hop.ends) < TRACE_MICROS
}

/// What one points at with a moving mark: its record, where an offset is known, else its partition.
pub(crate) fn target(pen: &mut Pen, hop: &Hop, (x, y): (f64, f64)) {
    let Some(id) = hop.partition.map(|p| PartitionId::new(hop.topic.clone(), p)) else { return };
    let does = match &hop.leg {
        Leg::Produce => "on its way to its leader",
        Leg::Again { .. } => "sent again",
        Leg::Ack => "its acknowledgement",
        Leg::Lost => "lost at the tap",
        Leg::Refused => "refused",
        Leg::Copy { .. } => "being copied",
        Leg::Read { .. } => "being read",
    };
    let of = match (&hop.key, hop.offset) {
        _ if hop.count > 1 => format!(", {} records", hop.count),
        (Some(key), _) => format!(", {key}"),
        (None, Some(offset)) => format!(", offset {offset}"),
        (None, None) => String::new(),
    };
    let label = format!("{}{of}, {does}", grid::name(&id));
    let what = match hop.offset {
        Some(offset) => Selected::Record { id, offset },
        None => Selected::Partition(id),
    };
    pen.passing((x - 14.0, y - 14.0, 28.0, 28.0), what, label);
}

pub(super) fn ink(leg: &Leg) -> Ink {
    match leg {
        Leg::Produce | Leg::Again { .. } | Leg::Copy { .. } => Ink::Open,
        Leg::Ack => Ink::Safe,
        Leg::Refused | Leg::Lost => Ink::Wrong,
        Leg::Read { .. } => Ink::Read,
    }
}

pub(crate) fn draw(pen: &mut Pen, view: &View<'_>, mark: &Mark<'_>) {
    let ink = ink(&mark.hop.leg);
    if mark.hop.count > 1 {
        let half = pill(pen, mark, ink);
        if view.still {
            arrow(pen, mark, ink, if mark.direction.1 == 0.0 { half } else { 13.0 });
        }
        return;
    }
    let (x, y) = mark.at;
    let reads = matches!(mark.hop.leg, Leg::Read { .. });
    if view.still {
        arrow(pen, mark, ink, 11.0);
    } else {
        let len = match mark.hop.leg {
            Leg::Produce | Leg::Again { .. } | Leg::Copy { .. } => 46.0,
            _ => 42.0,
        };
        let tip = (x - mark.direction.0 * len, y - mark.direction.1 * len);
        let half = if reads { 5.0 } else { 7.0 };
        pen.put(Shape::tail(mark.at, tip, half, mark.flat).fill(ink));
    }
    match &mark.hop.leg {
        Leg::Produce | Leg::Copy { .. } => pen.put(Shape::disc(x, y, 8.0).fill(ink)),
        // Once more: a disc in a ring, and how much later.
        Leg::Again { after_micros } => {
            pen.put(Shape::disc(x, y, 7.0).fill(ink));
            pen.put(Shape::disc(x, y, 12.0).stroke(ink, 2.5));
            // What was refused before is sent often: its ring says enough.
            if !view.still && mark.hop.offset.is_some() {
                beside(pen, mark, &format!("sent again, {} later", fine_seconds(*after_micros)));
            }
        }
        Leg::Ack => {
            pen.put(Shape::disc(x, y, 10.0).fill(ink));
            let tick = Shape::lines(&[(x - 5.0, y + 0.5), (x - 1.5, y + 4.0), (x + 5.0, y - 4.0)]);
            pen.put(tick.stroke(Ink::OnFill, 3.0).round());
        }
        Leg::Refused | Leg::Lost => {
            pen.put(Shape::disc(x, y, 10.0).fill(ink));
            pen.put(Shape::cross(x, y, 4.0).stroke(Ink::OnFill, 3.0).round());
        }
        Leg::Read { .. } => {
            let triangle = Shape::polygon(&[(x - 9.0, y - 8.0), (x + 9.0, y - 8.0), (x, y + 9.0)]);
            pen.put(if mark.flat { triangle.fill(ink) } else { triangle.fill(ink).stroke(Ink::Page, 1.5) });
        }
    }
}

/// Standing still, a mark says by an arrowhead, so far ahead of its middle, which way it goes.
fn arrow(pen: &mut Pen, mark: &Mark<'_>, ink: Ink, off: f64) {
    let ((x, y), (dx, dy)) = (mark.at, mark.direction);
    let ahead = |along: f64, aside: f64| (x + dx * along - dy * aside, y + dy * along + dx * aside);
    let head = [ahead(off + 2.0, -7.0), ahead(off + 9.0, 0.0), ahead(off + 2.0, 7.0)];
    pen.put(Shape::lines(&head).stroke(ink, 3.0).round());
}

/// The key of a mark's record, as it was sent or as it stands on the log; empty where it is not known.
pub(crate) fn key(view: &View<'_>, hop: &Hop) -> String {
    let stored = || {
        let id = PartitionId::new(hop.topic.clone(), hop.partition?);
        view.picture.partitions.get(&id)?.records.get(&hop.offset?)?.appended.as_ref()?.key.as_deref()
    };
    let known = hop.key.as_deref().or_else(stored).filter(|_| hop.count == 1);
    known.map(|key| width::cut(key, 15.0, 600, 80.0)).unwrap_or_default()
}

/// Words right of a mark.
fn beside(pen: &mut Pen, mark: &Mark<'_>, words: &str) {
    let wide = width::of(words, 15.0, 600);
    let (x, y) = (mark.at.0 + 13.0, mark.at.1 - 2.0);
    pen.put(Shape::rect(x - 3.0, y - 14.0, wide + 6.0, 19.0).corner(4.0).tint(Ink::Page, 0.85));
    pen.put(Shape::text(x, y, words, 15.0, 600).fill(Ink::Text));
}

/// A pill with the number; says how far it reaches to each side.
fn pill(pen: &mut Pen, mark: &Mark<'_>, ink: Ink) -> f64 {
    let words = format!("×{}", mark.hop.count);
    let (x, y) = mark.at;
    let wide = width::of(&words, 19.0, 700) + 22.0;
    pen.put(Shape::rect(x - wide / 2.0, y - 13.0, wide, 26.0).corner(13.0).fill(ink));
    pen.put(Shape::text(x, y + 7.0, words, 19.0, 700).fill(Ink::OnFill).centred());
    wide / 2.0
}

/// A hop without travel: a thin line from where to where.
pub(crate) fn trace(pen: &mut Pen, hop: &Hop, points: &[(f64, f64)]) {
    let ink = ink(&hop.leg);
    pen.put(Shape::lines(points).stroke(ink, 2.0).faint(0.8).round());
    if let Some((x, y)) = points.last() {
        pen.put(Shape::disc(*x, *y, 5.0).fill(ink));
    }
}

/// Leadership moved: from the old place to the new one, on the free side of the tape.
pub(super) fn handovers(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>) {
    for column in &grid.columns {
        let Some(handover) = column.handover else { continue };
        let (Some(from), Some(to)) = (grid.row(handover.from), grid.row(column.partition.leader)) else { continue };
        let x = column.tape_end() - if grid.layout.is_phone() { 1.0 } else { 12.0 };
        let down = if to.y > from.y { 1.0 } else { -1.0 };
        let start = from.mid();
        pen.put(Shape::diamond(x, start, 9.0).fill(Ink::Page).stroke(Ink::Text2, 2.5).dashed(4.0, 3.0));
        let near = if down > 0.0 { to.y + 10.0 } else { to.bottom() - 10.0 };
        let age = view.now.since(handover.at);
        let drawn = if view.still { 1.0 } else { eased(age, ARROW_MICROS) };
        let first = start + down * 14.0;
        let tip = first + (near + down * 17.0 - first) * drawn;
        let arrow = |shape: Shape| shape.stroke(Ink::Text, 4.0).round();
        pen.put(arrow(Shape::lines(&[(x, first), (x, tip)])));
        pen.put(arrow(Shape::lines(&[(x - 10.0, tip - down * 12.0), (x, tip), (x + 10.0, tip - down * 12.0)])));
    }
}
