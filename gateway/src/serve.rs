//! A gateway's life: take folder and port, start what is watched, serve, and leave nothing behind.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, bail};
use model::{
    fact::{Event, Level, Mode, SessionStarted},
    ids::Micros,
    recording::{FORMAT, Header},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    cli::{complain, say},
    clock::Clock,
    cluster::{
        self,
        provision::{Environment, is_possible},
        spawner::Spawner,
    },
    control::{Control, Stage, Token},
    data::DataFolder,
    hub::{self, Hub},
    observe,
    privacy::{Mask, Values},
    recorder,
    report::{self, Reporter},
    scenes::{self, Finished, Scenes},
    web::{self, Gate, Live, Shelf, Source},
};

/// What `serve` was asked for.
#[derive(Debug)]
pub struct Config {
    /// Where the page is served.
    pub listen: SocketAddr,
    /// Somebody else's cluster; ours where there is none.
    pub bootstrap: Option<Vec<String>>,
    /// How many controllers ours has, 1 or 3.
    pub controllers: usize,
    /// The data folder.
    pub data: PathBuf,
    /// The address that others use.
    pub public_url: Option<String>,
    /// Whether to open a browser.
    pub open: bool,
    /// What is recorded.
    pub recording: Recording,
}

/// What is recorded, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// What a person calls it.
    pub title: String,
    /// How much of values; a preview of our own cluster's, none of somebody else's, where it is not said.
    pub values: Option<Values>,
    /// What is told as stars.
    pub mask: Mask,
    /// How much.
    pub limits: recorder::Limits,
}

impl Config {
    fn value_bytes(&self) -> usize {
        let values = if self.bootstrap.is_some() { Values::Off } else { Values::Preview };
        self.recording.values.unwrap_or(values).bytes()
    }
}

/// Everything that sees and is asked, before any cluster is there.
struct Desk {
    data: DataFolder,
    hub: Hub,
    reporter: Reporter,
    token: Token,
    session: SessionStarted,
    control: Arc<Control>,
    scenes: Arc<Scenes>,
    url: String,
    /// The session's recording.
    recording: PathBuf,
    server: JoinHandle<std::io::Result<()>>,
    stop: watch::Sender<bool>,
}

/// Runs a gateway until it is told to stop.
///
/// # Errors
/// Where it cannot start: one sentence that names the thing, the cause and the cure.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let stop_asked = stop_signal()?;
    if config.bootstrap.is_none()
        && let Err(missing) = can_start().await
    {
        return tour(&missing, config.listen, stop_asked).await;
    }
    let desk = Desk::open(&config).await?;
    desk.welcome(&config);
    let result = tokio::select! {
        result = desk.show(&config) => result,
        () = stop_asked => Ok(()),
    };
    desk.close().await;
    result
}

