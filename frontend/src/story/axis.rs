//! The axis of time: where a moment stands, with the stretches in which nothing happened cut out and named.

use model::ids::Micros;

use super::{Plot, TOP, labels::Labels, plot::Part};
use crate::{
    paint::{Ink, Shape},
    stage::pen::Pen,
    words::numbers::{fine_seconds, millis},
};

pub(super) const LEFT: f64 = 262.0;
/// Width of a stretch that is cut.
const CUT: f64 = 64.0;
/// A stretch without anything is cut from this length on, where it is a good part of the whole.
const LONG_MICROS: u64 = 60_000;
/// Waiting for longer than this is a stretch without anything, too.
const WAIT_MICROS: u64 = 2_000_000;
/// Two ticks are at least so far apart.
const TICKS: f64 = 92.0;

/// From session time to x.
#[derive(Debug)]
pub(super) struct Axis {
    begins: u64,
    /// Where it ends.
    pub(super) right: f64,
    /// Where now stands, while something is to come.
    now: Option<Micros>,
    /// Stretches that are drawn: from, to, and the x of both.
    pieces: Vec<(u64, u64, f64, f64)>,
}

impl Axis {
    pub(super) fn of(plot: &Plot<'_>, now: Micros, right: f64) -> Self {
        let begins = plot.begins().0;
        let mut busy = busy(plot);
        let now = Some(now).filter(|now| plot.waits() && busy.iter().all(|(_, to)| *to < now.0));
        busy.extend(now.map(|now| (now.0, now.0)));
        in_order(&mut busy);
        let ends = busy.iter().map(|(_, to)| *to).max().unwrap_or(begins).max(begins + 1_000);
        let whole = ends - begins;
        let long = LONG_MICROS.max(whole / 6);
        let mut drawn: Vec<(u64, u64)> = vec![(begins, begins)];
        for (from, to) in busy {
            match drawn.last_mut() {
                Some(last) if from > last.1 && from - last.1 > long => drawn.push((from, to)),
                Some(last) => last.1 = last.1.max(to),
                None => {}
            }
        }
        // Something to look at on both sides of each cut, and at the end.
        let lasts: u64 = drawn.iter().map(|(from, to)| to - from).sum();
        let edge = (lasts / 24).max(500);
        let last = drawn.len() - 1;
        for (n, piece) in drawn.iter_mut().enumerate() {
            piece.1 += edge;
            if n > 0 {
                piece.0 -= edge;
            }
        }
        let lasts: u64 = drawn.iter().map(|(from, to)| to - from).sum();
        let room = right - LEFT - CUT * last as f64;
        let scale = room / lasts.max(1) as f64;
        let mut x = LEFT;
        let pieces = drawn.into_iter().map(|(from, to)| {
            let start = x;
            let end = start + (to - from) as f64 * scale;
            x = end + CUT;
            (from, to, start, end)
        });
        Self { begins, now, right, pieces: pieces.collect() }
    }

    /// Where a moment stands.
    pub(super) fn x(&self, at: Micros) -> f64 {
        let mut before = LEFT;
        for (from, to, start, end) in &self.pieces {
            if at.0 < *from {
                return (before + start) / 2.0;
            }
            if at.0 <= *to {
                return start + (at.0 - from) as f64 / (to - from).max(1) as f64 * (end - start);
            }
            before = *end;
        }
        self.right
    }

    /// The last moment that is drawn.
    pub(super) fn ends(&self) -> Micros {
        self.now.unwrap_or_else(|| Micros(self.pieces.last().map_or(self.begins, |(_, to, ..)| *to)))
    }

    /// Microseconds since the story began.
    pub(super) fn since(&self, at: Micros) -> u64 {
        at.0.saturating_sub(self.begins)
    }

