//! The failure cases: one file a scene, and the engine that plays them on the stage.
//!
//! A scene only does what a person at a keyboard could: its steps are commands and waits for facts. What it came to is
//! computed from the facts by [`model::verdict`], never from the script.

mod acked_then_lost;
mod at_least_once;
mod at_most_once;
mod dual_write;
mod engine;
mod event;
mod exactly_once;
mod grow_group;
mod hanging_transaction;
mod happy_order;
mod hot_key;
mod kill_consumer;
mod kill_controller;
mod kill_leader;
mod lost_ack;
mod order_lost;
mod overtaken;
mod partitioner;
mod pause_leader;
mod pay_twice;
mod payment_duplicate;
mod poison_record;
mod press;
mod replay;
pub mod report;
mod rollback;
mod script;
mod sight;
mod step;
mod stop_leader;
mod too_few_in_sync;
mod transaction_abort;
mod zombie_fenced;

use std::borrow::Borrow;

use model::verdict::{Bound, Measure, Row, Spec};
use serde_json::{Value, json};

use crate::control::Refusal;

pub use engine::{Finished, Scenes, as_json as verdict_json};
use sight::Sight;
use step::Step;

/// All scenes, in the order of the talk.
pub fn catalogue() -> Vec<Scene> {
    vec![
        event::scene(),
        kill_leader::scene(),
        stop_leader::scene(),
        pause_leader::scene(),
        too_few_in_sync::scene(),
        acked_then_lost::scene(),
        kill_controller::scene(),
        grow_group::scene(),
        kill_consumer::scene(),
        order_lost::scene(),
        hot_key::scene(),
        at_most_once::scene(),
        at_least_once::scene(),
        exactly_once::scene(),
        poison_record::scene(),
        replay::scene(),
        lost_ack::scene(),
        pay_twice::scene(),
        transaction_abort::scene(),
        zombie_fenced::scene(),
        hanging_transaction::scene(),
        happy_order::scene(),
        payment_duplicate::scene(),
        rollback::scene(),
        dual_write::scene(),
        overtaken::scene(),
    ]
}

/// The catalogue as programs read it; `cannot` says why a scene cannot be played without or with its guard.
pub fn as_json<'a>(scenes: impl Iterator<Item = &'a Scene>, cannot: impl Fn(&Scene, bool) -> Option<String>) -> Value {
    scenes
        .map(|scene| {
            json!({
                "name": scene.name, "title": scene.title, "chapter": scene.chapter, "summary": scene.summary,
                "guard": scene.guard.map(|guard| guard.name), "guard_title": scene.guard.map(|guard| guard.title),
                "steps": scene.steps.iter().map(|step| step.text).collect::<Vec<_>>(), "beside": scene.beside,
                "cannot": cannot(scene, false),
                "cannot_guarded": scene.guard.and_then(|_| cannot(scene, true)),
            })
        })
        .collect()
}

/// The scene of this name, where it can be played so at all.
///
/// # Errors
/// Where there is no such scene, or it has no guard to be played with.
pub fn find<'a, S: Borrow<Scene>>(scenes: &'a [S], name: &str, guarded: bool) -> Result<&'a S, Refusal> {
    let scene = scenes.iter().find(|scene| (*scene).borrow().name == name).ok_or_else(|| {
        let names: Vec<_> = scenes.iter().map(|scene| scene.borrow().name).collect();
        Refusal::Unknown(format!("there is no scene {name:?}; there are: {}", names.join(", ")))
    })?;
    if guarded && scene.borrow().guard.is_none() {
        return Err(Refusal::Impossible(format!("scene {name} has no guard: play it without")));
    }
    Ok(scene)
}

/// What an order of the default item costs, one piece of it.
const PRICE_CENTS: i64 = 3990;

/// A failure case.
#[derive(Debug)]
pub struct Scene {
    /// What it goes by.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The chapter of the talk.
    pub chapter: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The guard it runs without and with.
    pub guard: Option<Guard>,
    /// The scene its verdict is best seen beside.
    pub beside: Option<&'static str>,
    /// How many controllers it needs, without and with its guard.
    controllers: fn(guarded: bool) -> Option<usize>,
    /// Guards of apps that are switched before it begins, without and with its guard.
    switches: fn(guarded: bool) -> Vec<Switch>,
    steps: Vec<Step>,
    rows: Vec<SceneRow>,
}

