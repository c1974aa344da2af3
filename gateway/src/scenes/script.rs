//! The steps of one run, done one after another: each is told when it begins, and when it is done or was not shown.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow, bail, ensure};
use model::fact::{Event, StepState};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, interval, sleep},
};

use super::{
    Scene, Sight, Switch,
    press::{order, press},
    step::Act,
};
use crate::{control::Control, hub::Hub};

/// How long after one look at the facts the next may come: a measure walks over all of them.
const LOOK_AGAIN: Duration = Duration::from_millis(30);

/// One run's script.
pub(super) struct Script<'a> {
    hub: &'a Hub,
    control: &'a Arc<Control>,
    scene: &'a Scene,
    run: u64,
    guarded: bool,
    cancelled: watch::Receiver<bool>,
    placing: Option<Placing>,
}

/// Orders that are placed each so often, until this is dropped.
struct Placing(JoinHandle<()>);

impl Drop for Placing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<'a> Script<'a> {
    pub(super) const fn new(
        hub: &'a Hub,
        control: &'a Arc<Control>,
        scene: &'a Scene,
        (run, guarded): (u64, bool),
        cancelled: watch::Receiver<bool>,
    ) -> Self {
        Self { hub, control, scene, run, guarded, cancelled, placing: None }
    }

    /// Plays all steps; where the stage could not be opened for them, none.
    ///
    /// # Errors
    /// The first thing that did not happen; the facts have told it.
    pub(super) async fn play(mut self, opened: anyhow::Result<()>) -> anyhow::Result<()> {
        let mut opened = Some(opened);
        for (number, step) in (0_u32..).zip(&self.scene.steps) {
            self.tell(number, StepState::Started, String::new()).await?;
            let done = match opened.take() {
                Some(Err(error)) => Err(error),
                _ => self.step(number, &step.acts).await,
            };
            if let Err(error) = done {
                self.tell(number, StepState::NotShown, format!("{error:#}")).await?;
                return Err(error);
            }
            self.tell(number, StepState::Done, String::new()).await?;
        }
        Ok(())
    }

    async fn tell(&self, step: u32, state: StepState, reason: String) -> anyhow::Result<()> {
        self.hub.tell(Event::SceneStep { run: self.run, step, state, reason }).await?;
        Ok(())
    }

    /// The first step begins with the guards of this run.
    async fn step(&mut self, number: u32, acts: &[Act]) -> anyhow::Result<()> {
        if number == 0 {
            for Switch { app, guard, on } in (self.scene.switches)(self.guarded) {
                press(self.control, json!({ "command": "set_guard", "app": app, "guard": guard, "on": on })).await?;
            }
        }
        for act in acts {
            // What a step waits for is told with it, so that nobody sits before a stage that seems to do nothing.
            if let Act::Until { what, .. } | Act::Setting { name: what, .. } = act {
                self.tell(number, StepState::Started, (*what).to_owned()).await?;
            }
            self.act(act).await?;
        }
        self.go_on()
    }

    fn go_on(&self) -> anyhow::Result<()> {
        ensure!(!*self.cancelled.borrow(), "cancelled");
        Ok(())
    }

    /// What is waited for, or that the run is cancelled. A press is never left alone: what it does would come after the
    /// stage was cleaned up.
    async fn or_cancelled(&self, wait: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let mut cancelled = self.cancelled.clone();
        tokio::select! {
            done = wait => done,
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(anyhow!("cancelled")),
        }
    }

    async fn act(&mut self, act: &Act) -> anyhow::Result<()> {
        self.go_on()?;
        match act {
            Act::Press(command) => press(self.control, self.look(*command).await?).await?,
            Act::Presses(commands) => {
                let commands = self.look(*commands).await?;
                let presses = commands.into_iter().map(|command| press(self.control, command));
                futures_util::future::join_all(presses).await.into_iter().collect::<anyhow::Result<()>>()?;
            }
            Act::Until { what, limit, seen } => self.or_cancelled(self.until(what, *limit, *seen)).await?,
            Act::Setting { lasts, .. } => {
                let passed = async {
                    sleep(*lasts).await;
                    Ok(())
                };
                self.or_cancelled(passed).await?;
            }
            Act::Orders { each } => self.placing = Some(self.place(*each).await?),
            Act::NoMoreOrders => drop(self.placing.take()),
        }
        Ok(())
    }

    async fn until(&self, what: &str, limit: Duration, seen: fn(&Sight<'_>) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + limit;
        while !self.look(seen).await? {
            if Instant::now() >= deadline {
                bail!("waited {} s for this and did not see it: {what}", limit.as_secs());
            }
            sleep(LOOK_AGAIN).await;
            self.hub.changed().await;
        }
        Ok(())
    }

    async fn look<T: Send + 'static>(&self, look: fn(&Sight<'_>) -> T) -> anyhow::Result<T> {
        // Somebody else may order while the scene is played.
        let next_order = self.control.stage().map_or(0, |stage| stage.last_order()) + 1;
        let guarded = self.guarded;
        let seen = self.hub.judge(move |evidence| look(&Sight { evidence, next_order, guarded })).await?;
        seen.context("the run has no facts")
    }

    /// An order that is refused was no order: the next one is placed in its turn.
    async fn place(&self, each: Duration) -> anyhow::Result<Placing> {
        let command: Value = self.look(order).await?;
        let control = Arc::clone(self.control);
        Ok(Placing(tokio::spawn(async move {
            let mut turn = interval(each);
            loop {
                turn.tick().await;
                press(&control, command.clone()).await.ok();
            }
        })))
    }
}
