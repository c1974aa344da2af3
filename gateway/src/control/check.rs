//! What cannot be done as things stand, and why: said before a press is taken.

use model::{
    fact::{ProcessState, Role},
    ids::BrokerId,
};

use super::{
    NodeVerb, Refusal,
    command::{Command, CrashWish},
    stage::{Stage, addresses},
};
use crate::shop::{AppName, desk::Refused, guards::Guard, wire::Point};

impl Stage {
    /// Refuses what cannot be done as things stand, before it is accepted.
    pub(super) async fn check(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Node { verb, node, confirm } => self.check_node(*verb, *node, *confirm),
            Command::CreateItem { .. } => self.check_app(AppName::Stock),
            Command::CreateOrder { item, .. } => {
                let wanted = item.clone();
                let known = self.hub.read(move |p, _| p.shop.items.contains_key(&wanted)).await?;
                if !known {
                    return Err(Refusal::Impossible(format!(
                        "there is no item {item:?}; create it first with create_item"
                    )));
                }
                self.check_app(AppName::Order)
            }
            Command::Pay { order, .. } | Command::PayTwice { order } => {
                if let Some(order) = order.clone() {
                    let known = self.hub.read(move |p, _| p.shop.orders.contains_key(&order)).await?;
                    if !known {
                        return Err(Refusal::Impossible(String::from("there is no such order, or it is too long ago")));
                    }
                }
                self.check_app(AppName::Payment)
            }
            Command::StartApp { how, .. } => self.check_topic(how.topic.clone()).await,
            Command::SetGuard { guard, app, on } => {
                self.shop.can_set_guard(*app, *guard, *on).map_err(|refused| impossible(&refused))
            }
            Command::ArmRule(rule) => self.check_rule(rule),
            Command::ArmCrash(wish) => self.check_crash(wish).await,
            Command::SlowWire { .. }
            | Command::ClearFaults
            | Command::App { .. }
            | Command::ResetGroup { .. }
            | Command::ElectPreferredLeaders
            | Command::Restore
            | Command::SetMarker { .. } => Ok(()),
        }
    }

    fn check_node(&self, verb: NodeVerb, node: BrokerId, confirm: bool) -> Result<(), Refusal> {
        if !self.cluster.nodes().iter().any(|known| known.id == node) {
            let nodes: Vec<String> = self.cluster.nodes().iter().map(|known| known.id.to_string()).collect();
            return Err(super::fields::bad(
                "broker",
                format!("there is no node {node}; there are: {}", nodes.join(", ")),
            ));
        }
        let takes_quorum =
            matches!(verb, NodeVerb::Kill | NodeVerb::Stop | NodeVerb::Pause) && self.cluster.takes_quorum(node);
        if takes_quorum && !confirm {
            return Err(Refusal::Impossible(format!(
                "without node {node} the metadata quorum has no majority: no leader can change and no broker can come \
                 back; send \"confirm\":true if that is what you want"
            )));
        }
        Ok(())
    }

    fn check_app(&self, app: AppName) -> Result<(), Refusal> {
        self.shop.takes_presses(app).map_err(|refused| impossible(&refused))
    }

    async fn check_topic(&self, topic: Option<String>) -> Result<(), Refusal> {
        let Some(topic) = topic else { return Ok(()) };
        let wanted = topic.clone();
        let known = self.hub.read(move |picture, _| picture.topics.contains_key(&wanted)).await?;
        if known { Ok(()) } else { Err(Refusal::Impossible(format!("there is no topic {topic:?}"))) }
    }

    fn check_rule(&self, rule: &tap::Rule) -> Result<(), Refusal> {
        let Some(broker) = rule.broker else { return Ok(()) };
        if addresses(&self.cluster, Role::Broker).any(|(known, _)| known.0 == broker) {
            return Ok(());
        }
        Err(super::fields::bad("rule.broker", format!("rule.broker: there is no broker {broker}")))
    }

    /// A crash point waits in a process, so there must be one; it stops at a transaction only where it makes them.
    async fn check_crash(&self, wish: &CrashWish) -> Result<(), Refusal> {
        let (app, instance) = (wish.app, wish.instance);
        let title = format!("{app} {instance}");
        let of = app.name().to_owned();
        let state = self.hub.read(move |picture, _| picture.apps.get(&(of, instance)).map(|app| app.process.state));
        let why = match state.await? {
            Some(ProcessState::Running)
                if wish.point.at == Point::AfterWork && self.shop.has_guard(app, Guard::Transactions) =>
            {
                format!("app {title} commits its offsets with its events (guard transactions): use in_transaction")
            }
            Some(ProcessState::Running) if wish.point.at != Point::InTransaction => return Ok(()),
            Some(ProcessState::Running) if self.shop.has_guard(app, Guard::Transactions) => return Ok(()),
            Some(ProcessState::Running) => {
                format!("app {title} makes no transactions: switch guard transactions on first (set_guard)")
            }
            None => format!("there is no app {title}: start it first (start_app)"),
            Some(ProcessState::Dead) => format!("app {title} is dead: start it first (start_app)"),
            Some(ProcessState::Paused) => format!("app {title} is paused: resume it first (resume_app)"),
            Some(_) => format!("app {title} is not running yet, or any more"),
        };
        Err(Refusal::Impossible(why))
    }
}

fn impossible(refused: &Refused) -> Refusal {
    Refusal::Impossible(refused.to_string())
}
