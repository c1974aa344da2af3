//! Live: slow motion and pause fall behind, steps go by fact, one key returns, and what is kept has a bound.

use super::*;
use crate::player::{history, speed::Speed};

/// A live session as a page hears it: a frame each 50 ms of the browser's clock, which began with the session.
struct Show {
    deck: Deck,
    facts: Vec<Fact>,
    heard: usize,
    millis: u64,
}

impl Show {
    fn new(facts: Vec<Fact>) -> Self {
        let mut deck = Deck::live(DELAY_MILLIS);
        deck.begin(&[], Micros(0), 0.0);
        Self { deck, facts, heard: 0, millis: 0 }
    }

    fn until(&mut self, millis: u64) {
        while self.millis < millis {
            self.millis += 50;
            let now = Micros::from_millis(self.millis);
            let coming = self.facts[self.heard..].iter().take_while(|f| f.at <= now).count();
            let coming = self.facts[self.heard..self.heard + coming].to_vec();
            self.heard += coming.len();
            self.deck.hear(coming, now, self.millis as f64);
            self.deck.frame(self.millis as f64, 50_000, true);
        }
    }

    fn is_exact(&self) -> bool {
        let (now, shown) = (self.deck.now(), self.deck.player().picture());
        let seen = Picture::of(self.facts.iter().filter(|f| f.at <= now));
        model::state::view(shown, now) == model::state::view(&seen, now)
    }
}

#[test]
fn live_slow_motion_falls_behind_and_one_key_returns() {
    let mut show = Show::new(recording().0);
    show.until(12_000);
    assert_eq!((show.deck.mode(), show.deck.behind_micros(12_000.0)), (Mode::Following, 2_400_000));
    show.deck.set_speed(Speed::ALL[0]);
    assert_eq!((show.deck.mode(), show.deck.now()), (Mode::Playing, Micros::from_millis(9_600)));
    assert!(show.is_exact(), "where the speed changes, the picture is the facts up to there");
    show.until(16_000);
    assert_eq!(show.deck.now(), Micros::from_millis(9_640));
    assert_eq!(show.deck.behind_micros(16_000.0), 6_360_000);
    show.deck.to_end();
    assert_eq!((show.deck.mode(), show.deck.speed()), (Mode::Following, Speed::REAL));
    assert_eq!(show.deck.now(), Micros::from_millis(13_600));
    assert!(show.is_exact() && show.deck.player().hops().is_empty(), "nothing is animated to catch up");
    show.until(22_000);
    assert!(show.is_exact());
    assert_eq!(show.deck.player().picture().counters.records, 60);
}

#[test]
fn at_four_times_the_speed_live_is_caught_up_with() {
    let mut show = Show::new(recording().0);
    show.until(12_000);
    show.deck.set_speed(Speed::ALL[4]);
    assert_eq!(
        (show.deck.mode(), show.deck.speed()),
        (Mode::Following, Speed::REAL),
        "the present cannot be made faster"
    );
    show.deck.play_or_pause();
    show.until(15_000);
    show.deck.set_speed(Speed::ALL[3]);
    show.deck.play_or_pause();
    show.until(15_900);
    assert_eq!(show.deck.mode(), Mode::Playing);
    show.until(16_100);
    assert_eq!((show.deck.mode(), show.deck.speed()), (Mode::Following, Speed::REAL));
    assert_eq!(show.deck.behind_micros(16_100.0), 2_400_000);
}

#[test]
fn a_paused_picture_stands_and_the_records_behind_it_are_counted() {
    let mut show = Show::new(recording().0);
    show.until(12_000);
    let records = |show: &Show| show.deck.player().picture().counters.records;
    show.deck.play_or_pause();
    let (shown, before) = (records(&show), show.deck.now());
    show.until(16_000);
    assert_eq!((records(&show), show.deck.now()), (shown, before));
    assert_eq!(show.deck.records_behind(), 60 - shown);
    show.deck.play_or_pause();
    show.until(17_000);
    assert_eq!(
        (show.deck.mode(), show.deck.now()),
        (Mode::Playing, Micros(before.0 + SECOND)),
        "on from where it stopped"
    );
}

#[test]
fn steps_show_exactly_what_had_been_seen_forth_and_back_live_and_recorded() {
    let (facts, cut) = recording();
    let mut show = Show::new(facts.clone());
    show.until(20_000);
    let mut replay = Deck::recording(Box::new(cut), DELAY_MILLIS);
    replay.seek(Micros::from_millis(10_100));
    show.deck.seek(Micros::from_millis(10_100));
    let drawn: Vec<Micros> = facts.iter().map(|f| f.at).filter(|at| *at > Micros::from_millis(10_100)).collect();
    for deck in [&mut show.deck, &mut replay] {
        let exact = |deck: &Deck| {
            let seen = Picture::of(facts.iter().filter(|f| f.at <= deck.now()));
            assert_eq!(*deck.player().picture(), seen);
            assert!(deck.mode() == Mode::Paused && deck.player().hops().is_empty());
        };
        for at in &drawn[..40] {
            deck.step(true);
            assert_eq!(deck.now(), *at);
            exact(deck);
        }
        for at in drawn[..39].iter().rev() {
            deck.step(false);
            assert_eq!(deck.now(), *at);
            exact(deck);
        }
        assert_eq!(deck.stepped(), Some("fact 10, record_sent"));
    }
}

#[test]
fn who_stands_further_back_than_what_is_kept_returns_to_the_present_and_is_told() {
    let mut show = Show::new(recording().0);
    show.until(12_000);
    show.deck.play_or_pause();
    let before = show.deck.player().picture().clone();
    let many = (0..history::KEPT as u64 + 30_000).map(|n| Fact {
        seq: 10_000 + n,
        at: Micros::from_millis(20_000 + n),
        event: log_end(2, 60),
    });
    show.deck.hear(many.collect(), Micros::from_millis(160_000), 160_000.0);
    show.deck.frame(160_000.0, 50_000, true);
    assert_eq!(*show.deck.player().picture(), before, "a paused picture stands");
    assert!(!show.deck.take_ran_out());
    show.deck.set_speed(Speed::ALL[4]);
    show.deck.play_or_pause();
    for _ in 0..20 {
        show.deck.frame(160_000.0, 100_000, true);
    }
    assert!(show.deck.take_ran_out() && !show.deck.take_ran_out(), "said once");
    assert_eq!((show.deck.mode(), show.deck.now()), (Mode::Following, Micros::from_millis(157_600)));
    assert_eq!(show.deck.player().picture().counters.records, before.counters.records.max(20));
}

#[test]
fn a_break_does_not_move_a_paused_picture_and_is_not_animated_over() {
    let (facts, _) = recording();
    let mut show = Show::new(facts[..100].to_vec());
    show.until(12_000);
    show.deck.play_or_pause();
    let before = (show.deck.now(), show.deck.player().picture().clone());
    let whole = Picture::of(&facts);
    show.deck.begin(&keyframe(&whole), Micros::from_millis(30_000), 30_000.0);
    assert_eq!((show.deck.now(), show.deck.player().picture().clone()), before);
    assert_eq!(show.deck.player().tally().missed, 0, "of what comes later nothing is said yet");
    show.deck.set_speed(Speed::ALL[4]);
    show.deck.play_or_pause();
    for n in 0..40 {
        show.deck.frame(30_000.0 + f64::from(n) * 50.0, 50_000, true);
    }
    assert_eq!(show.deck.player().picture().counters.records, 60);
    assert_eq!(show.deck.player().tally().missed, 60 - Picture::of(&facts[..100]).counters.records);
    assert_eq!(show.deck.mode(), Mode::Following);
}
