//! What is said of brokers, replicas and members, state by state.

use expect_test::expect;
use kafkascope_page::{
    paint::{Form, Ink},
    stage::Drawing,
};
use model::fact::{Event, ProcessState};
use model::ids::BrokerId;

use crate::{
    drawn,
    scenario::{self, Scene},
    words_in,
};

/// The words of each band, one line a broker.
fn bands(drawing: &Drawing) -> String {
    [332.0, 466.0, 600.0].map(|y| words_in(drawing, (0.0, y, 1920.0, 124.0)).join(" | ")).join("\n")
}

#[test]
fn a_leader_that_is_gone_is_not_called_no_leader() {
    let drawing = drawn(&scenario::leaderless());
    expect![[r#"
        Broker | 1 | up | leads 2 | in sync | in sync | leader | in sync | in sync | leader
        Broker | 2 | gone | 1.4 s ago | leader gone 1.4 s | still counted in sync | still counted in sync | leader gone 1.4 s | still counted in sync | still counted in sync
        Broker | 3 | up | leads 2 | in sync | leader | in sync | in sync | leader | in sync"#]]
    .assert_eq(&bands(&drawing));
    let above = words_in(&drawing, (0.0, 186.0, 1920.0, 90.0)).join(" | ");
    expect!["customers | Order app | 3 records waiting | Stock app | 2 records waiting | Payment app | 2 not acked"]
        .assert_eq(&above);
}

#[test]
fn a_new_leader_is_pointed_at_for_six_seconds() {
    let scene = scenario::killed();
    let drawing = drawn(&scene);
    expect![[r#"
        Broker | 1 | up | leads 3 | 1 to copy | in sync | leader | leads now | in sync | leader
        Broker | 2 | gone | 3.3 s ago | leader gone 2.9 s | unreachable | unreachable | leader gone 2.9 s | unreachable | unreachable
        Broker | 3 | up | leads 3 | leads now | leader | in sync | 1 to copy | leader | in sync"#]]
    .assert_eq(&bands(&drawing));
    let frame = words_in(&drawing, (0.0, 276.0, 1920.0, 46.0)).join(" ");
    expect!["Controller orders 0 epoch 5 orders 1 stock 0 stock 1 epoch 6 payments 0 payments 1"].assert_eq(&frame);

    let later = Scene { now: model::ids::Micros(scene.now.0 + 6_000_000), ..scene };
    let drawing = drawn(&later);
    assert!(!bands(&drawing).contains("leads now"));
    assert!(!words_in(&drawing, (0.0, 276.0, 1920.0, 46.0)).contains(&"epoch 5"));
}

#[test]
fn every_state_has_its_word() {
    let drawing = drawn(&scenario::states());
    expect![[r#"
        Broker | 1 | paused | for 2.0 s | still counted in sync | still counted in sync | leader paused 1.6 s | still counted in sync | still counted in sync | leader paused 1.6 s
        Broker | 2 | starting | 22 to copy | 1 acknowledged, then lost | out of sync, 6 behind | out of sync, 5 behind | out of sync | no leader 10.0 s | out of sync, 3 behind | out of sync
        Broker | 3 | up | leads 3 | leader | leader | in sync | in sync | leader | in sync"#]]
    .assert_eq(&bands(&drawing));
    let feet = words_in(&drawing, (0.0, 776.0, 1920.0, 60.0)).join(" | ");
    expect!["lag 21 | 1 | lag 1 | 2 | go… | lag 0 | 1 | pa… | lag 1 | 2 | m… | lag 0 | lag 3 | 1 | 2 | idle"]
        .assert_eq(&feet);
    let controller = words_in(&drawing, (0.0, 276.0, 200.0, 46.0)).join(" | ");
    expect!["no controller | 2.2 s"].assert_eq(&controller);
}

#[test]
fn a_process_that_runs_and_does_not_answer_is_not_gone() {
    let mut play = scenario::shop();
    play.at(4000).reachable(2, false);
    let drawing = drawn(&Scene::new(&play, 5500, Vec::new()));
    let label = words_in(&drawing, (0.0, 466.0, 200.0, 124.0)).join(" | ");
    expect!["Broker | 2 | no answer | for 1.5 s"].assert_eq(&label);
}

#[test]
fn a_broker_of_somebody_else_that_nothing_reaches_is_gone() {
    let mut scene = scenario::external(3, &[("clicks", 2)]);
    let fact = model::fact::Fact {
        seq: 10_000,
        at: model::ids::Micros::from_millis(8000),
        event: Event::BrokerReachable { broker: BrokerId(2), reachable: false, reason: String::new() },
    };
    scene.picture.fold(&fact);
    let label = words_in(&drawn(&scene), (0.0, 466.0, 200.0, 124.0)).join(" | ");
    expect!["Broker | 2 | gone | 2.0 s ago"].assert_eq(&label);
}

#[test]
fn dead_bands_show_ghosts_only() {
    let drawing = drawn(&scenario::killed());
    let solid = drawing.still().iter().filter(|s| {
        let (_, y0, _, y1) = s.bounds();
        let block = matches!(s.form, Form::Rect { w, .. } if (w - 14.0).abs() < 3.0);
        block && y0 > 470.0 && y1 < 586.0 && s.fill.is_some_and(|f| f.ink == Ink::Safe)
    });
    assert_eq!(solid.count(), 0);
}

#[test]
fn a_broker_that_leaves_is_not_yet_gone() {
    let mut play = scenario::shop();
    play.at(4000).process(3, ProcessState::Stopping);
    let label = words_in(&drawn(&Scene::new(&play, 5500, Vec::new())), (0.0, 600.0, 200.0, 124.0)).join(" | ");
    expect!["Broker | 3 | stopping | leads 2"].assert_eq(&label);
}

#[test]
fn a_state_that_is_old_says_how_old() {
    let mut play = scenario::shop();
    play.at(4000).say(Event::ClusterRead { brokers: vec![BrokerId(1)] });
    let label = |millis| {
        let drawing = drawn(&Scene::new(&play, millis, Vec::new()));
        words_in(&drawing, (0.0, 332.0, 200.0, 124.0)).join(" | ")
    };
    expect!["Broker | 1 | up | leads 2"].assert_eq(&label(4900));
    expect!["Broker | 1 | up | 4.2 s old"].assert_eq(&label(8200));
}

#[test]
fn a_leader_named_after_none_is_pointed_at_from_the_one_before() {
    let mut play = scenario::shop();
    play.at(4000).process(2, ProcessState::Dead);
    play.at(6000).partition("orders", 0, -1, 5, &[2]);
    let drawing = drawn(&Scene::new(&play, 6500, Vec::new()));
    assert!(words_in(&drawing, (212.0, 466.0, 256.0, 124.0)).contains(&"no leader 2.5 s"));
    play.at(7000).partition("orders", 0, 3, 6, &[3]);
    let drawing = drawn(&Scene::new(&play, 7500, Vec::new()));
    let words = |y| words_in(&drawing, (212.0, y, 256.0, 124.0)).join(" | ");
    expect!["leader gone 3.0 s"].assert_eq(&words(466.0));
    expect!["leads now"].assert_eq(&words(600.0));
}
