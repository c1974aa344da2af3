//! The command line, and what is said on it.

use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use model::ids::Micros;
use regex::Regex;

use crate::{
    child,
    export::{self, moment},
    inspect,
    privacy::{Mask, Values, pattern},
    recorder::Limits,
    scenes::report,
    serve, shop, tap_alone,
};

/// Draws a real Kafka cluster as it works.
#[derive(Debug, Parser)]
#[command(name = "kafkascope", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch a cluster and serve the page: a local one of our own, or with --bootstrap somebody else's, read-only.
    Serve(Serve),
    /// Serve the same page on a recording, without Kafka.
    Replay {
        /// A .kscope file.
        file: PathBuf,
        /// Where the page is served.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7878", value_parser = address)]
        listen: SocketAddr,
    },
    /// Copy a recording, or a part of it: as one HTML file that needs nothing else, for a static host, for other programs.
    Export(Export),
    /// Say what is in a recording.
    Inspect {
        /// A .kscope file.
        file: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Name the scenes there are, by chapter.
    Scenes {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Play one scene on a fresh local cluster; exits with 0 where a correct shop's numbers were seen, 1 where not, 2 where the
    /// scene was not shown.
    Scene {
        /// Its name, as `kafkascope scenes` says it.
        name: String,
        /// With its guard on.
        #[arg(long)]
        guard: bool,
        /// The verdict as JSON.
        #[arg(long)]
        json: bool,
        /// Keep the recording in this file.
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
    },
    /// The fault proxy alone: stand before brokers, and lose exactly the frame a rule names.
    Tap(Tap),
    /// A shop app; started by the gateway itself.
    #[command(hide = true)]
    App(shop::app::Args),
}

/// Which cluster is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Cluster {
    /// Controllers and three brokers as child processes.
    #[default]
    Local,
}

#[derive(Args, Debug)]
struct Serve {
    /// Where the page is served.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7878", value_parser = address)]
    listen: SocketAddr,
    /// Start a cluster of our own (the default).
    #[arg(long, value_enum, conflicts_with = "bootstrap")]
    cluster: Option<Cluster>,
    /// How many controllers ours has: with 3 the metadata quorum survives the loss of one.
    #[arg(long, value_name = "1|3", default_value = "1", value_parser = controllers, conflicts_with = "bootstrap")]
    controllers: usize,
    /// Watch this cluster read-only instead.
    #[arg(long, value_name = "HOST:PORT,…", value_delimiter = ',')]
    bootstrap: Vec<String>,
    /// Where recordings, logs and gateway.json are kept.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address that others use, where it is not the one listened on.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Open the page in a browser.
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    recording: Recording,
}

/// What `serve` records.
#[derive(Args, Debug)]
struct Recording {
    /// What the recording is called.
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// How much of values and headers is shown and recorded; preview on our own cluster, off on somebody else's.
    #[arg(long, value_enum)]
    values: Option<Values>,
    /// Show and record what this regular expression matches in keys, headers and values as ***; may be given again.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    mask: Vec<Regex>,
    /// The recording ends after so long.
    #[arg(long, value_name = "TIME", default_value = "4h", value_parser = humantime::parse_duration)]
    record_time: Duration,
    /// The recording ends at so many megabytes.
    #[arg(long, value_name = "MB", default_value = "500")]
    record_mb: u32,
    /// How many recordings stay in the data folder.
    #[arg(long, value_name = "N", default_value = "20")]
    keep: usize,
}

