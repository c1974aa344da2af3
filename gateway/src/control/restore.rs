//! All back to green: look what is missing, mend it, look again.

use std::{collections::BTreeSet, time::Duration};

use anyhow::bail;
use model::{
    fact::{ProcessState, Registration},
    green,
    ids::{BrokerId, Micros},
    picture::{Picture, ProofStatus, shop::APPS},
};
use tokio::time::{Instant, timeout};

use super::{Did, NodeVerb, Stage};
use crate::{hub::Hub, shop::desk::DEFAULT_ITEM};

/// How long it may take: a broker's start, its session and a catch-up several times over.
const DEADLINE: Duration = Duration::from_secs(120);
/// How long one wait for the picture to change for the better may last before we look again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A proof that is broken for so long will not mend by itself.
const BROKEN_MICROS: u64 = 3_000_000;

/// Fewer pieces than that on the shelf may not last for the next scene.
const FEW_PIECES: i64 = 100;
const FILLED: &str = "shelf filled";

/// What can be done about what is missing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    resume: Vec<BrokerId>,
    start: Vec<BrokerId>,
    armed: bool,
    apps: bool,
    shelf: bool,
    elect: bool,
    broken: bool,
    missing: Vec<String>,
}

impl Stage {
    /// Brings everything to green; done when the picture says that it is.
    pub(super) async fn restore(&self, hub: &Hub) -> anyhow::Result<Did> {
        let deadline = Instant::now() + DEADLINE;
        let mut did = self.mend_wire();
        let mut broken_since: Option<Micros> = None;
        // What apps sent before we began, and what they send because of us, has to arrive.
        let mut until = hub.read(|_, now| now).await?;
        loop {
            let looked = hub.read(move |picture, now| {
                let mut plan = plan(picture, now);
                plan.missing.extend(green::on_its_way(picture, until, now));
                (plan, now)
            });
            let (mut plan, now) = looked.await?;
            plan.apps |= self.shop.is_odd();
            plan.shelf &= !did.contains(FILLED);
            if plan.missing.is_empty() && !plan.apps && !plan.shelf {
                break;
            }
            if Instant::now() >= deadline {
                bail!("not green after {} s: {}", DEADLINE.as_secs(), plan.missing.join("; "));
            }
            self.mend_nodes(&plan, &mut did).await;
            self.mend_apps(&plan, &mut did).await;
            if plan.elect && self.elect_preferred_leaders().await.is_ok() {
                did.insert(String::from("leaders elected"));
            }
            broken_since = plan.broken.then(|| broken_since.unwrap_or(now));
            if broken_since.is_some_and(|since| now.since(since) > BROKEN_MICROS) {
                self.shop.new_ledger().await?;
                did.insert(String::from("new ledger"));
                broken_since = None;
                plan.shelf = true;
            }
            if plan.shelf || plan.apps {
                until = hub.read(|_, now| now).await?;
            }
            let better = hub.until(|picture, now| green::missing(picture, now).is_empty().then_some(()));
            if let Ok(ended) = timeout(LOOK_AGAIN, better).await {
                ended?;
            }
        }
        let did: Vec<String> = did.into_iter().collect();
        Ok(Did::new(if did.is_empty() {
            String::from("all was green")
        } else {
            format!("all green: {}", did.join(", "))
        }))
    }

    /// Nothing waits on the wire any more, and nothing is held there.
    fn mend_wire(&self) -> BTreeSet<String> {
        let mut did = BTreeSet::new();
        if self.tap.clear("restored") > 0 {
            did.insert(String::from("faults cleared"));
        }
        if self.tap.slow_ms() > 0 {
            self.tap.slow(0);
            did.insert(String::from("wire fast again"));
        }
        did
    }

    /// A step that fails is tried again at the next look; what stays missing is named at the deadline.
    async fn mend_nodes(&self, plan: &Plan, did: &mut BTreeSet<String>) {
        for (verb, nodes, word) in
            [(NodeVerb::Resume, &plan.resume, "resumed"), (NodeVerb::Start, &plan.start, "started")]
        {
            for node in nodes {
                if self.node(verb, *node).await.is_ok() {
                    did.insert(format!("node {node} {word}"));
                }
            }
        }
    }

    /// Apps back to one running instance each, guards to their defaults, something on the shelf to sell.
    async fn mend_apps(&self, plan: &Plan, did: &mut BTreeSet<String>) {
        if plan.armed && self.shop.disarm_all().await.is_ok() {
            did.insert(String::from("crash points taken back"));
        }
        if plan.apps && self.shop.restore().await.is_ok() {
            did.insert(String::from("apps back"));
        }
        if plan.shelf && self.shop.fill_shelf().await.is_ok() {
            did.insert(String::from(FILLED));
        }
    }
}

/// Controllers first: a broker that starts without one waits for it.
fn plan(picture: &Picture, now: Micros) -> Plan {
    let missing = green::missing(picture, now);
    let controllers = picture.controllers.iter().map(|(id, c)| (*id, c.process.state));
    let brokers = picture.brokers.iter().map(|(id, b)| (*id, b.state()));
    let nodes: Vec<(BrokerId, ProcessState)> = controllers.chain(brokers).collect();
    let nodes_in = |state| nodes.iter().filter(move |(_, s)| *s == state).map(|(id, _)| *id).collect();
    let alone = picture.apps.iter().all(|((app_name, instance), app)| match app.process.state {
        ProcessState::Running => *instance == 1 && APPS.contains(&app_name.as_str()),
        ProcessState::Dead => *instance > 1 || !APPS.contains(&app_name.as_str()),
        _ => false,
    });
    let guards = picture.guards.iter().all(|((_, guard), (_, on))| *on == green::default_of(guard));
    let all_in_sync = picture.partitions.values().all(|p| p.isr.len() == p.replicas.len());
    let all_active = picture.brokers.values().all(|b| b.registered() == Registration::Active);
    let away = picture.partitions.values().any(|p| p.stamp.is_some() && p.replicas.first() != Some(&p.leader));
    Plan {
        resume: nodes_in(ProcessState::Paused),
        start: nodes_in(ProcessState::Dead),
        armed: !picture.crash_points.is_empty(),
        apps: !alone || !guards,
        shelf: picture.shop.items.get(DEFAULT_ITEM).is_some_and(|item| item.on_hand < FEW_PIECES),
        elect: away && all_in_sync && all_active,
        broken: picture.proof(now).status == ProofStatus::Broken,
        missing,
    }
}
