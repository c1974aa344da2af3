//! Members as feet under the partitions they are assigned, with their lag; and the name of each group.

use model::fact::Member;

use super::{
    News, Selected, View,
    column::{Column, swung},
    doing::Doing,
    grid::{FIRST, FOOT, Grid, LEFT, NAME, Topic},
    pen::Pen,
    readers::Reader,
    track::Lane,
    words,
};
use crate::paint::{Ink, Shape, Step, icon::Icon, width};

/// How long a foot takes to other partitions.
const SLIDE_MICROS: u64 = 500_000;
/// A lag above this is drawn as waiting.
const LONG_LAG: i64 = 9;

/// Where a foot's corners are.
#[derive(Clone, Copy, Debug)]
struct Foot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// Size of its words.
    size: f64,
    /// Whether the group is named beside its lane.
    named: bool,
}

impl Foot {
    fn base(&self) -> f64 {
        self.bottom - if self.alone() { 20.0 } else { 6.0 }
    }

    fn alone(&self) -> bool {
        self.size > 20.0
    }
}

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, grid: &Grid<'_>, topic: &Topic<'_>) {
    let columns = grid.of_topic(topic);
    for (which, reader) in topic.readers.iter().enumerate() {
        let lane = Lane::of(grid.layout, topic, which);
        let (top, bottom, size) = lane.foot();
        let named = !lane.alone() && grid.lane_of_all(which).is_some();
        let place = |first: &Column<'_>, last: &Column<'_>| {
            let (left, right) = (first.left(), last.right());
            Foot { left, right, top, bottom, size, named }
        };
        for run in runs(topic, columns, reader) {
            if let (Some(first), Some(last)) = (run.columns.first(), run.columns.last()) {
                let at = place(first, last);
                let slid = run.member.and_then(|m| slid(view, topic, columns, reader, m, (at.left, at.right)));
                foot(pen, view, reader, &run, at, slid.unwrap_or((at.left, at.right)));
            }
        }
        if named && topic.x <= FIRST {
            let words = width::cut(reader.group_id, 19.0, 600, FIRST - LEFT - 16.0);
            pen.put(Shape::text(LEFT + 4.0, bottom - 7.0, words, 19.0, 600).fill(Ink::Text));
        }
        if lane.alone() {
            name(pen, lane, topic, reader);
        }
        // While partitions are handed around nobody has one.
        if !reader.is_moving() {
            idle(pen, view, lane, topic, reader);
        }
    }
    if topic.readers.is_empty()
        && let Some(first) = columns.first()
    {
        pen.put(
            Shape::text(first.tape(), grid.layout.track() + FOOT + 26.0, "no group reads it", 17.0, 400)
                .fill(Ink::Text3),
        );
    }
}

/// Neighbouring columns of one member, or a column nobody is assigned.
struct Run<'g, 'a> {
    member: Option<&'a Member>,
    columns: Vec<&'g Column<'a>>,
}

fn runs<'g, 'a>(topic: &Topic<'_>, columns: &'g [Column<'a>], reader: &Reader<'a>) -> Vec<Run<'g, 'a>> {
    let mut runs: Vec<Run<'g, 'a>> = Vec::new();
    for column in columns {
        let assigned =
            |m: &&Member| m.assignment.iter().any(|a| a.topic == topic.name && a.partition == column.id.partition);
        let member = reader.group.members.iter().find(assigned);
        let same = |run: &&mut Run<'_, '_>| {
            member.is_some() && run.member.map(|m| &m.member_id) == member.map(|m| &m.member_id)
        };
        match runs.last_mut().filter(same) {
            Some(run) => run.columns.push(column),
            None => runs.push(Run { member, columns: vec![column] }),
        }
    }
    runs
}

/// Columns of a topic that share a foot with their right neighbour.
pub(super) fn shared(topic: &Topic<'_>, columns: &[Column<'_>], reader: &Reader<'_>) -> Vec<bool> {
    let member = |c: &Column<'_>| {
        let mine = |m: &&Member| m.assignment.iter().any(|a| a.topic == topic.name && a.partition == c.id.partition);
        reader.group.members.iter().find(mine).map(|m| m.member_id.clone())
    };
    columns.windows(2).map(|pair| matches!(pair, [a, b] if member(a).is_some() && member(a) == member(b))).collect()
}

