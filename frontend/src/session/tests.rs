//! A link that falls silent, a viewer that is too slow, and what was pressed.

use super::*;

const SESSION: &str = r#"{"seq":1,"at":0,"kind":"session_started","session":"s1","wall_clock":"2026-11-20T14:05:00Z"}"#;

fn keyframe(at_millis: u64) -> String {
    format!(r#"{{"keyframe":[{SESSION}],"seq":1,"at":{}}}"#, at_millis * 1000)
}

fn session() -> Session {
    let mut session = Session::new(0, true, 0);
    session.link_opened(0.0);
    session.hear(&keyframe(31_000), 0.0);
    session
}

#[test]
fn a_gateway_that_falls_silent_is_said_within_a_second_and_time_stands() {
    let mut session = session();
    session.frame(900.0);
    assert_eq!(session.link.state, LinkState::Up);
    session.frame(1_010.0);
    assert_eq!(session.link.state, LinkState::Silent);
    let before = session.player().map(Player::now);
    session.frame(4_000.0);
    assert_eq!(session.player().map(Player::now), before);
    let said = session.caption(4_000.0).text();
    assert_eq!(said, "No news from the cluster for 4.0 s. The picture is from 14:05:31.");
}

#[test]
fn it_comes_back_by_itself() {
    let mut session = session();
    session.link_lost(3, 1_200.0);
    session.frame(1_300.0);
    assert!(session.caption(1_300.0).text().ends_with("attempt 3."));
    session.hear(&keyframe(40_000), 9_000.0);
    session.frame(9_001.0);
    assert_eq!(session.link.state, LinkState::Up);
    assert!(session.player().is_some_and(|p| p.now() >= Micros::from_millis(40_000)));
}

#[test]
fn what_a_slow_viewer_missed_is_said_and_counted() {
    let mut session = session();
    session.hear(r#"{"skipped":1240}"#, 10.0);
    session.hear(&keyframe(31_010), 20.0);
    assert_eq!(session.skipped(), 1_240);
    assert!(session.caption(30.0).text().starts_with("Your connection is slow: 1 240 events left out."));
    assert!(!session.caption(6_000.0).text().contains("slow"));
}

#[test]
fn a_press_is_pending_until_its_fact_comes() {
    let mut session = session();
    session.press("x1".to_owned(), &crate::cues::Press::pay());
    assert_eq!(session.pressed[0].outcome, Outcome::Pending);
    let finished = r#"{"facts":[{"seq":5,"at":31100000,"kind":"command_finished","id":"x1","command":"pay","ok":false,"did":"","took_ms":3,"reason":"the payment app is down"}],"at":31100000}"#;
    session.hear(finished, 100.0);
    assert_eq!(session.pressed[0].outcome, Outcome::Refused("the payment app is down".to_owned()));
    session.frame(30_000.0);
    assert!(session.pressed.is_empty());
}

#[test]
fn a_press_ends_where_another_gateway_answers() {
    let mut session = session();
    session.press("x1".to_owned(), &crate::cues::Press::pay());
    session.hear(&keyframe(31_100), 100.0);
    assert_eq!(session.pressed[0].outcome, Outcome::Pending, "the same gateway may still tell");
    session.hear(&keyframe(500).replace("s1", "s2"), 9_000.0);
    assert_eq!(session.pressed[0].outcome, Outcome::Refused("not known: the gateway went away".to_owned()));
    session.frame(30_000.0);
    assert!(session.pressed.is_empty());
}

#[test]
fn a_question_waits_five_seconds() {
    let mut session = session();
    session.ask(Question::Which { sentence: String::new(), choices: vec![] }, 1_000.0);
    session.frame(5_900.0);
    assert!(session.question().is_some());
    session.frame(6_000.0);
    assert!(session.question().is_none());
}
