//! Motion is a function of time: the same at every frame rate, real where the wire is slow, none where it is not wanted.

use std::collections::BTreeMap;

use super::*;
use crate::player::speed::Speed;

/// What is on the screen at each quarter of a second, at so many frames a second.
fn screens(frames: u64, speed: Speed) -> Vec<(Micros, String, Vec<Hop>)> {
    let (_, cut) = recording();
    let mut deck = Deck::recording(Box::new(cut), DELAY_MILLIS);
    deck.set_speed(speed);
    deck.seek(Micros::from_millis(9_990));
    deck.set_playing(true);
    let at = |frame: u64| frame * SECOND / frames;
    let mut screens = Vec::new();
    for frame in 1..=frames * 12 {
        deck.frame(0.0, at(frame) - at(frame - 1), true);
        if frame % (frames / 4) == 0 {
            let view = model::state::view(deck.player().picture(), deck.now()).to_string();
            screens.push((deck.now(), view, deck.player().hops().to_vec()));
        }
    }
    screens
}

#[test]
fn sixty_and_a_hundred_and_forty_four_frames_a_second_show_the_same() {
    for speed in [Speed::ALL[0], Speed::ALL[1], Speed::REAL, Speed::ALL[3]] {
        let (slow, quick) = (screens(60, speed), screens(144, speed));
        assert!(slow.iter().any(|(.., hops)| !hops.is_empty()), "something travels at {}", speed.name());
        for ((now, view, hops), other) in slow.iter().zip(&quick) {
            assert_eq!((now, view, hops), (&other.0, &other.1, &other.2), "at {} speed", speed.name());
        }
    }
}

#[test]
fn a_frame_moves_time_by_a_tenth_of_a_second_at_most() {
    let (_, cut) = recording();
    let mut deck = Deck::recording(Box::new(cut), DELAY_MILLIS);
    deck.set_playing(true);
    deck.frame(0.0, 5 * SECOND, true);
    assert_eq!(deck.now(), Micros::from_millis(100));
}

#[test]
fn in_slow_motion_a_leg_takes_as_long_on_the_reader_s_clock() {
    let (_, cut) = recording();
    let mut deck = Deck::recording(Box::new(cut), DELAY_MILLIS);
    deck.set_speed(Speed::ALL[0]);
    deck.seek(Micros::from_millis(9_970));
    deck.set_playing(true);
    let mut produce = None;
    for _ in 0..600 {
        deck.frame(0.0, 16_667, true);
        produce = produce.or_else(|| deck.player().hops().iter().find(|h| h.leg == Leg::Produce).cloned());
    }
    let leg = produce.unwrap();
    // 600 ms of the reader's at a hundredth, and the record is stored within 24 ms of when it was.
    assert_eq!(leg.ends.since(leg.starts), 6_000);
    assert!(leg.ends <= Micros::from_millis(10_004) && leg.ends >= Micros(10_004_000 - 24_000), "{leg:?}");
}

#[test]
fn with_less_motion_nothing_travels_and_every_leg_leaves_a_line_for_a_second() {
    let travelled: Vec<_> = legs(one_record()).into_iter().map(|(leg, _, _, ends)| (leg, ends)).collect();
    let mut player = Player::new(DELAY_MILLIS);
    player.set_less_motion(true);
    player.take(one_record());
    let mut lines: Vec<(Leg, Micros, u64)> = Vec::new();
    for millis in (10_000..15_000).step_by(10) {
        player.advance(Micros::from_millis(millis));
        for hop in player.hops() {
            assert_eq!(hop.starts, hop.ends, "it stands where it ends");
            assert!(hop.ends <= player.now(), "and not before");
            match lines.iter_mut().find(|(leg, ..)| *leg == hop.leg) {
                Some((.., frames)) => *frames += 1,
                None => lines.push((hop.leg.clone(), hop.ends, 1)),
            }
        }
    }
    let ends: Vec<_> = lines.iter().map(|(leg, ends, _)| (leg.clone(), *ends)).collect();
    assert_eq!(ends, travelled);
    assert!(lines.iter().all(|(.., frames)| (99..=101).contains(frames)), "a second of 10 ms frames: {lines:?}");
    player.set_less_motion(false);
    assert!(player.hops().is_empty());
}

/// A record on a wire that holds every frame back by 700 ms.
fn on_the_slow_wire() -> Vec<Fact> {
    vec![
        fact(1, 100, leads(1, 4)),
        fact(2, 5_000, Event::SlowWireChanged { ms: 700 }),
        fact(3, 10_000, sent("e0")),
        fact(4, 10_703, appended(0, "e0")),
        fact(5, 10_705, log_end(2, 1)),
        fact(6, 10_708, watermark(1)),
        fact(7, 11_410, acknowledged(0, "e0")),
        fact(8, 11_412, position(1)),
    ]
}

#[test]
fn with_the_slow_wire_the_legs_across_the_tap_take_as_long_as_they_took() {
    let legs = legs(on_the_slow_wire());
    let length =
        |leg: &Leg| legs.iter().find(|(known, ..)| known == leg).map(|(.., starts, ends)| ends.since(*starts) / 1000);
    assert_eq!(length(&Leg::Produce), Some(703));
    assert_eq!(length(&Leg::Ack), Some(702));
    assert_eq!(length(&Leg::Read { group: "stock".to_owned() }), Some(704));
    assert_eq!(length(&Leg::Copy { to: BrokerId(2) }), Some(600), "2 ms, stretched");
    let landed = legs.iter().map(|(.., starts, ends)| (*starts, *ends)).collect::<Vec<_>>();
    assert!(landed[1].0 >= landed[0].1 && landed[2].0 >= landed[1].1, "one after the other: {legs:?}");
}

#[test]
fn a_leg_is_known_before_it_starts_on_the_slow_wire_too() {
    let mut player = Player::new(DELAY_MILLIS);
    let mut coming = on_the_slow_wire().into_iter().peekable();
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    for millis in (10_000..16_000).step_by(10) {
        while coming.peek().is_some_and(|f| f.at <= Micros::from_millis(millis)) {
            player.take(coming.next());
        }
        player.advance(Micros::from_millis(millis));
        for hop in player.hops() {
            first.entry(format!("{:?}", hop.leg)).or_insert(player.now().since(hop.starts));
        }
    }
    assert_eq!(first.len(), 4, "{first:?}");
    assert!(first.values().all(|late| *late < 20_000), "no mark jumps in on its way: {first:?}");
}
