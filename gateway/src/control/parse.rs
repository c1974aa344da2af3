//! The commands there are, and how a press names one.

use model::ids::{BrokerId, OrderId};
use serde_json::{Map, Value};

use super::{
    Refusal,
    fields::{Fields, bad},
};

/// What is done to a node's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeVerb {
    /// SIGKILL.
    Kill,
    /// SIGTERM.
    Stop,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Resume,
    /// Start it again with its data.
    Start,
}

/// What is done to an app's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppVerb {
    /// Start an instance, or one more.
    Start,
    /// A clean leave.
    Stop,
    /// SIGKILL.
    Kill,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Resume,
}

/// Where a group is put back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetTo {
    /// The first record there is.
    Earliest,
    /// Behind the last record.
    Latest,
    /// This offset of every partition.
    Offset(i64),
}

/// A press, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A customer's: an item is put on the shelf.
    CreateItem { item: String, count: i64, price_cents: i64 },
    /// A customer's: an order is placed, and paid when it is due.
    CreateOrder { item: String, count: i64, customer: String, pay: bool },
    /// A customer's: pays an order, or is refused.
    Pay { order: Option<OrderId>, refuse: bool },
    /// A customer's: presses Pay twice within 50 ms.
    PayTwice { order: Option<OrderId> },
    /// Something is done to a broker's or a controller's process.
    Node { verb: NodeVerb, node: BrokerId, confirm: bool },
    /// Something is done to an app's process.
    App { verb: AppVerb, app: String, instance: Option<u32> },
    /// An empty group's offsets are put elsewhere.
    ResetGroup { group: String, to: ResetTo },
    /// Leaders go home.
    ElectPreferredLeaders,
    /// All back to green.
    Restore,
}

/// Every command by name.
pub const NAMES: [&str; 17] = [
    "create_item",
    "create_order",
    "pay",
    "pay_twice",
    "kill_broker",
    "stop_broker",
    "pause_broker",
    "resume_broker",
    "start_broker",
    "start_app",
    "stop_app",
    "kill_app",
    "pause_app",
    "resume_app",
    "reset_group",
    "elect_preferred_leaders",
    "restore",
];

/// Takes the id out of the body, or makes one.
pub(super) fn id(body: &mut Map<String, Value>) -> Result<String, Refusal> {
    let id = Fields(body).text("id", 64)?;
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
    let fields = Fields(body);
    let known = || NAMES.join(", ");
    let wanted = fields.text("command", 64)?;
    let wanted = wanted.ok_or_else(|| bad("command", format!("command is missing; there are: {}", known())))?;
    let name = NAMES.into_iter().find(|name| *name == wanted);
    let name = name.ok_or_else(|| bad("command", format!("there is no command {wanted:?}; there are: {}", known())))?;
    let command = match name {
        "create_item" => Command::CreateItem {
            item: name_of(&fields, "item")?.unwrap_or_else(|| String::from("kettle")),
            count: fields.number("count", 1, 1_000_000)?.unwrap_or(100),
            price_cents: fields.number("price_cents", 1, 100_000_000)?.unwrap_or(3990),
        },
        "create_order" => Command::CreateOrder {
            item: name_of(&fields, "item")?.unwrap_or_else(|| String::from("kettle")),
            count: fields.number("count", 1, 1000)?.unwrap_or(1),
            customer: fields.text("customer", 40)?.unwrap_or_else(|| String::from("guest")),
            pay: fields.flag("pay")?.unwrap_or(true),
        },
        "pay" => Command::Pay { order: order(&fields)?, refuse: fields.flag("refuse")?.unwrap_or(false) },
        "pay_twice" => Command::PayTwice { order: order(&fields)? },
        "reset_group" => Command::ResetGroup { group: group(&fields)?, to: reset_to(body)? },
        "elect_preferred_leaders" => Command::ElectPreferredLeaders,
        "restore" => Command::Restore,
        _ => match (node_verb(name), app_verb(name)) {
            (Some(verb), _) => {
                Command::Node { verb, node: fields.node()?, confirm: fields.flag("confirm")?.unwrap_or(false) }
            }
            (_, Some(verb)) => {
                let instance = fields.number("instance", 1, 16)?.and_then(|i| u32::try_from(i).ok());
                Command::App { verb, app: app(&fields)?, instance }
            }
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

fn app_verb(name: &str) -> Option<AppVerb> {
    Some(match name.strip_suffix("_app")? {
        "start" => AppVerb::Start,
        "stop" => AppVerb::Stop,
        "kill" => AppVerb::Kill,
        "pause" => AppVerb::Pause,
        "resume" => AppVerb::Resume,
        _ => return None,
    })
}

/// An item's name becomes a key and a word on the stage: letters, digits and dashes.
fn name_of(fields: &Fields<'_>, field: &str) -> Result<Option<String>, Refusal> {
    let name = fields.text(field, 40)?;
    let harmless = name.as_deref().is_none_or(|n| n.chars().all(|c| c.is_alphanumeric() || "-_ ".contains(c)));
    if harmless { Ok(name) } else { Err(bad(field, format!("{field} may have letters, digits, dashes and spaces"))) }
}

fn order(fields: &Fields<'_>) -> Result<Option<OrderId>, Refusal> {
    let order = fields.text("order", 20)?;
    let digits = |o: &str| o.strip_prefix("A-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    match order {
        Some(order) if !digits(&order) => {
            Err(bad("order", format!("{order:?} is not an order id; they look like A-17")))
        }
        order => Ok(order.map(OrderId)),
    }
}

fn app(fields: &Fields<'_>) -> Result<String, Refusal> {
    let apps = ["order", "stock", "payment"];
    let app = fields.text("app", 40)?.ok_or_else(|| bad("app", "app is missing: order, stock or payment"))?;
    if apps.contains(&app.as_str()) {
        Ok(app)
    } else {
        Err(bad("app", format!("there is no app {app:?}: order, stock or payment")))
    }
}

fn group(fields: &Fields<'_>) -> Result<String, Refusal> {
    fields.text("group", 249)?.ok_or_else(|| bad("group", "group is missing: order, stock or payment"))
}

fn reset_to(body: &Map<String, Value>) -> Result<ResetTo, Refusal> {
    match body.get("to") {
        None | Some(Value::Null) => Ok(ResetTo::Earliest),
        Some(Value::String(to)) if to == "earliest" => Ok(ResetTo::Earliest),
        Some(Value::String(to)) if to == "latest" => Ok(ResetTo::Latest),
        Some(to) => match to.as_i64().filter(|offset| *offset >= 0) {
            Some(offset) => Ok(ResetTo::Offset(offset)),
            None => Err(bad("to", "to must be \"earliest\", \"latest\" or an offset")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let body = format!(r#"{{"command":"{name}","broker":1,"app":"stock","group":"stock"}}"#);
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
        ] {
            assert_eq!(parse(body), Err(field.to_owned()), "{body}");
        }
    }

    #[test]
    fn unknown_fields_are_skipped() {
        let restore = parse(r#"{"command":"restore","colour":"green","nested":{"a":[1]}}"#);
        assert_eq!(restore, Ok(Command::Restore));
    }
}
