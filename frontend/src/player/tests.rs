//! What a viewer would miss: order, bounds of the delay, travel without invention, and exact seeking.

use model::{
    fact::{Appended, Event, Source},
    ids::BrokerId,
    keyframe::keyframe,
    recording::Recording,
};

use super::{
    deck::{Deck, Mode, Pieces},
    *,
};
use crate::stage::Leg;

mod counts;
mod live;
mod order;
mod pace;
mod refused;
mod seek;

const SECOND: u64 = 1_000_000;

fn fact(seq: u64, at_millis: u64, event: Event) -> Fact {
    Fact { seq, at: Micros::from_millis(at_millis), event }
}

fn leads(leader: i32, epoch: i32) -> Event {
    Event::PartitionChanged {
        topic: "orders".to_owned(),
        partition: 0,
        leader: BrokerId(leader),
        leader_epoch: epoch,
        replicas: vec![BrokerId(1), BrokerId(2)],
        isr: vec![BrokerId(1), BrokerId(2)],
        source: BrokerId(1),
    }
}

fn sent(id: &str) -> Event {
    Event::RecordSent {
        app: "order".to_owned(),
        instance: 1,
        topic: "orders".to_owned(),
        key: "A-1".to_owned(),
        event_id: id.to_owned(),
        event_type: "OrderPlaced".to_owned(),
        source: Source::App,
    }
}

fn appended(offset: i64, id: &str) -> Event {
    Event::RecordAppended(Box::new(Appended {
        topic: "orders".to_owned(),
        offset,
        headers: [("event-id".to_owned(), id.to_owned())].into_iter().collect(),
        ..Appended::default()
    }))
}

fn log_end(broker: i32, end: i64) -> Event {
    let topic = "orders".to_owned();
    Event::ReplicaLogEnd { topic, partition: 0, broker: BrokerId(broker), log_end_offset: end }
}

fn watermark(offset: i64) -> Event {
    Event::OffsetsMoved {
        topic: "orders".to_owned(),
        partition: 0,
        log_start_offset: 0,
        high_watermark: offset,
        last_stable_offset: offset,
        log_end_offset: offset,
    }
}

fn acknowledged(offset: i64, id: &str) -> Event {
    Event::RecordAcknowledged {
        app: "order".to_owned(),
        instance: 1,
        topic: "orders".to_owned(),
        partition: 0,
        offset,
        event_id: id.to_owned(),
        acks: "all".to_owned(),
        took_micros: 9_000,
        source: Source::App,
    }
}

fn position(offset: i64) -> Event {
    Event::PositionMoved {
        group_id: "stock".to_owned(),
        client_id: "stock-1".to_owned(),
        topic: "orders".to_owned(),
        partition: 0,
        offset,
        source: Source::App,
    }
}

/// One record's whole way, beginning at 10 s.
fn one_record() -> Vec<Fact> {
    vec![
        fact(1, 100, leads(1, 4)),
        fact(2, 10_000, sent("e0")),
        fact(3, 10_004, appended(0, "e0")),
        fact(4, 10_006, log_end(2, 1)),
        fact(5, 10_008, watermark(1)),
        fact(6, 10_009, acknowledged(0, "e0")),
        fact(7, 10_012, position(1)),
    ]
}

#[test]
fn a_record_goes_its_way_leg_by_leg() {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(one_record());
    let mut seen = Vec::new();
    for millis in (10_000..13_000).step_by(50) {
        player.advance(Micros::from_millis(millis));
        for hop in player.hops() {
            if !seen.contains(&hop.leg) {
                seen.push(hop.leg.clone());
            }
            assert!(hop.starts <= player.now() && player.now() < hop.ends);
            let length = hop.ends.since(hop.starts);
            assert!((300_000..=900_000).contains(&length), "{length}");
        }
    }
    let read = Leg::Read { group: "stock".to_owned() };
    assert_eq!(seen, [Leg::Produce, Leg::Copy { to: BrokerId(2) }, Leg::Ack, read]);
}

