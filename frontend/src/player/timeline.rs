//! The session at a glance: which brokers lived when, what was done to them, how many records came.

use model::{
    fact::{Event, Fact, MarkerKind, ProcessState, Role, StepState},
    ids::{BrokerId, Micros},
};
use serde_json::{Map, Value};

use super::{axis::Quiet, is_drawn};

/// Records are counted in stretches of this length.
pub const STRETCH_MICROS: u64 = 1_000_000;
/// The newest marks are kept; a talk has fewer.
const MARKS: usize = 500;
/// Changes of one broker that are kept.
const CHANGES: usize = 2_000;
/// Commands waiting for their outcome.
const WAITING: usize = 64;
/// A day: nothing sane is longer, and a wrong clock must not fill the memory.
const STRETCHES: usize = 86_400;
/// Longer than this nothing was seen: such a stretch is squeezed, and can be skipped.
const QUIET: usize = 10;

/// What a broker's thread looks like from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It works.
    Up,
    /// It is stopped by SIGSTOP, starting or stopping.
    Held,
    /// It is gone.
    Down,
}

/// What kind of mark stands on the time axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Something was broken.
    Broken,
    /// Something was frozen.
    Frozen,
    /// Something was brought back.
    Back,
    /// A customer pressed something.
    Press,
    /// A partition has another leader.
    Leader,
    /// Somebody noted something.
    Note,
}

/// A mark on the time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Micros,
    /// Its shape.
    pub sign: Sign,
    /// Its word.
    pub word: String,
}

/// The time axis of a session or a recording.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// When it begins: a part of a recording keeps the times of the whole.
    pub begins: Micros,
    /// The latest time seen.
    pub ends: Micros,
    /// Whether all of a recording was read.
    pub is_whole: bool,
    /// Each broker's changes, oldest first.
    pub threads: Vec<(BrokerId, Vec<(Micros, Life)>)>,
    /// What was done, oldest first.
    pub marks: Vec<Mark>,
    /// When steps of scenes began, oldest first.
    pub steps: Vec<Micros>,
    /// Chapters, oldest first.
    pub chapters: Vec<(Micros, String)>,
    /// Records in each stretch.
    pub records: Vec<u32>,
    /// Whether anything was seen in each stretch that a person would wait for.
    pub(crate) busy: Vec<bool>,
    pub(crate) ours: Vec<BrokerId>,
    pub(crate) waiting: Vec<(String, Micros, Map<String, Value>)>,
    pub(crate) leaders: Vec<(String, i32, BrokerId)>,
}

impl Timeline {
    /// Takes one fact in. Keyframes repeat what is known: what is not newer changes nothing.
    pub fn add(&mut self, fact: &Fact) {
        self.ends = self.ends.max(fact.at);
        if is_drawn(&fact.event) && !matches!(fact.event, Event::HeartbeatsCounted { .. }) {
            put(&mut self.busy, fact.at, |busy| *busy = true);
        }
        match &fact.event {
            Event::ProcessChanged { node, role: Role::Broker, state, .. } => {
                if !self.ours.contains(node) {
                    self.ours.push(*node);
                }
                self.change(*node, fact.at, life(*state));
            }
            Event::BrokerReachable { broker, reachable, .. } if !self.ours.contains(broker) => {
                self.change(*broker, fact.at, if *reachable { Life::Up } else { Life::Down });
            }
            Event::Marker { label, marker: MarkerKind::Chapter }
                if self.chapters.last().is_none_or(|(at, _)| *at < fact.at) =>
            {
                self.chapters.push((fact.at, label.clone()));
            }
            // A step that waits for something is told again with that.
            Event::SceneStep { state: StepState::Started, reason, .. }
                if reason.is_empty()
                    && self.steps.last().is_none_or(|at| *at < fact.at)
                    && self.steps.len() < MARKS =>
            {
                self.steps.push(fact.at);
            }
            Event::RecordAppended(_) => put(&mut self.records, fact.at, |records| *records += 1),
            Event::BatchAppended { count, .. } => {
                let count = u32::try_from(*count).unwrap_or(0);
                put(&mut self.records, fact.at, |records| *records = records.saturating_add(count));
            }
            Event::FaultFired { api, what, .. } => {
                let verb = if what.contains("delay") { "delay" } else { "drop" };
                let what = if what.contains("response") { "answer" } else { "request" };
                self.mark(Mark { at: fact.at, sign: Sign::Broken, word: format!("{verb} {api} {what}") });
            }
            Event::PartitionChanged { topic, partition, leader, .. } => {
                let known = self.leaders.iter_mut().find(|(t, p, _)| t == topic && p == partition);
                match known {
                    Some((.., led)) if led == leader => {}
                    Some((.., led)) => {
                        *led = *leader;
                        self.led(fact.at, leader.exists());
                    }
                    None => self.leaders.push((topic.clone(), *partition, *leader)),
                }
            }
            Event::CommandReceived { id, args, .. } => {
                self.waiting.push((id.clone(), fact.at, args.clone()));
                if self.waiting.len() > WAITING {
                    self.waiting.remove(0);
                }
            }
            Event::CommandFinished { id, command, ok: true, .. } => {
                let asked = self.waiting.iter().position(|(known, ..)| known == id).map(|at| self.waiting.remove(at));
                let (_, at, args) = asked.unwrap_or_else(|| (String::new(), fact.at, Map::new()));
                if let Some((sign, word)) = word(command, &args) {
                    self.mark(Mark { at, sign, word });
                }
            }
            _ => {}
        }
    }

