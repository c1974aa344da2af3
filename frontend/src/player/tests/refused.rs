//! A broker's refusal rises from it each time it is told, and an app's last word draws nothing that was drawn.

use super::*;

const REFUSED: &str = "NOT_ENOUGH_REPLICAS";

fn refused_by_broker(correlation_id: i32) -> Event {
    match wire_answered(correlation_id, -1) {
        Event::ProduceAnswered {
            broker,
            connection,
            client_id,
            topic,
            partition,
            base_offset,
            event_ids,
            took_micros,
            ..
        } => Event::ProduceAnswered {
            broker,
            connection,
            client_id,
            correlation_id,
            topic,
            partition,
            base_offset,
            error: REFUSED.to_owned(),
            event_ids,
            took_micros,
        },
        other => other,
    }
}

fn given_up(error: &str) -> Event {
    Event::RecordRefused {
        app: "order".to_owned(),
        instance: 1,
        topic: "orders".to_owned(),
        event_id: "e0".to_owned(),
        error: error.to_owned(),
        source: Source::App,
    }
}

/// Every hop that is drawn of these facts, in the order they begin.
fn hops(facts: Vec<Fact>) -> Vec<Hop> {
    let mut player = Player::new(DELAY_MILLIS);
    player.take(facts);
    let mut seen: Vec<Hop> = Vec::new();
    for millis in (10_000..15_000).step_by(10) {
        player.advance(Micros::from_millis(millis));
        seen.extend(player.hops().iter().filter(|h| !seen.contains(h)).cloned().collect::<Vec<_>>());
    }
    seen
}

fn twice_refused() -> Vec<Fact> {
    vec![
        fact(1, 100, leads(1, 4)),
        fact(2, 10_000, sent("e0")),
        fact(3, 10_001, wire_sent(1, "order-1")),
        fact(4, 10_003, refused_by_broker(1)),
        fact(5, 10_103, wire_sent(2, "order-1")),
        fact(6, 10_105, refused_by_broker(2)),
    ]
}

#[test]
fn each_refusal_of_a_broker_comes_down_to_it_and_rises() {
    let shown = hops(twice_refused());
    let legs: Vec<&Leg> = shown.iter().map(|h| &h.leg).collect();
    let again = Leg::Again { after_micros: 102_000 };
    assert_eq!(legs, [&Leg::Produce, &again, &Leg::Refused, &Leg::Refused]);
    let by = (Some(0), None, Some(BrokerId(1)), Some("A-1".to_owned()));
    assert!(shown.iter().all(|h| (h.partition, h.offset, h.broker, h.key.clone()) == by), "{shown:?}");
    assert!(shown[0].ends <= shown[2].starts && shown[1].ends <= shown[3].starts, "down before up: {shown:?}");
}

#[test]
fn what_a_broker_said_the_app_does_not_say_again() {
    let refused = |error: &str| {
        let all = [twice_refused(), vec![fact(7, 12_000, given_up(error))]].concat();
        hops(all).into_iter().filter(|h| h.leg == Leg::Refused).map(|h| h.broker).collect::<Vec<_>>()
    };
    let by_broker = Some(BrokerId(1));
    assert_eq!(refused(REFUSED), [by_broker, by_broker]);
    // Nobody answered that: its app let go of it.
    assert_eq!(refused("_MSG_TIMED_OUT"), [by_broker, by_broker, None]);
}

#[test]
fn a_record_that_is_stored_after_all_is_one_more_send() {
    let all = [twice_refused(), vec![fact(7, 10_305, wire_sent(3, "order-1")), fact(8, 10_307, appended(0, "e0"))]];
    let stored: Vec<Leg> = hops(all.concat()).into_iter().filter(|h| h.offset == Some(0)).map(|h| h.leg).collect();
    assert_eq!(stored, [Leg::Again { after_micros: 202_000 }]);
}