#[test]
fn no_mark_shows_a_state_before_it_is_shown_itself() {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(one_record());
    player.advance(Micros::from_millis(10_500));
    assert_eq!(player.picture().flights.len(), 1, "sent, not stored yet");
    assert!(player.picture().partitions.values().all(|p| p.records.is_empty()));
    player.advance(Micros::from_millis(11_000));
    assert_eq!(player.picture().partitions.values().map(|p| p.records.len()).sum::<usize>(), 1);
    assert_eq!(player.picture().partitions.values().map(|p| p.high_watermark()).sum::<i64>(), 0);
    player.advance(Micros::from_millis(12_500));
    assert_eq!(player.picture().partitions.values().map(|p| p.high_watermark()).sum::<i64>(), 1);
}

#[test]
fn a_send_that_was_not_seen_is_not_drawn() {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(one_record().into_iter().filter(|f| !matches!(f.event, Event::RecordSent { .. })));
    for millis in (10_000..13_000).step_by(20) {
        player.advance(Micros::from_millis(millis));
        assert!(player.hops().iter().all(|h| h.leg != Leg::Produce));
    }
}

#[test]
fn without_delay_nothing_travels_and_everything_is_shown_at_once() {
    let mut player = Player::new(0);
    player.take(one_record());
    player.advance(Micros::from_millis(10_012));
    assert!(player.hops().is_empty());
    assert_eq!(player.picture(), &Picture::of(&one_record()));
    assert_eq!(player.now(), Micros::from_millis(10_012));
}

#[test]
fn after_the_delay_the_picture_is_the_fold_of_all() {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(one_record());
    player.advance(Micros::from_millis(10_012 + DELAY_MILLIS));
    let (shown, whole) = (player.picture(), Picture::of(&one_record()));
    assert_eq!(model::state::view(shown, player.now()), model::state::view(&whole, player.now()));
}

#[test]
fn fast_records_become_pills_and_are_counted() {
    let mut player = Player::new(DELAY_MILLIS);
    player.watch(&[PartitionId::new("orders", 0)], true);
    player.take([fact(1, 100, leads(1, 4))]);
    let mut most = 0;
    let mut counted = 0;
    for n in 0..200_u64 {
        let offset = i64::try_from(n).unwrap();
        let at = 10_000 + n * 10;
        player.take([
            fact(2 * n + 2, at, sent(&format!("e{n}"))),
            fact(2 * n + 3, at, appended(offset, &format!("e{n}"))),
        ]);
        player.advance(Micros::from_millis(at));
        most = most.max(player.hops().len());
        counted = counted.max(player.hops().iter().map(|h| h.count).max().unwrap_or(0));
    }
    player.advance(Micros::from_millis(13_000));
    assert_eq!(player.tally().merged, 180, "all but the first twenty");
    assert!(most < 40, "one pill each 250 ms after the first twenty: {most}");
    assert!(counted >= 20, "{counted}");
}

struct Cut(Vec<(Vec<Fact>, Vec<Fact>)>);

impl Pieces for Cut {
    fn count(&self) -> usize {
        self.0.len()
    }
    fn starts(&self, piece: usize) -> Micros {
        let (_, facts) = &self.0[piece];
        if piece == 0 { Micros(0) } else { facts[0].at }
    }
    fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>) {
        self.0[piece].clone()
    }
}

fn recording() -> (Vec<Fact>, Cut) {
    let mut facts = one_record();
    for n in 1..60_u64 {
        let offset = i64::try_from(n).unwrap();
        let (seq, at) = (n * 10, 10_012 + n * 100);
        let id = format!("e{n}");
        facts.push(fact(seq, at, sent(&id)));
        facts.push(fact(seq + 1, at + 3, appended(offset, &id)));
        facts.push(fact(seq + 2, at + 6, log_end(2, offset + 1)));
        facts.push(fact(seq + 3, at + 9, watermark(offset + 1)));
        facts.push(fact(seq + 4, at + 10, acknowledged(offset, &id)));
        facts.push(fact(seq + 5, at + 14, position(offset + 1)));
    }
    let mut picture = Picture::default();
    let mut pieces = Vec::new();
    for part in facts.chunks(50) {
        pieces.push((keyframe(&picture), part.to_vec()));
        part.iter().for_each(|f| drop(picture.fold(f)));
    }
    (facts, Cut(pieces))
}

