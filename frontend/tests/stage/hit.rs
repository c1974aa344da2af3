//! What the tap took away, what became of it, and what is armed, as it stands on the stage.

use expect_test::expect;
use kafkascope_page::{
    paint::{Form, Ink, Shape},
    stage::{Drawing, Layout, Selected, View, draw},
};
use model::{fact::CrashState, ids::PartitionId};

use crate::{
    drawn,
    scenario::{self, Play, Scene},
    wire, words_in,
};

const EVENT: &str = "orders-0-191";

/// The words beside the Order app and in the leader's band of orders 0.
fn said(drawing: &Drawing) -> String {
    let app = words_in(drawing, (212.0, 200.0, 512.0, 50.0)).join(", ");
    format!("{app} | {}", words_in(drawing, (212.0, 466.0, 256.0, 124.0)).join(", "))
}

fn is(ink: Ink) -> impl Fn(&&Shape) -> bool {
    move |shape| shape.line.is_some_and(|line| line.ink == ink) || shape.fill.is_some_and(|fill| fill.ink == ink)
}

#[test]
fn a_lost_answer_is_a_dashed_way_that_ends_in_a_cross_at_the_tap() {
    let drawing = drawn(&wire::lost_ack(|_| ()));
    expect!["Order app, acks = all | leader, ack lost"].assert_eq(&said(&drawing));
    let way = drawing.shapes.iter().filter(is(Ink::Wrong)).find(|s| s.line.is_some_and(|l| l.dash != (0.0, 0.0)));
    let (left, top, right, bottom) = way.expect("the way is drawn").bounds();
    // From the record at slot 7 by way of the answers' channel to the tap between app line and brokers.
    assert_eq!([left, top, right, bottom].map(f64::round), [380.0, 262.0, 461.0, 543.0]);
}

#[test]
fn what_became_of_it_is_said() {
    let again = |play: &mut Play| {
        play.at(30_105).wire_sent(2, EVENT);
    };
    let drawing = drawn(&wire::lost_ack(again));
    expect!["Order app, sent again, 0.10 s later | leader, ack lost"].assert_eq(&said(&drawing));

    let twice = drawn(&wire::lost_ack(|play| {
        again(play);
        play.wire_answered(2, 192, EVENT).stored_again();
    }));
    expect!["Order app, sent again, 0.10 s later | leader, stored twice"].assert_eq(&said(&twice));
    let filled = |s: &&Shape| s.fill.is_some_and(|f| f.ink == Ink::Wrong) && matches!(s.form, Form::Rect { .. });
    assert_eq!(twice.shapes.iter().filter(filled).count(), 1, "the second of the two is filled");

    let known = drawn(&wire::lost_ack(|play| {
        again(play);
        play.wire_answered(2, 191, EVENT);
    }));
    expect!["Order app, sent again, 0.10 s later | leader, recognised"].assert_eq(&said(&known));

    // Two that are equal from before are not the news.
    let after_two = drawn(&wire::lost_ack(|play| {
        play.stored_twice_before();
        again(play);
        play.wire_answered(2, 191, EVENT);
    }));
    expect!["Order app, sent again, 0.10 s later | leader, recognised"].assert_eq(&said(&after_two));
}

#[test]
fn after_twelve_seconds_only_the_log_speaks() {
    let scene = wire::lost_ack(|_| ());
    let later = Scene { now: model::ids::Micros(scene.now.0 + 12_000_000), ..scene };
    expect!["Order app, acks = all | leader"].assert_eq(&said(&drawn(&later)));
}

#[test]
fn what_proves_a_number_is_ringed() {
    let scene = wire::lost_ack(|_| ());
    let proof = [Selected::Record { id: PartitionId::new("orders", 0), offset: 190 }];
    let view = |proof| View {
        picture: &scene.picture,
        now: scene.now,
        hops: &[],
        fresh: &[],
        named: (&[], u64::MAX),
        selected: None,
        proof,
        hover: None,
        points: true,
        still: false,
        shows_key: true,
        layout: Layout::Wide,
        silent_micros: 0,
        chosen: None,
    };
    let ringed = draw(&view(&proof)).moving().len() - draw(&view(&[])).moving().len();
    // On each of the three replicas, on a ground of its own.
    assert_eq!(ringed, 6);
}

#[test]
fn a_sign_stands_while_something_is_armed() {
    let sign = |scene: &Scene| words_in(&drawn(scene), (30.0, 742.0, 180.0, 130.0)).join(" | ");
    expect!["armed, 1 of 3 | slow wire, 400 ms | each way"].assert_eq(&sign(&wire::armed(CrashState::Armed)));
    expect!["reached, 1 of 3 | stock app: stops itself | after its work, before | its commit"]
        .assert_eq(&sign(&wire::armed(CrashState::Reached)));
    expect![""].assert_eq(&sign(&Scene::new(&scenario::shop(), 10_000, Vec::new())));
}
