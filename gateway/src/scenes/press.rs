//! The commands scenes press, as any person could send them to /api/commands.

use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use model::ids::BrokerId;
use serde_json::{Value, json};

use super::Sight;
use crate::control::Control;

/// Presses a command and waits for what comes of it.
///
/// # Errors
/// Where it is refused, or fails.
pub(super) async fn press(control: &Arc<Control>, command: Value) -> anyhow::Result<()> {
    let Value::Object(body) = command else { bail!("a command is an object") };
    let name = body.get("command").and_then(Value::as_str).unwrap_or_default().to_owned();
    let pressed = control.press(body).await.map_err(|refusal| anyhow!("{name} was refused: {refusal}"))?;
    let outcome = control.outcome(&pressed.id).await.context("the gateway is shutting down")?;
    if outcome.get("ok").and_then(Value::as_bool) == Some(true) {
        return Ok(());
    }
    bail!("{name} failed: {}", outcome.get("reason").and_then(Value::as_str).unwrap_or("no reason was given"))
}

/// A customer orders and pays.
pub(super) fn order(sight: &Sight<'_>) -> Value {
    json!({ "command": "create_order", "customer": sight.customer() })
}

/// A customer orders and does not pay yet.
pub(super) fn order_unpaid(sight: &Sight<'_>) -> Value {
    json!({ "command": "create_order", "customer": sight.customer(), "pay": false })
}

/// SIGKILL, SIGTERM, SIGSTOP, SIGCONT or a start of a node.
pub(super) fn node(verb: &str, node: BrokerId) -> Value {
    json!({ "command": format!("{verb}_broker"), "broker": node, "confirm": true })
}

/// An app does this at that point of its work, once.
pub(super) fn crash_point(app: &str, at: &str, what: &str) -> Value {
    json!({ "command": "arm_fault", "app": app, "at": at, "do": what })
}

/// Something is done to an app's process.
pub(super) fn app(verb: &str, app: &str) -> Value {
    json!({ "command": format!("{verb}_app"), "app": app })
}

/// The same to one of its instances.
pub(super) fn instance(verb: &str, app: &str, instance: u32) -> Value {
    json!({ "command": format!("{verb}_app"), "app": app, "instance": instance })
}

/// A plain reader of `orders`.
pub(super) fn reader(instance: u32, isolation: &str) -> Value {
    let group = format!("reader-{isolation}").replace('_', "-");
    json!({
        "command": "start_app", "app": "reader", "instance": instance, "group": group, "topic": "orders",
        "isolation": isolation,
    })
}