#[test]
fn seeking_shows_exactly_what_had_been_seen() {
    let (facts, cut) = recording();
    let mut replay = Deck::recording(Box::new(cut), DELAY_MILLIS);
    for millis in [0, 100, 10_004, 12_345, 11_000, 15_926, 99_999] {
        replay.seek(Micros::from_millis(millis));
        let expected = Picture::of(facts.iter().filter(|f| f.at <= Micros::from_millis(millis)));
        let now = replay.now();
        assert_eq!(model::state::view(replay.player().picture(), now), model::state::view(&expected, now));
        assert!(replay.player().hops().is_empty(), "a seek animates nothing");
    }
}

#[test]
fn a_caption_stands_after_a_seek_as_it_stood_while_it_played() {
    let sample = || Recording::open(include_bytes!("../../../static/sample.kscope").to_vec(), None).unwrap();
    // Without delay, so that the picture of a moment is the same on both ways.
    let mut played = Deck::recording(Box::new(sample()), 0);
    let mut sought = Deck::recording(Box::new(sample()), 0);
    played.set_playing(true);
    let mut stood = 0;
    while played.mode() == Mode::Playing {
        (0..60).for_each(|_| played.frame(0.0, 16_667, true));
        sought.seek(played.now());
        let (played, sought) = (played.player(), sought.player());
        assert_eq!(sought.caption().text(), played.caption().text(), "at {:?}", played.now());
        stood += usize::from(!played.caption().text().starts_with("All three"));
    }
    assert!(stood > 10, "{stood}");
}

#[test]
fn playing_from_any_moment_ends_in_the_same_picture() {
    let (facts, cut) = recording();
    let mut replay = Deck::recording(Box::new(cut), DELAY_MILLIS);
    let whole = Picture::of(&facts);
    for start in [0, 10_500, 13_000] {
        replay.seek(Micros::from_millis(start));
        replay.set_speed(Speed::ALL[4]);
        replay.set_playing(true);
        let mut frames = 0;
        while replay.mode() == Mode::Playing && frames < 10_000 {
            replay.frame(0.0, 16_667, true);
            frames += 1;
        }
        assert_eq!(replay.now(), replay.ends());
        let now = replay.now();
        assert_eq!(model::state::view(replay.player().picture(), now), model::state::view(&whole, now));
    }
}

#[test]
fn a_hundredth_of_the_speed_is_a_hundredth() {
    let (_, cut) = recording();
    let mut replay = Deck::recording(Box::new(cut), DELAY_MILLIS);
    replay.seek(Micros(11 * SECOND));
    replay.set_speed(Speed::ALL[0]);
    replay.set_playing(true);
    for _ in 0..600 {
        replay.frame(0.0, 16_667, true);
    }
    let moved = replay.now().since(Micros(11 * SECOND));
    assert!((99_000..=101_000).contains(&moved), "{moved}");
}

fn wire_sent(correlation_id: i32, client_id: &str) -> Event {
    Event::ProduceSent {
        broker: BrokerId(1),
        connection: 4,
        client_id: client_id.to_owned(),
        correlation_id,
        acks: -1,
        transactional_id: None,
        topic: "orders".to_owned(),
        partition: 0,
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        count: 1,
        event_ids: vec!["e0".to_owned()],
    }
}

