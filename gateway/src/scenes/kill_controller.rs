//! kill-controller: nobody is there who could name a new leader.

use model::{ids::BrokerId, verdict::Measure};

use super::{PRICE_CENTS, Scene, Sight, at_least, at_most, is, press, step::step};

/// The node id of the quorum's leader when the run began.
fn active(s: &Sight<'_>) -> BrokerId {
    s.before().quorum.as_ref().map_or(BrokerId::NONE, |quorum| quorum.leader_id)
}

pub(super) fn scene() -> Scene {
    let placed = || String::from("OrderPlaced");
    let gap = || Measure::GapMs { topic: String::from("orders"), partition: 0 };
    Scene::new(
        "kill-controller",
        "The controller is killed",
        "Brokers and replicas",
        "SIGKILL of the active controller, then of a leader: records flow on, but with one controller only no new leader is \
         named until it is back; a quorum of three elects another.",
    )
    .guard("controllers", "Quorum of three")
    .controllers(|guarded| Some(if guarded { 3 } else { 1 }))
    // A new idempotent producer asks a broker for its id, and a broker that has none left asks the controller (KIP-730).
    .step(step("A first order goes through: every producer has its id").press(press::order).until(
        "the order confirmed, and all about it committed",
        20,
        |s| s.gone_through(),
    ))
    .step(step("The active controller is killed (SIGKILL)").press(|s| press::node("kill", active(s))).until(
        "the quorum without its leader, or with another",
        20,
        |s| s.picture().quorum.as_ref().is_some_and(|quorum| quorum.leader_id != active(s)),
    ))
    .step(step("Customers order all the same").press(press::order).until("another confirmed order", 30, |s| {
        s.number(&Measure::Confirmed) >= 2
    }))
    .step(
        step("The leader of orders 0 is killed too")
            .press(|s| press::node("kill", s.leader(0)))
            // Its session ends after broker.session.timeout.ms = 3000; after two of them somebody would have noticed.
            .setting("broker.session.timeout.ms = 3000, twice", 6000),
    )
    .step(step("The controller comes back").press(|s| press::node("start", active(s))))
    .step(step("A new leader is named").until("another leader of orders 0", 30, |s| s.leader_moved(0)))
    .row("orders placed", Measure::OrdersPlaced, at_least(1), at_least(2))
    .row("OrderPlaced on the log", Measure::Records { event: placed() }, at_least(1), is(2))
    .row("acknowledged sends of OrderPlaced", Measure::Acknowledged { event: placed() }, at_least(1), is(2))
    .row("sent again, as the tap saw", Measure::Retries { event: placed() }, at_least(0), at_least(0))
    .row("money taken, cents", Measure::MoneyTaken, at_least(1), is(2 * PRICE_CENTS))
    .row("orders not confirmed", Measure::NotConfirmed, is(0), is(0))
    .row_without(
        "new leaders named while there was no controller",
        Measure::LeaderChangesWithoutController { topic: String::from("orders"), partition: 0 },
        at_least(1),
        is(0),
    )
    .row_with("epochs of the metadata quorum", Measure::ControllerEpochs, at_least(1), at_least(1))
    // Two broker sessions; below it the guarded run's leader was named before the controller came back.
    .rows("gap without a leader, orders 0, ms", gap(), at_most(6000), at_least(6000), at_most(6000))
}
