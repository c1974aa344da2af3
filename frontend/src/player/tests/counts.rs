//! The honesty line adds up: seen is drawn and merged and dropped, whatever comes and however it is played.

use std::collections::BTreeMap;

use super::{order::Dice, *};
use crate::{player::speed::Speed, words::honesty};

/// Calm and bursts on one partition, with what the gateway itself merged or dropped.
fn stream(seed: u64) -> Vec<Fact> {
    let mut dice = Dice::new(seed);
    let mut facts = vec![fact(1, 100, leads(1, 4))];
    let (mut at, mut offset) = (10_000, 0);
    let mut tell = |at: u64, event: Event| facts.push(fact(at, at, event));
    for _ in 0..30 {
        let (records, gap) = if dice.once_in(2) { (dice.below(80), 12) } else { (dice.below(6), 150) };
        for _ in 0..records {
            at += 1 + dice.below(gap);
            tell(at, sent(&format!("e{offset}")));
            tell(at + 2, appended(offset, &format!("e{offset}")));
            offset += 1;
        }
        if dice.once_in(5) {
            let reason = "more was seen at once than the hub could take".to_owned();
            tell(at, Event::Gap { source: "hub".to_owned(), count: 1 + dice.below(9), reason });
        }
        if dice.once_in(6) {
            let count = 500 + i64::try_from(dice.below(500)).unwrap();
            tell(
                at,
                Event::BatchAppended {
                    topic: "orders".to_owned(),
                    partition: 0,
                    base_offset: offset,
                    count,
                    bytes: 1,
                    leader_epoch: 4,
                    producer_id: -1,
                    producer_epoch: -1,
                    base_sequence: -1,
                },
            );
            offset += count;
        }
        at += dice.below(2_000);
    }
    facts.sort_by_key(|f| f.at);
    facts
}

/// Seen, drawn, merged, dropped and not on screen, as the line says them.
fn line(player: &Player) -> [u64; 5] {
    let pieces = honesty::words(player, 0);
    [" records seen", " drawn", " merged", " dropped", " not on screen"].map(|name| {
        let number = pieces.iter().find(|p| p.after == name).map(|p| p.value.clone()).unwrap_or_default();
        number.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or_default()
    })
}

/// What a stage says of its columns that has this partition alone.
fn on_screen() -> Vec<PartitionId> {
    vec![PartitionId::new("orders", 0)]
}

#[test]
fn seen_is_drawn_and_merged_and_dropped_at_every_moment() {
    let mut most = 0;
    for seed in 0..40 {
        let facts = stream(seed);
        let mut player = Player::new(DELAY_MILLIS);
        player.watch(&on_screen(), true);
        let mut coming = facts.iter().cloned().peekable();
        let mut marks: BTreeMap<(Micros, Option<i64>), u64> = BTreeMap::new();
        let ends = facts.iter().map(|f| f.at.0).max().unwrap() + 3_000_000;
        for session in (10_000_000..ends).step_by(50_000).map(Micros) {
            while coming.peek().is_some_and(|f| f.at <= session) {
                player.take(coming.next());
            }
            player.advance(session);
            let [seen, drawn, merged, dropped, elsewhere] = line(&player);
            assert_eq!((seen, elsewhere), (drawn + merged + dropped, 0), "seed {seed} at {session:?}");
            for hop in player.hops().iter().filter(|h| h.leg == Leg::Produce) {
                // A pill is known by when it lands; others may land then too.
                let single = (hop.count == 1).then_some(hop.offset).flatten();
                marks.insert((hop.ends, single), u64::from(hop.count));
            }
        }
        let [seen, drawn, merged, dropped, _] = line(&player);
        let told = |count: fn(&Event) -> u64| facts.iter().map(|f| count(&f.event)).sum::<u64>();
        let gaps = told(|e| if let Event::Gap { count, .. } = e { *count } else { 0 });
        let batches = told(|e| if let Event::BatchAppended { count, .. } = e { count.unsigned_abs() } else { 0 });
        let singles = told(|e| u64::from(matches!(e, Event::RecordAppended(_))));
        assert_eq!((seen, dropped), (singles + batches + gaps, gaps), "seed {seed}");
        // What was drawn one by one was a mark, and a pill's number is what it merged.
        let pills: u64 = marks.values().filter(|count| **count > 1).sum();
        assert!(pills <= merged - batches, "seed {seed}: {pills} in pills, {merged} merged");
        assert!(merged - batches <= pills + 20, "seed {seed}: {pills} in pills, {merged} merged, {batches} in batches");
        assert_eq!(drawn + merged - batches, singles, "seed {seed}");
        most = most.max(merged - batches);
    }
    assert!(most > 200, "bursts are merged: {most}");
}

