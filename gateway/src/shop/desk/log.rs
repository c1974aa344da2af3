//! What an app writes on its standard error: kept as a file, its WARN and ERROR lines as notices, bounded.

use std::{path::PathBuf, sync::Arc, time::Duration};

use model::fact::{Event as Fact, Level};
use tokio::{
    fs::OpenOptions,
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::ChildStderr,
    time::Instant,
};

use super::{Shop, instance::Instance};
use crate::shop::AppName;

/// Notices in [`WINDOW`]; what is above is in the file only.
const NOTICES: u32 = 20;
const WINDOW: Duration = Duration::from_secs(10);

impl Shop {
    /// The log file of one instance.
    pub fn log_path(&self, app: AppName, instance: u32) -> PathBuf {
        self.config.log_dir.join(format!("{}.log", app.client_id(instance)))
    }
}

/// Reads until the pipe ends, and gives the last ERROR line. A full disk costs the file, not the notices.
pub(crate) async fn pump(shop: Arc<Shop>, instance: Arc<Instance>, stderr: ChildStderr) -> Option<String> {
    let path = shop.log_path(instance.app, instance.number);
    let mut file = OpenOptions::new().create(true).append(true).open(&path).await.ok();
    let mut lines = BufReader::new(stderr).lines();
    let (mut since, mut told) = (Instant::now(), 0);
    let mut last_error = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(open) = &mut file {
            let wrote = open.write_all(format!("{line}\n").as_bytes()).await;
            if wrote.is_err() || open.flush().await.is_err() {
                file = None;
            }
        }
        let Some((level, text)) = classify(&line) else { continue };
        if level == Level::Error {
            last_error = Some(text.to_owned());
        }
        if since.elapsed() > WINDOW {
            (since, told) = (Instant::now(), 0);
        }
        told += 1;
        if told <= NOTICES {
            let text = if told == NOTICES { format!("{text} (more in its log)") } else { text.to_owned() };
            shop.reporter.report(Fact::Notice { level, source: format!("{} app", instance.app), text });
        }
    }
    last_error
}

/// `12.345678 WARN text`, or what Rust says when it panics.
fn classify(line: &str) -> Option<(Level, &str)> {
    let after = line.split_once(' ').map_or("", |(_, rest)| rest);
    if let Some(text) = after.strip_prefix("WARN ") {
        return Some((Level::Warn, text));
    }
    if let Some(text) = after.strip_prefix("ERROR ") {
        return Some((Level::Error, text));
    }
    line.contains("panicked at").then_some((Level::Error, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_classified() {
        assert_eq!(classify("1.000002 WARN slow"), Some((Level::Warn, "slow")));
        assert_eq!(classify("1.000002 INFO joined"), None);
        assert_eq!(classify("Error: cannot open"), None);
    }
}
