//! Plays scenes, one at a time: from green, step by step, to the verdict, and back to green whatever happens.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use model::{
    fact::{Event, MarkerKind, Outcome, Role},
    picture::Run,
    verdict::{Evidence, Judged, verdict},
};
use serde_json::{Value, json};
use tokio::{sync::watch, time::timeout};

use super::{Scene, catalogue, find, press::press, script::Script, sight::customer};
use crate::{
    control::{Control, Refusal},
    hub::Hub,
};

/// Why a run of which every step was done is not shown all the same.
const BLIND: &str = "our own sight lost facts of this run, or a number of the verdict was not seen";
/// Runs that are remembered.
const REMEMBERED: usize = 1000;
/// How long the tail may take behind the last acknowledgement; beyond it the verdict says what it could not see.
const READ_BACK: Duration = Duration::from_secs(10);
/// How long the clean-up's commands may take together: a restore has its own limit of 120 s.
const CLEAN_UP: Duration = Duration::from_secs(180);

/// What is played and what was.
#[derive(Debug)]
pub struct Scenes {
    catalogue: Vec<Arc<Scene>>,
    hub: Hub,
    control: Arc<Control>,
    runs: Mutex<BTreeMap<u64, Arc<Playing>>>,
}

/// A run, as the one who plays it and those who wait for it see it.
#[derive(Debug)]
struct Playing {
    scene: &'static str,
    guarded: bool,
    cancelled: watch::Sender<bool>,
    finished: watch::Sender<Option<Finished>>,
    /// What its steps came to, when it is over.
    steps: OnceLock<Vec<Value>>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its verdict.
    pub judged: Judged,
    /// Why it was not shown, where it was not.
    pub reason: Option<String>,
    /// Why the stage is not green again, where it is not.
    pub left: Option<String>,
}

impl Scenes {
    /// The catalogue, on this stage.
    pub fn new(hub: Hub, control: Arc<Control>) -> Self {
        Self { catalogue: catalogue().into_iter().map(Arc::new).collect(), hub, control, runs: Mutex::default() }
    }

    /// All scenes as programs read them, each with the reason why it cannot be played without or with its guard.
    pub fn list(&self) -> Value {
        let controllers = self.controllers();
        super::as_json(self.catalogue.iter().map(AsRef::as_ref), |scene, guarded| {
            too_few_controllers(scene, guarded, controllers)
        })
    }

    /// Begins a run; answers its number.
    ///
    /// # Errors
    /// Where there is no such scene, it has no guard, another is being played, or this stage cannot.
    pub fn play(self: &Arc<Self>, name: &str, guarded: bool) -> Result<u64, Refusal> {
        let impossible = |why: String| Refusal::Impossible(why);
        let scene = find(&self.catalogue, name, guarded)?;
        if self.control.stage().is_none() {
            return Err(impossible(String::from(
                "there is no stage yet: the local cluster is starting, or this cluster is watched read-only",
            )));
        }
        if let Some(why) = too_few_controllers(scene, guarded, self.controllers()) {
            return Err(impossible(why));
        }
        let (run, playing) = {
            let mut runs = self.runs();
            if let Some((number, other)) = runs.iter().find(|(_, playing)| playing.finished.borrow().is_none()) {
                return Err(impossible(format!("run {number} of scene {} is being played", other.scene)));
            }
            let run = runs.keys().next_back().map_or(1, |last| last + 1);
            let (cancelled, finished) = (watch::Sender::new(false), watch::Sender::new(None));
            let playing = Arc::new(Playing { scene: scene.name, guarded, cancelled, finished, steps: OnceLock::new() });
            runs.insert(run, Arc::clone(&playing));
            if runs.len() > REMEMBERED {
                runs.pop_first();
            }
            (run, playing)
        };
        let (scenes, scene) = (Arc::clone(self), Arc::clone(scene));
        tokio::spawn(async move {
            let finished = scenes.perform(&scene, run, &playing).await;
            playing.steps.set(scenes.steps(run).await).ok();
            playing.finished.send_replace(Some(finished));
        });
        Ok(run)
    }

    /// Ends a run early; it is then not shown, and the stage is brought back to green.
    ///
    /// # Errors
    /// Where there is no such run, or it is over already.
    pub fn cancel(&self, run: u64) -> Result<(), Refusal> {
        let playing = self.runs().get(&run).cloned();
        let playing = playing.ok_or_else(|| Refusal::Unknown(format!("there is no run {run}")))?;
        if playing.finished.borrow().is_some() {
            return Err(Refusal::Impossible(format!("run {run} of scene {} is over", playing.scene)));
        }
        playing.cancelled.send_replace(true);
        Ok(())
    }

