//! `cargo xtask bench player`: our page beside asciinema-player and rrweb-player, each on a session of as many events: how heavy a
//! session is, how long it takes to open, how long a seek takes until it is drawn, and how much memory the page has then.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use axum::Router;

use browser::Browser;
use session::Session;

mod browser;
mod files;
mod session;

/// What the command line asks for.
struct Wish {
    program: PathBuf,
    /// Where npm put the other players.
    modules: PathBuf,
    minutes: u64,
    per_second: u64,
    seeks: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match bench().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench player: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn bench() -> Result<()> {
    let wish = wish()?;
    let folder = std::env::temp_dir().join(format!("kafkascope-bench-player-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let session = Session { seconds: wish.minutes * 60, per_second: wish.per_second };
    println!("{} min at {} events a second: {} events", wish.minutes, wish.per_second, session.events());
    let players = files::write(&session, &folder, &wish.program, &wish.modules)?;
    let address = host(&folder).await?;
    println!(
        "\n| player | bytes an event | open, ms | seek p50, ms | p95 | worst | memory, MB |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    for player in players {
        let browser = Browser::open(&folder).await?;
        let opened = browser.visit(&format!("http://{address}/{}", player.page)).await?;
        let mut seeks = Vec::new();
        for turn in 0..wish.seeks {
            // Places that are the same for all, and far from each other.
            let millis = (turn as u64 * 7_919 * 1000) % (session.seconds * 1000);
            seeks.push(browser.seek(millis).await?);
        }
        seeks.sort_by(f64::total_cmp);
        let at = |part: f64| seeks.get((seeks.len() as f64 * part) as usize).copied().unwrap_or_default();
        println!(
            "| {} | {:.1} | {opened:.0} | {:.1} | {:.1} | {:.1} | {} |",
            player.name,
            player.bytes as f64 / session.events() as f64,
            at(0.5),
            at(0.95),
            seeks.last().copied().unwrap_or_default(),
            browser.memory_megabytes()?
        );
        browser.close().await?;
    }
    Ok(std::fs::remove_dir_all(folder)?)
}

fn wish() -> Result<Wish> {
    let mut wish = Wish { program: PathBuf::new(), modules: PathBuf::new(), minutes: 60, per_second: 200, seeks: 200 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        let number = || value.parse::<u64>().with_context(|| format!("{word} takes a number"));
        match word.as_str() {
            "--program" => wish.program = value.into(),
            "--modules" => wish.modules = value.into(),
            "--minutes" => wish.minutes = number()?,
            "--per-second" => wish.per_second = number()?,
            "--seeks" => wish.seeks = usize::try_from(number()?)?,
            _ => bail!("no such option: {word}; there are --minutes N, --per-second N and --seeks N"),
        }
    }
    Ok(wish)
}

/// A host of files, as any is.
async fn host(folder: &Path) -> Result<std::net::SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let (address, folder) = (listener.local_addr()?, folder.to_owned());
    let app = Router::new().fallback(move |uri: axum::http::Uri| {
        let file = folder.join(uri.path().trim_start_matches('/'));
        async move {
            let kind = match file.extension().and_then(|e| e.to_str()) {
                Some("html") => "text/html; charset=utf-8",
                Some("js") => "text/javascript",
                Some("css") => "text/css",
                Some("wasm") => "application/wasm",
                _ => "application/octet-stream",
            };
            std::fs::read(&file)
                .map(|bytes| ([("content-type", kind)], bytes))
                .map_err(|_missing| axum::http::StatusCode::NOT_FOUND)
        }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}
