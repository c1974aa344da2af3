//! How far a run of a scene is: which steps are done, what it does now and what it waits for.

use model::{
    fact::StepState,
    ids::Micros,
    picture::{Picture, Run},
};

use super::{numbers::seconds, verdict::side};

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// What it waited for was seen.
    Done,
    /// It was not.
    Missed,
    /// It is being done.
    Now,
    /// It comes later.
    Later,
}

impl Mark {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Missed => "missed",
            Self::Now => "now",
            Self::Later => "later",
        }
    }
}

/// What is shown of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Which run.
    pub run: u64,
    /// The scene, and on which side of its guard.
    pub title: String,
    /// The present step as it is said.
    pub step: String,
    /// Which one it is, and how long it takes already.
    pub place: String,
    /// What it waits for, where that is told.
    pub waits: String,
    /// All steps.
    pub steps: Vec<(String, Mark)>,
}

/// The run that is going on at display time `now`.
pub fn progress(picture: &Picture, now: Micros) -> Option<Progress> {
    let (id, run) = picture.runs.iter().next_back().filter(|(_, run)| run.is_running())?;
    let steps = (0..).zip(&run.steps).map(|(at, text)| (text.clone(), mark(run, at))).collect();
    let title = match side(run) {
        "" => run.title.clone(),
        side => format!("{}, guard {side}", run.title),
    };
    let mut progress = Progress { run: *id, title, steps, ..Progress::default() };
    match (run.reached.last(), run.verdict.is_some()) {
        (_, true) => progress.step = "Back to green".to_owned(),
        (None, _) => progress.step = "Getting ready".to_owned(),
        (Some((stamp, state, reason)), _) => {
            let at = run.reached.len() - 1;
            progress.step = run.steps.get(at).cloned().unwrap_or_default();
            progress.place = format!("step {} of {}", at + 1, run.steps.len());
            progress.waits.clone_from(reason);
            if *state == StepState::Started {
                progress.place.push_str(&format!(", {}", seconds(now.since(stamp.at))));
            }
        }
    }
    Some(progress)
}

fn mark(run: &Run, step: usize) -> Mark {
    match run.reached.get(step).map(|(_, state, _)| *state) {
        None => Mark::Later,
        Some(StepState::Started) => Mark::Now,
        Some(StepState::Done) => Mark::Done,
        Some(StepState::NotShown) => Mark::Missed,
    }
}

#[cfg(test)]
mod tests {
    use model::fact::{Event, Fact};
    use serde_json::Map;

    use super::*;

    #[test]
    fn the_present_step_and_those_before_it() {
        let started = Event::SceneStarted {
            run: 7,
            scene: "lost-ack".to_owned(),
            title: "A lost ack".to_owned(),
            chapter: String::new(),
            guard: "idempotence".to_owned(),
            guarded: true,
            customer: String::new(),
            steps: ["Arm the tap", "Place an order", "Count"].map(str::to_owned).to_vec(),
            spec: Map::new(),
        };
        let step = |step, state, reason: &str| Event::SceneStep { run: 7, step, state, reason: reason.to_owned() };
        let events = vec![
            started,
            step(0, StepState::Started, ""),
            step(0, StepState::Done, ""),
            step(1, StepState::Started, "its record on the log"),
        ];
        let fact = |(seq, event)| Fact { seq, at: Micros(seq * 1_000_000), event };
        let mut facts: Vec<Fact> = (1..).zip(events).map(fact).collect();
        let shown = progress(&Picture::of(&facts), Micros(6_300_000)).unwrap();
        assert_eq!((shown.title.as_str(), shown.step.as_str()), ("A lost ack, guard on", "Place an order"));
        assert_eq!((shown.place.as_str(), shown.waits.as_str()), ("step 2 of 3, 2.3 s", "its record on the log"));
        let marks: Vec<Mark> = shown.steps.iter().map(|(_, mark)| *mark).collect();
        assert_eq!(marks, [Mark::Done, Mark::Now, Mark::Later]);
        facts.push(fact((5, Event::SceneEnded { run: 7, ok: true, reason: String::new() })));
        assert_eq!(progress(&Picture::of(&facts), Micros(0)), None);
    }
}
