//! The one player's state: a time that is a number, and what sets it. Live, behind live and a recording are the same thing
//! with another end.

use std::{collections::VecDeque, fmt, rc::Rc};

use model::{
    fact::Fact,
    ids::{Micros, PartitionId},
};

use super::{
    Player,
    clock::Clock,
    history::History,
    manner::{Manner, Turn},
    records,
    speed::Speed,
    timeline::Timeline,
};

mod along;
mod reel;
mod step;

use reel::{Loaded, Reel};

/// A frame never moves the time by more, however long the browser slept.
const LONGEST_FRAME_MICROS: u64 = 100_000;
/// A fact may be numbered so much later than it was seen: its report came through a pipe.
const LATE_MICROS: u64 = 100_000;

/// What was seen, piece by piece; each piece begins with everything that was known.
pub trait Pieces {
    /// The first that there is.
    fn first(&self) -> usize {
        0
    }
    /// The one after the last.
    fn count(&self) -> usize;
    /// When a piece begins.
    fn starts(&self, piece: usize) -> Micros;
    /// The keyframe and the facts of a piece.
    fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>);
    /// Whether a piece goes on where the one before it ends.
    fn joins(&self, _piece: usize) -> bool {
        true
    }
    /// How many records were told of before it; 0 where nobody counts.
    fn records_before(&self, _piece: usize) -> u64 {
        0
    }
}

/// What sets the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The present does.
    Following,
    /// The reader's clock does, at the deck's speed.
    Playing,
    /// Nothing does: it stands.
    Paused,
}

/// Where facts come from.
enum Source {
    Live { history: Box<History>, clock: Clock, timeline: Timeline },
    Recording { pieces: Reel, timeline: Timeline, scanned: usize },
}

/// Plays what comes, what came, or a recording.
pub struct Deck {
    player: Player,
    source: Source,
    mode: Mode,
    speed: Speed,
    manner: Manner,
    /// Display time: what the cluster says of itself is shown when this reaches the time at which it was seen.
    now: Micros,
    /// The reader's time that was too short to move a slow clock.
    rest_micros: u64,
    /// The piece that is fed, and what is left of it.
    piece: usize,
    feed: VecDeque<Fact>,
    /// Records told of so far.
    fed_records: u64,
    /// The fact that was stepped to, in words.
    stepped: Option<String>,
    /// Set where the display was so far back that it could not go on from there.
    ran_out: bool,
}

impl fmt::Debug for Deck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, mode, speed, .. } = self;
        f.debug_struct("Deck").field("now", now).field("mode", mode).field("speed", speed).finish_non_exhaustive()
    }
}

impl Deck {
    fn new(source: Source, mode: Mode, delay_millis: u64) -> Self {
        Self {
            player: Player::new(delay_millis),
            source,
            mode,
            speed: Speed::REAL,
            manner: Manner::default(),
            now: Micros(0),
            rest_micros: 0,
            piece: 0,
            feed: VecDeque::new(),
            fed_records: 0,
            stepped: None,
            ran_out: false,
        }
    }

    /// Follows a session of which nothing was heard yet.
    pub fn live(delay_millis: u64) -> Self {
        let source = Source::Live { history: Box::default(), clock: Clock::default(), timeline: Timeline::default() };
        Self::new(source, Mode::Following, delay_millis)
    }

    /// Stands at a recording's beginning.
    pub fn recording(pieces: Box<dyn Pieces>, delay_millis: u64) -> Self {
        let pieces = Reel::of(pieces);
        let begins = if pieces.count() > 0 { pieces.starts(0) } else { Micros(0) };
        let mut timeline = Timeline { begins, ends: begins, ..Timeline::default() };
        // The last piece says when it ends; the others follow while the page is up.
        let last = pieces.count().saturating_sub(1);
        if last > 0 {
            timeline.ends = pieces.load(last).facts.iter().map(|f| f.at).max().unwrap_or_default().max(begins);
        }
        let mut deck = Self::new(Source::Recording { pieces, timeline, scanned: 0 }, Mode::Paused, delay_millis);
        deck.scan();
        deck.seek(Micros(0));
        deck
    }

