//! Facts about scenes, faults and crash points.

use crate::{
    fact::{CrashState, Event},
    picture::{
        Hit, Picture, Stamp,
        scene::{CrashPoint, Fault, KEPT_RUNS, Run, Verdict},
    },
};

impl Picture {
    pub(super) fn fold_scene(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::SceneStarted { run, scene, title, chapter, guard, guarded, customer, steps, spec } => {
                let begun = Run {
                    started: stamp,
                    scene: scene.clone(),
                    title: title.clone(),
                    chapter: chapter.clone(),
                    guard: guard.clone(),
                    guarded: *guarded,
                    customer: customer.clone(),
                    steps: steps.clone(),
                    spec: spec.clone(),
                    ..Run::default()
                };
                // What was lost before is another story.
                self.hit = None;
                self.runs.insert(*run, begun);
                while self.runs.len() > KEPT_RUNS {
                    self.runs.pop_first();
                }
            }
            Event::SceneStep { run, step, state, reason } => {
                let Some(run) = self.runs.get_mut(run) else { return };
                let index = usize::try_from(*step).unwrap_or(usize::MAX);
                let now = (stamp, *state, reason.clone());
                if index == run.reached.len() {
                    run.reached.push(now);
                } else if let Some(reached) = run.reached.get_mut(index) {
                    *reached = now;
                }
            }
            Event::VerdictReached { run, outcome, holds, rows, .. } => {
                let Some(run) = self.runs.get_mut(run) else { return };
                run.verdict = Some(Verdict { stamp, outcome: *outcome, holds: *holds, rows: rows.clone() });
            }
            Event::SceneEnded { run, ok, reason } => {
                if let Some(run) = self.runs.get_mut(run) {
                    run.ended = Some((stamp, *ok, reason.clone()));
                }
            }
            _ => {}
        }
    }

    pub(super) fn fold_fault(&mut self, stamp: Stamp, event: &Event) {
        self.wire.fold(stamp, event);
        match event {
            Event::FaultArmed { rule, text } => {
                self.faults.insert(*rule, Fault { armed: stamp, text: text.clone() });
            }
            Event::FaultExpired { rule, .. } => drop(self.faults.remove(rule)),
            Event::FaultFired { .. } => self.hit = Hit::of(stamp, event),
            Event::ProduceSent { .. } | Event::ProduceAnswered { .. } => {
                self.fold_refusal(stamp, event);
                if let Some(hit) = &mut self.hit {
                    hit.see(stamp, event);
                }
            }
            Event::SlowWireChanged { ms } => self.slow_wire = Some((stamp, *ms)),
            Event::CrashPointChanged { app, instance, at_point, action, state } => {
                let of = (app.clone(), *instance);
                if *state == CrashState::Cleared {
                    self.crash_points.remove(&of);
                    return;
                }
                let point = CrashPoint { stamp, at_point: at_point.clone(), action: action.clone(), state: *state };
                let is_newest = self.crashed.as_ref().is_none_or(|(_, known)| known.stamp.seq <= stamp.seq);
                if *state == CrashState::Reached && is_newest {
                    self.crashed = Some((of.clone(), point.clone()));
                }
                self.crash_points.insert(of, point);
            }
            _ => {}
        }
    }
}
