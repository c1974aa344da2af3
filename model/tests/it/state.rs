//! The JSON of GET /api/state: every field that other programs rely on, by name and by kind of value.

use kafkascope_model::{ids::Micros, picture::Picture, state};
use notation::picture;
use serde_json::Value;

/// docs/interface.md, one field a line: its path, `[]` for each of a list, and what stands there.
const FIELDS: &str = "
    bootstrap text
    stage_bootstrap text
    brokers[].id number
    brokers[].process starting|running|paused|stopping|dead|unknown
    brokers[].registration active|fenced|absent
    controllers[].id number
    controllers[].process starting|running|paused|stopping|dead|unknown
    controller.leader_id number
    controller.epoch number
    controller.voters[] number
    partitions[].topic text
    partitions[].partition number
    partitions[].leader number
    partitions[].leader_reachable bool
    partitions[].leader_epoch number
    partitions[].replicas[] number
    partitions[].isr[] number
    partitions[].log_start_offset number
    partitions[].high_watermark number
    partitions[].last_stable_offset number
    partitions[].log_end_offset number
    partitions[].replica_log_ends.* number
    groups[].group_id text
    groups[].state text
    groups[].protocol text
    groups[].members[].member_id text
    groups[].members[].client_id text
    groups[].members[].assignment[].topic text
    groups[].members[].assignment[].partition number
    groups[].offsets[].topic text
    groups[].offsets[].partition number
    groups[].offsets[].committed number
    groups[].offsets[].lag number
    producers[].topic text
    producers[].partition number
    producers[].producer_id number
    producers[].producer_epoch number
    producers[].last_sequence number
    producers[].txn_start_offset number
    apps[].app text
    apps[].instance number
    apps[].process starting|running|paused|stopping|dead|unknown
    apps[].group text
    apps[].guards.* bool
    shop.items[].item text
    shop.items[].on_hand number
    shop.items[].reserved number
    shop.items[].sold number
    shop.items[].created number
    shop.orders.open number
    shop.orders.confirmed number
    shop.orders.cancelled number
    shop.proof.status holds|settling|broken
    shop.proof.taken_cents number
    shop.proof.refunded_cents number
    shop.proof.confirmed_cents number
    shop.proof.orders[] text
";

const SCRIPT: &str = "
    0.000 session local
    broker 1 running
    broker 1 active
    broker 2 killed
    broker 2 fenced
    controller 101 running
    controller leads 101 epoch 3
    read 1
    orders 0 leader 2 epoch 5 isr 1,2 replicas 2,1
    hw orders 0 4 start 1 lso 3 end 5
    copied orders 0 b1 4
    copied orders 0 b2 5
    producer orders 0 4000 txn 3
    group stock Stable stock-1=orders:0,orders:1
    committed stock orders 0 1
    app stock running reads orders
    guard stock inbox on
    guard order inbox on
    item kettle created 500 on_hand 498 reserved 0 sold 2
    order A-1 confirmed 2 x 3990
    stock A-1 reserved 0 sold 2
    paid A-1 15960 times 2
    order A-2 cancelled 1 x 3990
    order A-3 open 1 x 3990
";

/// What stands at a path: nothing where the path leads nowhere.
fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for step in path.split('.') {
        let (name, many) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
        let inside = |value: &'a Value| match name {
            "*" => value.as_object().map(|fields| fields.values().collect()).unwrap_or_default(),
            _ => value.get(name).into_iter().collect::<Vec<_>>(),
        };
        found = found.into_iter().flat_map(inside).collect();
        if many {
            found = found.into_iter().flat_map(|list| list.as_array().into_iter().flatten()).collect();
        }
    }
    found
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "text" => value.is_string(),
        "number" => value.is_i64() || value.is_u64(),
        "bool" => value.is_boolean(),
        words => value.as_str().is_some_and(|word| words.split('|').any(|w| w == word)),
    }
}

#[test]
fn every_field_is_there() {
    let picture = picture(SCRIPT);
    let view = state::view(&picture, Micros(9_000_000));
    for line in FIELDS.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (path, kind) = line.split_once(' ').unwrap();
        let found = at(&view, path);
        assert!(!found.is_empty(), "{path} is not there");
        assert!(found.iter().all(|value| is(value, kind)), "{path} is no {kind}: {found:?}");
    }
    assert_eq!(view.get("session"), None, "the page's JSON has none");
}

#[test]
fn the_values_are_those_of_the_picture() {
    let view = state::view(&picture(SCRIPT), Micros(9_000_000));
    let value = |pointer: &str| view.pointer(pointer).unwrap().to_string();
    assert_eq!(value("/brokers/1/process"), r#""dead""#);
    assert_eq!(value("/brokers/1/registration"), r#""fenced""#);
    // The cluster's last answer stays, even while that broker is dead; what is reachable is ours.
    assert_eq!(value("/partitions/0/leader"), "2");
    assert_eq!(value("/partitions/0/leader_reachable"), "false");
    assert_eq!(value("/partitions/0/log_end_offset"), "5");
    assert_eq!(value("/partitions/0/replica_log_ends"), r#"{"1":4,"2":5}"#);
    let offsets = r#"[{"committed":1,"lag":3,"partition":0,"topic":"orders"},{"committed":-1,"lag":0,"partition":1,"topic":"orders"}]"#;
    assert_eq!(value("/groups/0/offsets"), offsets);
    assert_eq!(value("/apps/0/guards"), r#"{"inbox":true}"#);
    assert_eq!(value("/shop/orders"), r#"{"cancelled":1,"confirmed":1,"open":1}"#);
    assert_eq!(value("/shop/proof/status"), r#""settling""#);
    assert_eq!(value("/shop/proof/orders"), r#"["A-1"]"#);
}

#[test]
fn nothing_known_is_empty_lists_and_no_leader() {
    let view = state::view(&Picture::default(), Micros(0));
    for list in ["brokers", "controllers", "partitions", "groups", "producers", "apps"] {
        assert_eq!(view[list], Value::Array(Vec::new()), "{list}");
    }
    assert_eq!(view["controller"]["leader_id"], -1);
    assert_eq!(view["shop"]["items"], Value::Array(Vec::new()));
}

#[test]
fn the_session_says_how_old_the_picture_is() {
    let picture = picture("0.000 session local\n1.000 read 1,2,3\n2.000 gap 7");
    let session = state::session(&picture, Micros(3_500_000), false);
    assert_eq!(session["mode"], "local");
    assert_eq!(session["age_ms"], 2500);
    assert_eq!(session["dropped_facts"], 7);
    assert_eq!(state::session(&picture, Micros(3_500_000), true)["mode"], "replay");
    assert_eq!(state::session(&Picture::default(), Micros(0), false)["age_ms"], Value::Null);
}
