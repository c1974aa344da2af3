//! What the story of an order shows for which facts.

use expect_test::expect;
use kafkascope_page::{
    paint::{Ink, Shape},
    stage::{Drawing, Layout, Selected},
    story,
    words::story::caption,
};
use model::{
    fact::{Event, OrderStatus},
    ids::PartitionId,
};

use crate::{
    log::{Told, millis, view, words_in},
    scenario::{self, Play, Scene},
};

const ORDERS: (&str, i32) = ("orders", 0);

fn placed(offset: i64) -> Told {
    Told { at: ("orders", 0, offset), key: "A-7", event: "e0", kind: "OrderPlaced", producer: -1, transactional: false }
}

/// Placed at 2.000, stored, its answer taken away.
fn sent() -> Play {
    let mut play = scenario::shop();
    play.at(2000).order("A-7", OrderStatus::Open).sends("order", "orders", "A-7", "e0");
    play.at(2002).produce(ORDERS, 2, 5, "e0").at(2004).told(placed(0));
    play.at(2010).moved(ORDERS, 1, 1, 1).answer(ORDERS, 2, 5, "e0", 0);
    play
}

/// What was sent again is stored a second time, and worked on a second time.
pub(crate) fn twice() -> Scene {
    let mut play = sent();
    play.answer_taken(ORDERS, 2, 5, "e0");
    play.at(2015).reads("stock", ORDERS, 1).at(2018).handles(
        "stock",
        ("orders", 0, 0),
        "e0",
        "1 kettle reserved for A-7",
    );
    play.at(2110).produce(ORDERS, 2, 6, "e0").at(2112).told(placed(1)).moved(ORDERS, 2, 2, 2);
    play.at(2114).answer(ORDERS, 2, 6, "e0", 1).ack("order", ("orders", 0, 1), "e0").reads("stock", ORDERS, 2);
    play.at(2118).handles("stock", ("orders", 0, 1), "e0", "1 kettle reserved for A-7");
    play.at(2130).paid("A-7", 3990, 1).at(2140).paid("A-7", 7980, 2);
    Scene::new(&play, 2500, Vec::new())
}

/// The broker knows what is sent again.
pub(crate) fn recognised() -> Scene {
    let mut play = sent();
    play.answer_taken(ORDERS, 2, 5, "e0");
    play.at(2110).produce(ORDERS, 2, 6, "e0").at(2112).answer(ORDERS, 2, 6, "e0", 0);
    play.at(2113).ack("order", ("orders", 0, 0), "e0").at(2120).order("A-7", OrderStatus::Confirmed);
    Scene::new(&play, 2500, Vec::new())
}

pub(crate) fn refused() -> Scene {
    let mut play = scenario::shop();
    play.at(2000).order("A-7", OrderStatus::Open).sends("order", "orders", "A-7", "e0");
    play.at(2002).produce(ORDERS, 2, 5, "e0");
    play.at(2500).say(Event::RecordRefused {
        app: "order".into(),
        instance: 1,
        topic: "orders".into(),
        event_id: "e0".into(),
        error: "NOT_ENOUGH_REPLICAS".into(),
        source: model::fact::Source::App,
    });
    Scene::new(&play, 2600, Vec::new())
}

pub(crate) fn drawn(scene: &Scene) -> Drawing {
    story::draw(&view(scene, None, Layout::Wide), "A-7")
}

fn said(scene: &Scene) -> String {
    caption(&scene.picture, "A-7", scene.now).map(|c| c.text()).unwrap_or_default()
}

/// Words of the tracks, without the axis and the key.
fn words(drawing: &Drawing) -> String {
    words_in(drawing, (255.0, 214.0, 1700.0, 735.0)).join(" | ")
}

fn doubled(drawing: &Drawing) -> usize {
    let double = |s: &&Shape| s.line.is_some_and(|l| l.ink == Ink::Wrong && l.width == 7.0);
    drawing.still().iter().filter(double).count()
}

