//! stop-leader: a leader leaves in order.

use model::verdict::Measure;

use super::{Scene, kill_leader, press, step::step};

pub(super) fn scene() -> Scene {
    let scene = Scene::new(
        "stop-leader",
        "A leader is stopped",
        "Brokers and replicas",
        "SIGTERM of the broker that leads orders 0: it hands its leadership over before it goes, and there is hardly a gap.",
    )
    .beside("kill-leader")
    .step(step("Customers order, four times a second").orders(250).until("two confirmed orders", 20, |s| {
        s.number(&Measure::Confirmed) >= 2
    }))
    .step(step("The leader of orders 0 is stopped (SIGTERM)").press(|s| press::node("stop", s.leader(0))))
    .step(step("Another broker leads").until("another leader of orders 0", 20, |s| s.leader_moved(0)))
    .step(step("Orders go on under the new leader").until("an order under the new leader epoch", 20, |s| {
        s.appended_since_move(0)
    }))
    .step(step("Every order is decided").no_more_orders().until("all orders confirmed", 40, |s| s.all_confirmed()));
    kill_leader::rows(scene, (0, 2000))
}
