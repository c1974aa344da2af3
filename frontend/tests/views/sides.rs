//! What two runs of a scene show beside each other for which facts, and a phone's lanes and story.

use std::rc::Rc;

use expect_test::expect;
use kafkascope_page::{
    lanes,
    sides::{self, Side},
    stage::{Drawing, Layout, Selected},
    story,
};
use model::{
    fact::{Event, OrderStatus, Outcome},
    picture::Picture,
};

use crate::{
    log::{Told, view, words_in},
    scenario::{self, Play, Scene},
    story as stories,
};

const ORDERS: (&str, i32) = ("orders", 0);

fn run(play: &mut Play, run: u64, guarded: bool) {
    play.say(Event::SceneStarted {
        run,
        scene: "lost-ack".into(),
        title: "A lost ack".into(),
        chapter: "Failures".into(),
        guard: "idempotence".into(),
        guarded,
        customer: "customer 41".into(),
        steps: Vec::new(),
        spec: serde_json::Map::new(),
    });
}

fn judged(play: &mut Play, run: u64, guarded: bool, outcome: Outcome) {
    let scene = "lost-ack".to_owned();
    play.say(Event::VerdictReached { run, scene, guarded, outcome, holds: true, rows: Vec::new() });
}

fn placed(offset: i64, producer: i64) -> Told {
    Told { at: ("orders", 0, offset), key: "A-7", event: "e0", kind: "OrderPlaced", producer, transactional: false }
}

/// The ack is taken away and the record sent again; with a guard its producer has an id.
fn played(guarded: bool) -> Picture {
    let mut play = scenario::shop();
    let id = if guarded { 4001 } else { -1 };
    play.at(1900);
    run(&mut play, 1, guarded);
    play.at(2000).order("A-7", OrderStatus::Open).sends("order", "orders", "A-7", "e0");
    play.at(2002).produce(ORDERS, 2, 5, "e0").at(2004).told(placed(0, id));
    play.at(2010).moved(ORDERS, 1, 1, 1).answer(ORDERS, 2, 5, "e0", 0).answer_taken(ORDERS, 2, 5, "e0");
    play.at(2110).produce(ORDERS, 2, 6, "e0");
    if guarded {
        play.at(2112).answer(ORDERS, 2, 6, "e0", 0).ack("order", ("orders", 0, 0), "e0");
    } else {
        play.at(2112).told(placed(1, id)).moved(ORDERS, 2, 2, 2);
        play.at(2114).answer(ORDERS, 2, 6, "e0", 1).ack("order", ("orders", 0, 1), "e0");
    }
    play.at(2200);
    judged(&mut play, 1, guarded, if guarded { Outcome::Held } else { Outcome::Broken });
    Scene::new(&play, 2500, Vec::new()).picture
}

fn sides_of(pictures: &[bool]) -> Vec<Side> {
    pictures.iter().map(|guarded| Side { run: 1, picture: Rc::new(played(*guarded)) }).collect()
}

fn drawn(layout: Layout) -> Drawing {
    let sides = sides_of(&[false, true]);
    let scene = Scene::new(&scenario::shop(), 2500, Vec::new());
    sides::draw(&view(&scene, None, layout), &sides)
}

#[test]
fn a_lost_ack_is_stored_twice_without_the_guard_and_recognised_with_it() {
    let drawing = drawn(Layout::Wide);
    let words = |y: f64| words_in(&drawing, (20.0, y, 1250.0, 346.0)).join(" | ");
    expect!["Run 1 | 00:01 | OFF | Idempotent | producer | orders 0 | leader: broker 2 | Order app | no sequence numbers | A-7 | placed | 0 | A-7 | placed | 1 | 2 | same bytes, two offsets | sent | ack lost | sent again, 0.11 s later | ack | A second, equal record is stored."].assert_eq(&words(186.0));
    expect!["Run 1 | 00:01 | ON | Idempotent | producer | orders 0 | leader: broker 2 | Order app | producer 4001, sequence 0 | A-7 | placed | 0 | 1 | sent | ack lost | sent again, 0.11 s later | recognised: | not stored | ack | The broker has sequence 0 of producer 4001 already: it answers, and stores nothing."].assert_eq(&words(540.0));
}

#[test]
fn what_stands_on_a_log_can_be_pointed_at() {
    let records = |layout| {
        let at = |what: &Selected| match what {
            Selected::Record { offset, .. } => Some(*offset),
            _ => None,
        };
        drawn(layout).targets.iter().filter_map(|t| at(&t.what)).collect::<Vec<_>>()
    };
    assert_eq!(records(Layout::Wide), [0, 1, 0]);
    assert_eq!(records(Layout::Classic), [0, 1, 0]);
}

#[test]
fn no_two_texts_touch_and_all_stay_on_their_side() {
    for layout in [Layout::Wide, Layout::Classic] {
        let drawing = drawn(layout);
        crate::words::check(&format!("verdict, {}", layout.name()), &drawing);
    }
}

#[test]
fn a_story_in_a_hand_is_a_list_in_order_of_time() {
    let scene = stories::twice();
    let drawing = story::draw(&view(&scene, None, Layout::List), "A-7");
    let words = words_in(&drawing, (50.0, 0.0, 340.0, 900.0)).join(" | ");
    expect!["OrderPlaced sent | 0.0 ms | Stored: orders 0, offset 0 | 4.0 ms | On 3 brokers: safe | 10.0 ms | Its ack was lost | 10.0 ms | stock: 1 kettle reserved for A-7 | 18.0 ms | OrderPlaced sent again | 110.0 ms | Stored again: orders 0, offse… | 112.0 ms | On 3 brokers: safe | 112.0 ms | Acknowledged | 114.0 ms | stock: 1 kettle reserved for A… | 118.0 ms"].assert_eq(&words);
    crate::words::check("a story in a hand", &drawing);
}

#[test]
fn lanes_in_a_hand_are_as_in_a_hall_and_begin_at_the_top() {
    let scene = stories::twice();
    let drawing = lanes::draw(&view(&scene, None, Layout::Strip));
    let (w, h) = Layout::Strip.size();
    assert!(drawing.targets.iter().all(|t| t.x + t.w <= w && t.y + t.h <= h), "a target is off the sheet");
    let tops = drawing.targets.iter().filter(|t| matches!(t.what, Selected::Record { .. })).map(|t| t.y);
    assert!(tops.fold(f64::MAX, f64::min) < 80.0);
    crate::words::check("lanes in a hand", &drawing);
}
