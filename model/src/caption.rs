//! The one sentence above the stage: rules over the picture, the most important that applies wins.

use crate::{
    fact::Mode,
    ids::Micros,
    picture::{Partition, Picture, log::KEPT_RECORDS},
};

mod brokers;
mod scene;
mod shop;
mod words;

pub use words::{amount, counted, list, seconds};

/// How much fits into two lines.
const LENGTH: usize = 120;
/// How far back the calm sentence counts.
const CALM_MICROS: u64 = 10_000_000;

/// How a part of the sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The fact.
    Plain,
    /// What it means, or its numbers.
    Detail,
    /// Good news, with a tick.
    Good,
    /// Bad news, with a cross.
    Bad,
    /// Something waits.
    Open,
}

/// A part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its words.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// What is written above the stage; at most 120 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// In reading order.
    pub parts: Vec<Part>,
}

impl Caption {
    fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { parts: vec![Part { text: text.into(), tone }] }
    }

    fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.parts.push(Part { text: text.into(), tone });
        self
    }

    /// Cut where names are so long that it would not fit.
    fn fitted(mut self) -> Self {
        let mut left = LENGTH;
        for part in &mut self.parts {
            let length = part.text.chars().count();
            if length > left {
                part.text = part.text.chars().take(left.saturating_sub(1)).collect();
                part.text.extend((left > 0).then_some('…'));
            }
            // One more for the space between parts.
            left = left.saturating_sub(length + 1);
        }
        self.parts.retain(|part| !part.text.is_empty());
        self
    }

    /// The sentence without its tones.
    pub fn text(&self) -> String {
        self.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// The caption of `picture` at `now`.
pub fn caption(picture: &Picture, now: Micros) -> Caption {
    let rules: [fn(&Picture, Micros) -> Option<Caption>; 14] = [
        starting,
        brokers::leaderless,
        brokers::acknowledged_lost,
        scene::verdict,
        scene::hit,
        scene::crash_point,
        shop::broken_proof,
        brokers::no_controller,
        brokers::one_left,
        brokers::gone,
        scene::step,
        brokers::coming_back,
        shop::app_down,
        shop::order_news,
    ];
    rules.iter().find_map(|rule| rule(picture, now)).unwrap_or_else(|| calm(picture, now)).fitted()
}

fn is_local(picture: &Picture) -> bool {
    picture.session.as_ref().is_none_or(|(_, s)| s.mode == Mode::Local)
}

fn starting(picture: &Picture, _now: Micros) -> Option<Caption> {
    let ever_read = picture.partitions.values().any(|p| p.stamp.is_some());
    let all = picture.brokers.len();
    if picture.session.is_none() || all == 0 || !(ever_read || is_local(picture)) {
        return Some(Caption::new(Tone::Plain, "Waiting for the cluster."));
    }
    let answering = picture.read.as_ref().map_or(0, |(_, brokers)| brokers.len());
    let (noun, answer) = if all == 1 { ("broker is", "answers") } else { ("brokers are", "answer") };
    (!ever_read).then(|| {
        Caption::new(Tone::Plain, format!("{} {noun} starting.", words::capital(&words::count(all))))
            .and(Tone::Detail, format!("{answering} of {all} {answer}."))
    })
}

fn calm(picture: &Picture, now: Micros) -> Caption {
    let brokers = picture.brokers.len();
    let in_sync = picture.shown_partitions().all(|(_, p)| p.isr.len() == p.replicas.len());
    let head = match (brokers, in_sync) {
        (1, true) => String::from("The broker answers."),
        (n, true) => format!("All {} brokers are in sync.", words::count(n)),
        (_, false) => String::from("Not all replicas are in sync."),
    };
    let since = Micros(now.0.saturating_sub(CALM_MICROS));
    let records = || picture.shown_partitions().flat_map(|(_, p)| p.records.values());
    // Of a busy partition older ones of these seconds are no longer in the picture.
    let overflown = |p: &Partition| {
        p.records.len() >= KEPT_RECORDS && p.records.values().next().is_some_and(|first| first.stamp.at >= since)
    };
    let many = if picture.shown_partitions().any(|(_, p)| overflown(p)) { "More than " } else { "" };
    let acknowledged: Vec<u64> = records()
        .filter(|r| r.history.acknowledged_at.is_some_and(|at| at >= since))
        .map(|r| r.history.took_micros)
        .collect();
    let appended = records().filter(|r| r.appended.is_some() && r.stamp.at >= since).count();
    let none_yet = picture.shown_partitions().all(|(_, p)| p.log_end_offset() == 0);
    let detail = match (acknowledged.iter().max(), is_local(picture)) {
        (Some(slowest), _) => format!(
            "{many}{} acknowledged in the last 10 s, the slowest in {} ms.",
            words::plural(acknowledged.len(), "record"),
            slowest.div_ceil(1000)
        ),
        (None, true) if none_yet => String::from("No record yet. Press O to order."),
        (None, true) => String::from("No record in the last 10 s. Press O to order."),
        (None, false) => format!("{many}{} in the last 10 s; acks not watched.", words::plural(appended, "record")),
    };
    Caption::new(Tone::Plain, head).and(Tone::Detail, detail)
}
