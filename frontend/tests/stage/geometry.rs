//! Where things stand: the numbers of the design.

use expect_test::expect;
use kafkascope_page::{
    paint::{Form, Ink, Shape},
    stage::{Fresh, Layout, News, Selected, Target, View, draw, hit},
};
use model::{
    fact::ProcessState,
    ids::{Micros, PartitionId},
};

use crate::{
    drawn, drawn_with,
    scenario::{self, Play, Scene},
    shapes_in, view, words_in,
};

/// Column `i` of the shop's six, over the three bands.
fn column(i: usize) -> (f64, f64, f64, f64) {
    let x = 212.0 + i as f64 * 256.0 + (i / 2) as f64 * 58.0;
    (x, 326.0, 256.0, 404.0)
}

fn blocks(shapes: &[&Shape], w: f64, h: f64) -> Vec<(f64, f64, Option<Ink>)> {
    let is_block =
        |s: &&&Shape| matches!(s.form, Form::Rect { w: bw, h: bh, .. } if (bw - w).abs() < 3.5 && (bh - h).abs() < 3.5);
    let at = |s: &&Shape| match s.form {
        Form::Rect { x, y, .. } => (x, y, s.fill.map(|f| f.ink).or(s.line.map(|l| l.ink))),
        _ => (0.0, 0.0, None),
    };
    shapes.iter().filter(is_block).map(at).collect()
}

