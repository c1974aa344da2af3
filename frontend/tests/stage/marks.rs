//! Marks on their way: where they are is a function of hop and time.

use kafkascope_page::{
    paint::{Form, Ink, Shape},
    stage::{Hop, Layout, Leg, View, draw},
};
use model::ids::{BrokerId, Micros};

use crate::{
    drawn,
    scenario::{self, Scene, hop},
};

const NOW: u64 = 30_000;

/// Where the one mark is that is `share` of its way.
fn at(leg: &Leg, offset: i64, share: f64) -> (f64, f64) {
    let hops = vec![hop(leg.clone(), ("orders", 0), offset, 2, NOW, share)];
    let drawing = drawn(&Scene { hops, ..scenario::calm() });
    let place = |s: &Shape| match &s.form {
        Form::Disc { x, y, .. } => Some((*x, *y)),
        Form::Tail { x, y, .. } => Some((*x, *y)),
        _ => None,
    };
    let (x, y) = drawing.moving().iter().find_map(place).expect("the mark is drawn");
    (x.round(), y.round())
}

#[test]
fn a_record_comes_down_the_channel_and_takes_its_slot() {
    // From the start of the line over the topic to slot 7 (offset 191) on broker 2.
    assert_eq!(at(&Leg::Produce, 191, 0.0), (188.0, 254.0));
    let channel: Vec<f64> = [0.5, 0.7].iter().map(|s| at(&Leg::Produce, 191, *s).0).collect();
    assert_eq!(channel, [443.0, 443.0]);
    assert_eq!(at(&Leg::Produce, 191, 1.0), (383.0, 540.0));
}

#[test]
fn a_copy_and_a_read_go_straight_up_or_down() {
    let copy = Leg::Copy { to: BrokerId(1) };
    assert_eq!(
        [at(&copy, 190, 0.0), at(&copy, 190, 0.5), at(&copy, 190, 1.0)],
        [(365.0, 540.0), (365.0, 473.0), (365.0, 406.0)]
    );
    let read = Leg::Read { group: "stock".into() };
    assert_eq!([at(&read, 189, 0.0), at(&read, 189, 1.0)], [(347.0, 540.0), (347.0, 756.0)]);
}

#[test]
fn an_answer_goes_up_the_other_channel() {
    assert_eq!([at(&Leg::Ack, 190, 0.0), at(&Leg::Ack, 190, 1.0)], [(365.0, 540.0), (458.0, 272.0)]);
}

/// Where a mark without an offset is that is `share` of its way.
fn nowhere_stored(leg: Leg, broker: Option<i32>, share: f64) -> (f64, f64) {
    let hops = vec![Hop { offset: None, broker: broker.map(BrokerId), ..hop(leg, ("orders", 0), 0, 2, NOW, share) }];
    let drawing = drawn(&Scene { hops, ..scenario::calm() });
    let disc = |s: &Shape| if let Form::Disc { x, y, .. } = &s.form { Some((x.round(), y.round())) } else { None };
    drawing.moving().iter().find_map(disc).expect("the mark is drawn")
}

#[test]
fn what_is_refused_comes_down_to_its_broker_and_rises() {
    assert_eq!(nowhere_stored(Leg::Produce, Some(2), 1.0), (443.0, 540.0));
    let rises = [0.0, 0.5, 1.0].map(|share| nowhere_stored(Leg::Refused, Some(2), share));
    assert_eq!(rises, [(443.0, 540.0), (458.0, 414.0), (458.0, 272.0)]);
    // Where no broker said so it never reached one.
    let gives_up = [0.0, 1.0].map(|share| nowhere_stored(Leg::Refused, None, share));
    assert_eq!(gives_up, [(443.0, 265.0), (188.0, 254.0)]);
}

#[test]
fn a_hop_is_drawn_from_its_start_to_its_end() {
    let mut scene = Scene { hops: vec![hop(Leg::Ack, ("orders", 0), 190, 2, NOW, 0.0)], ..scenario::calm() };
    let mut moving = |millis| {
        scene.now = Micros::from_millis(millis);
        !drawn(&scene).moving().is_empty()
    };
    assert_eq!([NOW - 1, NOW, NOW + 1000, NOW + 1001].map(&mut moving), [false, true, true, false]);
}

