//! A property: what a seek shows at any moment is what playing shows there, in generated sessions and in a recorded one.

use super::*;
use crate::player::manner::Manner;

/// Numbers without a pattern, the same each time.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A session in which anything may come after anything, cut into pieces of any length.
fn generated(seed: u64) -> Cut {
    let mut dice = Dice(seed);
    let (mut facts, mut at, mut offset) = (vec![fact(1, 0, leads(1, 0))], 0, 0);
    for seq in 2..400 {
        at += [1, 5, 40, 700, 15_000][usize::try_from(dice.up_to(60) / 14).unwrap()];
        let id = format!("e{offset}");
        let event = match dice.up_to(8) {
            0 => sent(&id),
            1 | 2 => {
                offset += 1;
                appended(offset - 1, &id)
            }
            3 => log_end(2, offset),
            4 => watermark(offset),
            5 => acknowledged(offset.max(1) - 1, &id),
            6 => position(offset),
            _ => leads(1 + i32::try_from(dice.up_to(2)).unwrap(), i32::try_from(seq / 40).unwrap()),
        };
        facts.push(fact(seq, at, event));
    }
    let mut picture = Picture::default();
    let (mut pieces, mut rest) = (Vec::new(), facts.as_slice());
    while !rest.is_empty() {
        let (part, behind) = rest.split_at((1 + usize::try_from(dice.up_to(90)).unwrap()).min(rest.len()));
        pieces.push((keyframe(&picture), part.to_vec()));
        part.iter().for_each(|f| drop(picture.fold(f)));
        rest = behind;
    }
    Cut(pieces)
}

/// Without delay, so that the picture of a moment is the same on both ways.
fn holds(pieces: impl Fn() -> Box<dyn Pieces>, dice: &mut Dice, times: usize) {
    let (mut played, mut sought) = (Deck::recording(pieces(), 0), Deck::recording(pieces(), 0));
    let ends = played.ends().0;
    for _ in 0..times {
        played.seek(Micros(dice.up_to(ends)));
        played.set_speed(Speed::ALL[2 + usize::try_from(dice.up_to(3)).unwrap()]);
        played.set_playing(true);
        for _ in 0..=dice.up_to(120) {
            played.frame(0.0, 1_000 * (1 + dice.up_to(99)), true);
        }
        sought.seek(Micros(dice.up_to(ends)));
        sought.seek(played.now());
        let now = played.now();
        assert_eq!(sought.now(), now);
        let views = [&played, &sought].map(|deck| model::state::view(deck.player().picture(), now));
        assert_eq!(views[0], views[1], "at {now:?}");
        assert!(sought.player().hops().is_empty(), "a seek animates nothing");
    }
}

#[test]
fn in_generated_sessions() {
    for seed in 0..20 {
        holds(|| Box::new(generated(seed)), &mut Dice(seed + 100), 25);
    }
}

#[test]
fn in_a_recorded_session() {
    let sample = || Recording::open(include_bytes!("../../../../static/sample.kscope").to_vec(), None).unwrap();
    holds(|| Box::new(sample()), &mut Dice(7), 25);
}

#[test]
fn a_range_is_played_again_and_again_at_any_speed() {
    let mut deck = Deck::recording(Box::new(recording().1), 0);
    let range = (Micros(11 * SECOND), Micros(12 * SECOND));
    deck.set_manner(Manner { range: Some(range), ..Manner::default() });
    for speed in Speed::ALL {
        deck.seek(range.0);
        deck.set_speed(speed);
        deck.set_playing(true);
        for _ in 0..500 {
            deck.frame(0.0, 16_667, true);
            assert!(deck.mode() == Mode::Playing && deck.now() >= range.0 && deck.now() < range.1, "{:?}", deck.now());
        }
    }
}

#[test]
fn what_is_skipped_leaves_the_same_picture_behind() {
    let skipping = Manner { skips: true, ..Manner::default() };
    let [mut plain, mut skips] = [(), ()].map(|()| Deck::recording(Box::new(generated(3)), 0));
    skips.set_manner(skipping);
    let mut frames = [0, 0];
    for (deck, frames) in [&mut plain, &mut skips].into_iter().zip(&mut frames) {
        while deck.scan() {}
        deck.seek(Micros(0));
        deck.set_playing(true);
        while deck.mode() == Mode::Playing {
            deck.frame(0.0, 100_000, true);
            *frames += 1;
        }
    }
    assert!(frames[1] * 3 < frames[0] * 2, "{frames:?} frames: quiet parts are left out");
    let now = plain.now();
    assert_eq!(now, skips.now());
    let views = [&plain, &skips].map(|deck| model::state::view(deck.player().picture(), now));
    assert_eq!(views[0], views[1]);
}

#[test]
fn captions_are_stepped_to_and_come_back() {
    let sample = Recording::open(include_bytes!("../../../../static/sample.kscope").to_vec(), None).unwrap();
    let mut deck = Deck::recording(Box::new(sample), 0);
    let mut forth = Vec::new();
    loop {
        let before = deck.now();
        deck.step_caption(true);
        if deck.now() == before {
            break;
        }
        assert!(deck.now() > before && deck.mode() == Mode::Paused);
        forth.push(deck.now());
    }
    assert!(forth.len() > 5, "{forth:?}");
    deck.step_caption(false);
    assert_eq!(deck.now(), forth[forth.len() - 2]);
}
