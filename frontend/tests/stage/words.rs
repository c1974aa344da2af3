//! No two texts of the stage touch, none leaves it, none is too small to be read.

use kafkascope_page::{paint::Text, stage::Drawing};
use model::fact::CrashState;

use crate::{
    drawn,
    scenario::{self, Scene},
    texts, wire,
};

fn scenes() -> Vec<(&'static str, Scene)> {
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

#[test]
fn no_two_texts_touch() {
    for (scene, drawing) in scenes().iter().map(|(name, scene)| (name, drawn(scene))) {
        // A pill or a key on a moving mark passes over words.
        let still = Drawing { shapes: drawing.still().to_vec(), ..Drawing::default() };
        let texts: Vec<&Text> = texts(&still).collect();
        for (i, a) in texts.iter().enumerate() {
            for b in texts.iter().skip(i + 1) {
                let ((ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1)) = (a.bounds(), b.bounds());
                // Line gaps may be closer than the full height of the font: descenders rarely meet capitals.
                let apart = ax1 <= bx0 || bx1 <= ax0 || ay1 - 4.0 <= by0 || by1 - 4.0 <= ay0;
                assert!(apart, "{scene}: {:?} at {:?} touches {:?} at {:?}", a.words, a.bounds(), b.words, b.bounds());
            }
        }
    }
}

#[test]
fn every_text_is_on_the_stage_and_can_be_read() {
    for (scene, drawing) in scenes().iter().map(|(name, scene)| (name, drawn(scene))) {
        for text in texts(&drawing) {
            let (x0, y0, x1, y1) = text.bounds();
            assert!(x0 >= 30.0 && x1 <= 1892.0, "{scene}: {:?} at {:?}", text.words, text.bounds());
            assert!(y0 >= 186.0 && y1 <= 906.0, "{scene}: {:?} at {:?}", text.words, text.bounds());
            assert!(text.size >= 15.0, "{scene}: {:?} is {} px", text.words, text.size);
        }
    }
}
