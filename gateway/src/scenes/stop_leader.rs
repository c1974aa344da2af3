//! stop-leader: a leader leaves in order.

use super::{Scene, kill_leader, press, step::step};

pub(super) fn scene() -> Scene {
    let scene = Scene::new(
        "stop-leader",
        "A leader is stopped",
        "Brokers and replicas",
        "SIGTERM of the broker that leads orders 0: it hands its leadership over before it goes, and there is hardly a gap.",
    )
    .beside("kill-leader")
    .step(kill_leader::orders_begin())
    .step(step("The leader of orders 0 is stopped (SIGTERM)").press(|s| press::node("stop", s.leader(0))))
    .step(step("Another broker leads").until("another leader of orders 0", 20, |s| s.leader_moved(0)))
    .step(kill_leader::orders_go_on())
    .step(kill_leader::orders_end());
    kill_leader::rows(scene, (0, 2000))
}
