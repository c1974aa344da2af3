//! What is to go wrong: on the wire, in an app, and how slow the wire is.

use serde_json::{Map, Value};
use tap::{Rule, RuleError};

use super::{
    super::{
        Refusal,
        command::{Command, CrashWish},
        fields::{Fields, bad},
    },
    apps,
};
use crate::shop::wire::{CrashAction, CrashPoint, Point};

/// A round trip over a wire this slow stays under the apps' socket.timeout.ms (3 s).
const SLOWEST_MS: u32 = 1000;
/// Slow enough to be followed with the eyes.
const WALKING_PACE_MS: u32 = 400;
const MOST: u32 = 1000;

/// Either `rule`, at the tap, or `app`, in an app.
pub(super) fn arm(fields: &Fields<'_>) -> Result<Command, Refusal> {
    match fields.object("rule")? {
        Some(_) if fields.value("app").is_some() => {
            Err(fields.bad("rule", "is a fault on the wire and app one in an app: send one of them"))
        }
        Some(inner) => Ok(Command::ArmRule(rule(inner)?)),
        None if fields.value("app").is_some() => crash(fields),
        None => Err(fields.bad(
            "rule",
            "is missing: {\"rule\":{\"client_id\":\"order-1\",\"api\":\"Produce\",\"what\":\"drop_response_and_close\"}}, \
             or {\"app\":\"stock\",\"at\":\"after_work\",\"do\":\"abort\"}",
        )),
    }
}

pub(super) fn slow_wire(fields: &Fields<'_>) -> Result<Command, Refusal> {
    Ok(Command::SlowWire { ms: fields.count("ms", 0, SLOWEST_MS)?.unwrap_or(WALKING_PACE_MS) })
}

/// The tap knows what a rule is; a field that it does not know would be one that the rule silently does without.
fn rule(form: &Map<String, Value>) -> Result<Rule, Refusal> {
    Rule::from_json(form).map_err(|RuleError { field, why }| {
        let field = if field == "rule" { String::from(field) } else { format!("rule.{field}") };
        bad(field.clone(), format!("{field}: {why}"))
    })
}

/// Without a point it is the one between work and commit, for an aborted transaction the one inside it, and what
/// is garbled is so when it is sent.
fn crash(fields: &Fields<'_>) -> Result<Command, Refusal> {
    let action = fields.word("do", &CrashAction::ALL.map(|action| (action.name(), action)))?;
    let action = action.unwrap_or(CrashAction::Abort);
    let at = fields.word("at", &Point::ALL.map(|point| (point.name(), point)))?;
    let at = at.unwrap_or(match action {
        CrashAction::AbortTransaction => Point::InTransaction,
        CrashAction::Garble => Point::BeforeSend,
        CrashAction::Abort | CrashAction::Hang => Point::AfterWork,
    });
    if action == CrashAction::AbortTransaction && at != Point::InTransaction {
        return Err(fields.bad("do", "can be abort_transaction only at in_transaction, where one is open"));
    }
    if action == CrashAction::Garble && at != Point::BeforeSend {
        return Err(fields.bad("do", "can be garble only at before_send, where something is about to be sent"));
    }
    Ok(Command::ArmCrash(CrashWish {
        app: apps::any_app(fields)?,
        instance: apps::instance(fields)?.unwrap_or(1),
        point: CrashPoint { at, action, nth: fields.count("nth", 1, MOST)?.unwrap_or(1) },
    }))
}