impl From<Recording> for serve::Recording {
    fn from(asked: Recording) -> Self {
        let bytes = u64::from(asked.record_mb) << 20;
        let limits = Limits { time: asked.record_time, bytes, keep: asked.keep };
        Self { title: asked.title, values: asked.values, mask: Mask::of(asked.mask), limits }
    }
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").args(["html", "kscope", "ndjson", "mcap", "folder"]).required(true).multiple(true)))]
struct Export {
    /// A .kscope file.
    file: PathBuf,
    /// One HTML file with the page and the recording in it.
    #[arg(long, value_name = "OUT")]
    html: Option<PathBuf>,
    /// A recording.
    #[arg(long, value_name = "OUT")]
    kscope: Option<PathBuf>,
    /// The facts, one a line, on standard output.
    #[arg(long)]
    ndjson: bool,
    /// An MCAP file, which Rerun, Foxglove and Lichtblick read.
    #[arg(long, value_name = "OUT")]
    mcap: Option<PathBuf>,
    /// A folder with the page and the recording, for any host of files.
    #[arg(long = "static", value_name = "DIR", id = "folder")]
    folder: Option<PathBuf>,
    /// From this moment: 62, 62.5s, 1m2s.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<Micros>,
    /// To this moment.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    to: Option<Micros>,
    /// This chapter alone, as `inspect` counts them.
    #[arg(long, value_name = "N")]
    chapter: Option<usize>,
}

#[derive(Args, Debug)]
struct Tap {
    /// A broker's address; again for each broker, with a --listen for each.
    #[arg(long, value_name = "HOST:PORT", required = true)]
    upstream: Vec<String>,
    /// Where clients connect, which the broker must advertise; port 0 picks one.
    #[arg(long, value_name = "HOST:PORT", required = true, value_parser = address)]
    listen: Vec<SocketAddr>,
    /// Where proxies and rules are read and changed.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0", value_parser = address)]
    api: SocketAddr,
    /// Look into all that passes, and keep the last of it for GET /events.
    #[arg(long)]
    observe: bool,
}

/// Runs what the command line asks for.
pub fn main() -> ExitCode {
    // `child -- CMD…` takes the words of another program, so it is not for the parser.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == "child") {
        complain(&format!("{:#}", child::run(words)));
        return ExitCode::FAILURE;
    }
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(serve) => {
            let bootstrap = (!serve.bootstrap.is_empty()).then_some(serve.bootstrap);
            let config = serve::Config {
                listen: serve.listen,
                bootstrap,
                controllers: serve.controllers,
                data: serve.data.map_or_else(default_data, Ok)?,
                public_url: serve.public_url,
                open: serve.open,
                recording: serve.recording.into(),
            };
            block_on(serve::serve(config))?;
        }
        Command::Replay { file, listen } => block_on(serve::replay(&file, listen))?,
        Command::Export(Export { file, html, kscope, ndjson, mcap, folder, from, to, chapter }) => {
            let targets = export::Targets {
                html: html.as_deref(),
                kscope: kscope.as_deref(),
                folder: folder.as_deref(),
                mcap: mcap.as_deref(),
                ndjson,
            };
            export::export(&file, &export::Stretch { from, to, chapter }, targets)?;
        }
        Command::Inspect { file, json } => say(&inspect::inspect(&file, json)?),
        Command::Scenes { json } => say(&report::list(json)),
        Command::Scene { name, guard, json, record } => {
            // A scene that cannot be played was not shown.
            let Ok(finished) = block_on(serve::play(&name, guard, record.as_deref()))
                .inspect_err(|error| complain(&format!("{error:#}")))
            else {
                return Ok(ExitCode::from(2));
            };
            say(&report::verdict(&finished, json));
            return Ok(report::exit_code(&finished));
        }
        Command::Tap(Tap { upstream: upstreams, listen: listens, api, observe }) => {
            block_on(tap_alone::run(tap_alone::Config { upstreams, listens, api, observe }))?;
        }
        Command::App(args) => return shop::app::run(&args),
    }
    Ok(ExitCode::SUCCESS)
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.context("cannot start the runtime")?;
    let result = runtime.block_on(work);
    // A task that waits for a dead disk or a silent child must not keep us.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    result
}

/// An address to listen on; of names only localhost, since any other may be this machine's today and not tomorrow.
fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let number = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    number
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_syntax| "this takes an IP address and a port, as 127.0.0.1:7878")
}

fn controllers(text: &str) -> Result<usize, &'static str> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        _ => Err("this takes 1 or 3: a majority of two is two"),
    }
}

fn default_data() -> anyhow::Result<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")));
    let base = base.context("neither HOME nor XDG_DATA_HOME is set; say where to keep data with --data DIR")?;
    Ok(base.join("kafkascope"))
}

/// Tells the person at the terminal. One who has closed it is told nothing.
pub(crate) fn say(text: &str) {
    writeln!(std::io::stdout(), "{text}").ok();
}

/// Tells the person at the terminal what went wrong, or how far a long step is.
pub(crate) fn complain(text: &str) {
    writeln!(std::io::stderr(), "{text}").ok();
}
