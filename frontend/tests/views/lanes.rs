//! What a lane shows for which facts.

use expect_test::expect;
use kafkascope_page::{
    lanes,
    paint::{Form, Ink},
    stage::{Drawing, Layout, Selected},
};
use model::{fact::Control, ids::PartitionId};

use crate::{
    log::{Told, record, view, words_in},
    scenario::{self, Scene},
};

const PAYMENTS: (&str, i32) = ("payments", 0);

fn taken(offset: i64, key: &'static str, producer: i64) -> Told {
    let event = ["e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7"][usize::try_from(offset).expect("a small offset")];
    Told { at: ("payments", 0, offset), key, event, kind: "PaymentTaken", producer, transactional: true }
}

/// One transaction committed, one aborted, one open; the reader stands at the last stable offset.
pub(crate) fn transactions() -> Scene {
    let mut play = scenario::shop();
    play.at(2000).told(taken(0, "A-509", 88)).marker(("payments", 0, 1), 88, Control::Commit);
    play.at(2100).told(taken(2, "A-510", 89)).told(taken(3, "A-511", 89)).marker(
        ("payments", 0, 4),
        89,
        Control::Abort,
    );
    play.at(3000).told(taken(5, "A-512", 91)).told(taken(6, "A-513", 91));
    play.moved(PAYMENTS, 7, 5, 7).reads("order", PAYMENTS, 5);
    Scene::new(&play, 4800, Vec::new())
}

/// The same event at two offsets.
pub(crate) fn twice() -> Scene {
    let mut play = scenario::shop();
    let told = |offset, event| Told {
        at: ("orders", 0, offset),
        key: "A-517",
        event,
        kind: "OrderPlaced",
        producer: -1,
        transactional: false,
    };
    play.at(2000).told(told(0, "e0")).told(told(1, "e0")).ack("order", ("orders", 0, 1), "e0");
    play.moved(("orders", 0), 2, 2, 2);
    Scene::new(&play, 2500, Vec::new())
}

pub(crate) fn drawn(scene: &Scene, selected: Option<&Selected>) -> Drawing {
    lanes::draw(&view(scene, selected, Layout::Wide))
}

/// The shape of a card by the fill and the line of what stands at its record's place.
fn cards(drawing: &Drawing, id: &PartitionId) -> Vec<String> {
    let of_lane = |t: &&kafkascope_page::stage::Target| matches!(&t.what, Selected::Record { id: of, .. } if of == id);
    let look = |t: &kafkascope_page::stage::Target| {
        let inside = |s: &&kafkascope_page::paint::Shape| match s.form {
            Form::Rect { x, w, r, .. } => r > 5.0 && x >= t.x - 3.0 && x + w <= t.x + t.w + 3.0,
            _ => false,
        };
        let near = |s: &&kafkascope_page::paint::Shape| s.bounds().1 > t.y - 6.0 && s.bounds().3 < t.y + t.h + 6.0;
        let shapes = drawing.shapes.iter().filter(inside).filter(near);
        let word = |s: &kafkascope_page::paint::Shape| match (s.fill, s.line) {
            (Some(fill), _) => fill.ink.name().to_owned(),
            (None, Some(line)) if line.dash.0 > 0.0 => format!("dashed {}", line.ink.name()),
            (None, Some(line)) => format!("hollow {}", line.ink.name()),
            (None, None) => "nothing".to_owned(),
        };
        shapes.map(word).collect::<Vec<_>>().join("+")
    };
    drawing.targets.iter().filter(of_lane).map(look).collect()
}

