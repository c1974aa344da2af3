//! The honesty line: how old the picture is, what was seen, drawn, merged and left out.

use model::{
    fact::{ReadsTo, Source},
    picture::Picture,
};

use super::numbers::{clock, fine_seconds, thousands};
use crate::player::Player;

/// One piece of the line: words, a number, words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// Before the number.
    pub before: String,
    /// The number.
    pub value: String,
    /// After it.
    pub after: String,
    /// Whether it must be noticed.
    pub warns: bool,
}

fn piece(before: &str, value: String, after: &str) -> Piece {
    Piece { before: before.to_owned(), value, after: after.to_owned(), warns: false }
}

/// The line for what a player shows. `silent_micros`: how long nothing was heard beyond that. What was seen is counted where
/// facts are folded and what became of it where marks are drawn: that the two come to the same is for the reader to check.
pub fn words(player: &Player, silent_micros: u64) -> Vec<Piece> {
    let picture = player.picture();
    let now = player.now();
    let counters = &picture.counters;
    // The gateway saw what this page missed; what it dropped nobody saw.
    let seen = counters.records + counters.dropped;
    let tally = player.tally();
    let dropped = counters.dropped + tally.missed;
    let merged = counters.merged + tally.merged;
    let mut pieces = Vec::new();
    match &picture.read {
        Some((read, _)) => {
            let age = now.since(read.at) + silent_micros;
            pieces.push(piece("Cluster state read ", fine_seconds(age), " ago"));
        }
        None => pieces.push(piece("Cluster state not read yet", String::new(), "")),
    }
    pieces.push(piece("", thousands(seen), " records seen"));
    pieces.push(piece("", thousands(tally.drawn), " drawn"));
    pieces.push(piece("", thousands(merged), " merged"));
    if tally.elsewhere > 0 {
        pieces.push(piece("", thousands(tally.elsewhere), " not on screen"));
    }
    let lost = Piece { warns: dropped > 0, ..piece("", thousands(dropped), " dropped") };
    if dropped > 0 {
        pieces.insert(0, lost);
    } else {
        pieces.push(lost);
    }
    pieces.push(piece("recording ", clock(now), ""));
    pieces.extend(sight(picture));
    pieces.push(piece("", String::new(), &cluster(picture)));
    if counters.surprises > 0 {
        let surprises = piece("", thousands(counters.surprises), " not understood");
        pieces.push(Piece { warns: true, ..surprises });
    }
    pieces
}

/// How far the tail sees, and whether clients are watched.
fn sight(picture: &Picture) -> Vec<Piece> {
    let mut tails = picture.shown_partitions().filter_map(|(_, p)| p.tail.as_ref()).map(|t| t.reads_to).peekable();
    let mut pieces = Vec::new();
    if tails.peek().is_some() {
        let to_end = tails.all(|t| t == ReadsTo::LogEnd);
        pieces.push(piece(
            "",
            String::new(),
            if to_end { "reads to the log end" } else { "reads to the high watermark" },
        ));
    }
    let told = picture.groups.values().flat_map(|g| g.positions.values()).map(|p| p.source).next();
    match told {
        _ if picture.apps.is_empty() => pieces.push(piece("", String::new(), "acks not watched")),
        Some(Source::Tap) => pieces.push(piece("", String::new(), "acks seen on the wire")),
        _ => pieces.push(piece("", String::new(), "acks as the apps report")),
    }
    pieces
}

fn cluster(picture: &Picture) -> String {
    let version = picture.session.as_ref().map(|(_, s)| s.kafka_version.as_str()).unwrap_or_default();
    let controllers = picture.quorum.as_ref().map_or(0, |q| q.voters.len()).max(picture.controllers.len());
    let brokers = picture.brokers.len();
    let name = if version.is_empty() { "Apache Kafka".to_owned() } else { format!("Apache Kafka {version}") };
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    format!("{name}, {controllers} controller{} + {brokers} broker{}", plural(controllers), plural(brokers))
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Counters, Event, Fact},
        ids::Micros,
    };

    use super::*;

    fn line(counters: Counters) -> Vec<String> {
        let mut player = Player::new(0);
        let fact = Fact { seq: 9, at: Micros(0), event: Event::Counted(counters) };
        player.show_at_once(&[&fact], Micros(0));
        words(&player, 0).into_iter().map(|p| format!("{}{}{}", p.before, p.value, p.after)).collect()
    }

    #[test]
    fn what_was_dropped_comes_first_and_what_came_before_was_not_on_the_screen() {
        let counters = Counters { records: 1_199, merged: 99, dropped: 1, ..Counters::default() };
        let line = line(counters);
        assert_eq!(line[0], "1 dropped");
        assert_eq!(line[2..6], ["1 200 records seen", "0 drawn", "99 merged", "1 100 not on screen"]);
    }
}
