//! What is eased: a function of the time since its fact was shown, never ahead of it, and not where nothing moves.

use kafkascope_page::{
    paint::{Form, Ink, Shape},
    stage::{Drawing, Fresh, Layout, News, Selected, View, draw},
};
use model::{
    fact::{Assigned, ProcessState},
    ids::{BrokerId, Micros, PartitionId},
};

use crate::scenario::{self, Scene, level};

fn orders() -> PartitionId {
    PartitionId::new("orders", 0)
}

/// The drawing `age_millis` after this was shown.
fn after(scene: &Scene, what: News, age_millis: u64, still: bool) -> Drawing {
    let fresh = [Fresh { at: Micros(scene.now.0 - age_millis * 1000), what }];
    draw(&View { fresh: &fresh, still, ..crate::view(Layout::Wide, None, scene) })
}

/// The blocks of orders 0 on broker 2, its leader, with what they are filled with and how strong.
fn blocks(drawing: &Drawing) -> Vec<&Shape> {
    let leader = |s: &&Shape| matches!(s.form, Form::Rect { x, y, w, h, .. } if x < 400.0 && w < 15.0 && h > 30.0 && y > 500.0 && y < 530.0);
    drawing.shapes.iter().filter(leader).collect()
}

fn solid(drawing: &Drawing) -> f64 {
    blocks(drawing).iter().filter_map(|s| s.fill).filter(|f| f.ink == Ink::Safe).map(|f| f.alpha).sum()
}

#[test]
fn hollow_becomes_solid_within_an_eighth_of_a_second() {
    let scene = scenario::calm();
    let solid_at = |age, still| {
        let committed = News::Committed { id: orders(), from: 189, to: 190 };
        solid(&after(&scene, committed, age, still))
    };
    let settled = solid_at(120, false);
    assert!(solid_at(0, false) <= settled - 1.0, "the moment it is told it is as hollow as before");
    assert!(solid_at(30, false) > settled - 1.0 && solid_at(30, false) < settled);
    assert_eq!([solid_at(0, true), solid_at(500, false)], [settled; 2], "with less motion it simply is");
}

#[test]
fn a_record_lands_and_its_lid_comes_down() {
    let scene = scenario::calm();
    let landed = |age| {
        let stored = News::Stored { id: orders(), broker: BrokerId(2), from: 191, to: 192 };
        let drawing = after(&scene, stored, age, false);
        blocks(&drawing).iter().filter_map(|s| s.line).filter(|l| l.ink == Ink::Open).map(|l| l.alpha).sum::<f64>()
    };
    assert_eq!((landed(0), landed(120)), (1.0, 2.0), "one lies there, the other lands");
    let lids = |age| {
        let drawing = after(&scene, News::Acknowledged { id: orders(), offset: 189 }, age, false);
        let lid = |s: &&Shape| matches!(s.form, Form::Rect { x, y, w, h, .. } if x < 400.0 && w < 15.0 && h < 5.0 && y > 466.0 && y < 590.0);
        drawing.shapes.iter().filter(lid).filter_map(|s| s.fill).map(|f| f.alpha).sum::<f64>()
    };
    assert!((lids(120) - lids(0) - 1.0).abs() < 0.01);
}

#[test]
fn the_hatch_of_a_broker_that_comes_back_goes_out_to_the_right() {
    let mut play = scenario::shop();
    play.at(4_000).process(2, ProcessState::Starting);
    let scene = Scene::new(&play, 4_100, Vec::new());
    let hatch = |age| {
        let drawing = after(&scene, News::Returned(BrokerId(2)), age, false);
        let left = |s: &Shape| {
            if let Form::Hatch { x, w, .. } = s.form { (x + w > 1_800.0).then_some((x, x + w)) } else { None }
        };
        drawing.shapes.iter().find_map(left)
    };
    assert_eq!(hatch(0), Some((32.0, 1888.0)));
    assert!(hatch(100).is_some_and(|(left, right)| left > 400.0 && (right - 1888.0).abs() < 0.1));
    assert_eq!(hatch(300), None);
}

