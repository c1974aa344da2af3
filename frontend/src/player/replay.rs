//! Playing a recording: where it stands, how fast it runs, and which piece holds which moment.

use std::collections::VecDeque;

use model::{fact::Fact, ids::Micros};

use super::{Player, timeline::Timeline};

/// A frame never moves the time by more, however long the browser slept.
const LONGEST_FRAME_MICROS: u64 = 100_000;

/// A recording, piece by piece; each piece begins with everything that was known.
pub trait Pieces {
    /// How many there are.
    fn count(&self) -> usize;
    /// When a piece begins.
    fn starts(&self, piece: usize) -> Micros;
    /// The keyframe and the facts of a piece.
    fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>);
}

/// How fast a recording runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    times: u64,
    over: u64,
}

impl Speed {
    /// The speeds there are, slowest first.
    pub const ALL: [Self; 5] = [
        Self { times: 1, over: 100 },
        Self { times: 1, over: 10 },
        Self { times: 1, over: 1 },
        Self { times: 4, over: 1 },
        Self { times: 16, over: 1 },
    ];
    /// As it happened.
    pub const REAL: Self = Self { times: 1, over: 1 };

    /// Its name, as on its button.
    pub fn name(self) -> String {
        if self.over == 1 { self.times.to_string() } else { format!("{}/{}", self.times, self.over) }
    }

    /// The speed of that name, also as a decimal number as links carry it.
    pub fn of(name: &str) -> Option<Self> {
        let decimal = match name {
            "0.01" => "1/100",
            "0.1" => "1/10",
            other => other,
        };
        Self::ALL.into_iter().find(|s| s.name() == decimal)
    }

    fn of_micros(self, micros: u64) -> u64 {
        micros * self.times / self.over
    }
}

/// A recording that plays.
pub struct Replay {
    player: Player,
    pieces: Box<dyn Pieces>,
    /// The piece that is fed next.
    next_piece: usize,
    feed: VecDeque<Fact>,
    playing: bool,
    speed: Speed,
    /// Time that was too short to move a slow clock.
    rest_micros: u64,
    /// The whole recording's axis, filled piece by piece.
    timeline: Timeline,
    scanned: usize,
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").field("now", &self.now()).field("playing", &self.playing).finish_non_exhaustive()
    }
}

impl Replay {
    /// Stands at the recording's beginning.
    pub fn new(pieces: Box<dyn Pieces>, delay_millis: u64) -> Self {
        let mut replay = Self {
            player: Player::new(delay_millis),
            pieces,
            next_piece: 0,
            feed: VecDeque::new(),
            playing: false,
            speed: Speed::REAL,
            rest_micros: 0,
            timeline: Timeline::default(),
            scanned: 0,
        };
        // The last piece says when it ends; the others follow while the page is up.
        let last = replay.pieces.count().saturating_sub(1);
        if last > 0 {
            let (_, facts) = replay.pieces.load(last);
            replay.timeline.ends = facts.iter().map(|f| f.at).max().unwrap_or_default();
        }
        replay.scan();
        replay.seek(Micros(0));
        replay
    }

    /// Reads one more piece for the time axis; false when all are read.
    pub fn scan(&mut self) -> bool {
        if self.scanned >= self.pieces.count() {
            return false;
        }
        let (keyframe, facts) = self.pieces.load(self.scanned);
        // Only the first keyframe tells something new.
        let keyframe = if self.scanned == 0 { keyframe } else { Vec::new() };
        keyframe.iter().chain(&facts).for_each(|fact| self.timeline.add(fact));
        self.scanned += 1;
        true
    }

    /// Moves on by a frame's length and shows what is due.
    pub fn tick(&mut self, elapsed_micros: u64) {
        if !self.playing {
            return;
        }
        // The remainder is kept, or a hundredth of a 60th of a second would round away.
        let elapsed = elapsed_micros.min(LONGEST_FRAME_MICROS) + self.rest_micros;
        let step = self.speed.of_micros(elapsed);
        self.rest_micros = elapsed.saturating_sub(step * self.speed.over / self.speed.times);
        let end = self.timeline.ends.0 + self.player.delay_micros();
        let session = Micros((self.player.session().0 + step).min(end));
        self.feed_until(session);
        self.player.advance(session);
        self.playing = session.0 < end;
    }

    /// Shows exactly what had been seen at `at`, without animation.
    pub fn seek(&mut self, at: Micros) {
        let at = at.min(self.timeline.ends);
        let count = self.pieces.count();
        let piece = (0..count).rev().find(|p| self.pieces.starts(*p) <= at).unwrap_or(0);
        let (keyframe, facts) = if piece < count { self.pieces.load(piece) } else { Default::default() };
        let (seen, later): (Vec<Fact>, Vec<Fact>) = facts.into_iter().partition(|f| f.at <= at);
        // A keyframe says what was known when its piece began; only the first may stand after the moment asked for.
        let known = keyframe.into_iter().filter(|f| f.at <= at || piece > 0);
        let shown: Vec<Fact> = known.chain(seen).collect();
        self.player.show_at_once(&shown, Micros(at.0 + self.player.delay_micros()));
        self.feed = later.into();
        self.next_piece = piece + 1;
        self.rest_micros = 0;
    }

    fn feed_until(&mut self, session: Micros) {
        loop {
            let due = self.feed.iter().take_while(|f| f.at <= session).count();
            self.player.take(self.feed.drain(..due));
            let more = self.next_piece < self.pieces.count() && self.pieces.starts(self.next_piece) <= session;
            if !self.feed.is_empty() || !more {
                return;
            }
            let (_, facts) = self.pieces.load(self.next_piece);
            self.feed = facts.into();
            self.next_piece += 1;
        }
    }

    /// Plays or stops; at the end it plays from the beginning.
    pub fn play_or_pause(&mut self) {
        self.playing = !self.playing;
        if self.playing && self.now() >= self.ends() {
            self.seek(Micros(0));
        }
    }

    /// Plays or stops.
    pub fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
    }

    /// Changes the speed; the time stands where it is.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.rest_micros = 0;
    }

    /// The speed.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Whether it runs.
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// Where it stands.
    pub fn now(&self) -> Micros {
        self.player.now()
    }

    /// Where it ends.
    pub fn ends(&self) -> Micros {
        self.timeline.ends
    }

    /// What it shows.
    pub fn player(&self) -> &Player {
        &self.player
    }

    /// The whole recording's time axis, as far as it is read.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }
}