/// Left and right of a foot that is on its way from the partitions its member had before.
fn slid(
    view: &View<'_>,
    topic: &Topic<'_>,
    columns: &[Column<'_>],
    reader: &Reader<'_>,
    member: &Member,
    to: (f64, f64),
) -> Option<(f64, f64)> {
    let (age, before) = view.fresh.iter().rev().filter(|_| !view.still).find_map(|fresh| match &fresh.what {
        News::Assigned { group, member_id, before } if group == reader.group_id && *member_id == member.member_id => {
            Some((view.now.since(fresh.at), before))
        }
        _ => None,
    })?;
    let had = |c: &&Column<'_>| before.iter().any(|a| a.topic == topic.name && a.partition == c.id.partition);
    let mut had = columns.iter().filter(had);
    let first = had.next()?;
    let (left, right) = (first.left(), had.next_back().unwrap_or(first).right());
    let share = swung(age, SLIDE_MICROS);
    Some((left + (to.0 - left) * share, right + (to.1 - right) * share))
}

/// Its bracket stands from left to right of `legs`, its words where they belong.
fn foot(pen: &mut Pen, view: &View<'_>, reader: &Reader<'_>, run: &Run<'_, '_>, at: Foot, legs: (f64, f64)) {
    let doing = run.member.map(|m| Doing::of(reader, view.picture, m));
    let doing = doing.or(reader.is_moving().then_some(Doing::Moving));
    let at = if doing == Some(Doing::Moving) { Foot { top: at.top - 8.0, bottom: at.bottom - 8.0, ..at } } else { at };
    let leg = bracket(Foot { left: legs.0, right: legs.1, ..at });
    pen.put(match doing {
        Some(doing) => doing.foot(leg),
        None => leg.stroke(Ink::Edge, 3.0).dashed(2.0, 6.0),
    });
    let mut lag_x = at.right;
    for column in &run.columns {
        let left = lag(pen, view, reader, column, at);
        lag_x = lag_x.min(left);
    }
    let room = lag_x - 8.0 - (at.left + 14.0);
    match (run.member, doing) {
        (Some(member), Some(doing)) => {
            who(pen, view, reader, member, doing, at, room);
            let what = Selected::Member { group: reader.group_id.to_owned(), member_id: member.member_id.clone() };
            let place = (at.left, at.top, at.right - at.left, at.bottom - at.top);
            pen.target(place, what, label(view, reader, member, doing));
        }
        _ if at.alone() => {
            let (choices, ink) = match doing {
                Some(_) => (["moving", "moving", "moving"], Ink::Read),
                None => (["nobody reads", "no reader", "none"], Ink::Text3),
            };
            let words = width::choose(&choices, 17.0, 400, room);
            pen.put(Shape::text(at.left + 14.0, at.base(), words, 17.0, 400).fill(ink));
        }
        _ => {
            let group = if at.named { "no reader" } else { reader.group_id };
            let words = width::cut(group, at.size, 400, room);
            pen.put(Shape::text(at.left + 14.0, at.base(), words, at.size, 400).fill(Ink::Text3));
        }
    }
}

fn bracket(at: Foot) -> Shape {
    let r = 8.0_f64.min((at.bottom - at.top) / 2.0);
    Shape::path(vec![
        Step::Move(at.left, at.top),
        Step::Line(at.left, at.bottom - r),
        Step::Curve(at.left, at.bottom, at.left + r, at.bottom),
        Step::Line(at.right - r, at.bottom),
        Step::Curve(at.right, at.bottom, at.right, at.bottom - r),
        Step::Line(at.right, at.top),
    ])
}

/// The lag of one column; gives back where it begins.
fn lag(pen: &mut Pen, view: &View<'_>, reader: &Reader<'_>, column: &Column<'_>, at: Foot) -> f64 {
    let lag = view.picture.lag(reader.group, column.id);
    let words = format!("lag {lag}");
    let ink = if lag > LONG_LAG { Ink::Open } else { Ink::Read };
    let end = column.right() - 14.0;
    let left = end - width::of(&words, at.size, 700);
    pen.put(Shape::text(end, at.base(), words, at.size, 700).fill(ink).ending());
    left
}

/// Icon, number and state of a member, as much of it as fits; the state always does.
fn who(pen: &mut Pen, view: &View<'_>, reader: &Reader<'_>, member: &Member, doing: Doing, at: Foot, room: f64) {
    let (x, base) = (at.left + 14.0, at.base());
    let number = reader.number(view.picture, member);
    let number = match () {
        // Several groups share the zone: which one it is must be said in the foot.
        () if !at.alone() && !at.named => cut_name(reader.group_id, number, room, at.size),
        () if reader.app.is_some() => number.to_string(),
        () => named(member, number, room - at.size * 1.4, at.size),
    };
    let (icon_w, gap) = (at.size + 10.0, 10.0);
    let number_w = width::of(&number, at.size, 700);
    let size = at.size.min(20.0);
    let ink = doing.ink();
    let said = doing.words(view.now);
    let choices: Vec<&str> = said.iter().map(String::as_str).collect();
    // Beside icon and number, or where even the shortest has no room there, instead of them.
    let beside = room - icon_w - number_w - if said.is_empty() { 0.0 } else { gap };
    let state = width::choose(&choices, size, 700, if beside > 40.0 { beside } else { room });
    let needed = number_w + if state.is_empty() { 0.0 } else { gap + width::of(&state, size, 700) };
    let mut x = x;
    if icon_w + needed <= room {
        match doing {
            Doing::Fenced(..) => {
                let (x, y, r) = (x + at.size * 0.5, base - at.size * 0.36, at.size * 0.5);
                pen.put(Shape::diamond(x, y, r).stroke(ink, 2.5));
                pen.put(Shape::cross(x, y, r * 0.3).stroke(ink, 2.5).round());
            }
            _ => {
                let icon = reader.app.map_or(Icon::Reader, words::app_icon);
                pen.icon(icon, (x, base - at.size * 0.9), at.size + 2.0, ink);
            }
        }
        x += icon_w;
    }
    if needed <= room {
        pen.put(Shape::text(x, base, number, at.size, 700).fill(ink));
        x += number_w + gap;
    }
    if !state.is_empty() {
        let words = width::cut(&state, size, 700, at.left + 14.0 + room - x);
        pen.put(Shape::text(x, base, words, size, 700).fill(ink));
    }
}

/// A group's name and its member's number, of which the number always stays.
fn cut_name(group: &str, number: u32, room: f64, size: f64) -> String {
    let end = format!(" {number}");
    format!("{}{end}", width::cut(group, size, 700, room - width::of(&end, size, 700)))
}

/// What somebody else's member calls itself, where there is room for it.
fn named(member: &Member, number: u32, room: f64, size: f64) -> String {
    let fits = !member.client_id.is_empty() && width::of(&member.client_id, size, 700) <= room;
    if fits { member.client_id.clone() } else { number.to_string() }
}

fn label(view: &View<'_>, reader: &Reader<'_>, member: &Member, doing: Doing) -> String {
    let said = doing.words(view.now).into_iter().next().unwrap_or_else(|| "reading".to_owned());
    let number = reader.number(view.picture, member);
    format!("group {}, member {number} ({}), {said}", reader.group_id, member.client_id)
}

fn name(pen: &mut Pen, lane: Lane, topic: &Topic<'_>, reader: &Reader<'_>) {
    let (x, base, room) = (topic.x + 30.0, lane.y + NAME, topic.w - 62.0);
    let icon = reader.app.map_or(Icon::Reader, words::app_icon);
    let who = reader.app.map_or_else(|| format!("group {}", reader.group_id), words::app);
    let all = [format!("{who} reads {}", topic.name), who];
    let choices: Vec<&str> = all.iter().map(String::as_str).collect();
    let words = width::choose(&choices, 20.0, 400, room - 34.0);
    pen.icon(icon, (x, base - 19.0), 24.0, Ink::Text2);
    pen.put(Shape::text(x + 34.0, base, words, 20.0, 400).fill(Ink::Text2));
}

/// Members without a partition stand in the gap beside, dotted.
fn idle(pen: &mut Pen, view: &View<'_>, lane: Lane, topic: &Topic<'_>, reader: &Reader<'_>) {
    let idle: Vec<&Member> = reader.idle().collect();
    let Some(first) = idle.first() else { return };
    let left = topic.x + topic.w - 26.0;
    let (top, bottom, _) = lane.foot();
    let at = Foot { left, right: left + 50.0, top, bottom, size: 17.0, named: false };
    pen.put(Shape::rect(left - 3.0, at.top, 56.0, at.bottom - at.top + 3.0).fill(Ink::Page));
    pen.put(bracket(at).stroke(Ink::Edge, 3.0).dashed(2.0, 6.0));
    let mut say = |y: f64, words: String, size: f64, weight: u16| {
        pen.put(Shape::text(left + 25.0, y, words, size, weight).fill(Ink::Text2).centred());
    };
    if lane.alone() {
        let who = match idle.len() {
            1 => reader.number(view.picture, first).to_string(),
            n => format!("×{n}"),
        };
        say(at.top + 21.0, who, 20.0, 700);
        say(at.top + 41.0, "idle".to_owned(), 17.0, 600);
    } else {
        say(at.bottom - 6.0, width::cut(&format!("{} idle", idle.len()), 15.0, 600, 48.0), 15.0, 600);
    }
    let what = Selected::Member { group: reader.group_id.to_owned(), member_id: first.member_id.clone() };
    let label =
        format!("group {}, {} without a partition", reader.group_id, words::counted(idle.len(), "member", "members"));
    pen.target((left, at.top, 50.0, at.bottom - at.top), what, label);
}