    /// How a broker lived at a time; nothing where nobody said.
    pub fn life(&self, broker: BrokerId, at: Micros) -> Option<Life> {
        let (_, changes) = self.threads.iter().find(|(known, _)| *known == broker)?;
        changes.iter().rev().find(|(since, _)| *since <= at).map(|(_, life)| *life)
    }

    fn change(&mut self, broker: BrokerId, at: Micros, life: Life) {
        let at_or_after = self.threads.partition_point(|(known, _)| *known < broker);
        if self.threads.get(at_or_after).is_none_or(|(known, _)| *known != broker) {
            self.threads.insert(at_or_after, (broker, Vec::new()));
        }
        let Some((_, changes)) = self.threads.get_mut(at_or_after) else { return };
        if changes.last().is_some_and(|(last, known)| *last >= at || *known == life) {
            return;
        }
        changes.push((at, life));
        if changes.len() > CHANGES {
            changes.remove(0);
        }
    }

    fn mark(&mut self, mark: Mark) {
        if self.marks.iter().rev().any(|m| m.at == mark.at && m.word == mark.word) {
            return;
        }
        // A command stands where it was given, which was before it was done.
        let place = self.marks.partition_point(|m| m.at <= mark.at);
        self.marks.insert(place, mark);
        if self.marks.len() > MARKS {
            self.marks.remove(0);
        }
    }

    /// Partitions that find a leader together are one mark.
    fn led(&mut self, at: Micros, by_somebody: bool) {
        const TOGETHER_MICROS: u64 = 500_000;
        let word = if by_somebody { "new leader" } else { "no leader" }.to_owned();
        let is_known = |m: &Mark| m.sign == Sign::Leader && m.word == word && at.since(m.at) < TOGETHER_MICROS;
        if !self.marks.iter().rev().take(8).any(is_known) {
            self.mark(Mark { at, sign: Sign::Leader, word });
        }
    }

    /// Where nothing was seen for long.
    pub fn quiet(&self) -> Vec<Quiet> {
        let second = |at: Micros| usize::try_from(at.0 / STRETCH_MICROS).unwrap_or(0);
        let moment = |second: usize| Micros(second as u64 * STRETCH_MICROS);
        let mut quiet = Vec::new();
        let (first, last) = (second(self.begins), second(self.ends));
        let mut since = first;
        for now in first..=last {
            if self.busy.get(now).copied().unwrap_or(false) || now == last {
                if now.saturating_sub(since) > QUIET {
                    quiet.push(Quiet { from: moment(since).max(self.begins), until: moment(now) });
                }
                since = now + 1;
            }
        }
        quiet
    }