impl Desk {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let gate = Gate { public_host: config.public_url.as_deref().map(public_host).transpose()? };
        let listener = listen(config.listen).await?;
        let data = DataFolder::take(&config.data)?;
        let clock = Clock::start();
        let (reporter, inbox) = report::queue(clock);
        let reporter = reporter.masking(config.recording.mask.clone());
        let now = SystemTime::now();
        let session = SessionStarted {
            format: FORMAT,
            session: uuid::Uuid::new_v4().simple().to_string(),
            wall_clock: humantime::format_rfc3339_millis(now).to_string(),
            mode: if config.bootstrap.is_some() { Mode::External } else { Mode::Local },
            gateway_version: env!("CARGO_PKG_VERSION").to_owned(),
            value_bytes: u32::try_from(config.value_bytes()).unwrap_or(u32::MAX),
            ..SessionStarted::default()
        };
        let is_ours = config.bootstrap.is_none();
        let header = Header {
            session: session.session.clone(),
            wall_clock: session.wall_clock.clone(),
            title: config.recording.title.clone(),
            gateway_version: session.gateway_version.clone(),
            mode: session.mode,
            brokers: if is_ours { cluster::BROKERS.len() as u32 } else { 0 },
            controllers: if is_ours { u32::try_from(config.controllers).unwrap_or_default() } else { 0 },
            value_bytes: session.value_bytes,
            masked: config.recording.mask.patterns(),
            ..Header::default()
        };
        let limits = config.recording.limits;
        let removed = limits.make_room(&data.recordings());
        let current = free_name(&data.recordings(), now);
        let shelf = Shelf { folder: data.recordings(), current: current.clone() };
        let recording = shelf.folder.join(&current);
        let recorder = recorder::start(recording.clone(), &header, limits, reporter.clone()).await?;
        let hub = hub::start(clock, inbox, recorder);
        reporter.report(Event::SessionStarted(session.clone()));
        if !removed.is_empty() {
            let (keep, removed) = (limits.keep, removed.join(", "));
            let text = format!("{keep} recordings are kept (--keep); removed {removed}");
            reporter.report(Event::Notice { level: Level::Info, source: String::from("recorder"), text });
        }
        let token = Token::random();
        let control = Arc::new(Control::new(hub.clone(), token.clone()));
        let address = listener.local_addr().context("cannot read the address listened on")?;
        let url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let scenes = Arc::new(Scenes::new(hub.clone(), Arc::clone(&control)));
        let live = Live { hub: hub.clone(), control: Arc::clone(&control), scenes: Arc::clone(&scenes), shelf };
        let source = Source::Live(Arc::new(live));
        let (stop, mut stopped) = watch::channel(false);
        let server = tokio::spawn(web::serve(listener, source, gate, async move {
            // Where the sender is gone, it is over too.
            stopped.wait_for(|s| *s).await.ok();
        }));
        Ok(Self { data, hub, reporter, token, session, control, scenes, url, recording, server, stop })
    }

    /// Starts what is watched and stays until the server ends.
    async fn show(&self, config: &Config) -> anyhow::Result<()> {
        match &config.bootstrap {
            None => {
                self.show_local(config).await?;
                self.say_ready();
                std::future::pending().await
            }
            Some(bootstrap) => self.show_external(bootstrap, config.value_bytes()).await,
        }
    }

    async fn show_local(&self, config: &Config) -> anyhow::Result<()> {
        let announce = |direct: &str, stage: &str, kafka: &str| self.announce(direct, stage, kafka);
        let (data, value_bytes) = (self.data.path(), config.value_bytes());
        let stage = Stage::start(data, config.controllers, &self.hub, &self.reporter, value_bytes, &announce).await?;
        self.control.open(Arc::new(stage));
        self.until_ready().await
    }

    async fn show_external(&self, bootstrap: &[String], value_bytes: usize) -> anyhow::Result<()> {
        let mut brokers = Vec::new();
        for address in bootstrap {
            let found = tokio::net::lookup_host(address).await;
            let mut found = found.with_context(|| format!("cannot find {address}; --bootstrap takes HOST:PORT,…"))?;
            let first = found.next().with_context(|| format!("{address} has no address"))?;
            brokers.push((None, first));
        }
        self.announce(&bootstrap.join(","), "", "")?;
        let (_stop, shutdown) = watch::channel(false);
        let eyes = observe::ObserveConfig {
            brokers,
            controllers: Vec::new(),
            own_cluster: false,
            value_bytes,
            include_internal: false,
        };
        let _observers = observe::start(eyes, self.reporter.clone(), shutdown);
        self.until_ready().await?;
        self.say_ready();
        std::future::pending().await
    }

    fn announce(&self, bootstrap: &str, stage_bootstrap: &str, kafka_version: &str) -> anyhow::Result<()> {
        let session = SessionStarted {
            bootstrap: bootstrap.to_owned(),
            stage_bootstrap: stage_bootstrap.to_owned(),
            kafka_version: kafka_version.to_owned(),
            ..self.session.clone()
        };
        self.reporter.report(Event::SessionStarted(session));
        self.data.announce(&self.url, self.token.text(), bootstrap, stage_bootstrap)
    }

    fn welcome(&self, config: &Config) {
        let link = format!("{}/#token={}", self.url, self.token.text());
        say(&format!("Stage:     {}\nPresenter: {link}", self.url));
        if config.open
            && let Err(error) = std::process::Command::new("xdg-open").arg(&link).spawn()
        {
            complain(&format!("cannot open a browser ({error}); open the presenter's link yourself"));
        }
    }

    async fn until_ready(&self) -> anyhow::Result<()> {
        self.hub.until(|picture, _| model::green::waiting_for(picture).is_none().then_some(())).await?;
        Ok(())
    }

    fn say_ready(&self) {
        let after = self.hub.now().seconds_since(Micros(0));
        say(&format!("Ready after {after:.1} s. Ctrl-C ends it."));
    }

    /// The session ends before anything is taken down, so that the recording's last picture is the one that was shown.
    async fn close(self) {
        self.hub.end().await;
        if let Some(stage) = self.control.stage() {
            stage.close().await;
        }
        self.stop.send_replace(true);
        // Viewers' sockets may stay open; they are told by the connection's end.
        tokio::time::timeout(Duration::from_millis(300), self.server).await.ok();
    }
}

