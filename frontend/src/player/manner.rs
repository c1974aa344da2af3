//! How somebody wants it played: which range comes again and again, whether chapters stop it, and what is left out.

use model::ids::Micros;

use super::timeline::Timeline;

/// So much is still shown after something was seen, and before something is.
const MARGIN_MICROS: u64 = 1_000_000;

/// How it is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// Played from its beginning again when its end is reached.
    pub range: Option<(Micros, Micros)>,
    /// Whether it stops where a chapter begins.
    pub stops: bool,
    /// Whether stretches in which nothing was seen are left out.
    pub skips: bool,
}

/// What playing comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It goes on.
    On,
    /// It stops there.
    Stop(Micros),
    /// It goes on from there.
    Jump(Micros),
}

impl Manner {
    /// What comes of going from one moment to a later one.
    pub(super) fn turn(self, timeline: &Timeline, from: Micros, to: Micros) -> Turn {
        if let Some((begins, ends)) = self.range
            && from < ends
            && ends <= to
        {
            return Turn::Jump(begins);
        }
        if self.stops
            && let Some((at, _)) = timeline.chapters.iter().find(|(at, _)| from < *at && *at <= to)
        {
            return Turn::Stop(*at);
        }
        if self.skips && timeline.is_whole {
            let within = |at: Micros, until: Micros| from.since(at) >= MARGIN_MICROS && until.since(to) > MARGIN_MICROS;
            let quiet = timeline.quiet().into_iter().find(|q| within(q.from, q.until));
            if let Some(quiet) = quiet {
                // What stops or turns it inside must not be jumped over.
                let wanted = Micros(quiet.until.0 - MARGIN_MICROS);
                let bound = self.range.map(|(_, ends)| ends).filter(|ends| from < *ends && *ends < wanted);
                return Turn::Jump(bound.map_or(wanted, |ends| Micros(ends.0.saturating_sub(1))));
            }
        }
        Turn::On
    }
}

#[cfg(test)]
mod tests {
    use model::fact::{Event, Fact, MarkerKind};

    use super::*;

    fn at(millis: u64) -> Micros {
        Micros::from_millis(millis)
    }

    fn timeline() -> Timeline {
        let mut timeline = Timeline { is_whole: true, ..Timeline::default() };
        for (seq, second) in [0, 1, 2, 40, 41].into_iter().enumerate() {
            let event = Event::Marker { label: format!("at {second}"), marker: MarkerKind::Chapter };
            timeline.add(&Fact { seq: seq as u64 + 1, at: at(second * 1_000), event });
        }
        timeline
    }

    #[test]
    fn a_range_comes_again() {
        let manner = Manner { range: Some((at(1_000), at(2_000))), ..Manner::default() };
        assert_eq!(manner.turn(&timeline(), at(1_990), at(2_006)), Turn::Jump(at(1_000)));
        assert_eq!(manner.turn(&timeline(), at(1_500), at(1_516)), Turn::On);
        assert_eq!(manner.turn(&timeline(), at(2_500), at(2_516)), Turn::On, "who went behind it wants to be there");
    }

    #[test]
    fn a_chapter_stops_it_and_lets_it_go_on() {
        let manner = Manner { stops: true, ..Manner::default() };
        assert_eq!(manner.turn(&timeline(), at(1_990), at(2_006)), Turn::Stop(at(2_000)));
        assert_eq!(manner.turn(&timeline(), at(2_000), at(2_016)), Turn::On);
    }

    #[test]
    fn quiet_parts_are_left_out_but_for_their_ends() {
        let manner = Manner { skips: true, ..Manner::default() };
        assert_eq!(manner.turn(&timeline(), at(3_500), at(3_516)), Turn::On);
        assert_eq!(manner.turn(&timeline(), at(4_000), at(4_016)), Turn::Jump(at(39_000)));
        assert_eq!(manner.turn(&timeline(), at(39_000), at(39_016)), Turn::On);
        let looping = Manner { range: Some((at(0), at(20_000))), ..manner };
        let jumped = looping.turn(&timeline(), at(4_000), at(4_016));
        assert_eq!(jumped, Turn::Jump(Micros(19_999_999)), "not over the end of what comes again");
    }
}