    pub(super) fn draw(&self, pen: &mut Pen, labels: &mut Labels, bottom: f64) {
        if let Some(now) = self.now {
            let x = self.x(now);
            pen.put(Shape::lines(&[(x, TOP - 8.0), (x, bottom)]).stroke(Ink::Open, 2.5).dashed(5.0, 5.0));
            labels.put(pen, Shape::text(x, TOP - 14.0, "now", 17.0, 600).fill(Ink::Open).centred());
        }
        for pair in self.pieces.windows(2) {
            if let [(_, to, _, end), (from, _, start, _)] = pair {
                let x = (end + start) / 2.0;
                pen.put(
                    Shape::rect(end + 6.0, TOP - 4.0, start - end - 12.0, bottom - TOP + 4.0).tint(Ink::Rule, 0.35),
                );
                let words = fine_seconds(from - to);
                labels.put(pen, Shape::text(x, TOP - 14.0, words, 17.0, 600).fill(Ink::Text2).centred());
            }
        }
        let step = self.step();
        let mut first = true;
        for (from, to, start, end) in &self.pieces {
            let mut tick = (from - self.begins).div_ceil(step) * step;
            while self.begins + tick <= *to {
                let x = start + (self.begins + tick - from) as f64 / (to - from).max(1) as f64 * (end - start);
                pen.put(Shape::lines(&[(x, TOP - 8.0), (x, bottom)]).stroke(Ink::Rule, 1.5).faint(0.8));
                let words = said(tick, step, first);
                labels.put(pen, Shape::text(x, TOP - 14.0, words, 17.0, 400).fill(Ink::Text3).centred());
                first = false;
                tick += step;
            }
        }
    }

    /// One, two or five of a decimal unit.
    fn step(&self) -> u64 {
        let scale = self.pieces.first().map_or(1.0, |(from, to, start, end)| (end - start) / (to - from).max(1) as f64);
        let least = TICKS / scale.max(1e-9);
        let mut unit = 100_u64;
        loop {
            for n in [1, 2, 5] {
                if (n * unit) as f64 >= least {
                    return n * unit;
                }
            }
            unit *= 10;
        }
    }
}

fn said(tick: u64, step: u64, first: bool) -> String {
    if step < 1_000 && tick > 0 {
        return millis(tick);
    }
    let words = if step >= 1_000_000 { (tick / 1_000_000).to_string() } else { (tick / 1_000).to_string() };
    match (first, step >= 1_000_000) {
        (true, true) => format!("{words} s"),
        (true, false) => format!("{words} ms"),
        (false, _) => words,
    }
}

/// A hundred stretches at most; a general sort is more code than this page has to spare.
fn in_order(busy: &mut [(u64, u64)]) {
    for end in 1..busy.len() {
        let mut at = end;
        while at > 0 && matches!(busy.get(at - 1..=at), Some([a, b]) if a.0 > b.0) {
            busy.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Stretches in which something is under way, in no order.
fn busy(plot: &Plot<'_>) -> Vec<(u64, u64)> {
    let mut busy: Vec<(u64, u64)> = Vec::new();
    let mut add = |from: Option<Micros>, to: Micros| busy.push((from.unwrap_or(to).min(to).0, to.0));
    for part in &plot.parts {
        of_part(part, &mut add);
    }
    for sends in plot.unstored.iter().copied().chain(plot.parts.iter().filter_map(|p| p.sends)) {
        let mut before = sends.sent_at;
        for attempt in &sends.attempts {
            let waits = before.filter(|b| attempt.at.since(*b) < WAIT_MICROS);
            add(waits, attempt.at);
            for ended in [attempt.answered_at, attempt.lost_at].into_iter().flatten() {
                add(Some(attempt.at), ended);
            }
            before = Some(attempt.at);
        }
        if let Some(at) = sends.refused_at {
            add(before, at);
        }
    }
    for moment in plot.moments() {
        add(None, moment.at);
    }
    if let Some(at) = plot.pressed {
        add(None, at);
    }
    busy
}

fn of_part(part: &Part<'_>, add: &mut impl FnMut(Option<Micros>, Micros)) {
    let (history, stored) = (&part.record.history, part.stored_at());
    let soon = |from: Micros, to: Micros| Some(from).filter(|f| to.since(*f) < WAIT_MICROS);
    add(part.sent_at(), stored);
    for at in history.copied.values().copied().chain(history.committed_at).chain(history.acknowledged_at) {
        add(soon(stored, at), at);
    }
    for (group, read) in &history.read {
        add(soon(part.left_at(*read), *read), *read);
        if let Some(done) = history.handled_at.get(group) {
            add(Some(*read), *done);
        }
    }
}
