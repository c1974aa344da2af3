//! No two texts of the stage touch, none leaves it, none is too small to be read.

use kafkascope_page::{
    paint::Text,
    stage::{Drawing, Layout},
};
use model::fact::CrashState;

use crate::{
    drawn_on,
    scenario::{self, Scene},
    texts, wire,
};

pub(crate) fn scenes() -> Vec<(&'static str, Scene)> {
    vec![
        ("calm", scenario::calm()),
        ("leaderless", scenario::leaderless()),
        ("killed", scenario::killed()),
        ("states", scenario::states()),
        ("ack lost", wire::lost_ack(|_| ())),
        (
            "stored twice",
            wire::lost_ack(|play| {
                play.wire_sent(2, "orders-0-191").stored_again();
            }),
        ),
        ("armed", wire::armed(CrashState::Armed)),
        ("reached", wire::armed(CrashState::Reached)),
        ("empty", Scene::new(&scenario::shop(), 10_000, Vec::new())),
        ("one partition", scenario::external(1, &[("clicks", 1)])),
        ("four brokers", scenario::external(4, &[("clicks", 6)])),
        ("five brokers", scenario::external(5, &[("clicks", 4), ("payments.dead-letter", 4)])),
        ("nine topics", scenario::external(3, &NINE)),
        ("nine brokers", scenario::external(9, &[("clicks", 40), ("views", 8)])),
    ]
}

const NINE: [(&str, i32); 9] =
    [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 1), ("g", 1), ("h", 1), ("a-long-topic-name", 1)];

const SHEETS: [Layout; 3] = [Layout::Wide, Layout::Classic, Layout::Phone];

/// The first two texts that touch.
pub(crate) fn touching(drawing: &Drawing) -> Option<String> {
    // A pill or a key on a moving mark passes over words.
    let still = Drawing { shapes: drawing.still().to_vec(), ..Drawing::default() };
    let texts: Vec<&Text> = texts(&still).collect();
    texts.iter().enumerate().find_map(|(i, a)| {
        texts.iter().skip(i + 1).find_map(|b| {
            let ((ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1)) = (a.bounds(), b.bounds());
            // Line gaps may be closer than the full height of the font: descenders rarely meet capitals.
            let apart = ax1 <= bx0 || bx1 <= ax0 || ay1 - 4.0 <= by0 || by1 - 4.0 <= ay0;
            let said = || format!("{:?} at {:?} touches {:?} at {:?}", a.words, a.bounds(), b.words, b.bounds());
            (!apart).then(said)
        })
    })
}

/// The first text that leaves the sheet's own zones, or is too small.
pub(crate) fn lost(drawing: &Drawing) -> Option<String> {
    let (left, right, top, bottom) = match drawing.layout {
        Layout::Wide => (30.0, 1892.0, 186.0, 906.0),
        Layout::Classic => (30.0, 1592.0, 186.0, 981.0),
        Layout::Phone | Layout::Strip | Layout::List => (6.0, 384.0, 0.0, 372.0),
    };
    texts(drawing).find_map(|text| {
        let (x0, y0, x1, y1) = text.bounds();
        let inside = x0 >= left && x1 <= right && y0 >= top && y1 <= bottom;
        (!inside || text.size < 15.0).then(|| format!("{:?}, {} px at {:?}", text.words, text.size, text.bounds()))
    })
}

#[test]
fn no_two_texts_touch_and_none_is_lost_on_any_sheet() {
    for (name, scene) in scenes() {
        for layout in SHEETS {
            let drawing = drawn_on(layout, &scene);
            assert_eq!((touching(&drawing), lost(&drawing)), (None, None), "{name}, {}", layout.name());
        }
    }
}

#[test]
fn nor_for_any_number_of_brokers_partitions_and_topics() {
    for brokers in 1..=7 {
        for partitions in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 24] {
            for topics in [
                &[("clicks", partitions)][..],
                &[("clicks", partitions), ("a.rather-long-name.of-a-topic", 2), ("views", 1)],
            ] {
                let scene = scenario::external(brokers, topics);
                for layout in SHEETS {
                    let drawing = drawn_on(layout, &scene);
                    let what = format!("{brokers} brokers, {topics:?}, {}", layout.name());
                    assert_eq!((touching(&drawing), lost(&drawing)), (None, None), "{what}");
                }
            }
        }
    }
}
