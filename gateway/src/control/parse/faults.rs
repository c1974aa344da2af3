//! What is to go wrong: on the wire, in an app, and how slow the wire is.

use serde_json::Value;

use super::{
    super::{
        Refusal,
        command::{At, Command, CrashWish, Do, Rule, What, Which},
        fields::Fields,
    },
    apps,
};

/// A delay in one direction; well past every client's own time-outs.
const LONGEST_DELAY_MS: u32 = 60_000;
/// A round trip over a wire this slow stays under the apps' socket.timeout.ms (3 s).
const SLOWEST_MS: u32 = 1000;
const MOST: u32 = 1000;

/// Either `rule`, at the tap, or `app`, in an app.
pub(super) fn arm(fields: &Fields<'_>) -> Result<Command, Refusal> {
    match fields.object("rule", "rule.")? {
        Some(_) if fields.value("app").is_some() => {
            Err(fields.bad("rule", "is a fault on the wire and app one in an app: send one of them"))
        }
        Some(inner) => Ok(Command::ArmRule(rule(&inner)?)),
        None if fields.value("app").is_some() => crash(fields),
        None => Err(fields.bad(
            "rule",
            "is missing: {\"rule\":{\"client_id\":\"order-1\",\"api\":\"Produce\",\"what\":\"drop_response_and_close\"}}, \
             or {\"app\":\"stock\",\"at\":\"after_work\",\"do\":\"abort\"}",
        )),
    }
}

pub(super) fn slow_wire(fields: &Fields<'_>) -> Result<Command, Refusal> {
    let ms = fields.count("ms", 0, SLOWEST_MS)?;
    let ms = ms.ok_or_else(|| fields.bad("ms", format!("is missing: 0 to {SLOWEST_MS}, 0 is fast again")))?;
    Ok(Command::SlowWire { ms })
}

fn rule(fields: &Fields<'_>) -> Result<Rule, Refusal> {
    let words = [
        ("drop_response_and_close", What::DropResponseAndClose),
        ("drop_response", What::DropResponse),
        ("drop_request", What::DropRequest),
        ("delay_request", What::DelayRequest(0)),
        ("delay_response", What::DelayResponse(0)),
        ("refuse_connections", What::RefuseConnections),
    ];
    let ms = || {
        let ms = fields.count("ms", 1, LONGEST_DELAY_MS)?;
        ms.ok_or_else(|| fields.bad("ms", format!("is missing: by how many milliseconds, 1 to {LONGEST_DELAY_MS}")))
    };
    let what = match fields.must("what", &words)? {
        What::DelayRequest(_) => What::DelayRequest(ms()?),
        What::DelayResponse(_) => What::DelayResponse(ms()?),
        what => what,
    };
    let rule = Rule {
        broker: fields.broker()?,
        client_id: fields.text("client_id", 249)?,
        api: fields.text("api", 64)?,
        topic: fields.text("topic", 249)?,
        event_id: fields.text("event_id", 64)?,
        which: which(fields)?,
        what,
    };
    if what == What::RefuseConnections {
        // A connection is refused before anybody has said who it is and what it wants.
        for field in ["client_id", "api", "topic", "event_id"] {
            if fields.value(field).is_some() {
                return Err(fields.bad(field, "is not known of a connection that is refused: send only broker"));
            }
        }
    }
    Ok(rule)
}

fn which(fields: &Fields<'_>) -> Result<Which, Refusal> {
    match fields.value("which") {
        None => Ok(Which::Next),
        Some(Value::Object(_)) => {
            let nth =
                fields.object("which", "rule.which.")?.map(|nth| nth.count("nth", 1, MOST)).transpose()?.flatten();
            nth.map(Which::Nth).ok_or_else(|| fields.bad("which", "is {\"nth\":n}: the nth from now, from 1"))
        }
        Some(Value::String(word)) if word == "next" => Ok(Which::Next),
        Some(Value::String(word)) if word == "until_cleared" => Ok(Which::UntilCleared),
        Some(_) => Err(fields.bad("which", "is \"next\", \"until_cleared\" or {\"nth\":n}")),
    }
}

fn crash(fields: &Fields<'_>) -> Result<Command, Refusal> {
    let at = fields.must(
        "at",
        &[("before_work", At::BeforeWork), ("in_transaction", At::InTransaction), ("after_work", At::AfterWork)],
    )?;
    let action =
        fields.must("do", &[("abort", Do::Abort), ("hang", Do::Hang), ("abort_transaction", Do::AbortTransaction)])?;
    if action == Do::AbortTransaction && at != At::InTransaction {
        return Err(fields.bad("do", "can be abort_transaction only at in_transaction, where one is open"));
    }
    Ok(Command::ArmCrash(CrashWish {
        app: apps::any_app(fields)?,
        instance: apps::instance(fields)?.unwrap_or(1),
        at,
        action,
        nth: fields.count("nth", 1, MOST)?.unwrap_or(1),
    }))
}