#[test]
fn calm_reads_from_left_to_right() {
    let drawing = drawn(&scenario::calm());
    let rows: Vec<String> =
        [332.0, 466.0, 600.0].map(|y| words_in(&drawing, (0.0, y, 1920.0, 124.0)).join(" | ")).to_vec();
    expect![[r#"
        Broker | 1 | up | leads 2 | 1 to copy | in sync | leader | 1 to copy | in sync | leader
        Broker | 2 | up | leads 2 | leader | in sync | in sync | leader | in sync | in sync
        Broker | 3 | up | leads 2 | 2 to copy | leader | in sync | in sync | leader | 1 to copy"#]]
    .assert_eq(&rows.join("\n"));
    let below = words_in(&drawing, (0.0, 724.0, 1920.0, 150.0)).join(" | ");
    expect!["190 | 222 | 98 | 110 | 95 | 111 | lag 2 | 1 | lag 1 | 2 | Stock app reads orders | lag 0 | 1 | lag 1 | 2 | Payment app reads stock | lag 0 | lag 3 | 1 | Order app reads payments"]
        .assert_eq(&below);
    let above = words_in(&drawing, (0.0, 186.0, 1920.0, 90.0)).join(" | ");
    expect!["customers | Order app | acks = all | Stock app | acks = all | Payment app | acks = all"].assert_eq(&above);
}

#[test]
fn left_of_the_watermark_everything_is_solid() {
    let drawing = drawn(&scenario::calm());
    let shapes = shapes_in(&drawing, column(0));
    // orders 0 shows offsets 184 to 191 on broker 2, its leader; the watermark is 190.
    let leader = blocks(&shapes, 14.0, 54.0);
    let offsets: Vec<_> = leader.iter().map(|(x, _, ink)| ((x - 250.0) / 18.0, *ink)).collect();
    let solid = |i: usize| (i as f64, Some(Ink::Safe));
    assert_eq!(offsets.get(..6), Some([0, 1, 2, 3, 4, 5].map(solid).as_slice()));
    assert!(offsets.iter().skip(6).all(|(_, ink)| *ink != Some(Ink::Safe)), "{offsets:?}");
    let lids = blocks(&shapes, 14.0, 4.0);
    assert_eq!(lids.iter().filter(|(_, _, ink)| *ink == Some(Ink::Safe)).count(), 6);
}

#[test]
fn the_watermark_is_one_line_and_is_not_drawn_across_a_dead_band() {
    let lines = |scene: &Scene| -> Vec<(f64, f64, f64)> {
        let drawing = drawn(scene);
        let line = |s: &Shape| s.line.is_some_and(|l| l.ink == Ink::Text && l.width == 2.75);
        drawing
            .shapes
            .iter()
            .filter(|s| line(s))
            .map(|s| s.bounds())
            .filter(|b| b.0 < 468.0)
            .map(|b| ((b.0 + b.2) / 2.0, b.1 + 2.75, b.3 - 2.75))
            .collect()
    };
    // Offset 190 is the seventh of the window that starts at 184: 212 + 38 + 6 * 18, less the half gap.
    assert_eq!(lines(&scenario::calm()), [(356.0, 326.0, 754.0)]);
    assert_eq!(lines(&scenario::killed()), [(374.0, 326.0, 461.0), (374.0, 595.0, 754.0)]);
}

#[test]
fn a_record_stands_at_the_same_x_on_each_replica() {
    let drawing = drawn(&scenario::calm());
    let what = Selected::Record { id: PartitionId::new("orders", 0), offset: 189 };
    let places: Vec<&Target> = drawing.targets.iter().filter(|t| t.what == what).collect();
    assert_eq!(places.iter().map(|t| t.x).collect::<Vec<_>>(), [338.0, 338.0, 338.0]);
    expect!["orders 0, offset 189, A-189, on broker 1, committed, acknowledged"].assert_eq(&places[0].label);
    let under = hit(&drawing, places[1].x + 5.0, places[1].y + 20.0);
    assert_eq!(under.map(|t| &t.what), Some(&what));
}

#[test]
fn a_young_log_fills_from_the_left() {
    let mut play = scenario::shop();
    play.at(1000).log("orders", 0, &[(1, 3), (2, 3), (3, 3)], 3);
    let drawing = drawn(&Scene::new(&play, 9000, Vec::new()));
    let leader = blocks(&shapes_in(&drawing, column(0)), 14.0, 54.0);
    assert_eq!(leader.iter().map(|(x, ..)| *x).collect::<Vec<_>>(), [250.0, 268.0, 286.0]);
}

#[test]
fn a_new_record_moves_the_window_without_a_jump() {
    let mut play = scenario::shop();
    play.at(1000).log("orders", 0, &[(1, 40), (2, 40), (3, 40)], 40);
    play.at(9000).record("orders", 0, 40);
    let grown = News::Grown { id: PartitionId::new("orders", 0), by: 1 };
    let fresh = [Fresh { at: Micros::from_millis(9000), what: grown }];
    let x_of = |millis| {
        let scene = Scene::new(&play, millis, Vec::new());
        let drawing = draw(&View { fresh: &fresh, ..view(Layout::Wide, None, &scene) });
        let what = Selected::Record { id: PartitionId::new("orders", 0), offset: 38 };
        drawing.targets.iter().find(|t| t.what == what).map(|t| t.x.round())
    };
    // Before it, half way through and after the 240 ms of a step.
    assert_eq!([x_of(9000), x_of(9060), x_of(9240)], [Some(356.0), Some(346.0), Some(338.0)]);
}

#[test]
fn more_partitions_than_columns_are_counted() {
    let drawing = drawn(&scenario::external(9, &[("clicks", 40), ("views", 8)]));
    let said = words_in(&drawing, (212.0, 200.0, 900.0, 40.0)).join(" | ");
    expect!["Six of 48 partitions shown. 20 more are shelves. Six of 9 brokers shown. Choose others with I."]
        .assert_eq(&said);
    let shelves = drawing.targets.iter().filter(|t| t.w == 28.0).count();
    assert_eq!(shelves, 20);
}

#[test]
fn a_partition_that_is_selected_has_a_column_and_its_neighbours_have_shelves() {
    let topics: [(&str, i32); 8] =
        [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 1), ("clicks", 40), ("views", 8)];
    let scene = scenario::external(3, &topics);
    for (topic, wanted) in [("clicks", 0), ("clicks", 17), ("clicks", 39), ("views", 0), ("views", 7), ("a", 0)] {
        let id = PartitionId::new(topic, wanted);
        let selected = Selected::Partition(id.clone());
        let drawing = drawn_with(&selected, &scene);
        let (shelves, columns): (Vec<_>, Vec<_>) = drawing
            .targets
            .iter()
            .filter_map(|t| Some((t.w, t.what.partition().filter(|_| matches!(t.what, Selected::Partition(_)))?)))
            .partition(|(w, _)| *w == 28.0);
        assert_eq!((columns.len(), shelves.len()), (6, 20), "{id}");
        assert!(columns.iter().any(|(_, known)| **known == id), "{id} has no column");
        let next = PartitionId::new(topic, wanted + 1);
        let exists = topics.iter().any(|(t, n)| *t == topic && *n > next.partition);
        assert!(!exists || shelves.iter().any(|(_, known)| **known == next), "{next} has no shelf beside {id}");
    }
}

#[test]
fn seven_to_nine_partitions_have_narrower_columns() {
    let names = |partitions| {
        let drawing = drawn(&scenario::external(3, &[("clicks", partitions)]));
        let columns = drawing.targets.into_iter().filter(|t| matches!(t.what, Selected::Partition(_)));
        columns.map(|t| t.x - 30.0).collect::<Vec<f64>>()
    };
    let pitch = |xs: &[f64]| xs.windows(2).map(|w| (w[1] - w[0]).round()).collect::<Vec<_>>();
    assert_eq!(pitch(&names(6)), [256.0; 5]);
    assert_eq!(pitch(&names(9)), [184.0; 8]);
    assert_eq!(names(10).len(), 10, "six columns and four shelves");
}

#[test]
fn an_empty_picture_draws_a_frame_and_nothing_else() {
    let drawing = drawn(&Scene::new(&Play::default(), 0, Vec::new()));
    assert!(drawing.targets.is_empty());
    assert_eq!(words_in(&drawing, (0.0, 0.0, 1920.0, 880.0)), ["Controller"]);
}

#[test]
fn an_app_that_is_down_says_so() {
    let mut play = scenario::shop();
    play.at(5000).app("stock", 1, "orders", "stock", ProcessState::Dead);
    play.app("stock", 2, "orders", "stock", ProcessState::Dead);
    let drawing = drawn(&Scene::new(&play, 7300, Vec::new()));
    let above = words_in(&drawing, (0.0, 186.0, 1920.0, 90.0)).join(" | ");
    assert!(above.contains("Stock app | gone 2.3 s"), "{above}");
}