#[test]
fn a_hop_that_takes_no_time_leaves_a_thin_line_for_a_second() {
    let arrived = Hop { ends: Micros::from_millis(NOW), ..hop(Leg::Ack, ("orders", 0), 190, 2, NOW, 0.0) };
    let mut scene = Scene { hops: vec![arrived], ..scenario::calm() };
    let mut moving = |millis| {
        scene.now = Micros::from_millis(millis);
        drawn(&scene).moving().len()
    };
    assert_eq!([NOW - 1, NOW, NOW + 999, NOW + 1000].map(&mut moving), [0, 2, 2, 0]);
}

#[test]
fn a_hop_to_a_partition_that_is_not_drawn_is_not_drawn() {
    let hops = vec![hop(Leg::Produce, ("orders", 7), 1, 2, NOW, 0.5), hop(Leg::Produce, ("other", 0), 1, 2, NOW, 0.5)];
    assert!(drawn(&Scene { hops, ..scenario::calm() }).moving().is_empty());
}

#[test]
fn many_marks_have_plain_tails_and_a_pill_counts() {
    let one = hop(Leg::Produce, ("orders", 0), 191, 2, NOW, 0.5);
    let gradients = |n: usize| {
        let hops = vec![one.clone(); n];
        let drawing = drawn(&Scene { hops, ..scenario::calm() });
        drawing.moving().iter().filter(|s| matches!(s.form, Form::Tail { flat: false, .. })).count()
    };
    assert_eq!([gradients(10), gradients(301)], [10, 0]);
    let hops = vec![Hop { count: 48, ..one.clone() }];
    let drawing = drawn(&Scene { hops, ..scenario::calm() });
    let words: Vec<&str> = drawing
        .moving()
        .iter()
        .filter_map(|s| match &s.form {
            Form::Text(text) => Some(text.words.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(words, ["×48"]);
}

#[test]
fn standing_still_a_mark_has_an_arrowhead_and_its_key() {
    let Scene { picture, now, .. } = scenario::calm();
    let hops = [hop(Leg::Copy { to: BrokerId(1) }, ("orders", 0), 190, 2, NOW, 0.5)];
    let view = View {
        picture: &picture,
        now,
        hops: &hops,
        fresh: &[],
        named: (&[], u64::MAX),
        selected: None,
        proof: &[],
        hover: None,
        points: true,
        still: true,
        shows_key: false,
        layout: Layout::Wide,
        silent_micros: 0,
        chosen: None,
    };
    let drawing = draw(&view);
    assert!(!drawing.moving().iter().any(|s| matches!(s.form, Form::Tail { .. })));
    let key = |s: &Shape| matches!(&s.form, Form::Text(t) if t.words == "A-190");
    assert!(drawing.moving().iter().any(key));
    let head = |s: &&Shape| matches!(s.form, Form::Path(_)) && s.line.is_some_and(|l| l.ink == Ink::Open);
    assert_eq!(drawing.moving().iter().filter(head).count(), 1);
}

#[test]
fn standing_still_a_send_says_its_key_and_no_two_keys_lie_over_each_other() {
    let Scene { picture, now, .. } = scenario::calm();
    let sent =
        |key: &str, share| Hop { key: Some(key.to_owned()), ..hop(Leg::Produce, ("orders", 0), 192, 2, NOW, share) };
    let hops = [sent("A-200", 0.70), sent("A-201", 0.71), sent("A-202", 0.72)];
    let scene = Scene { picture, now, hops: hops.to_vec() };
    let drawing = draw(&View { still: true, ..crate::view(Layout::Wide, None, &scene) });
    let keys: Vec<_> = drawing
        .moving()
        .iter()
        .filter(|s| matches!(&s.form, Form::Text(t) if t.words.starts_with("A-20")))
        .map(Shape::bounds)
        .collect();
    assert_eq!(keys.len(), 3);
    let apart = |a: &(f64, f64, f64, f64), b: &(f64, f64, f64, f64)| {
        a.2 <= b.0 || b.2 <= a.0 || a.3 - 6.0 <= b.1 || b.3 - 6.0 <= a.1
    };
    for (n, a) in keys.iter().enumerate() {
        assert!(keys.iter().skip(n + 1).all(|b| apart(a, b)), "{keys:?}");
    }
}
