//! What a run shows, in one sentence under its log.

use super::{LEFT, Place, subject::Subject};
use crate::{
    lanes::lane::Lane,
    paint::{Ink, Shape, width},
    stage::pen::Pen,
    story::Again,
};

pub(super) fn draw(pen: &mut Pen, place: Place, lane: &Lane<'_>, subject: &Subject<'_>) {
    let words = width::cut(&sentence(subject), 20.0, 400, place.right - LEFT - 8.0);
    let y = (place.y + place.h - 24.0).max(lane.offsets() + 74.0);
    pen.put(Shape::text(LEFT, y, words, 20.0, 400).fill(Ink::Text2));
}

fn sentence(subject: &Subject<'_>) -> String {
    if subject.recognised().is_some()
        && let Some((producer, sequence)) = subject.sequence()
    {
        return format!(
            "The broker has sequence {sequence} of producer {producer} already: it answers, and stores nothing."
        );
    }
    let refused = subject.sends.iter().find(|s| s.refused_at.is_some());
    match (subject.again, refused) {
        (Some(Again::SameEvent), _) => "A second, equal record is stored.".to_owned(),
        (Some(Again::SameType), _) => "A second event for the same order is stored.".to_owned(),
        (None, Some(sends)) => format!("{} was refused: {}.", sends.event_type, sends.error),
        (None, None) if subject.parts.is_empty() => "No record of it was stored.".to_owned(),
        (None, None) => "It is stored once.".to_owned(),
    }
}
