//! The runs of a scene one below the other: what was sent, what came back, and what then stood on the log.

use std::rc::Rc;

use model::picture::{Picture, Run};

use crate::{
    paint::Ink,
    stage::{Drawing, Layout, View, pen::Pen, rings},
};

mod head;
mod log;
mod say;
mod sends;
mod subject;

use subject::Subject;

/// A run, and the picture as it was when the run came to its verdict.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its number.
    pub run: u64,
    /// The picture of then, or what is left of it.
    pub picture: Rc<Picture>,
}

/// Where the runs begin; the caption is above.
const TOP: f64 = 188.0;
/// Left edge of what is beside the run's name.
const LEFT: f64 = 252.0;
/// More runs than this have no room.
const MOST: usize = 2;

/// Where they end; the time axis is below.
const fn bottom(layout: Layout) -> f64 {
    match layout {
        Layout::Wide => 896.0,
        _ => 967.0,
    }
}

/// The table stands right of this.
const fn right(layout: Layout) -> f64 {
    match layout {
        Layout::Wide => 1262.0,
        _ => 962.0,
    }
}

/// Room for one run.
#[derive(Clone, Copy, Debug)]
struct Place {
    y: f64,
    h: f64,
    right: f64,
}

impl Place {
    /// The line of the app that sends.
    fn app(self) -> f64 {
        self.y + 62.0
    }
}

/// Draws the runs.
pub fn draw(view: &View<'_>, sides: &[Side]) -> Drawing {
    let mut pen = Pen::default();
    let (right, bottom) = (right(view.layout), bottom(view.layout));
    let h = (bottom - TOP) / MOST as f64;
    pen.line((right + 24.0, TOP), (right + 24.0, bottom), Ink::Rule, 2.0);
    // All show the same topic, so that they can be compared.
    let mut topic: Option<String> = None;
    for (n, side) in sides.iter().take(MOST).enumerate() {
        let Some(run) = side.picture.runs.get(&side.run) else { continue };
        let place = Place { y: TOP + n as f64 * h, h, right };
        if n > 0 {
            pen.line((32.0, place.y - 8.0), (right, place.y - 8.0), Ink::Rule, 2.0);
        }
        let subject = Subject::of(&side.picture, run, topic.as_deref());
        one(&mut pen, view, side, run, place, subject.as_ref());
        topic = topic.or(subject.map(|s| s.id.topic.clone()));
        pen.cut();
    }
    if sides.is_empty() {
        head::nothing(&mut pen, right);
    }
    pen.cut();
    rings::draw(&mut pen, view);
    pen.finish(view.layout)
}

fn one(pen: &mut Pen, view: &View<'_>, side: &Side, run: &Run, place: Place, subject: Option<&Subject<'_>>) {
    let then = View { picture: &side.picture, now: side.picture.at, hops: &[], ..*view };
    head::draw(pen, (side.run, run), place, subject);
    let Some(subject) = subject else {
        head::no_record(pen, place);
        return;
    };
    head::app(pen, place, subject);
    let lane = log::draw(pen, &then, place, subject);
    sends::draw(pen, place, &lane, subject);
    say::draw(pen, place, &lane, subject);
}
