//! Programs that run to their end on the way to a cluster (Maven, Kafka's format tool), and saying how long they take.

use std::{io, path::Path, process::Command, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    net::unix::pipe,
    time::{Instant, interval_at},
};

use super::spawner::{Exit, Spawner};

/// Told in one line each time there is something to tell about work that takes long.
pub type Progress<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// Work is told of from here on, and then each [`AGAIN`].
const PATIENCE: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_secs(5);
/// The last of its output that is kept.
const KEPT_BYTES: usize = 64 << 10;

/// Waits for `work`, and tells what it is and how long it takes where that is more than two seconds.
pub(super) async fn timed<T>(progress: Progress<'_>, what: &str, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let mut tick = interval_at(start + PATIENCE, AGAIN);
    let mut told = false;
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                if told {
                    progress(&format!("{what}: {:.1} s", start.elapsed().as_secs_f32()));
                }
                return done;
            }
            _ = tick.tick() => {
                progress(&format!("{what} … {:.0} s", start.elapsed().as_secs_f32()));
                told = true;
            }
        }
    }
}

/// One pipe for standard output and standard error, so that their lines keep their order.
pub(super) fn merge_output(command: &mut Command) -> io::Result<impl AsyncRead + Unpin + Send + use<>> {
    let (reader, writer) = io::pipe()?;
    command.stdout(Stdio::from(writer.try_clone()?)).stderr(Stdio::from(writer));
    pipe::Receiver::from_owned_fd(reader.into())
}

/// Runs `command` to its end; answers how it ended and the last of what it printed.
pub(super) async fn run(spawner: &Spawner, mut command: Command) -> io::Result<(Exit, String)> {
    let mut output = merge_output(command.stdin(Stdio::null()))?;
    let child = spawner.spawn(command).await?;
    let mut kept = Vec::new();
    let mut buffer = vec![0; 8 << 10];
    while let count @ 1.. = output.read(&mut buffer).await? {
        kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(KEPT_BYTES));
    }
    let exit = child.exit().await;
    Ok((exit, String::from_utf8_lossy(&kept).into_owned()))
}

/// The first executable file `name` in the folders of `path` (as in PATH).
pub(super) fn find(name: &str, path: &std::ffi::OsStr) -> Option<std::path::PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

pub(super) fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}
