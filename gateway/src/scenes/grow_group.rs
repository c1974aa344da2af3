//! grow-group: members are added one by one past the number of partitions, under three protocols side by side.

use model::verdict::{Bound, Measure};
use serde_json::{Value, json};

use super::{Scene, Sight, at_least, at_most, is, step::step};

/// A group for each protocol, and the number before its first member's.
const GROUPS: [(&str, &str, u32); 3] =
    [("reader-range", "range", 0), ("reader-sticky", "cooperative-sticky", 3), ("reader-consumer", "consumer", 6)];

/// The `nth` member of each group.
fn members(nth: u32) -> Vec<Value> {
    let member = |(group, protocol, before): (&str, &str, u32)| {
        let mut start = json!({
            "command": "start_app", "app": "reader", "instance": before + nth, "group": group, "topic": "orders",
            "from": "latest",
        });
        match protocol {
            "consumer" => start["group_protocol"] = json!(protocol),
            assignor => start["assignor"] = json!(assignor),
        }
        // Its place was taken by the first member.
        if nth > 1 {
            start["from"] = Value::Null;
        }
        start
    };
    GROUPS.map(member).into()
}

/// Whether every group has so many members and is at rest, with two partitions given out.
fn all_have(s: &Sight<'_>, wanted: usize) -> bool {
    GROUPS.iter().all(|(group, ..)| {
        s.picture().groups.get(*group).is_some_and(|known| {
            let given: usize = known.members.iter().map(|member| member.assignment.len()).sum();
            known.state == "Stable" && known.members.len() == wanted && given == 2
        })
    })
}

pub(super) fn scene() -> Scene {
    let scene = Scene::new(
        "grow-group",
        "A group grows",
        "Consumer groups",
        "Readers join one by one, to more of them than there are partitions: the last one idles. Under the range assignor every \
         member stops each time, with cooperative-sticky and with the consumer protocol (KIP-848) only what moves does.",
    )
    .step(
        step("One reader in each of three groups")
            .presses(|_| members(1))
            .until("both partitions with it", 20, |s| all_have(s, 1)),
    )
    .step(step("A second one joins each").presses(|_| members(2)).until("a partition each", 20, |s| {
        all_have(s, 2) && GROUPS.iter().all(|(group, ..)| s.shared_by(group, 2))
    }))
    .step(step("A third one joins each").presses(|_| members(3)).until("two that have one, and one that idles", 20, |s| {
        all_have(s, 3)
    }));
    let scene = row(scene, 0, "range", at_least(1));
    let scene = row(scene, 1, "cooperative-sticky", is(0));
    row(scene, 2, "consumer protocol", is(0))
}

/// The lines of a group. `stopped` is how often a partition may have stopped although it stayed with its member.
fn row(scene: Scene, index: usize, protocol: &'static str, stopped: Bound) -> Scene {
    let group = || GROUPS[index].0.to_owned();
    let [idle, moved, in_vain, longest] = WORDS[index];
    debug_assert!(idle.starts_with(protocol));
    scene
        .row(idle, Measure::IdleMembers { group: group() }, at_least(0), is(1))
        .row(moved, Measure::MovedPartitions { group: group() }, at_least(0), at_least(1))
        .row(in_vain, Measure::StoppedInVain { group: group() }, is(0), stopped)
        .row(longest, Measure::StoppedMs { group: group() }, at_most(5000), at_most(5000))
}

const WORDS: [[&str; 4]; 3] = [
    [
        "range: members without a partition",
        "range: partitions that moved",
        "range: partitions stopped that stayed",
        "range: longest stop of a partition, ms",
    ],
    [
        "cooperative-sticky: members without a partition",
        "cooperative-sticky: partitions that moved",
        "cooperative-sticky: partitions stopped that stayed",
        "cooperative-sticky: longest stop of a partition, ms",
    ],
    [
        "consumer protocol: members without a partition",
        "consumer protocol: partitions that moved",
        "consumer protocol: partitions stopped that stayed",
        "consumer protocol: longest stop of a partition, ms",
    ],
];
