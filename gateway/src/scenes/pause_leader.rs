//! pause-leader: a leader stops answering and comes back (SIGSTOP, SIGCONT).

use model::{fact::Registration, verdict::Measure};

use super::{Scene, at_least, is, kill_leader, press, step::step};

pub(super) fn scene() -> Scene {
    let scene = Scene::new(
        "pause-leader",
        "A leader stands still",
        "Brokers and replicas",
        "SIGSTOP of the broker that leads orders 0: its sockets stay open and it is fenced all the same; when it runs again \
         it takes back what was not committed and catches up.",
    )
    .beside("kill-leader")
    .step(kill_leader::orders_begin())
    .step(step("The leader of orders 0 is paused (SIGSTOP)").press(|s| press::node("pause", s.leader(0))))
    .step(
        step("The controller fences it: its heartbeats are missing")
            .until("another leader of orders 0", 20, |s| s.leader_moved(0))
            .until("the paused broker fenced", 20, |s| {
                let paused = s.leader(0);
                s.picture().brokers.get(&paused).is_some_and(|b| b.registered() != Registration::Active)
            }),
    )
    .step(kill_leader::orders_go_on())
    .step(
        step("It runs again (SIGCONT), follows and catches up")
            .press(|s| press::node("resume", s.leader(0)))
            .until("three replicas in sync", 30, |s| s.partition(0).is_some_and(|p| p.isr.len() == 3)),
    )
    .step(kill_leader::orders_end());
    kill_leader::rows(scene, (1500, 9000))
        .row("fenced while it was only paused", Measure::FencedWhilePaused, at_least(0), is(1))
        .row("records it had to take back", Measure::Truncated, at_least(0), at_least(0))
}
