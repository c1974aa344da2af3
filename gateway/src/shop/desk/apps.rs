//! Apps as processes: start, stop, kill, pause and resume, each done at most once however often it is asked for.

use std::{sync::Arc, time::Instant};

use model::fact::ProcessState;
use rustix::process::Signal;

use super::{Did, Refused, Shop, did, instance::Instance, locked};
use crate::shop::{
    AppName,
    wire::{CrashPoint, Set, Wish},
};

/// How an app is started, beyond its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartApp {
    /// The consumer group; the app's own name where it is missing.
    pub group: Option<String>,
    /// `classic` (where it is missing) or `consumer`.
    pub group_protocol: Option<String>,
    /// What it reads; the app's own topic where it is missing.
    pub topic: Option<String>,
    /// `read_committed` (where it is missing) or `read_uncommitted`.
    pub isolation: Option<String>,
    /// Commit a record's offset before its work.
    pub commit_first: bool,
    /// `transactional.id`; the client id where it is missing.
    pub transactional_id: Option<String>,
    /// Begin at the log's end and commit it.
    pub from_end: bool,
    /// `range` or `cooperative-sticky`, of a classic group; librdkafka's own where it is missing.
    pub assignor: Option<String>,
    /// Which key its records carry: `order` (where it is missing) or `shop`.
    pub key: Option<String>,
    /// How long its work on a record takes beyond what it does.
    pub work_ms: u32,
    /// What comes too early is parked instead of refused.
    pub parks: bool,
}

impl Shop {
    /// Starts an instance and waits until it joined its group. Without a number: the first one that is dead, or one more.
    ///
    /// # Errors
    /// Where it is paused, or does not start.
    pub async fn start_app(self: &Arc<Self>, app: AppName, number: Option<u32>, how: StartApp) -> Result<Did, Refused> {
        let since = Instant::now();
        let instance = self.instance(app, number.unwrap_or_else(|| self.first_dead(app)));
        let turn = instance.turn.lock().await;
        match instance.state() {
            ProcessState::Running => return Ok(did(format!("{} runs already", instance.title()), since)),
            ProcessState::Paused => {
                return Err(Refused::conflict(format!("{} is paused: resume it", instance.title())));
            }
            ProcessState::Starting => {
                drop(turn);
                instance.joined().await?;
                return Ok(did(format!("{} runs already", instance.title()), since));
            }
            ProcessState::Stopping if !instance.gone().await => {
                return Err(Refused::conflict(format!("{} is still stopping", instance.title())));
            }
            _ => {}
        }
        let group = how.group.clone().unwrap_or_else(|| app.name().to_owned());
        instance.spawn(self, self.arguments(&instance, &group, &how), how, "started").await?;
        drop(turn);
        instance.joined().await?;
        Ok(did(format!("{} started", instance.title()), since))
    }

    fn arguments(&self, instance: &Instance, group: &str, how: &StartApp) -> Vec<String> {
        let guards = locked(&self.guards).get(&instance.app).copied().unwrap_or_default();
        let mut arguments: Vec<String> = vec![
            "app".into(),
            instance.app.name().into(),
            "--instance".into(),
            instance.number.to_string(),
            "--bootstrap".into(),
            self.config.stage_bootstrap.clone(),
            "--data".into(),
            self.config.data_dir.display().to_string(),
            "--group".into(),
            group.into(),
            "--group-protocol".into(),
            how.group_protocol.clone().unwrap_or_else(|| "classic".into()),
            "--guards".into(),
            guards.to_args(),
        ];
        for (option, value) in [
            ("--topic", &how.topic),
            ("--isolation", &how.isolation),
            ("--transactional-id", &how.transactional_id),
            ("--assignor", &how.assignor),
            ("--key", &how.key),
        ] {
            if let Some(value) = value {
                arguments.extend([option.to_owned(), value.clone()]);
            }
        }
        if how.commit_first {
            arguments.push("--commit-first".into());
        }
        if how.from_end {
            arguments.push("--from-end".into());
        }
        if how.parks {
            arguments.push("--park".into());
        }
        if how.work_ms > 0 {
            arguments.extend(["--work-ms".into(), how.work_ms.to_string()]);
        }
        arguments
    }

    /// The apps as they should be: the first instances run, there are no others, all guards stand at their defaults.
    ///
    /// # Errors
    /// Where an app does not start or stop.
    pub async fn restore(self: &Arc<Self>) -> Result<Did, Refused> {
        let since = Instant::now();
        let mut done = Vec::new();
        let all: Vec<_> = locked(&self.instances).values().cloned().collect();
        let extra = |instance: &&Arc<Instance>| instance.number > 1 || !instance.app.is_of_shop() || instance.is_odd();
        for instance in all.iter().filter(extra).filter(|instance| instance.state() != ProcessState::Dead) {
            done.push(self.stop(instance).await?.text);
        }
        for app in AppName::SHOP {
            if self.instance(app, 1).state() == ProcessState::Paused {
                done.push(self.resume_app(app, Some(1))?.text);
            }
        }
        let starts = AppName::SHOP.map(|app| self.start_app(app, Some(1), StartApp::default()));
        for started in futures_util::future::join_all(starts).await {
            done.push(started?.text);
        }
        for (app, guard, on) in self.guards_astray() {
            done.push(self.set_guard(Some(app), guard, on).await?.text);
        }
        done.retain(|text| !text.ends_with("already"));
        let text = if done.is_empty() { String::from("the shop was as it should be") } else { done.join(", ") };
        Ok(did(text, since))
    }

    /// Whether an app was started otherwise than it is by itself, so that a restore has to start it again.
    pub fn is_odd(&self) -> bool {
        locked(&self.instances).values().any(|instance| instance.is_odd())
    }

