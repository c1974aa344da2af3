//! The gateway's end of the shop: starts and ends the apps, passes presses on and turns reports into facts.

mod apps;
mod customers;
mod instance;
mod log;
mod register;

use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use model::fact::{Event as Fact, Level, ProcessState};
use thiserror::Error;
use tokio::sync::watch;

pub(crate) use self::customers::DEFAULT_ITEM;
pub use self::{apps::StartApp, customers::CreateOrder};
use self::{instance::Instance, register::Register};
use super::{
    AppName,
    guards::{Guard, Guards},
    wire::{Press, Set, Wish},
};
use crate::{cluster::spawner::Spawner, report::Reporter};

/// Where the shop lives.
#[derive(Clone, Debug)]
pub struct Config {
    /// The `kafkascope` binary.
    pub exe: PathBuf,
    /// Bootstrap address of the STAGE listeners.
    pub stage_bootstrap: String,
    /// The gateway's data folder; the books are in its folder `shop`.
    pub data_dir: PathBuf,
    /// Where each app's log goes.
    pub log_dir: PathBuf,
    /// What starts child processes.
    pub spawner: Spawner,
}

/// What was done and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// A sentence.
    pub text: String,
    /// Milliseconds.
    pub took_ms: u64,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// It cannot be done as things stand; nothing was changed (HTTP 409).
    #[error("{0}")]
    Conflict(String),
    /// It was tried and failed.
    #[error("{0}")]
    Failed(String),
}

impl Refused {
    fn conflict(text: impl Into<String>) -> Self {
        Self::Conflict(text.into())
    }

    fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }
}