    /// The chapter of a moment: its place among all, and where it begins and ends.
    pub fn chapter(&self, at: Micros) -> Option<(usize, Micros, Micros)> {
        let place = self.chapters.iter().rposition(|(begins, _)| *begins <= at)?;
        self.nth_chapter(place).map(|(begins, ends)| (place, begins, ends))
    }

    /// Where a chapter begins and ends.
    pub fn nth_chapter(&self, place: usize) -> Option<(Micros, Micros)> {
        let (begins, _) = self.chapters.get(place)?;
        Some((*begins, self.chapters.get(place + 1).map_or(self.ends, |(next, _)| *next)))
    }
}

/// Notes something of the stretch that a moment is in.
fn put<T: Clone + Default>(stretches: &mut Vec<T>, at: Micros, note: impl FnOnce(&mut T)) {
    let stretch = usize::try_from(at.0 / STRETCH_MICROS).unwrap_or(STRETCHES);
    if stretch >= STRETCHES {
        return;
    }
    if stretches.len() <= stretch {
        stretches.resize(stretch + 1, T::default());
    }
    if let Some(it) = stretches.get_mut(stretch) {
        note(it);
    }
}

fn life(state: ProcessState) -> Life {
    match state {
        ProcessState::Running | ProcessState::Unknown => Life::Up,
        ProcessState::Paused | ProcessState::Starting | ProcessState::Stopping => Life::Held,
        ProcessState::Dead => Life::Down,
    }
}

fn word(command: &str, args: &Map<String, Value>) -> Option<(Sign, String)> {
    let (verb, what) = command.split_once('_')?;
    let target = match what {
        "broker" => args.get("broker").and_then(Value::as_i64).map(|id| id.to_string()).unwrap_or_default(),
        "app" => args.get("app").and_then(Value::as_str).unwrap_or_default().to_owned(),
        "twice" => return Some((Sign::Press, "pay twice".to_owned())),
        _ => return None,
    };
    let sign = match verb {
        "kill" | "stop" => Sign::Broken,
        "pause" => Sign::Frozen,
        "resume" | "start" => Sign::Back,
        _ => return None,
    };
    Some((sign, format!("{verb} {target}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(timeline: &mut Timeline, millis: u64, event: Event) {
        timeline.add(&Fact { seq: millis, at: Micros::from_millis(millis), event });
    }

    fn process(node: i32, state: ProcessState) -> Event {
        Event::ProcessChanged { node: BrokerId(node), role: Role::Broker, state, pid: None, cause: String::new() }
    }

    #[test]
    fn a_thread_is_broken_while_its_broker_is_down() {
        let mut timeline = Timeline::default();
        at(&mut timeline, 100, process(2, ProcessState::Running));
        at(&mut timeline, 900, process(2, ProcessState::Dead));
        at(&mut timeline, 900, process(2, ProcessState::Dead));
        at(&mut timeline, 2_000, process(2, ProcessState::Starting));
        let lives = [50, 100, 900, 1_500, 2_000].map(|t| timeline.life(BrokerId(2), Micros::from_millis(t)));
        assert_eq!(lives, [None, Some(Life::Up), Some(Life::Down), Some(Life::Down), Some(Life::Held)]);
    }

    #[test]
    fn only_a_command_that_was_done_leaves_a_mark() {
        let mut timeline = Timeline::default();
        let args: Map<String, Value> = [("broker".to_owned(), Value::from(2))].into_iter().collect();
        for (id, ok) in [("a", true), ("b", false)] {
            let command = "kill_broker".to_owned();
            let received = Event::CommandReceived { id: id.to_owned(), command: command.clone(), args: args.clone() };
            at(&mut timeline, 10, received);
            let did = String::new();
            at(
                &mut timeline,
                12,
                Event::CommandFinished { id: id.to_owned(), command, ok, did, took_ms: 2, reason: None },
            );
        }
        assert_eq!(
            timeline.marks,
            [Mark { at: Micros::from_millis(10), sign: Sign::Broken, word: "kill 2".to_owned() }]
        );
    }
}