    /// Arms a crash point in an instance.
    ///
    /// # Errors
    /// Where there is no such instance, or it does not run.
    pub async fn arm(&self, app: AppName, number: u32, point: CrashPoint) -> Result<Did, Refused> {
        let since = Instant::now();
        let instance = self.existing(app, Some(number))?;
        instance.ask(Wish::Set(Set::Crash { point: Some(point) })).await?;
        Ok(did(format!("{} will {} at {}", instance.title(), point.action.name(), point.at.name()), since))
    }

    /// Takes back all crash points of apps that run; the others' went with their processes.
    ///
    /// # Errors
    /// Where an app does not answer.
    pub async fn disarm_all(&self) -> Result<Did, Refused> {
        let since = Instant::now();
        let all: Vec<_> = locked(&self.instances).values().cloned().collect();
        for instance in all.iter().filter(|i| i.state() == ProcessState::Running && i.is_armed()) {
            instance.ask(Wish::Set(Set::Crash { point: None })).await?;
        }
        Ok(did("no crash point is armed", since))
    }

    /// SIGTERM: it finishes what is under way, commits and leaves its group; it is killed where that takes too long.
    ///
    /// # Errors
    /// Where there is no such instance, or it does not end.
    pub async fn stop_app(&self, app: AppName, number: Option<u32>) -> Result<Did, Refused> {
        self.stop(&*self.existing(app, number)?).await
    }

    pub(crate) async fn stop(&self, instance: &Instance) -> Result<Did, Refused> {
        let since = Instant::now();
        if instance.state() == ProcessState::Dead {
            return Ok(did(format!("{} was stopped already", instance.title()), since));
        }
        instance.set(self, ProcessState::Stopping, "asked to leave (SIGTERM)", None);
        instance.signal(Signal::TERM)?;
        // A paused process takes the signal when it runs again.
        instance.signal(Signal::CONT)?;
        if instance.gone().await {
            return Ok(did(format!("{} left", instance.title()), since));
        }
        instance.signal(Signal::KILL)?;
        if instance.gone().await {
            return Ok(did(format!("{} did not leave and was killed", instance.title()), since));
        }
        Err(Refused::failed(format!("{} does not end", instance.title())))
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// Where there is no such instance, or it does not end.
    pub async fn kill_app(&self, app: AppName, number: Option<u32>) -> Result<Did, Refused> {
        let since = Instant::now();
        let instance = self.existing(app, number)?;
        if instance.state() == ProcessState::Dead {
            return Ok(did(format!("{} was dead already", instance.title()), since));
        }
        instance.signal(Signal::KILL)?;
        if instance.gone().await {
            return Ok(did(format!("{} killed (SIGKILL)", instance.title()), since));
        }
        Err(Refused::failed(format!("{} does not end", instance.title())))
    }

    /// SIGSTOP: its sockets stay open and nobody answers on them.
    ///
    /// # Errors
    /// Where there is no such instance, or it does not run.
    pub fn pause_app(&self, app: AppName, number: Option<u32>) -> Result<Did, Refused> {
        let since = Instant::now();
        let instance = self.existing(app, number)?;
        match instance.state() {
            ProcessState::Paused => Ok(did(format!("{} is paused already", instance.title()), since)),
            ProcessState::Running => {
                instance.signal(Signal::STOP)?;
                instance.set(self, ProcessState::Paused, "paused (SIGSTOP)", None);
                Ok(did(format!("{} paused (SIGSTOP)", instance.title()), since))
            }
            _ => Err(Refused::conflict(format!("{} does not run", instance.title()))),
        }
    }

    /// SIGCONT.
    ///
    /// # Errors
    /// Where there is no such instance, or it does not run.
    pub fn resume_app(&self, app: AppName, number: Option<u32>) -> Result<Did, Refused> {
        let since = Instant::now();
        let instance = self.existing(app, number)?;
        match instance.state() {
            ProcessState::Running => Ok(did(format!("{} runs already", instance.title()), since)),
            ProcessState::Paused => {
                instance.signal(Signal::CONT)?;
                instance.set(self, ProcessState::Running, "resumed (SIGCONT)", None);
                self.press_due();
                Ok(did(format!("{} resumed (SIGCONT)", instance.title()), since))
            }
            _ => Err(Refused::conflict(format!("{} does not run: start it", instance.title()))),
        }
    }

    fn instance(&self, app: AppName, number: u32) -> Arc<Instance> {
        let mut instances = locked(&self.instances);
        Arc::clone(instances.entry((app, number)).or_insert_with(|| Arc::new(Instance::new(app, number))))
    }

    fn existing(&self, app: AppName, number: Option<u32>) -> Result<Arc<Instance>, Refused> {
        let number = number.unwrap_or(1);
        let found = locked(&self.instances).get(&(app, number)).cloned();
        found.ok_or_else(|| Refused::conflict(format!("there is no instance {number} of the {app} app")))
    }

    fn first_dead(&self, app: AppName) -> u32 {
        let instances = locked(&self.instances);
        let alive = |number: &u32| {
            instances.get(&(app, *number)).is_some_and(|instance| instance.state() != ProcessState::Dead)
        };
        (1..=u32::MAX).find(|number| !alive(number)).unwrap_or(1)
    }

    /// The instance that takes presses: the first that runs, or the first at all, which then says why it cannot.
    pub(crate) fn at_the_counter(&self, app: AppName) -> Arc<Instance> {
        let running = locked(&self.instances)
            .range((app, 0)..=(app, u32::MAX))
            .map(|(_, instance)| instance)
            .find(|instance| instance.state() == ProcessState::Running)
            .cloned();
        running.unwrap_or_else(|| self.instance(app, 1))
    }
}