#[test]
fn a_foot_slides_from_the_partitions_it_had() {
    let mut play = scenario::shop();
    play.group("stock", "Stable", &[("stock-1", &[("orders", 0), ("orders", 1)])]);
    let scene = Scene::new(&play, 4_000, Vec::new());
    let right = |age| {
        let before = vec![Assigned { topic: "orders".into(), partition: 0 }];
        let what = News::Assigned { group: "stock".into(), member_id: "stock-1-id".into(), before };
        let drawing = after(&scene, what, age, false);
        let foot = |s: &Shape| {
            matches!(s.form, Form::Path(ref steps) if steps.len() == 6) && s.line.is_some_and(|l| l.ink == Ink::Read)
        };
        let first = drawing.shapes.iter().find(|s| foot(s)).expect("the member has a foot");
        first.bounds().2.round()
    };
    let (first, both) = (right(0), right(500));
    assert!((both - first - 256.0).abs() < 1.0, "from one column to two: {first} to {both}");
    assert!((right(250) - f64::midpoint(first, both)).abs() < 2.0, "half of the way after half of the time");
}

#[test]
fn the_old_leader_s_plate_goes_before_the_new_one_comes() {
    let mut play = scenario::shop();
    level(play.at(2_000), &[("orders", 0, [9, 9, 9], 9, 9, 9)]);
    play.at(4_000).partition("orders", 0, 3, 5, &[1, 2, 3]);
    let plates = |millis| {
        let drawing = crate::drawn(&Scene::new(&play, millis, Vec::new()));
        [466.0, 600.0].map(|top| {
            let plate = |s: &Shape| match s.form {
                Form::Rect { x, y, h, .. }
                    if x < 260.0 && y >= top && y < top + 124.0 && s.fill.is_some_and(|f| f.ink == Ink::Plate) =>
                {
                    Some(h)
                }
                _ => None,
            };
            drawing.shapes.iter().find_map(plate).unwrap_or(0.0).round()
        })
    };
    assert_eq!(plates(4_000), [108.0, 0.0]);
    assert_eq!(plates(4_160)[0], 0.0);
    assert!(plates(4_040)[0] > 0.0 && plates(4_040)[1] == 0.0);
    assert_eq!(plates(4_520), [0.0, 108.0]);
}

#[test]
fn what_the_caption_names_is_ringed_once() {
    let scene = scenario::calm();
    let named = [Selected::Broker(BrokerId(2))];
    let rings = |age, still| {
        let view = View { named: (&named, age), still, ..crate::view(Layout::Wide, None, &scene) };
        let rim =
            |s: &&Shape| s.fill.is_none() && s.line.is_some_and(|l| l.ink == Ink::Text && (l.width - 4.0).abs() < 0.1);
        let drawing = draw(&view);
        let widths: Vec<f64> = drawing
            .moving()
            .iter()
            .filter(rim)
            .filter(|s| matches!(s.form, Form::Rect { .. }))
            .map(|s| s.bounds().2 - s.bounds().0)
            .collect();
        widths
    };
    let (begins, closes, stands) = (rings(0, false), rings(300_000, false), rings(0, true));
    assert_eq!([begins.len(), closes.len(), stands.len(), rings(600_000, false).len()], [1, 1, 1, 0]);
    assert!(begins[0] > closes[0] && closes[0] > stands[0], "it closes in, and with less motion it stands");
}

#[test]
fn what_is_not_safe_and_not_in_the_window_is_a_number_on_the_tape() {
    let said = |watermark| {
        let mut play = scenario::shop();
        level(play.at(2_000), &[("orders", 0, [20, 330, 330], watermark, 9, 9)]);
        let drawing = crate::drawn(&Scene::new(&play, 4_000, Vec::new()));
        [466.0, 600.0].map(|top| {
            let words = crate::words_in(&drawing, (240.0, top, 230.0, 124.0));
            words.into_iter().find(|w| w.starts_with('+')).map(str::to_owned)
        })
    };
    // The window begins with 322, and the number stands where the first three would.
    assert_eq!(said(20), [Some("+305".to_owned()), Some("+305".to_owned())]);
    assert_eq!(said(330), [None, None]);
}

#[test]
fn a_replica_and_a_mark_on_its_way_can_be_pointed_at() {
    let scene = scenario::calm();
    let drawing = crate::drawn(&scene);
    let at = |x, y| kafkascope_page::stage::hit(&drawing, x, y).map(|t| (t.what.clone(), t.label.clone()));
    let replica = Selected::Replica { id: orders(), broker: BrokerId(3) };
    assert_eq!(at(420.0, 620.0).map(|(what, _)| what), Some(replica));
    let mark = drawing.passing.iter().find(|t| t.label.ends_with("being copied")).expect("marks are targets");
    assert!(matches!(mark.what, Selected::Record { .. }), "{mark:?}");
}