fn wire_answered(correlation_id: i32, base_offset: i64) -> Event {
    Event::ProduceAnswered {
        broker: BrokerId(1),
        connection: 4,
        client_id: "order-1".to_owned(),
        correlation_id,
        topic: "orders".to_owned(),
        partition: 0,
        base_offset,
        error: String::new(),
        event_ids: vec!["e0".to_owned()],
        took_micros: 3_000,
    }
}

fn answer_lost() -> Event {
    Event::FaultFired {
        rule: 1,
        broker: BrokerId(1),
        connection: 4,
        client_id: "order-1".to_owned(),
        api: "Produce".to_owned(),
        correlation_id: 1,
        topic: "orders".to_owned(),
        partition: 0,
        event_ids: vec!["e0".to_owned()],
        what: "drop_response_and_close".to_owned(),
    }
}

/// One send whose answer is lost at 10.005 s, sent again a tenth of a second later.
fn lost_and_sent_again() -> Vec<Fact> {
    vec![
        fact(1, 100, leads(1, 4)),
        fact(2, 10_000, sent("e0")),
        fact(3, 10_001, wire_sent(1, "order-1")),
        fact(4, 10_004, appended(0, "e0")),
        fact(5, 10_005, answer_lost()),
        fact(6, 10_105, wire_sent(2, "order-1")),
    ]
}

/// The legs in the order they begin, with the offset each belongs to.
fn legs(facts: Vec<Fact>) -> Vec<(Leg, Option<i64>, Micros, Micros)> {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(facts);
    let mut seen: Vec<(Leg, Option<i64>, Micros, Micros)> = Vec::new();
    for millis in (10_000..13_500).step_by(10) {
        player.advance(Micros::from_millis(millis));
        for hop in player.hops() {
            let leg = (hop.leg.clone(), hop.offset, hop.starts, hop.ends);
            if !seen.contains(&leg) {
                seen.push(leg);
            }
        }
    }
    seen
}

#[test]
fn a_send_that_two_tell_is_one_dot() {
    let mut facts = lost_and_sent_again();
    facts.truncate(4);
    let produce = |facts| legs(facts).iter().filter(|(leg, ..)| *leg == Leg::Produce).count();
    assert_eq!(produce(facts.clone()), 1);
    // Whoever tells it first, and also where the record was seen before.
    facts.swap(1, 2);
    assert_eq!(produce(facts.clone()), 1);
    facts.swap(2, 3);
    assert_eq!(produce(facts.clone()), 1);
    // Where no app tells it, the tap does.
    facts.retain(|f| !matches!(f.event, Event::RecordSent { .. }));
    assert_eq!(produce(facts), 1);
}

#[test]
fn a_lost_answer_ends_before_the_retry_begins() {
    let after_micros = 104_000;
    let twice = [lost_and_sent_again(), vec![fact(7, 10_109, appended(1, "e0"))]].concat();
    let shown = legs(twice);
    let names: Vec<_> = shown.iter().map(|(leg, offset, ..)| (leg.clone(), *offset)).collect();
    let again = Leg::Again { after_micros };
    assert_eq!(names, [(Leg::Produce, Some(0)), (Leg::Lost, Some(0)), (again.clone(), Some(1))]);
    assert!(shown.windows(2).all(|pair| pair[0].3 <= pair[1].2), "one after the other: {shown:?}");

    // The broker knows it: the second way ends at the record that is there.
    let known = [lost_and_sent_again(), vec![fact(7, 10_108, wire_answered(2, 0))]].concat();
    let names: Vec<_> = legs(known).into_iter().map(|(leg, offset, ..)| (leg, offset)).collect();
    assert_eq!(names, [(Leg::Produce, Some(0)), (Leg::Lost, Some(0)), (again, Some(0))]);
}

#[test]
fn a_lost_answer_is_drawn_when_its_record_is_seen_later() {
    let mut facts = lost_and_sent_again();
    facts.truncate(5);
    facts.swap(3, 4);
    let names: Vec<_> = legs(facts).into_iter().map(|(leg, ..)| leg).collect();
    assert_eq!(names, [Leg::Produce, Leg::Lost]);
}