    /// Waits for a run's end; none where there is no such run.
    pub async fn finished(&self, run: u64) -> Option<Finished> {
        let playing = self.runs().get(&run).cloned()?;
        let mut finished = playing.finished.subscribe();
        finished.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// A run as programs read it.
    pub async fn run(&self, run: u64) -> Option<Value> {
        let playing = self.runs().get(&run).cloned()?;
        let finished = playing.finished.borrow().clone();
        let steps = match playing.steps.get() {
            Some(steps) => steps.clone(),
            None => self.steps(run).await,
        };
        let verdict = finished.as_ref().map(|finished| as_json(&finished.judged));
        Some(json!({
            "run": run, "scene": playing.scene, "guard": playing.guarded,
            "status": if finished.is_some() { "done" } else { "running" }, "steps": steps, "verdict": verdict,
            "reason": finished.as_ref().and_then(|finished| finished.reason.clone()),
            "left": finished.as_ref().and_then(|finished| finished.left.clone()),
        }))
    }

    /// How far a run has come, step by step, as the picture has it: it keeps the last few runs only.
    async fn steps(&self, run: u64) -> Vec<Value> {
        let known = self.hub.read(move |picture, _| picture.runs.get(&run).cloned()).await.ok().flatten();
        let step = |known: &Run, index: usize, text: &String| {
            let reached = known.reached.get(index);
            let state = reached.map_or(json!("waiting"), |(_, state, _)| json!(state));
            let reason = reached.map(|(_, _, reason)| reason).filter(|reason| !reason.is_empty());
            json!({ "text": text, "status": state, "reason": reason })
        };
        let steps = known
            .iter()
            .flat_map(|known| known.steps.iter().enumerate().map(move |(index, text)| step(known, index, text)));
        steps.collect()
    }

    fn controllers(&self) -> usize {
        match self.control.stage() {
            Some(stage) => stage.count(Role::Controller),
            None => 0,
        }
    }

    fn runs(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Playing>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From green to green. What goes wrong on the way is what was *not shown*.
    async fn perform(&self, scene: &Scene, run: u64, playing: &Playing) -> Finished {
        let not_shown = |reason: String, left: Option<String>| Finished {
            judged: Judged { outcome: Outcome::NotShown, holds: false, rows: Vec::new() },
            reason: Some(reason),
            left,
        };
        let guarded = playing.guarded;
        let mut cancelled = playing.cancelled.subscribe();
        let opened = tokio::select! {
            green = press(&self.control, json!({ "command": "restore" })) => {
                green.context("the stage did not come to green before the scene")
            }
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(anyhow!("cancelled")),
        };
        let never_green = opened.is_err() && !*cancelled.borrow();
        // One that cannot begin is told like any other: what was asked for, and why it was not shown.
        if let Err(error) = self.announce(scene, run, guarded).await {
            return not_shown(format!("{error:#}"), None);
        }
        let script = Script::new(&self.hub, &self.control, scene, (run, guarded), cancelled);
        let reason = script.play(opened).await.err().map(|error| format!("{error:#}"));
        if reason.is_none() {
            timeout(READ_BACK, self.read_back()).await.ok();
        }
        let judged = self.judge(scene, run, guarded).await;
        // Where it never was green nothing was done, and to mend it was tried for as long as that may take.
        let left = if never_green { reason.clone() } else { self.back_to_green().await.err() };
        let ended = Event::SceneEnded { run, ok: left.is_none(), reason: left.clone().unwrap_or_default() };
        self.hub.tell(ended).await.ok();
        match judged {
            Ok(judged) => {
                let blind = judged.outcome == Outcome::NotShown && reason.is_none();
                let reason = reason.or_else(|| blind.then(|| BLIND.to_owned()));
                Finished { judged, reason, left }
            }
            Err(error) => not_shown(format!("{error:#}"), left),
        }
    }

    /// Answers what is left where that does not work.
    async fn back_to_green(&self) -> Result<(), String> {
        match timeout(CLEAN_UP, self.clean_up()).await {
            Ok(cleaned) => cleaned.map_err(|error| format!("{error:#}")),
            Err(_elapsed) => Err(format!("not green after {} s", CLEAN_UP.as_secs())),
        }
    }

    async fn announce(&self, scene: &Scene, run: u64, guarded: bool) -> anyhow::Result<()> {
        let guard = scene.guard.map(|guard| guard.name.to_owned()).unwrap_or_default();
        let suffix = match (scene.guard, guarded) {
            (Some(guard), true) => format!(", {} on", guard.title.to_lowercase()),
            (Some(guard), false) => format!(", {} off", guard.title.to_lowercase()),
            (None, _) => String::new(),
        };
        let Value::Object(spec) = serde_json::to_value(scene.spec(guarded))? else { bail!("a spec is an object") };
        let marker = Event::Marker { label: format!("{}{suffix}", scene.title), marker: MarkerKind::Chapter };
        self.hub.tell(marker).await?;
        let started = Event::SceneStarted {
            run,
            scene: scene.name.to_owned(),
            title: scene.title.to_owned(),
            chapter: scene.chapter.to_owned(),
            guard,
            guarded,
            customer: customer(run),
            steps: scene.steps.iter().map(|step| step.text.to_owned()).collect(),
            spec,
        };
        self.hub.tell(started).await?;
        Ok(())
    }

    /// Waits until what was acknowledged was read back; an acknowledgement is often told before the record.
    async fn read_back(&self) {
        while let Ok(Some(false)) = self.hub.judge(Evidence::is_read_back).await {
            self.hub.changed().await;
        }
    }

    async fn judge(&self, scene: &Scene, run: u64, guarded: bool) -> anyhow::Result<Judged> {
        let scene = scene.name.to_owned();
        let judged = self.hub.judge_and_tell(move |evidence| {
            let judged = verdict(evidence);
            let Judged { outcome, holds, rows } = judged.clone();
            (judged, Some(Event::VerdictReached { run, scene, guarded, outcome, holds, rows }))
        });
        judged.await?.context("the run has no facts")
    }

    /// Rules never outlive the scene that armed them.
    async fn clean_up(&self) -> anyhow::Result<()> {
        let cleared = press(&self.control, json!({ "command": "clear_faults" })).await;
        press(&self.control, json!({ "command": "restore" })).await?;
        cleared
    }
}

fn too_few_controllers(scene: &Scene, guarded: bool, there: usize) -> Option<String> {
    let needed = scene.needs_controllers(guarded).filter(|needed| *needed != there)?;
    Some(format!(
        "it needs a quorum of {needed} and there is one of {there}: start the gateway with --controllers {needed}"
    ))
}

/// A verdict as programs read it.
pub fn as_json(judged: &Judged) -> Value {
    json!({ "outcome": judged.outcome, "holds": judged.holds, "rows": judged.rows })
}
