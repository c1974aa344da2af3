//! The caption over a story: what became of the order, and what went wrong on its way.

use model::{
    caption::{Caption, Tone},
    fact::OrderStatus,
    ids::Micros,
    picture::Picture,
};

use super::numbers::{millis, seconds};
use crate::story::{Again, Plot};

/// What the caption says of a key's story; none where nothing of it is kept.
pub fn caption(picture: &Picture, key: &str, now: Micros) -> Option<Caption> {
    let plot = Plot::of(picture, key);
    if plot.parts.is_empty() && plot.unstored.is_empty() {
        return None;
    }
    let head = match (plot.order, plot.decided()) {
        (None, _) => format!("{key}: {}.", records(plot.parts.len())),
        (Some(_), Some(decided)) => {
            let word = if decided.status == OrderStatus::Cancelled { "cancelled" } else { "confirmed" };
            format!("Order {key} was {word} after {}.", span(decided.at.since(plot.begins())))
        }
        (Some(_), None) => format!("Order {key} has been open for {}.", span(now.since(plot.begins()))),
    };
    let (went, tone) = went(&plot);
    Some(Caption::new(Tone::Plain, head).and(tone, went))
}

/// What went wrong, or how much there was of it.
fn went(plot: &Plot<'_>) -> (String, Tone) {
    let lost = plot.parts.iter().filter_map(|p| p.sends).flat_map(|s| &s.attempts).any(|a| a.lost_at.is_some());
    let twice = plot.parts.iter().any(|p| p.again == Some(Again::SameEvent));
    let again = plot.parts.iter().any(|p| p.again.is_some());
    let refused = plot.unstored.iter().find(|s| s.refused_at.is_some());
    let bad = |words: &str| (words.to_owned(), Tone::Bad);
    match (refused, lost, twice, again) {
        (Some(sends), ..) => (format!("{} was refused: {}.", sends.event_type, sends.error), Tone::Bad),
        (None, true, true, _) => bad("An ack was lost; what was sent again was stored a second time."),
        (None, true, false, _) => {
            ("An ack was lost; the broker recognised what was sent again.".to_owned(), Tone::Detail)
        }
        (None, false, _, true) => bad("A part of it happened twice."),
        (None, false, ..) => {
            let mut apps: Vec<&str> = Vec::new();
            for part in plot.parts.iter().filter(|p| !p.app.is_empty()) {
                if !apps.contains(&part.app) {
                    apps.push(part.app);
                }
            }
            let older = if plot.older > 0 { format!(" {} older are not shown.", plot.older) } else { String::new() };
            let count = records(plot.parts.len());
            let of = match apps.len() {
                0 => String::new(),
                1 => " of 1 app".to_owned(),
                n => format!(" of {n} apps"),
            };
            (format!("{count}{of}.{older}"), Tone::Detail)
        }
    }
}

fn records(n: usize) -> String {
    if n == 1 { "1 record".to_owned() } else { format!("{n} records") }
}

fn span(micros: u64) -> String {
    if micros < 1_000_000 { millis(micros) } else { seconds(micros) }
}
