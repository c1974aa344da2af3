//! What each command does.

use std::time::Duration;

use anyhow::{Context as _, bail};
use model::{
    ids::{BrokerId, PartitionId},
    picture::Picture,
};

use super::{
    AppVerb, Command, Did, NodeVerb, Stage,
    command::{ResetTo, StartWish},
};
use crate::{
    hub::Hub,
    kafka::hands,
    shop::{
        AppName,
        desk::{CreateOrder, StartApp},
    },
};

/// How long an election or a commit may take.
const DEADLINE: Duration = Duration::from_secs(5);

impl Stage {
    /// Does it.
    pub(super) async fn perform(&self, command: &Command, hub: &Hub) -> anyhow::Result<Did> {
        match command {
            Command::CreateItem { item, count, price_cents } => {
                Ok(Did::new(self.shop.create_item(item, *count, *price_cents).await?.text))
            }
            Command::CreateOrder { item, count, customer, pay } => {
                let wanted = CreateOrder { item: item.clone(), count: *count, customer: customer.clone(), pay: *pay };
                Ok(Did::new(self.shop.create_order(wanted).await?.1.text))
            }
            Command::Pay { order, refuse } => Ok(Did::new(self.shop.pay(order.clone(), *refuse).await?.1.text)),
            Command::PayTwice { order } => Ok(Did::new(self.shop.pay_twice(order.clone()).await?.1.text)),
            Command::Node { verb, node, .. } => self.node(*verb, *node).await,
            Command::StartApp { app, instance, how } => {
                Ok(Did::new(self.shop.start_app(*app, *instance, how.clone().into()).await?.text))
            }
            Command::App { verb, app, instance } => self.app(*verb, *app, *instance).await,
            Command::SetGuard { guard, app, on } => Ok(Did::new(self.shop.set_guard(*app, *guard, *on).await?.text)),
            Command::ArmRule(rule) => {
                let id = self.tap.arm(rule.clone());
                Ok(Did::new(format!("armed rule {id}: {rule}")))
            }
            Command::ArmCrash(wish) => Ok(Did::new(self.shop.arm(wish.app, wish.instance, wish.point).await?.text)),
            Command::ClearFaults => {
                // The wire first: it cannot fail, and an app that does not answer may.
                let cleared = self.tap.clear("cleared");
                let crash_points = self.shop.disarm_all().await?.text;
                Ok(Did::new(match cleared {
                    0 => crash_points,
                    1 => format!("cleared 1 fault on the wire; {crash_points}"),
                    count => format!("cleared {count} faults on the wire; {crash_points}"),
                }))
            }
            Command::SlowWire { ms } => {
                self.tap.slow(*ms);
                Ok(Did::new(match ms {
                    0 => String::from("the wire is as fast as it can be"),
                    ms => format!("Produce, its answers and Fetch answers with records wait {ms} ms each"),
                }))
            }
            Command::ResetGroup { group, of, to } => self.reset_group(group, of.clone(), *to, hub).await,
            Command::ElectPreferredLeaders => self.elect_preferred_leaders().await,
            Command::Restore => self.restore(hub).await,
            Command::SetMarker { .. } => bail!("a marker is set on the session, not on the stage"),
        }
    }

    /// Does something to a node's process.
    pub(super) async fn node(&self, verb: NodeVerb, node: BrokerId) -> anyhow::Result<Did> {
        let did = match verb {
            NodeVerb::Kill => self.cluster.kill(node).await,
            NodeVerb::Stop => self.cluster.stop(node).await,
            NodeVerb::Pause => self.cluster.pause(node).await,
            NodeVerb::Resume => self.cluster.resume(node).await,
            NodeVerb::Start => self.cluster.start_node(node).await,
        };
        Ok(Did::new(did?.text))
    }

    async fn app(&self, verb: AppVerb, app: AppName, instance: Option<u32>) -> anyhow::Result<Did> {
        let did = match verb {
            AppVerb::Stop => self.shop.stop_app(app, instance).await?,
            AppVerb::Kill => self.shop.kill_app(app, instance).await?,
            AppVerb::Pause => self.shop.pause_app(app, instance)?,
            AppVerb::Resume => self.shop.resume_app(app, instance)?,
        };
        Ok(Did::new(did.text))
    }

    /// Leaders go home.
    pub(super) async fn elect_preferred_leaders(&self) -> anyhow::Result<Did> {
        let mut connection = self.any_broker().await?;
        let elected = hands::elect_preferred_leaders(&mut connection, DEADLINE).await;
        let failed = elected.context("the election was not answered; is the controller there?")?;
        if failed.is_empty() {
            return Ok(Did::new("every partition is led by its preferred leader"));
        }
        let failed: Vec<String> = failed.into_iter().map(|(t, p, code)| format!("{t} {p}: {code}")).collect();
        bail!("these keep their leader: {}", failed.join(", "))
    }

    async fn reset_group(&self, group: &str, of: Option<PartitionId>, to: ResetTo, hub: &Hub) -> anyhow::Result<Did> {
        let wanted = group.to_owned();
        let found = hub.read(move |picture, _| plan_reset(picture, &wanted, of.as_ref(), to)).await?;
        let (coordinator, offsets) = found.map_err(anyhow::Error::msg)?;
        let mut connection = self.broker(coordinator).await?;
        let count = offsets.len();
        let committed = hands::commit_offsets(&mut connection, group, &offsets, DEADLINE).await;
        committed.with_context(|| format!("group {group} keeps its offsets"))?;
        let partitions = if count == 1 { "1 partition" } else { &format!("{count} partitions") };
        Ok(Did::new(format!("group {group} will go on elsewhere on {partitions}")))
    }
}

type Reset = (BrokerId, Vec<(String, i32, i64)>);

/// Which offsets a group gets; it must be empty, as kafka-consumer-groups asks too.
fn plan_reset(picture: &Picture, group: &str, of: Option<&PartitionId>, to: ResetTo) -> Result<Reset, String> {
    let known = picture.groups.get(group).ok_or_else(|| format!("there is no group {group}"))?;
    if !known.members.is_empty() {
        return Err(format!("group {group} has {} members; stop them first (stop_app)", known.members.len()));
    }
    let offset_of = |id: &PartitionId| {
        let offsets = picture.partitions.get(id)?.offsets.as_ref()?;
        Some(match to {
            ResetTo::Earliest => offsets.log_start_offset,
            ResetTo::Latest => offsets.high_watermark,
            ResetTo::Offset(offset) => offset.clamp(offsets.log_start_offset, offsets.high_watermark),
        })
    };
    if let Some(of) = of.filter(|of| !picture.partitions.contains_key(*of)) {
        return Err(format!("there is no partition {of}"));
    }
    let partitions = of.map_or_else(|| picture.group_partitions(known), |of| vec![of.clone()]);
    let offsets = partitions.iter().filter_map(|id| Some((id.topic.clone(), id.partition, offset_of(id)?))).collect();
    Ok((known.coordinator, offsets))
}

impl From<StartWish> for StartApp {
    fn from(wish: StartWish) -> Self {
        Self {
            group: wish.group,
            group_protocol: wish.group_protocol.map(str::to_owned),
            topic: wish.topic,
            isolation: wish.isolation.map(str::to_owned),
            commit_first: wish.commit_first,
            transactional_id: wish.transactional_id,
            from_end: wish.from_end,
            assignor: wish.assignor.map(str::to_owned),
            key: wish.key.map(str::to_owned),
            work_ms: wish.work_ms,
            parks: wish.parks,
        }
    }
}
