//! The tracks: customer, apps and the partitions of the order, in the order the records take.

use model::{ids::BrokerId, picture::Picture};

use super::{Plot, TOP, axis, bottom, labels::Labels, plot::Part, right};
use crate::{
    paint::{Ink, Shape, icon::Icon, width},
    stage::{Selected, View, order, pen::Pen, words},
};

/// A partition's band beside its leader's line, and from one replica's line to the next.
const BAND_PAD: f64 = 25.0;
const REPLICA: f64 = 22.0;
/// More partitions than this have no room.
const MOST_PARTITIONS: usize = 5;

/// A track.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) what: What<'a>,
    /// Its line; of a partition its leader's.
    pub(super) y: f64,
    /// From one replica's line to the next.
    pitch: f64,
    top: f64,
    bottom: f64,
    right: f64,
}

/// What a track is.
#[derive(Clone, Debug)]
pub(super) enum What<'a> {
    Customer(String),
    /// An app, with the group it reads with.
    App(&'a str, &'a str),
    /// A group that is no app of ours.
    Group(&'a str),
    /// A partition: its replicas, the leader first.
    Partition(Part<'a>, Vec<BrokerId>),
    Money,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) all: Vec<Row<'a>>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(view: &View<'a>, plot: &Plot<'a>) -> Self {
        let kinds = kinds(view.picture, plot);
        let wants = |what: &What<'_>| match what {
            What::Customer(_) => 54.0,
            What::App(..) | What::Group(_) => 64.0,
            What::Partition(_, replicas) => 2.0 * BAND_PAD + (replicas.len().max(1) - 1) as f64 * REPLICA,
            What::Money => 70.0,
        };
        let whole: f64 = kinds.iter().map(wants).sum();
        let scale = ((bottom(view.layout) - TOP) / whole.max(1.0)).min(1.3);
        let mut top = TOP;
        let row = |what: What<'a>| {
            let h = wants(&what) * scale;
            let y = match what {
                What::Partition(..) => top + BAND_PAD * scale,
                What::Money => top + h - 14.0,
                _ => top + h / 2.0,
            };
            let row = Row { what, y, pitch: REPLICA * scale.min(1.1), top, bottom: top + h, right: right(view.layout) };
            top += h;
            row
        };
        Self { all: kinds.into_iter().map(row).collect() }
    }

    pub(super) fn bottom(&self) -> f64 {
        self.all.last().map_or(TOP, |row| row.bottom)
    }

    pub(super) fn app(&self, name: &str) -> Option<f64> {
        self.all.iter().find(|r| matches!(r.what, What::App(app, _) if app == name)).map(|r| r.y)
    }

    /// The track of a group: its app's, or its own.
    pub(super) fn group(&self, group: &str) -> Option<f64> {
        let its = |r: &&Row<'_>| match &r.what {
            What::App(_, of) => *of == group,
            What::Group(of) => *of == group,
            _ => false,
        };
        self.all.iter().find(its).map(|r| r.y)
    }

    pub(super) fn find(&self, wanted: impl Fn(&What<'_>) -> bool) -> Option<&Row<'a>> {
        self.all.iter().find(|r| wanted(&r.what))
    }

    pub(super) fn partition(&self, part: &Part<'_>) -> Option<&Row<'a>> {
        self.find(|what| matches!(what, What::Partition(of, _) if of.id == part.id))
    }

    pub(super) fn draw(&self, pen: &mut Pen, view: &View<'_>, labels: &mut Labels) {
        for row in &self.all {
            row.draw(pen, view, labels);
        }
    }
}

fn kinds<'a>(picture: &'a Picture, plot: &Plot<'a>) -> Vec<What<'a>> {
    let mut kinds = Vec::new();
    if let Some(placed) = plot.order.and_then(|o| o.placed.as_ref()) {
        kinds.push(What::Customer(placed.customer.clone()));
    }
    let mut shown = 0;
    for topic in order::topics(picture) {
        let of_topic = || plot.parts.iter().filter(|p| p.id.topic == topic);
        let unstored = plot.unstored.iter().any(|s| s.topic == topic);
        let writer = picture.apps.iter().find(|(_, app)| app.writes == topic);
        // The tracks of the shop stay while an order goes its way.
        let comes = plot.order.is_some() && writer.is_some();
        if of_topic().next().is_none() && !unstored && !comes {
            continue;
        }
        if let Some(((name, _), app)) = writer {
            kinds.push(What::App(name, &app.group));
        }
        for part in of_topic() {
            let known = |what: &What<'_>| matches!(what, What::Partition(of, _) if of.id == part.id);
            if shown < MOST_PARTITIONS && !kinds.iter().any(known) {
                shown += 1;
                let p = part.partition;
                let leader = Some(p.leader).filter(|l| l.exists());
                let followers = p.replicas.iter().copied().filter(|b| Some(*b) != leader);
                kinds.push(What::Partition(*part, leader.into_iter().chain(followers).collect()));
            }
        }
    }
    readers(picture, plot, &mut kinds);
    if plot.moments().iter().any(|m| m.kept_cents != 0) {
        kinds.push(What::Money);
    }
    kinds
}

/// Groups that read of it and have no track yet.
fn readers<'a>(picture: &'a Picture, plot: &Plot<'a>, kinds: &mut Vec<What<'a>>) {
    for group in plot.parts.iter().flat_map(|p| p.record.history.read.keys()) {
        let known = kinds.iter().any(|what| match what {
            What::App(_, of) | What::Group(of) => of == group,
            _ => false,
        });
        let tracks = kinds.iter().filter(|what| matches!(what, What::App(..) | What::Group(_))).count();
        if known || tracks > 5 {
            continue;
        }
        kinds.push(match picture.apps.iter().find(|(_, app)| app.group == *group) {
            Some(((name, _), _)) => What::App(name, group),
            None => What::Group(group),
        });
    }
}

impl Row<'_> {
    /// The line of a replica.
    pub(super) fn replica(&self, broker: BrokerId) -> Option<f64> {
        let What::Partition(_, replicas) = &self.what else { return None };
        let which = replicas.iter().position(|b| *b == broker)?;
        Some(self.y + which as f64 * self.pitch + if which > 0 { 6.0 } else { 0.0 })
    }

    fn draw(&self, pen: &mut Pen, view: &View<'_>, labels: &mut Labels) {
        let y = self.y;
        let line = |pen: &mut Pen| pen.line((axis::LEFT - 14.0, y), (self.right + 4.0, y), Ink::Edge, 2.5);
        match &self.what {
            What::Customer(name) => {
                line(pen);
                let name = if name.is_empty() { "Customer" } else { name };
                self.named(pen, labels, Icon::Person, name);
            }
            What::App(name, _) => {
                line(pen);
                let said = words::app(name);
                self.named(pen, labels, words::app_icon(name), &said);
                pen.target((28.0, y - 22.0, 210.0, 44.0), Selected::App((*name).to_owned(), 1), said);
            }
            What::Group(name) => {
                line(pen);
                self.named(pen, labels, Icon::Reader, name);
            }
            What::Partition(part, replicas) => self.partition(pen, view, labels, part, replicas),
            What::Money => {
                labels.put(pen, Shape::text(32.0, y - 18.0, "Money taken", 22.0, 600).fill(Ink::Text));
                labels.put(pen, Shape::text(32.0, y + 5.0, "and not given back", 16.0, 400).fill(Ink::Text2));
            }
        }
    }

    fn named(&self, pen: &mut Pen, labels: &mut Labels, icon: Icon, name: &str) {
        pen.icon(icon, (32.0, self.y - 13.0), 26.0, Ink::Text);
        let name = width::cut(name, 23.0, 600, axis::LEFT - 100.0);
        labels.put(pen, Shape::text(72.0, self.y + 8.0, name, 23.0, 600).fill(Ink::Text));
    }

    fn partition(&self, pen: &mut Pen, view: &View<'_>, labels: &mut Labels, part: &Part<'_>, replicas: &[BrokerId]) {
        let (top, h) = (self.top + 3.0, self.bottom - self.top - 6.0);
        pen.put(Shape::rect(24.0, top, self.right + 4.0, h).corner(10.0).fill(Ink::Band));
        let title = width::cut(&part.id.topic, 23.0, 650, 108.0);
        let x = 40.0 + width::of(&title, 23.0, 650) + 10.0;
        let number = part.id.partition.to_string();
        let w = width::of(&number, 19.0, 650) + 14.0;
        labels.put(pen, Shape::text(40.0, self.y + 8.0, title, 23.0, 650).fill(Ink::Text));
        pen.put(Shape::rect(x, self.y - 14.0, w, 28.0).corner(6.0).stroke(Ink::Text, 2.0));
        labels.put(pen, Shape::text(x + w / 2.0, self.y + 7.0, number, 19.0, 650).fill(Ink::Text).centred());
        pen.target((28.0, top, 170.0, h), Selected::Partition(part.id.clone()), part.id.to_string());
        if replicas.len() > 2 {
            let words = Shape::text(40.0, self.bottom - 14.0, "leader and copies", 16.0, 400).fill(Ink::Text3);
            labels.put(pen, words);
        }
        let rail = 213.0;
        let isr: Vec<f64> =
            replicas.iter().filter(|b| part.partition.isr.contains(b)).filter_map(|b| self.replica(*b)).collect();
        if let [first, .., last] = isr.as_slice() {
            pen.line((rail, *first), (rail, *last), Ink::Text2, 3.0);
        }
        for broker in replicas {
            let Some(y) = self.replica(*broker) else { continue };
            let leads = *broker == part.partition.leader;
            let what = Selected::Replica { id: part.id.clone(), broker: *broker };
            pen.target((200.0, y - 11.0, 54.0, 22.0), what, format!("{} on broker {broker}", part.id));
            let reached = view.picture.reachable(*broker);
            let line = Shape::lines(&[(axis::LEFT - 8.0, y), (self.right + 4.0, y)]).stroke(Ink::Edge, 1.5);
            pen.put(if reached { line } else { line.dashed(2.0, 6.0) });
            if leads {
                let diamond = Shape::diamond(rail, y, 12.0);
                pen.put(if reached {
                    diamond.fill(Ink::Text)
                } else {
                    diamond.fill(Ink::Band).stroke(Ink::Text2, 2.5)
                });
            } else if part.partition.isr.contains(broker) {
                pen.put(Shape::disc(rail, y, 6.0).fill(Ink::Band).stroke(Ink::Text2, 3.0));
            }
            if !reached {
                pen.put(Shape::cross(rail, y, 5.0).stroke(Ink::Wrong, 3.0).round());
            }
            let (size, weight, ink) = if leads { (20.0, 700, Ink::Text) } else { (16.0, 400, Ink::Text2) };
            labels.put(pen, Shape::text(240.0, y + size * 0.34, broker.to_string(), size, weight).fill(ink).centred());
        }
    }
}