/// Plays one scene on a fresh local cluster in a folder of its own, and keeps its recording where that is asked for.
///
/// # Errors
/// Where the cluster does not start, the scene cannot be played, or we are told to stop.
pub async fn play(name: &str, guarded: bool, record: Option<&Path>) -> anyhow::Result<Finished> {
    let stop_asked = stop_signal()?;
    // What cannot be is said before a cluster is started for it.
    let catalogue = scenes::catalogue();
    let scene = scenes::find(&catalogue, name, guarded).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let controllers = scene.needs_controllers(guarded).unwrap_or(1);
    let cannot_write = |file: &Path| format!("cannot write the recording to {}", file.display());
    if let Some(file) = record {
        std::fs::File::create(file).with_context(|| cannot_write(file))?;
    }
    let folder = std::env::temp_dir().join(format!("kafkascope-scene-{}", uuid::Uuid::new_v4().simple()));
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        bootstrap: None,
        controllers,
        data: folder.clone(),
        public_url: None,
        open: false,
        recording: Recording::default(),
    };
    let desk = Desk::open(&config).await?;
    let recording = desk.recording.clone();
    let result = tokio::select! {
        result = desk.play(name, guarded, &config) => result,
        () = stop_asked => Err(anyhow::anyhow!("stopped before the scene was over")),
    };
    desk.close().await;
    let kept = record.map(|file| std::fs::copy(&recording, file).with_context(|| cannot_write(file)));
    // What is left of it is only disk space in the system's own temporary folder.
    std::fs::remove_dir_all(&folder).ok();
    kept.transpose()?;
    result
}

impl Desk {
    async fn play(&self, name: &str, guarded: bool, config: &Config) -> anyhow::Result<Finished> {
        self.show_local(config).await?;
        let run = self.scenes.play(name, guarded).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        self.scenes.finished(run).await.context("the gateway ended before the scene was over")
    }
}

/// Whether this machine has what a cluster needs.
async fn can_start() -> anyhow::Result<()> {
    let spawner = Spawner::of_this_binary().context("cannot start child processes")?;
    Ok(is_possible(&Environment::of_this_process(), &spawner).await?)
}

/// Without Kafka the page plays the tour that the program brings, and says what to install.
async fn tour(missing: &anyhow::Error, address: SocketAddr, stop: impl Stop) -> anyhow::Result<()> {
    complain(&format!("{missing:#}"));
    let film = web::tour(missing.to_string())?;
    say("There is no cluster: the page plays a recorded tour.");
    show(film, address, stop).await
}

/// Serves a recording until told to stop.
///
/// # Errors
/// Where the file cannot be opened or the port is taken.
pub async fn replay(file: &Path, address: SocketAddr) -> anyhow::Result<()> {
    let stop_asked = stop_signal()?;
    show(web::film(file)?, address, stop_asked).await
}

/// Done when we are to stop.
trait Stop: Future<Output = ()> + Send + 'static {}
impl<T: Future<Output = ()> + Send + 'static> Stop for T {}

async fn show(film: web::Film, address: SocketAddr, stop: impl Stop) -> anyhow::Result<()> {
    let listener = listen(address).await?;
    let address = listener.local_addr().context("cannot read the address listened on")?;
    let token = film.token.text();
    say(&format!("Replay:    http://{address}\nMarkers:   http://{address}/#token={token}\nCtrl-C ends it."));
    web::serve(listener, Source::Replay(Arc::new(film)), Gate::default(), stop)
        .await
        .context("the page's server failed")
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!(
                "port {} of {} is taken; stop what uses it, or choose another with --listen HOST:PORT",
                address.port(),
                address.ip()
            )
        }
        Err(error) => {
            Err(error).with_context(|| format!("cannot listen on {address}; choose another with --listen HOST:PORT"))
        }
    }
}

/// A recording's name says when it began; where one began in the same second, this one takes the next.
fn free_name(folder: &Path, began: SystemTime) -> String {
    let name = |seconds: u64| {
        let stamp = humantime::format_rfc3339_seconds(began + Duration::from_secs(seconds)).to_string();
        stamp.replace([':', '-'], "") + ".kscope"
    };
    let mut seconds = 0;
    while folder.join(name(seconds)).exists() {
        seconds += 1;
    }
    name(seconds)
}

/// The authority of a public URL.
fn public_host(url: &str) -> anyhow::Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|r| r.split('/').next().unwrap_or_default()).filter(|h| !h.is_empty());
    host.map(str::to_owned)
        .with_context(|| format!("--public-url {url:?} is not an address such as https://stage.example"))
}

/// Done when somebody asks us to end: SIGINT, SIGTERM or SIGHUP.
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut hangup = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}
