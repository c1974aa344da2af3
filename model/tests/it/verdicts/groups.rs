//! What became of a group's partitions in a run.

use kafkascope_model::verdict::Measure;

use super::{ORDERS, check, s};

const BOTH: &str = "group stock Stable stock-1=orders:0 stock-2=orders:1";

#[test]
fn a_dead_members_partitions_stand_until_another_has_them() {
    let of = |left: bool| Measure::TakenOverMs { group: s("stock"), left };
    let killed = format!(
        "{BOTH}
        2.000 app stock killed instance 2 group stock *
        3.000 group stock Stable stock-1=orders:0 stock-2=orders:1
        8.500 group stock Stable stock-1=orders:0,orders:1 *
        9.000 app stock running instance 2 group stock"
    );
    check(of(false), 6500, &killed);
    check(of(true), None, &killed.replace(" *", ""));
    // One that leaves has given them away before its process is gone.
    let left = format!(
        "{BOTH}
        2.000 app stock stopping instance 2 group stock *
        2.200 group stock Stable stock-1=orders:0,orders:1 *
        2.300 app stock stopped instance 2 group stock"
    );
    check(of(true), 200, &left);
    check(of(false), None, &left.replace(" *", ""));
    // One that had nothing leaves nothing behind.
    let idle = BOTH.replace("stock-2=orders:1", "stock-2=");
    let idle =
        format!("{idle}\n2.000 app stock killed instance 2 group stock\n3.000 group stock Stable stock-1=orders:0");
    check(of(false), None, &idle);
}

#[test]
fn idle_members_have_nothing() {
    let group = "group reader Stable reader-1=orders:0 reader-2=orders:1 reader-3= *";
    check(Measure::IdleMembers { group: s("reader") }, 1, group);
    check(Measure::IdleMembers { group: s("nobody") }, None, &group.replace(" *", ""));
}

#[test]
fn unread_is_what_stands_behind_the_committed_offset() {
    let script = "group stock Stable stock-1=orders:0
        append orders 0 @3 A-2 OrderPlaced
        append orders 0 @4 A-3 OrderPlaced *
        append orders 0 @5 A-9 OrderPlaced
        append orders 1 @3 A-2 OrderConfirmed
        committed stock orders 0 4";
    check(Measure::Unread { group: s("stock") }, 1, &format!("{ORDERS}{script}"));
    let all = script.replace(" *", "").replace("orders 0 4", "orders 0 6");
    check(Measure::Unread { group: s("stock") }, 0, &format!("{ORDERS}{all}"));
}

/// A second member joins: under an eager protocol the first gives all away, and gets one of them back.
const EAGER: &str = "
    1.500 rebalanced reader 1 shared assigned orders:0,orders:1
    2.000 rebalanced reader 1 shared revoked orders:0,orders:1
    2.300 rebalanced reader 1 shared assigned orders:0
    2.400 rebalanced reader 2 shared assigned orders:1
    3.000 rebalanced reader 9 other revoked orders:0
    4.000 rebalanced reader 9 other assigned orders:0
";

#[test]
fn a_partition_that_stays_stopped_in_vain() {
    let starred = EAGER.replace("revoked orders:0,orders:1", "revoked orders:0,orders:1 *");
    let stayed = starred.replace("1 shared assigned orders:0\n", "1 shared assigned orders:0 *\n");
    check(Measure::StoppedInVain { group: s("shared") }, 1, &stayed);
    let moved = starred.replace("2 shared assigned orders:1", "2 shared assigned orders:1 *");
    check(Measure::MovedPartitions { group: s("shared") }, 1, &moved);
    check(Measure::StoppedMs { group: s("shared") }, 400, &moved);
    let sticky = EAGER.replace("revoked orders:0,orders:1", "revoked orders:1");
    let sticky = sticky.replace("2.300 rebalanced reader 1 shared assigned orders:0\n", "");
    check(Measure::StoppedInVain { group: s("shared") }, 0, &sticky);
    check(Measure::StoppedMs { group: s("nobody") }, None, EAGER);
}
