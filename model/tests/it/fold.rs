//! The fold on short histories: what a failing cluster shows, and when each thing was seen.

use expect_test::{Expect, expect};
use kafkascope_model::{Surprise, keyframe::keyframe, picture::Picture};
use notation::{facts, picture};

use crate::show;

mod books;
mod losses;
mod outages;
mod records;

/// The cluster after `script`; the same where it went through a keyframe at its end.
#[track_caller]
fn check(script: &str, expected: Expect) {
    let picture = picture(script);
    expected.assert_eq(&show::cluster(&picture));
    let rebuilt = Picture::of(&keyframe(&picture));
    assert_eq!(show::cluster(&rebuilt), show::cluster(&picture), "it must survive a keyframe");
}

#[track_caller]
fn surprises(script: &str) -> Vec<Surprise> {
    let mut picture = Picture::default();
    facts(script).iter().filter_map(|fact| picture.fold(fact)).collect()
}

const THREE: &str = "
    0.000 session local
    broker 1 running
    broker 2 running
    broker 3 running
    orders 0 leader 2 epoch 5 isr 1,2,3
    tail orders 0 b2
";

fn three(script: &str) -> String {
    format!("{THREE}{script}")
}

#[test]
fn a_group_lags_from_its_commit_or_from_the_logs_start() {
    check(
        "1.000 hw orders 0 10
        hw orders 1 7 start 2
        group stock Stable stock-1=orders:0,orders:1
        committed stock orders 0 4",
        expect![[r#"
            orders 0 hw 10
            orders 1 hw 7
            group stock Stable lag 11
              orders 0 committed 4 lag 6
              orders 1 committed - lag 5
        "#]],
    );
    check(
        "1.000 hw orders 0 10\ncommitted stock orders 0 12\ncommitted stock orders 1 3",
        expect![[r#"
        orders 0 hw 10
        group stock  lag 0
          orders 0 committed 12 lag 0
          orders 1 committed 3 lag 0
    "#]],
    );
}

#[test]
fn batches_are_counted_as_merged_and_move_the_log_end() {
    check(
        &three("1.000 batch orders 0 @0 x500\ngap 3"),
        expect![[r#"
        orders 0 leader 2 epoch 5 isr 1,2,3 ends b2=500
        merged 500
        dropped 3
    "#]],
    );
}

#[test]
fn what_cannot_be_explained_is_a_surprise() {
    let script = three(
        "1.000 orders 0 leader 1 epoch 4 isr 1,2,3
        2.000 hw orders 0 8
        3.000 hw orders 0 7
        # A new leader may know of less.
        4.000 orders 0 leader 3 epoch 6 isr 1,3
        4.100 hw orders 0 6
        kind replica_lagged",
    );
    expect![[r#"
        [
            EpochWentBack(
                PartitionId {
                    topic: "orders",
                    partition: 0,
                },
            ),
            WatermarkWentBack(
                PartitionId {
                    topic: "orders",
                    partition: 0,
                },
            ),
            UnknownKind(
                "replica_lagged",
            ),
        ]
    "#]]
    .assert_debug_eq(&surprises(&script));
}
