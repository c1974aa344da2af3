//! The walk by arrow keys reaches every mark, and goes where its arrow points.

use std::collections::BTreeSet;

use kafkascope_page::stage::{
    Layout, Selected, Target,
    walk::{Way, next},
};
use model::ids::PartitionId;

use crate::{drawn, drawn_on, scenario};

const WAYS: [Way; 4] = [Way::Left, Way::Right, Way::Up, Way::Down];

/// Everything that can be walked to from the first mark.
fn reached(targets: &[Target]) -> BTreeSet<usize> {
    let (mut reached, mut ways) = (BTreeSet::from([0]), vec![0]);
    while let Some(from) = ways.pop() {
        for place in WAYS.into_iter().filter_map(|way| next(targets, from, way)) {
            if reached.insert(place) {
                ways.push(place);
            }
        }
    }
    reached
}

#[test]
fn every_mark_can_be_walked_to_on_every_sheet() {
    for scene in [scenario::calm(), scenario::killed(), scenario::external(9, &[("clicks", 40), ("views", 8)])] {
        for layout in [Layout::Wide, Layout::Classic, Layout::Phone] {
            let targets = drawn_on(layout, &scene).targets;
            let reached = reached(&targets);
            let missed = targets.iter().enumerate().filter(|(place, _)| !reached.contains(place));
            assert_eq!(missed.map(|(_, t)| t.label.as_str()).collect::<Vec<_>>(), [""; 0], "{}", layout.name());
        }
    }
}

#[test]
fn arrows_walk_along_the_log_and_between_replicas() {
    let targets = drawn(&scenario::calm()).targets;
    let record = |offset| Selected::Record { id: PartitionId::new("orders", 0), offset };
    let first = targets.iter().position(|t| t.what == record(187)).expect("it is drawn on broker 1");
    let labels = [Way::Right, Way::Down, Way::Left, Way::Up].iter().scan(first, |at, way| {
        *at = next(&targets, *at, *way)?;
        targets.get(*at).map(|t| t.label.clone())
    });
    let labels: Vec<String> = labels.collect();
    expect_test::expect![[r#"
        orders 0, offset 188, A-188, on broker 1, committed, acknowledged
        orders 0, offset 188, A-188, on broker 2, committed, acknowledged
        orders 0, offset 187, A-187, on broker 2, committed, acknowledged
        orders 0, offset 187, A-187, on broker 1, committed, acknowledged"#]]
    .assert_eq(&labels.join("\n"));
    assert_eq!(next(&targets, targets.len(), Way::Left), None);
}