    /// A keyframe came: the session begins here, or goes on after something was missed.
    pub fn begin(&mut self, keyframe: &[Fact], at: Micros, reader_millis: f64) {
        let Source::Live { history, clock, timeline } = &mut self.source else { return };
        *clock = Clock::default();
        clock.heard(at, reader_millis);
        let is_first = history.count() == 0;
        let told = history.records().saturating_sub(self.fed_records) + self.player.waiting_records();
        history.begin(keyframe, at);
        // A keyframe repeats its newest records: they were counted when they came, or nobody was here.
        keyframe.iter().filter(|f| records(&f.event) == 0).for_each(|f| timeline.add(f));
        if self.mode == Mode::Following {
            (self.piece, self.fed_records) = (history.count() - 1, history.records());
            self.feed.clear();
            let facts: Vec<&Fact> = keyframe.iter().collect();
            match is_first {
                true => self.player.show_at_once(&facts, at),
                false => self.player.go_on(&facts, at, told),
            }
            self.now = self.player.now();
        }
    }

    /// Facts came, and with them the gateway's clock.
    pub fn hear(&mut self, facts: Vec<Fact>, at: Micros, reader_millis: f64) {
        let Source::Live { history, clock, timeline } = &mut self.source else { return };
        clock.heard(at, reader_millis);
        for fact in facts {
            timeline.add(&fact);
            if history.push(fact.clone()) == self.piece {
                self.feed.push_back(fact);
            }
        }
    }

    /// A tab in the background draws nothing, but must not pile up what it hears.
    pub fn keep_up(&mut self) {
        if let (Source::Live { clock, .. }, Mode::Following) = (&self.source, self.mode) {
            let newest = clock.newest();
            // Until the next frame says what it draws.
            self.watch(&[], true);
            self.follow(newest);
        }
    }

    /// One frame of the reader's clock; `heard` is whether the present is known.
    pub fn frame(&mut self, reader_millis: f64, elapsed_micros: u64, heard: bool) {
        match self.mode {
            Mode::Paused => {}
            // Nothing moves on a picture nobody vouches for.
            Mode::Following if !heard => {}
            Mode::Following => {
                if let Some(session) = self.present(reader_millis, heard) {
                    self.follow(session);
                }
            }
            Mode::Playing => self.play(reader_millis, elapsed_micros, heard),
        }
    }

    fn follow(&mut self, session: Micros) {
        self.go(Micros(session.0.saturating_sub(self.player.delay_micros())));
    }

    fn play(&mut self, reader_millis: f64, elapsed_micros: u64, heard: bool) {
        // The remainder is kept, or a hundredth of a 60th of a second would round away.
        let elapsed = elapsed_micros.min(LONGEST_FRAME_MICROS) + self.rest_micros;
        let step = self.speed.of_micros(elapsed);
        self.rest_micros = elapsed.saturating_sub(self.speed.takes_micros(step));
        let last = match self.present(reader_millis, heard) {
            Some(session) => Micros(session.0.saturating_sub(self.player.delay_micros())),
            None => self.ends(),
        };
        let wanted = Micros(self.now.0 + step);
        match self.manner.turn(self.timeline(), self.now, wanted.min(last)) {
            Turn::On => self.go(wanted.min(last)),
            Turn::Stop(at) => {
                self.go(at);
                self.mode = Mode::Paused;
                return;
            }
            Turn::Jump(at) => return self.seek(at),
        }
        if wanted < last {
            return;
        }
        match self.source {
            Source::Recording { .. } => self.mode = Mode::Paused,
            // Slower than the present nobody catches up with it.
            Source::Live { .. } if heard && self.speed.at_most_real() == Speed::REAL => {
                self.mode = Mode::Following;
                self.set_pace(Speed::REAL);
            }
            Source::Live { .. } => {}
        }
    }

    /// The session's time; none of a recording, which has only an end.
    fn present(&self, reader_millis: f64, heard: bool) -> Option<Micros> {
        match &self.source {
            Source::Live { clock, .. } if heard => clock.session(reader_millis),
            Source::Live { clock, .. } => Some(clock.newest()),
            Source::Recording { .. } => None,
        }
    }