#[test]
fn what_a_page_missed_was_seen_and_is_dropped() {
    let mut deck = Deck::live(0);
    deck.watch(&on_screen(), true);
    let mut picture = Picture::default();
    deck.begin(&[fact(1, 100, leads(1, 4))], Micros::from_millis(100), 0.0);
    picture.fold(&fact(1, 100, leads(1, 4)));
    for n in 0..10_u64 {
        let record = fact(n + 2, 200 + n, appended(i64::try_from(n).unwrap(), "e"));
        picture.fold(&record);
        if n < 4 {
            deck.hear(vec![record], Micros::from_millis(200 + n), 100.0);
        }
    }
    deck.frame(150.0, 16_667, true);
    assert_eq!(line(deck.player()), [4, 4, 0, 0, 0]);
    deck.begin(&keyframe(&picture), Micros::from_millis(300), 200.0);
    deck.frame(200.0, 16_667, true);
    assert_eq!(line(deck.player()), [10, 4, 0, 6, 0]);
}

#[test]
fn slow_motion_follows_one_by_one_what_is_too_quick_otherwise() {
    let merged = |speed: Speed| {
        let facts = (0..200_i64).map(|n| fact(n.unsigned_abs() + 1, 10_000 + n.unsigned_abs() * 25, appended(n, "e")));
        let mut deck = Deck::recording(Box::new(Cut(vec![(Vec::new(), facts.collect())])), DELAY_MILLIS);
        deck.watch(&on_screen(), true);
        deck.set_speed(speed);
        deck.seek(Micros::from_millis(9_900));
        deck.set_playing(true);
        while deck.mode() == Mode::Playing {
            deck.frame(0.0, 16_667, true);
            let [seen, drawn, merged, dropped, elsewhere] = line(deck.player());
            assert_eq!((seen, elsewhere), (drawn + merged + dropped, 0));
        }
        deck.player().tally().merged
    };
    assert_eq!((merged(Speed::ALL[0]), merged(Speed::ALL[1])), (0, 0));
    assert_eq!(merged(Speed::REAL), 180, "forty a second");
}

#[test]
fn what_no_column_shows_is_seen_and_not_drawn() {
    let facts = (0..40_i64).map(|n| fact(n.unsigned_abs() + 1, 10_000 + n.unsigned_abs() * 25, appended(n, "e")));
    let mut player = Player::new(DELAY_MILLIS);
    player.take(facts);
    player.advance(Micros::from_millis(11_105));
    let [seen, drawn, .., elsewhere] = line(&player);
    assert_eq!((seen, drawn, elsewhere), (21, 0, 21), "its partition has a shelf, or no screen shows it");
    player.watch(&on_screen(), true);
    player.advance(Micros::from_millis(20_000));
    // The first twenty would have been drawn one by one.
    assert_eq!(line(&player), [40, 0, 19, 0, 21]);
}

#[test]
fn what_was_there_before_somebody_looked_was_not_drawn() {
    let facts: Vec<Fact> =
        (0..10_i64).map(|n| fact(n.unsigned_abs() + 1, 10_000 + n.unsigned_abs() * 300, appended(n, "e"))).collect();
    let mut deck = Deck::recording(Box::new(Cut(vec![(Vec::new(), facts)])), DELAY_MILLIS);
    deck.watch(&on_screen(), true);
    deck.seek(Micros::from_millis(11_250));
    assert_eq!(line(deck.player()), [5, 0, 0, 0, 5]);
    deck.set_playing(true);
    while deck.mode() == Mode::Playing {
        deck.frame(0.0, 16_667, true);
    }
    assert_eq!(line(deck.player()), [10, 5, 0, 0, 5]);
}

#[test]
fn what_comes_while_the_tab_sleeps_is_not_drawn() {
    let mut deck = Deck::live(0);
    deck.watch(&on_screen(), true);
    deck.begin(&[fact(1, 100, leads(1, 4))], Micros::from_millis(100), 0.0);
    deck.hear(vec![fact(2, 200, appended(0, "e0"))], Micros::from_millis(200), 100.0);
    deck.frame(100.0, 16_667, true);
    deck.hear(vec![fact(3, 300, appended(1, "e1"))], Micros::from_millis(300), 200.0);
    deck.keep_up();
    assert_eq!(line(deck.player()), [2, 1, 0, 0, 1]);
}
