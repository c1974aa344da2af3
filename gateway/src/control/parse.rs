//! How a press names a command: which fields each one has.

mod apps;
mod faults;
mod shop;
#[cfg(test)]
mod tests;

use model::{ids::PartitionId, marker};
use serde_json::{Map, Value};

use super::{
    Refusal,
    command::{Command, NAMES, NodeVerb, ResetTo},
    fields::{Fields, bad},
};

/// Takes the id out of the body, or makes one.
pub(super) fn id(body: &mut Map<String, Value>) -> Result<String, Refusal> {
    let id = Fields::of(body).text("id", 64)?;
    body.remove("id");
    let harmless = |id: &str| id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    match id {
        Some(id) if harmless(&id) => Ok(id),
        Some(_) => Err(bad("id", "id must be 1 to 64 letters, digits, dots, dashes or underscores")),
        None => Ok(uuid::Uuid::new_v4().simple().to_string()),
    }
}

/// Understands a press.
pub(super) fn command(body: &Map<String, Value>) -> Result<(&'static str, Command), Refusal> {
    let fields = Fields::of(body);
    let known = || NAMES.join(", ");
    let wanted = fields.text("command", 64)?;
    let wanted = wanted.ok_or_else(|| bad("command", format!("command is missing; there are: {}", known())))?;
    let name = NAMES.into_iter().find(|name| *name == wanted);
    let name = name.ok_or_else(|| bad("command", format!("there is no command {wanted:?}; there are: {}", known())))?;
    let command = match name {
        "create_item" => shop::create_item(&fields)?,
        "create_order" => shop::create_order(&fields)?,
        "pay" => Command::Pay { order: shop::order(&fields)?, refuse: fields.flag("refuse")?.unwrap_or(false) },
        "pay_twice" => Command::PayTwice { order: shop::order(&fields)? },
        "start_app" => apps::start(&fields)?,
        "set_guard" => apps::set_guard(&fields)?,
        "arm_fault" => faults::arm(&fields)?,
        "clear_faults" => Command::ClearFaults,
        "slow_wire" => faults::slow_wire(&fields)?,
        "reset_group" => {
            Command::ResetGroup { group: group(&fields)?, of: partition(&fields)?, to: reset_to(&fields)? }
        }
        "elect_preferred_leaders" => Command::ElectPreferredLeaders,
        "restore" => Command::Restore,
        "set_marker" => Command::SetMarker { text: fields.text("text", marker::LONGEST)?.unwrap_or_default() },
        _ => match (node_verb(name), apps::verb(name)) {
            (Some(verb), _) => {
                Command::Node { verb, node: fields.node()?, confirm: fields.flag("confirm")?.unwrap_or(false) }
            }
            (_, Some(verb)) => Command::App { verb, app: apps::any_app(&fields)?, instance: apps::instance(&fields)? },
            (None, None) => return Err(bad("command", format!("there are: {}", known()))),
        },
    };
    Ok((name, command))
}

fn node_verb(name: &str) -> Option<NodeVerb> {
    Some(match name.strip_suffix("_broker")? {
        "kill" => NodeVerb::Kill,
        "stop" => NodeVerb::Stop,
        "pause" => NodeVerb::Pause,
        "resume" => NodeVerb::Resume,
        "start" => NodeVerb::Start,
        _ => return None,
    })
}

fn group(fields: &Fields<'_>) -> Result<String, Refusal> {
    fields.text("group", 249)?.ok_or_else(|| fields.bad("group", "is missing: order, stock or payment"))
}

/// One partition is a topic and a number; neither is all of the group's.
fn partition(fields: &Fields<'_>) -> Result<Option<PartitionId>, Refusal> {
    match (fields.text("topic", 249)?, fields.number("partition", 0, i64::from(i32::MAX))?) {
        (None, None) => Ok(None),
        (Some(topic), Some(partition)) => {
            Ok(i32::try_from(partition).ok().map(|number| PartitionId::new(topic, number)))
        }
        (None, Some(_)) => Err(fields.bad("topic", "is missing: a partition is one of a topic")),
        (Some(_), None) => Err(fields.bad("partition", "is missing: say which one of the topic, for example 0")),
    }
}

fn reset_to(fields: &Fields<'_>) -> Result<ResetTo, Refusal> {
    match fields.value("to") {
        None => Ok(ResetTo::Earliest),
        Some(Value::String(to)) if to == "earliest" => Ok(ResetTo::Earliest),
        Some(Value::String(to)) if to == "latest" => Ok(ResetTo::Latest),
        Some(to) => match to.as_i64().filter(|offset| *offset >= 0) {
            Some(offset) => Ok(ResetTo::Offset(offset)),
            None => Err(fields.bad("to", "must be \"earliest\", \"latest\" or an offset")),
        },
    }
}