    /// Goes on to a later time, showing what comes due on the way.
    fn go(&mut self, now: Micros) {
        self.now = self.now.max(now);
        let session = Micros(self.now.0 + self.player.delay_micros());
        self.feed_until(session);
        self.player.advance(session);
        self.stepped = None;
    }

    fn feed_until(&mut self, session: Micros) {
        loop {
            let due = self.feed.iter().take_while(|f| f.at <= session).count();
            let due: Vec<Fact> = self.feed.drain(..due).collect();
            self.fed_records += due.iter().map(|f| records(&f.event)).sum::<u64>();
            self.player.take(due);
            let (next, pieces) = (self.piece + 1, pieces(&self.source));
            if !self.feed.is_empty() || next >= pieces.count() {
                return;
            }
            if next < pieces.first() {
                // What follows is not kept any more.
                self.ran_out = true;
                return self.to_end();
            }
            if pieces.starts(next) > session {
                return;
            }
            let loaded = load(&self.source, next);
            if !pieces.joins(next) {
                let told = self.player.waiting_records();
                self.player.go_on(&loaded.keyframe.iter().collect::<Vec<_>>(), session, told);
            }
            self.fed_records = pieces.records_before(next);
            self.feed = loaded.facts.iter().cloned().collect();
            self.piece = next;
        }
    }

    /// Shows exactly what had been seen at `at`, without animation. Live, that is to leave the present.
    pub fn seek(&mut self, at: Micros) {
        if self.mode == Mode::Following {
            self.mode = Mode::Playing;
        }
        self.show(at, Player::show_at_once);
        self.stepped = None;
    }

    fn show(&mut self, at: Micros, show: fn(&mut Player, &[&Fact], Micros)) {
        let pieces = pieces(&self.source);
        let all = pieces.first()..pieces.count();
        // What was known when a live session was first heard is not known for any time before.
        let first = if self.is_live() { pieces.starts(all.start) } else { self.timeline().begins };
        let at = at.min(self.ends()).max(first);
        let (piece, loaded) = self.loaded_at(at);
        // A keyframe says what was known when its piece began; only the first may stand after the moment asked for.
        let is_first = piece == 0;
        let keyframe = loaded.iter().take(1).flat_map(|l| &l.keyframe);
        let mut known: Vec<&Fact> = keyframe.filter(|f| f.at <= at || !is_first).collect();
        let (seen, later): (Vec<&Fact>, Vec<&Fact>) = loaded.iter().flat_map(|l| &l.facts).partition(|f| f.at <= at);
        self.fed_records = pieces.records_before(piece) + seen.iter().map(|f| records(&f.event)).sum::<u64>();
        known.extend(seen);
        self.feed = later.into_iter().cloned().collect();
        (self.now, self.piece, self.rest_micros) = (at, piece + loaded.len().saturating_sub(1), 0);
        let session = Micros(at.0 + self.player.delay_micros());
        show(&mut self.player, &known, session);
    }

    /// The piece of a moment and what stands in it, and the pieces behind it that may begin with what was seen before and
    /// told late.
    fn loaded_at(&self, at: Micros) -> (usize, Vec<Rc<Loaded>>) {
        let pieces = pieces(&self.source);
        let all = pieces.first()..pieces.count();
        let first = all.clone().rev().find(|p| pieces.starts(*p) <= at).unwrap_or(all.start);
        let mut loaded = vec![load(&self.source, first)];
        let mut piece = first;
        while piece + 1 < all.end && pieces.joins(piece + 1) && pieces.starts(piece + 1).since(at) < LATE_MICROS {
            piece += 1;
            loaded.push(load(&self.source, piece));
        }
        (first, loaded)
    }

    /// Plays or stops; at a recording's end it plays from the beginning.
    pub fn play_or_pause(&mut self) {
        self.set_playing(self.mode == Mode::Paused);
        if self.mode == Mode::Playing && !self.is_live() && self.now >= self.ends() {
            self.to_start();
        }
    }

    /// Plays or stops. Live, it plays on from where it stopped.
    pub fn set_playing(&mut self, playing: bool) {
        self.mode = match (playing, self.mode) {
            (false, _) => Mode::Paused,
            (true, Mode::Paused) => Mode::Playing,
            (true, mode) => mode,
        };
    }