/// The shop. All of it can be called at any time, by anybody, any number of times.
#[derive(Debug)]
pub struct Shop {
    config: Config,
    reporter: Reporter,
    instances: Mutex<BTreeMap<(AppName, u32), Arc<Instance>>>,
    guards: Mutex<BTreeMap<AppName, Guards>>,
    register: Mutex<Register>,
    /// Moves with each fact that the register noted.
    noted: watch::Sender<u64>,
    /// The books' number, 0 before the first were opened; held while they are changed, so that it happens once at a time.
    ledger: tokio::sync::Mutex<u32>,
    /// A handle to itself, for presses that the desk makes later.
    this: std::sync::Weak<Self>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shop {
    /// The shop, closed: no app runs and the books are empty.
    ///
    /// # Errors
    /// Where its folders cannot be made or emptied.
    pub fn new(config: Config, reporter: Reporter) -> io::Result<Arc<Self>> {
        for folder in [&config.data_dir.join("shop"), &config.log_dir] {
            fs::create_dir_all(folder)?;
        }
        let shop = Arc::new_cyclic(|this| Self {
            config,
            reporter,
            instances: Mutex::default(),
            guards: Mutex::default(),
            register: Mutex::default(),
            noted: watch::Sender::new(0),
            ledger: tokio::sync::Mutex::new(0),
            this: this.clone(),
        });
        shop.replace_books()?;
        Ok(shop)
    }

    /// Starts the three apps, waits until they joined their groups, and creates the default item.
    ///
    /// # Errors
    /// Where one of them does not start; the others may run, and it can be tried again.
    pub async fn open(self: &Arc<Self>) -> Result<Did, Refused> {
        let since = Instant::now();
        let mut ledger = self.ledger.lock().await;
        if *ledger == 0 {
            *ledger = 1;
            self.reporter.report(Fact::LedgerStarted { ledger: *ledger });
        }
        self.open_books(false).await?;
        Ok(did("the shop is open", since))
    }

    /// Closes the books and opens new ones: apps stopped, databases replaced, groups at the log's end, the default item
    /// created. Instances above the first are stopped and stay so.
    ///
    /// # Errors
    /// Where an app does not stop or start, or the files cannot be removed.
    pub async fn new_ledger(self: &Arc<Self>) -> Result<Did, Refused> {
        let since = Instant::now();
        let mut ledger = self.ledger.lock().await;
        self.close().await?;
        self.replace_books()
            .map_err(|error| Refused::failed(format!("cannot replace the shop's databases: {error}")))?;
        locked(&self.register).new_ledger();
        *ledger += 1;
        self.reporter.report(Fact::LedgerStarted { ledger: *ledger });
        self.open_books(true).await?;
        Ok(did(format!("ledger {} started", *ledger), since))
    }

    /// Stops all apps, all at once.
    ///
    /// # Errors
    /// Where one does not end.
    pub async fn close(&self) -> Result<Did, Refused> {
        let since = Instant::now();
        let all: Vec<_> = locked(&self.instances).values().cloned().collect();
        let stops = all.iter().map(|instance| self.stop(instance));
        for stopped in futures_util::future::join_all(stops).await {
            stopped?;
        }
        Ok(did("the shop is closed", since))
    }

    async fn open_books(self: &Arc<Self>, from_end: bool) -> Result<(), Refused> {
        let how = StartApp { from_end, ..StartApp::default() };
        let starts = AppName::SHOP.map(|app| self.start_app(app, Some(1), how.clone()));
        for started in futures_util::future::join_all(starts).await {
            started?;
        }
        if locked(&self.register).price(DEFAULT_ITEM).is_none() {
            self.fill_shelf().await?;
        }
        Ok(())
    }

    fn replace_books(&self) -> io::Result<()> {
        for app in AppName::SHOP {
            for ending in ["db", "db-wal", "db-shm"] {
                match fs::remove_file(self.config.data_dir.join("shop").join(format!("{app}.{ending}"))) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Switches a guard of one app or of all; a dead app has it from its next start.
    ///
    /// # Errors
    /// Where the guard cannot be switched, or an app is paused or does not answer.
    pub async fn set_guard(&self, app: Option<AppName>, guard: Guard, on: bool) -> Result<Did, Refused> {
        let since = Instant::now();
        let apps = app.map_or_else(|| AppName::SHOP.to_vec(), |app| vec![app]);
        let all: Vec<_> = locked(&self.instances).values().cloned().collect();
        let alive = |instance: &&Arc<Instance>| apps.contains(&instance.app) && instance.state() != ProcessState::Dead;
        let alive: Vec<_> = all.iter().filter(alive).collect();
        for instance in &alive {
            if instance.state() == ProcessState::Starting {
                instance.joined().await?;
            }
            instance.takes_presses()?;
        }
        for app in &apps {
            locked(&self.guards).entry(*app).or_default().set(guard, on).map_err(Refused::conflict)?;
        }
        for instance in alive {
            instance.ask(Wish::Set(Set::Guard { guard: guard.name().to_owned(), on })).await?;
        }
        Ok(did(format!("guard {guard} {}", if on { "on" } else { "off" }), since))
    }

    /// Whether a guard of one app or of all can be switched as things stand.
    ///
    /// # Errors
    /// Why not: as [`Shop::set_guard`] would say after it was begun.
    pub fn can_set_guard(&self, app: Option<AppName>, guard: Guard, on: bool) -> Result<(), Refused> {
        let apps = app.map_or_else(|| AppName::SHOP.to_vec(), |app| vec![app]);
        for instance in locked(&self.instances).values().filter(|instance| apps.contains(&instance.app)) {
            if instance.state() == ProcessState::Paused {
                instance.takes_presses()?;
            }
        }
        for app in apps {
            let mut guards = self.guards_of(app);
            guards.set(guard, on).map_err(Refused::conflict)?;
        }
        Ok(())
    }

    /// Whether a guard of an app is on.
    pub fn has_guard(&self, app: AppName, guard: Guard) -> bool {
        self.guards_of(app).has(guard)
    }

    fn guards_of(&self, app: AppName) -> Guards {
        locked(&self.guards).get(&app).copied().unwrap_or_default()
    }

    /// Guards that do not stand at their defaults, and the defaults; `acks-all` comes before what needs it.
    fn guards_astray(&self) -> Vec<(AppName, Guard, bool)> {
        let guards = locked(&self.guards);
        let astray = |(app, now): (&AppName, &Guards)| {
            let astray = Guard::ALL.into_iter().filter(|guard| now.has(*guard) != guard.default_on());
            astray.map(|guard| (*app, guard, guard.default_on())).collect::<Vec<_>>()
        };
        guards.iter().flat_map(astray).collect()
    }

    /// The number of the newest order; the next one is one more.
    pub fn last_order(&self) -> u64 {
        locked(&self.register).last()
    }

    /// The books' number, from 1; 0 before the shop was opened.
    pub async fn ledger(&self) -> u32 {
        *self.ledger.lock().await
    }

    /// A fact from an app.
    fn told(&self, at: u64, fact: Fact) {
        let due = locked(&self.register).note(&fact);
        self.reporter.report_at(self.reporter.clock().at_monotonic(at), fact);
        self.noted.send_modify(|count| *count += 1);
        if due {
            self.press_due();
        }
    }

    /// Presses Pay for whoever asked for it and has not been answered; an app that does not run is asked when it does.
    fn press_due(&self) {
        let counter = self.at_the_counter(AppName::Payment);
        if counter.state() != ProcessState::Running {
            return;
        }
        let due = locked(&self.register).take_due();
        for order in due {
            let wish = Wish::Press(Press::Pay { order: order.clone(), refuse: false, event_id: None });
            match (counter.send(wish), self.this.upgrade()) {
                (Ok(asked), Some(shop)) => {
                    tokio::spawn(async move {
                        let answered = asked.was_answered().await;
                        locked(&shop.register).pressed(&order, answered);
                        if !answered {
                            shop.press_due();
                        }
                    });
                }
                _ => locked(&self.register).pressed(&order, false),
            }
        }
    }

    fn warn(&self, app: AppName, text: String) {
        self.reporter.report(Fact::Notice { level: Level::Warn, source: format!("{app} app"), text });
    }
}

fn did(text: impl Into<String>, since: Instant) -> Did {
    Did { text: text.into(), took_ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX) }
}