#[test]
fn a_lost_ack_makes_a_second_path_and_it_is_double() {
    let scene = twice();
    let drawing = drawn(&scene);
    expect!["0 | 1 | ack lost | waits for the ack, 100.0 ms | 1 kettle reserved | sends again | 1 kettle reserved | not decided yet | 39.90 € | 79.80 €"]
        .assert_eq(&words(&drawing));
    // Sent again and read again; the last one is in the key.
    assert_eq!(doubled(&drawing), 3);
    expect!["Order A-7 has been open for 500.0 ms. An ack was lost; what was sent again was stored a second time."]
        .assert_eq(&said(&scene));
}

#[test]
fn what_the_broker_recognises_is_not_stored_again() {
    let scene = recognised();
    let drawing = drawn(&scene);
    expect!["0 | ack lost | waits for the ack, 100.0 ms | sends again | recognised, not stored again | confirmed after 120.0 ms"]
        .assert_eq(&words(&drawing));
    assert_eq!(doubled(&drawing), 1, "only the key has a double line");
    expect!["Order A-7 was confirmed after 120.0 ms. An ack was lost; the broker recognised what was sent again."]
        .assert_eq(&said(&scene));
}

#[test]
fn a_refused_send_says_kafkas_word() {
    let scene = refused();
    assert!(words(&drawn(&scene)).contains("refused: NOT_ENOUGH_REPLICAS"), "{}", words(&drawn(&scene)));
    expect!["Order A-7 has been open for 600.0 ms. OrderPlaced was refused: NOT_ENOUGH_REPLICAS."]
        .assert_eq(&said(&scene));
}

#[test]
fn slopes_are_real() {
    // Twice as long on the axis where it took twice as long: both records' boxes from stored to committed.
    let mut play = sent();
    let other = Told { at: ("orders", 0, 1), event: "e1", kind: "OrderConfirmed", ..placed(1) };
    play.at(2020).told(other).at(2032).moved(ORDERS, 2, 2, 2);
    let drawing = drawn(&Scene::new(&play, 2500, Vec::new()));
    let wide = |offset| {
        let what = Selected::Record { id: PartitionId::new("orders", 0), offset };
        // Less the solid block and the room around the target.
        drawing.targets.iter().find(|t| t.what == what).map(|t| t.w - 12.0 - 8.0).unwrap()
    };
    assert!((wide(1) / wide(0) - 2.0).abs() < 0.01, "{} {}", wide(0), wide(1));
}

#[test]
fn a_stretch_without_anything_is_cut_and_named() {
    let mut play = sent();
    let other = Told { at: ("payments", 0, 0), event: "e2", kind: "PaymentTaken", ..placed(0) };
    play.at(2012).ack("order", ("orders", 0, 0), "e0");
    play.at(9000).told(other).at(9004).moved(("payments", 0), 1, 1, 1);
    let drawing = drawn(&Scene::new(&play, 9500, Vec::new()));
    let axis = words_in(&drawing, (255.0, 180.0, 1700.0, 30.0));
    assert!(axis.iter().any(|w| w.starts_with("6.9")), "{axis:?}");
}

#[test]
fn the_story_survives_a_keyframe() {
    let scene = twice();
    let again = model::picture::Picture::of(&model::keyframe::keyframe(&scene.picture));
    let rebuilt = Scene { picture: again, now: scene.now, hops: Vec::new() };
    // A newcomer, or a jump into a recording, sees the same.
    assert_eq!(drawn(&rebuilt), drawn(&scene));
}

#[test]
fn a_key_that_is_not_kept_says_so() {
    let scene = twice();
    let drawing = story::draw(&view(&scene, None, Layout::Wide), "A-1");
    assert!(words(&drawing).contains("No record of A-1"), "{}", words(&drawing));
    assert_eq!(caption(&scene.picture, "A-1", millis(0)), None);
}
