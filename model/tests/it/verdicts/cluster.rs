//! What the cluster did in a run.

use kafkascope_model::verdict::Measure;

use super::{check, s};

fn at(make: impl Fn(String, i32) -> Measure, partition: i32) -> Measure {
    make(s("orders"), partition)
}

fn gap(partition: i32) -> Measure {
    at(|topic, partition| Measure::GapMs { topic, partition }, partition)
}

fn moves(partition: i32) -> Measure {
    at(|topic, partition| Measure::LeaderChanges { topic, partition }, partition)
}

#[test]
fn leadership_moves_when_another_broker_leads() {
    let script = "orders 0 leader 1 epoch 5 isr 1,2
        orders 1 leader 3 epoch 6 isr 2,3
        orders 0 leader -1 epoch 6 isr 1
        orders 0 leader 1 epoch 7 isr 1
        orders 0 leader 2 epoch 8 isr 1,2 *
        orders 0 leader 2 epoch 8 isr 1,2,3
        orders 0 leader 1 epoch 9 isr 1,2,3 *";
    check(moves(0), 2, script);
    check(moves(7), None, script.replace(" *", "").as_str());
    let epochs = |partition| at(|topic, partition| Measure::LeaderEpochs { topic, partition }, partition);
    check(epochs(0), 4, script.replace("2 *", "2").as_str());
    check(epochs(1), 1, &script.replace(" *", "").replace("isr 2,3", "isr 2,3 *"));
    check(epochs(7), None, script.replace(" *", "").as_str());
    check(epochs(1), 0, "orders 0 leader 2 epoch 6 isr 2,3");
}

#[test]
fn the_smallest_in_sync_set() {
    let smallest = |partition| at(|topic, partition| Measure::SmallestIsr { topic, partition }, partition);
    let script =
        "orders 0 leader 1 epoch 5 isr 1,2\norders 0 leader 1 epoch 5 isr 1 *\norders 0 leader 1 epoch 5 isr 1,2,3";
    check(smallest(0), 1, script);
    check(smallest(1), 3, &script.replace(" *", ""));
    check(smallest(7), None, &script.replace(" *", ""));
}

#[test]
fn a_gap_is_from_the_leaders_silence_to_a_leader_that_answers() {
    // Killed: told by its process first.
    let killed = "2.000 broker 1 killed *
        2.300 broker 1 silent
        5.000 orders 0 leader -1 epoch 6 isr 2,3
        5.250 orders 0 leader 2 epoch 7 isr 2,3 *
        9.000 broker 1 starting
        9.100 broker 1 running";
    check(gap(0), 3250, killed);
    check(gap(1), 0, &killed.replace(" *", ""));
    check(Measure::LongestGapMs { topic: s("orders") }, 3250, killed);
    check(Measure::LongestGapMs { topic: s("bench") }, None, &killed.replace(" *", ""));
    // Paused, or somebody else's: only our connections tell.
    check(gap(0), 2500, "2.000 broker 1 paused\n3.000 broker 1 silent *\n5.500 orders 0 leader 3 epoch 6 isr 2,3 *");
    // It ends where the same one answers again, whoever tells that.
    check(gap(0), 1500, "2.000 broker 1 silent *\n3.500 broker 1 answers *");
    check(gap(0), 1500, "2.000 broker 1 killed *\n3.500 broker 1 running *");
    // The longest of several.
    let twice = "2.000 broker 1 silent
        2.100 broker 1 answers
        3.000 broker 1 killed *
        4.000 orders 0 leader 2 epoch 6 isr 2,3 *";
    check(gap(0), 1000, twice);
}

#[test]
fn a_gap_without_an_end_was_not_seen() {
    check(gap(0), None, "2.000 broker 1 killed\n3.000 orders 0 leader -1 epoch 6 isr 1");
    check(gap(0), None, "2.000 broker 1 silent\n3.000 broker 1 answers\n4.000 broker 1 killed");
    check(gap(7), None, "2.000 broker 1 killed");
}

#[test]
fn leaders_named_while_no_controller_answers() {
    let without =
        |partition| at(|topic, partition| Measure::LeaderChangesWithoutController { topic, partition }, partition);
    let script = "2.000 controller leads -1 epoch 4
        3.000 orders 0 leader 2 epoch 6 isr 2,3 *
        4.000 controller leads 101 epoch 5
        5.000 orders 0 leader 3 epoch 7 isr 2,3";
    check(without(0), 1, script);
    check(without(1), 0, &script.replace(" *", "").replace("-1 epoch 4", "-1 epoch 4 *"));
    check(without(0), None, "3.000 orders 0 leader 2 epoch 6 isr 2,3");
    check(Measure::ControllerEpochs, 1, &script.replace(" *", "").replace("leads 101 epoch 5", "leads 101 epoch 5 *"));
    // Who does not answer has no epoch.
    check(Measure::ControllerEpochs, 0, "2.000 controller leads -1 epoch 9");
}

#[test]
fn a_broker_is_fenced_while_paused_once() {
    let script = "broker 1 fenced
        broker 1 active
        broker 1 paused
        broker 1 fenced *
        broker 1 absent
        broker 2 fenced
        broker 1 running
        broker 1 fenced
        broker 3 paused
        broker 3 running
        broker 3 fenced";
    check(Measure::FencedWhilePaused, 1, script);
}