    /// Changes the speed; the time stands where it is. The present cannot be made faster, and a slower one falls behind.
    pub fn set_speed(&mut self, speed: Speed) {
        if self.mode == Mode::Following {
            if speed.at_most_real() == Speed::REAL {
                return;
            }
            self.mode = Mode::Playing;
        }
        self.set_pace(speed);
    }

    fn set_pace(&mut self, speed: Speed) {
        self.speed = speed;
        self.rest_micros = 0;
        if self.player.set_speed(speed) {
            // Records are shown less far ahead, or further: from here on, exactly.
            self.show(self.now, Player::show_again);
        }
    }

    /// To the beginning of what there is.
    pub fn to_start(&mut self) {
        self.seek(Micros(0));
    }

    /// To a recording's end; live, back to the present.
    pub fn to_end(&mut self) {
        let Source::Live { clock, .. } = &self.source else { return self.seek(self.ends()) };
        let newest = clock.newest();
        if self.mode == Mode::Following {
            return;
        }
        self.speed = Speed::REAL;
        self.player.set_speed(Speed::REAL);
        self.seek(Micros(newest.0.saturating_sub(self.player.delay_micros())));
        self.mode = Mode::Following;
    }

    /// Reads one more piece of a recording for the time axis; false when all are read.
    pub fn scan(&mut self) -> bool {
        let Source::Recording { pieces, timeline, scanned } = &mut self.source else { return false };
        if *scanned >= pieces.count() {
            timeline.is_whole = true;
            return false;
        }
        let loaded = pieces.peek(*scanned);
        // Only the first keyframe tells something new.
        let keyframe = if *scanned == 0 { loaded.keyframe.as_slice() } else { &[] };
        keyframe.iter().chain(&loaded.facts).for_each(|fact| timeline.add(fact));
        *scanned += 1;
        true
    }

    /// Whether marks travel, or a thin line stands where they would.
    pub fn set_less_motion(&mut self, less: bool) {
        self.player.set_less_motion(less);
    }

    /// Says once that the display was further back than what is kept, so that it returned to the present.
    pub fn take_ran_out(&mut self) -> bool {
        std::mem::take(&mut self.ran_out)
    }

    /// The speed.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// What sets the time.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether a session is heard, or a recording played.
    pub fn is_live(&self) -> bool {
        matches!(self.source, Source::Live { .. })
    }

    /// Display time.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// The latest time there is.
    pub fn ends(&self) -> Micros {
        match &self.source {
            Source::Live { clock, .. } => clock.newest(),
            Source::Recording { timeline, .. } => timeline.ends,
        }
    }

    /// How far the display is behind the cluster: the delay, and what was fallen behind.
    pub fn behind_micros(&self, reader_millis: f64) -> u64 {
        self.present(reader_millis, true).map_or(0, |session| session.since(self.now))
    }

    /// Records that were told of and are not shown yet.
    pub fn records_behind(&self) -> u64 {
        let Source::Live { history, .. } = &self.source else { return 0 };
        history.records().saturating_sub(self.fed_records) + self.player.waiting_records()
    }

    /// The fact that was stepped to.
    pub fn stepped(&self) -> Option<&str> {
        self.stepped.as_deref()
    }

    /// Says which partitions' records are drawn from now on, and whether records travel there.
    pub fn watch(&mut self, partitions: &[PartitionId], travels: bool) {
        self.player.watch(partitions, travels);
    }

    /// What was seen, piece by piece.
    pub fn pieces(&self) -> &dyn Pieces {
        pieces(&self.source)
    }

    /// What it shows.
    pub fn player(&self) -> &Player {
        &self.player
    }

    /// The time axis, as far as it is known.
    pub fn timeline(&self) -> &Timeline {
        match &self.source {
            Source::Live { timeline, .. } | Source::Recording { timeline, .. } => timeline,
        }
    }
}

fn pieces(source: &Source) -> &dyn Pieces {
    match source {
        Source::Live { history, .. } => &**history,
        Source::Recording { pieces, .. } => pieces.pieces(),
    }
}

fn load(source: &Source, piece: usize) -> Rc<Loaded> {
    match source {
        Source::Live { history, .. } => Rc::new(Loaded::of(history.load(piece))),
        Source::Recording { pieces, .. } => pieces.load(piece),
    }
}
