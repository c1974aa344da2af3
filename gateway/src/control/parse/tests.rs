//! Each command with its defaults, and each field that can be wrong.

use super::{super::command::CrashWish, *};
use crate::shop::wire::{CrashAction, CrashPoint, Point};
use tap::{Rule, What, Which};

fn parse(json: &str) -> Result<Command, String> {
    let body = serde_json::from_str(json).unwrap();
    command(&body).map(|(_, c)| c).map_err(|refusal| match refusal {
        Refusal::BadField { field, .. } => field,
        other => format!("{other:?}"),
    })
}

#[test]
fn every_name_is_understood() {
    for name in NAMES {
        let body = format!(
            r#"{{"command":"{name}","broker":1,"app":"stock","group":"stock","guard":"inbox","on":true,"ms":7,
                 "at":"after_work","do":"abort"}}"#
        );
        assert!(parse(&body).is_ok(), "{name}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (body, field) in [
        ("{}", "command"),
        (r#"{"command":7}"#, "command"),
        (r#"{"command":"explode"}"#, "command"),
        (r#"{"command":"kill_broker"}"#, "broker"),
        (r#"{"command":"kill_broker","broker":"two"}"#, "broker"),
        (r#"{"command":"kill_broker","broker":-1}"#, "broker"),
        (r#"{"command":"kill_broker","broker":1.5}"#, "broker"),
        (r#"{"command":"kill_broker","broker":99999999999}"#, "broker"),
        (r#"{"command":"kill_broker","broker":1,"confirm":"yes"}"#, "confirm"),
        (r#"{"command":"create_order","count":0}"#, "count"),
        (r#"{"command":"create_order","item":""}"#, "item"),
        (r#"{"command":"create_order","item":"<b>"}"#, "item"),
        (r#"{"command":"create_order","customer":"a\u0000b"}"#, "customer"),
        (r#"{"command":"create_order","pay":"no"}"#, "pay"),
        (r#"{"command":"create_item","price_cents":-5}"#, "price_cents"),
        (r#"{"command":"pay","order":"17"}"#, "order"),
        (r#"{"command":"pay","refuse":1}"#, "refuse"),
        (r#"{"command":"kill_app"}"#, "app"),
        (r#"{"command":"kill_app","app":"mail"}"#, "app"),
        (r#"{"command":"start_app","app":"stock","instance":0}"#, "instance"),
        (r#"{"command":"reset_group","group":"stock","to":"tomorrow"}"#, "to"),
        (r#"{"command":"reset_group"}"#, "group"),
        (r#"{"command":"reset_group","group":"stock","topic":"orders"}"#, "partition"),
        (r#"{"command":"reset_group","group":"stock","partition":0}"#, "topic"),
        (r#"{"command":"set_marker","text":7}"#, "text"),
    ] {
        assert_eq!(parse(body), Err(field.to_owned()), "{body}");
    }
}

#[test]
fn what_is_wrong_with_apps_and_guards_is_named() {
    for (rest, field) in [
        (r#""start_app","app":"stock","group_protocol":"eager""#, "group_protocol"),
        (r#""start_app","app":"stock","topic":"payments""#, "topic"),
        (r#""start_app","app":"stock","isolation":"serializable""#, "isolation"),
        (r#""start_app","app":"stock","commit":true"#, "commit"),
        (r#""set_guard","on":true"#, "guard"),
        (r#""set_guard","guard":"airbag","on":true"#, "guard"),
        (r#""set_guard","guard":"inbox","on":"off""#, "on"),
        (r#""set_guard","guard":"inbox","on":true,"app":"reader""#, "app"),
    ] {
        assert_eq!(parse(&format!(r#"{{"command":{rest}}}"#)), Err(field.to_owned()), "{rest}");
    }
}

#[test]
fn what_is_wrong_with_faults_is_named() {
    for (rest, field) in [
        ("", "rule"),
        (r#","rule":"drop""#, "rule"),
        (r#","rule":{"what":"drop_request"},"app":"stock""#, "rule"),
        (r#","rule":{"what":""}"#, "rule.what"),
        (r#","rule":{"what":"explode"}"#, "rule.what"),
        (r#","rule":{"what":"drop_request","broker":"one"}"#, "rule.broker"),
        (r#","rule":{"what":"drop_request","client_id":7}"#, "rule.client_id"),
        (r#","rule":{"what":"drop_request","api":0}"#, "rule.api"),
        (r#","rule":{"what":"drop_request","topic":""}"#, "rule.topic"),
        (r#","rule":{"what":"drop_request","event_id":[]}"#, "rule.event_id"),
        (r#","rule":{"what":"drop_request","which":"all"}"#, "rule.which"),
        (r#","rule":{"what":"drop_request","which":{}}"#, "rule.which"),
        (r#","rule":{"what":"drop_request","which":{"nth":0}}"#, "rule.which"),
        (r#","rule":{"what":"delay_request","ms":-1}"#, "rule.ms"),
        (r#","rule":{"what":"delay_response","ms":60001}"#, "rule.ms"),
        (r#","rule":{"what":"drop_request","tpoic":"orders"}"#, "rule"),
        (r#","rule":{"what":"refuse_connections","api":"Produce"}"#, "rule.api"),
        (r#","app":"mail","at":"after_work","do":"abort""#, "app"),
        (r#","app":"stock","at":7"#, "at"),
        (r#","app":"stock","at":"lunch","do":"abort""#, "at"),
        (r#","app":"stock","at":"after_work","do":"explode""#, "do"),
        (r#","app":"stock","at":"after_work","do":"abort_transaction""#, "do"),
        (r#","app":"stock","at":"after_work","do":"abort","nth":0"#, "nth"),
        (r#","app":"stock","at":"after_work","do":"abort","instance":17"#, "instance"),
    ] {
        assert_eq!(parse(&format!(r#"{{"command":"arm_fault"{rest}}}"#)), Err(field.to_owned()), "{rest}");
    }
    for ms in [r#","ms":-1"#, r#","ms":1001"#, r#","ms":"slow""#] {
        assert_eq!(parse(&format!(r#"{{"command":"slow_wire"{ms}}}"#)), Err(String::from("ms")), "{ms}");
    }
}

#[test]
fn faults_are_understood() {
    let lost = parse(
        r#"{"command":"arm_fault","rule":{"client_id":"order-1","api":"Produce","what":"drop_response_and_close"}}"#,
    );
    let wanted = Rule {
        broker: None,
        client_id: Some(String::from("order-1")),
        api: Some("Produce".parse().unwrap()),
        topic: None,
        event_id: None,
        which: Which::Next,
        what: What::DropResponseAndClose,
    };
    assert_eq!(lost, Ok(Command::ArmRule(wanted)));
    let slow = parse(r#"{"command":"arm_fault","rule":{"what":"delay_response","ms":700,"which":{"nth":3}}}"#);
    let Ok(Command::ArmRule(slow)) = slow else { panic!("{slow:?}") };
    assert_eq!((slow.what, slow.which), (What::DelayResponse { ms: 700 }, Which::Nth(3)));
    let crash =
        parse(r#"{"command":"arm_fault","app":"payment","at":"in_transaction","do":"abort_transaction","nth":2}"#);
    let wanted = CrashWish {
        app: crate::shop::AppName::Payment,
        instance: 1,
        point: CrashPoint { at: Point::InTransaction, action: CrashAction::AbortTransaction, nth: 2 },
    };
    assert_eq!(crash, Ok(Command::ArmCrash(wanted)));
}

#[test]
fn all_but_the_target_has_a_default() {
    let slow = parse(r#"{"command":"slow_wire"}"#);
    assert!(matches!(slow, Ok(Command::SlowWire { ms: 400 })), "{slow:?}");
    let guard = parse(r#"{"command":"set_guard","guard":"inbox"}"#);
    assert!(matches!(guard, Ok(Command::SetGuard { on: true, .. })), "{guard:?}");
    let rule = parse(r#"{"command":"arm_fault","rule":{}}"#);
    assert_eq!(rule, Ok(Command::ArmRule(Rule::new(Which::Next, What::DropResponseAndClose))));
    let rule = parse(r#"{"command":"arm_fault","rule":{"what":"delay_response"}}"#);
    assert_eq!(rule, Ok(Command::ArmRule(Rule::new(Which::Next, What::DelayResponse { ms: 400 }))));
    for (rest, at, action) in [
        ("", Point::AfterWork, CrashAction::Abort),
        (r#","do":"hang""#, Point::AfterWork, CrashAction::Hang),
        (r#","do":"abort_transaction""#, Point::InTransaction, CrashAction::AbortTransaction),
        (r#","at":"before_work""#, Point::BeforeWork, CrashAction::Abort),
    ] {
        let crash = parse(&format!(r#"{{"command":"arm_fault","app":"stock"{rest}}}"#));
        let Ok(Command::ArmCrash(crash)) = crash else { panic!("{rest}: {crash:?}") };
        assert_eq!((crash.point.at, crash.point.action, crash.point.nth), (at, action, 1), "{rest}");
    }
}

#[test]
fn unknown_fields_are_skipped() {
    let restore = parse(r#"{"command":"restore","colour":"green","nested":{"a":[1]}}"#);
    assert_eq!(restore, Ok(Command::Restore));
}