/// The guard a scene knows.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Its name in commands.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
}

/// A guard of an app that is switched for a run.
#[derive(Clone, Copy, Debug)]
struct Switch {
    app: &'static str,
    guard: &'static str,
    on: bool,
}

const fn off(app: &'static str, guard: &'static str) -> Switch {
    Switch { app, guard, on: false }
}

const fn on(app: &'static str, guard: &'static str) -> Switch {
    Switch { app, guard, on: true }
}

/// A line of a scene's verdict; a side without a bound does not have it.
#[derive(Debug)]
struct SceneRow {
    what: &'static str,
    measure: Measure,
    wanted: Bound,
    without: Option<Bound>,
    with: Option<Bound>,
}

const fn is(number: i64) -> Bound {
    Bound::Is(number)
}

const fn at_least(number: i64) -> Bound {
    Bound::AtLeast { at_least: number }
}

const fn at_most(number: i64) -> Bound {
    Bound::Between { from: 0, to: number }
}

const fn between(from: i64, to: i64) -> Bound {
    Bound::Between { from, to }
}

impl Scene {
    fn new(name: &'static str, title: &'static str, chapter: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            title,
            chapter,
            summary,
            guard: None,
            beside: None,
            controllers: |_| None,
            switches: |_| Vec::new(),
            steps: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn guard(mut self, name: &'static str, title: &'static str) -> Self {
        self.guard = Some(Guard { name, title });
        self
    }

    fn beside(mut self, name: &'static str) -> Self {
        self.beside = Some(name);
        self
    }

    fn controllers(mut self, needed: fn(bool) -> Option<usize>) -> Self {
        self.controllers = needed;
        self
    }

    /// How many controllers it needs; any number will do where it does not say.
    pub fn needs_controllers(&self, guarded: bool) -> Option<usize> {
        (self.controllers)(guarded)
    }

    fn switches(mut self, switches: fn(bool) -> Vec<Switch>) -> Self {
        self.switches = switches;
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// A line that must show the same without and with the guard.
    fn row(self, what: &'static str, measure: Measure, wanted: Bound, expected: Bound) -> Self {
        self.rows(what, measure, wanted, expected, expected)
    }

    /// A line that shows something else without the guard than with it.
    fn rows(self, what: &'static str, measure: Measure, wanted: Bound, without: Bound, with: Bound) -> Self {
        self.line(SceneRow { what, measure, wanted, without: Some(without), with: Some(with) })
    }

    /// A line of the guarded run only.
    fn row_with(self, what: &'static str, measure: Measure, wanted: Bound, with: Bound) -> Self {
        self.line(SceneRow { what, measure, wanted, without: None, with: Some(with) })
    }

    /// A line of the run without the guard only.
    fn row_without(self, what: &'static str, measure: Measure, wanted: Bound, without: Bound) -> Self {
        self.line(SceneRow { what, measure, wanted, without: Some(without), with: None })
    }

    fn line(mut self, row: SceneRow) -> Self {
        self.rows.push(row);
        self
    }

    fn spec(&self, guarded: bool) -> Spec {
        let rows = self.rows.iter().filter_map(|row| {
            let expected = if guarded { row.with } else { row.without }?;
            let (what, measure) = (row.what.to_owned(), row.measure.clone());
            Some(Row { what, measure, wanted: row.wanted, expected })
        });
        Spec { rows: rows.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_can_be_read_and_judged() {
        let scenes = catalogue();
        for scene in &scenes {
            assert!(scene.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", scene.name);
            assert!(!scene.steps.is_empty() && !scene.rows.is_empty(), "{}", scene.name);
            assert!(scene.beside.is_none_or(|beside| scenes.iter().any(|other| other.name == beside)));
            for guarded in [false, true] {
                let spec = scene.spec(guarded);
                let json = serde_json::to_value(&spec).unwrap();
                assert_eq!(serde_json::from_value::<Spec>(json).unwrap(), spec, "{}", scene.name);
            }
        }
        let mut names: Vec<_> = scenes.iter().map(|scene| scene.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), scenes.len());
    }
}