#[test]
fn transactions_are_brackets_with_their_markers() {
    let drawing = drawn(&transactions(), None);
    let third = (260.0, 706.0, 1100.0, 260.0);
    expect!["A-509 | taken | 0 | commit | 1 | A-510 | taken | 2 | A-511 | taken | 3 | abort | 4 | A-512 | taken | 5 | A-513 | taken | 6 | 7 | tx 88 | tx 89 aborted | tx 91 open 1.8 s | LSO 5 | high watermark 7 | 2 held by tx 91 | lag 7"]
        .assert_eq(&words_in(&drawing, third).join(" | "));
    let id = PartitionId::new("payments", 0);
    expect!["safe | dashed text3 | dashed text3 | hollow tx | hollow tx"]
        .assert_eq(&cards(&drawing, &id).into_iter().filter(|c| !c.is_empty()).collect::<Vec<_>>().join(" | "));
}

#[test]
fn a_duplicate_is_ringed_and_filled_and_named() {
    let drawing = drawn(&twice(), None);
    let words = words_in(&drawing, (260.0, 186.0, 1100.0, 260.0)).join(" | ");
    assert!(words.contains("equal"), "{words}");
    let of = cards(&drawing, &PartitionId::new("orders", 0));
    assert_eq!(of, ["safe+hollow wrong", "wrong+hollow onfill+hollow wrong"]);
    let label = drawing.targets.iter().find(|t| t.what == record(1)).map(|t| t.label.as_str());
    expect!["orders 0, offset 1, A-517, same bytes, two offsets, the same event as 0, acknowledged"]
        .assert_eq(label.unwrap());
}

#[test]
fn the_selected_orders_partitions_have_the_lanes() {
    let mut play = scenario::shop();
    let told = |at, event, kind| Told { at, key: "A-7", event, kind, producer: 1, transactional: false };
    play.at(2000).told(told(("orders", 1, 0), "e0", "OrderPlaced")).told(told(("stock", 1, 0), "e1", "StockReserved"));
    let scene = Scene::new(&play, 2500, Vec::new());
    let lanes = |selected: Option<&Selected>| {
        let drawing = drawn(&scene, selected);
        let open = |t: &&kafkascope_page::stage::Target| t.label.ends_with("shown below");
        drawing.targets.iter().filter(open).map(|t| t.label.clone()).collect::<Vec<_>>().join("; ")
    };
    expect!["orders 0, shown below; stock 0, shown below; payments 0, shown below"].assert_eq(&lanes(None));
    let placed = Selected::Record { id: PartitionId::new("orders", 1), offset: 0 };
    expect!["orders 1, shown below; stock 1, shown below; payments 0, shown below"].assert_eq(&lanes(Some(&placed)));
}

#[test]
fn an_old_record_that_is_selected_comes_into_the_window() {
    let scene = scenario::calm();
    let offsets = |selected: Option<&Selected>| {
        let drawing = drawn(&scene, selected);
        let of = |t: &kafkascope_page::stage::Target| match &t.what {
            Selected::Record { id, offset } if *id == PartitionId::new("orders", 0) => Some(*offset),
            _ => None,
        };
        let all: Vec<i64> = drawing.targets.iter().filter_map(of).collect();
        (all.first().copied(), all.last().copied())
    };
    assert_eq!(offsets(None), (Some(183), Some(191)));
    assert_eq!(offsets(Some(&record(181))), (Some(180), Some(189)));
}

#[test]
fn a_lane_says_who_is_not_in_sync_and_how_far_behind() {
    let drawing = drawn(&scenario::states(), None);
    let words = words_in(&drawing, (0.0, 186.0, 260.0, 780.0)).join(" | ");
    expect!["orders | 0 | 1 | broker 3 | leader, epoch 5 | broker 1 | gone, counted | broker 2 | out of sync | stock | stock-1 | stock | 0 | 1 | broker 1 | leader gone 1.6 s | broker 2 | out of sync | broker 3 | in sync | payment | payment-1 | payments | 0 | 1 | broker 3 | leader, epoch 4 | broker 1 | gone, counted | broker 2 | out of sync | order | order-1"].assert_eq(&words);
    assert!(drawing.shapes.iter().any(|s| s.line.is_some_and(|l| l.ink == Ink::Ghost)), "a silent replica has ghosts");
}
