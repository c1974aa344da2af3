//! One step back or on: by fact, and by caption; and what the caption of another moment is.

use model::{caption::Caption, fact::Fact, ids::Micros};

use super::{super::is_drawn, Deck, Mode, Player, load, pieces};

/// Going back from here stands at the caption before, not at this one again.
const JUST_BEGUN_MICROS: u64 = 300_000;

impl Deck {
    /// Steps to the next moment at which something was seen that is drawn, or to the last one before, and stands there.
    pub fn step(&mut self, forward: bool) {
        self.mode = Mode::Paused;
        let Some(fact) = self.neighbour(forward) else { return };
        self.show(fact.at, Player::show_at_once);
        self.stepped = Some(format!("fact {}, {}", fact.seq, fact.event.kind()));
    }

    fn neighbour(&self, forward: bool) -> Option<Fact> {
        let (pieces, now) = (pieces(&self.source), self.now);
        let all = pieces.first()..pieces.count();
        let here = all.clone().rev().find(|p| pieces.starts(*p) <= now).unwrap_or(all.start);
        let in_piece = |piece: usize| {
            let loaded = load(&self.source, piece);
            let facts = loaded.facts.iter().filter(|f| is_drawn(&f.event));
            let found = if forward {
                facts.filter(|f| f.at > now).min_by_key(|f| (f.at, f.seq))
            } else {
                facts.filter(|f| f.at < now).max_by_key(|f| (f.at, f.seq))
            };
            found.cloned()
        };
        if forward { (here..all.end).find_map(in_piece) } else { (all.start..=here).rev().find_map(in_piece) }
    }

    /// Steps to where the next caption begins, or where this one or the one before began, and stands there.
    pub fn step_caption(&mut self, forward: bool) {
        self.mode = Mode::Paused;
        let now = self.now;
        let pieces = pieces(&self.source);
        let all = pieces.first()..pieces.count();
        let here = all.clone().rev().find(|p| pieces.starts(*p) <= now).unwrap_or(all.start);
        let found = if forward {
            (here..all.end).find_map(|piece| self.captions(piece).into_iter().find(|at| *at > now))
        } else {
            let is_before = |at: &Micros| at.0 + JUST_BEGUN_MICROS < now.0;
            (all.start..=here).rev().find_map(|piece| self.captions(piece).into_iter().rfind(is_before))
        };
        if let Some(at) = found {
            self.seek(at);
        }
    }

    /// When captions began while a piece was seen.
    fn captions(&self, piece: usize) -> Vec<Micros> {
        let loaded = load(&self.source, piece);
        let mut player = Player::new(0);
        let starts = pieces(&self.source).starts(piece);
        player.show_at_once(&loaded.keyframe.iter().collect::<Vec<_>>(), starts);
        let mut begun = Vec::new();
        let mut last = player.caption_since();
        for fact in &loaded.facts {
            player.see(fact);
            let since = player.caption_since();
            if since != last {
                begun.push(since);
                last = since;
            }
        }
        begun
    }

    /// What the caption of another moment says.
    pub fn caption_at(&self, at: Micros) -> Caption {
        let at = at.min(self.ends());
        let (_, loaded) = self.loaded_at(at);
        let keyframe = loaded.iter().take(1).flat_map(|l| &l.keyframe);
        let seen = loaded.iter().flat_map(|l| &l.facts).filter(|f| f.at <= at);
        let mut player = Player::new(0);
        player.show_at_once(&keyframe.chain(seen).collect::<Vec<_>>(), at);
        player.caption().clone()
    }
}
