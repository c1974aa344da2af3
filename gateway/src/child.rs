//! `kafkascope child -- CMD…`: how a child process is made to die with the gateway, also when that dies by SIGKILL.
//!
//! It asks the kernel for a signal at its parent's death and replaces itself by CMD; the wish outlives exec(2)
//! (prctl(2), PR_SET_PDEATHSIG). The signal comes when the *thread* that started the child ends, which is why
//! [`crate::cluster::spawner`] keeps one thread for it.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::process::CommandExt as _,
    process::Command,
};

use anyhow::{Context as _, anyhow, bail};

/// What stands before `--`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    /// Who started us; where it is somebody else by now, the gateway died before the kernel knew our wish.
    parent: Option<i32>,
    /// How much to add to our niceness.
    nice: Option<i32>,
    /// What to become.
    command: Vec<OsString>,
}

/// Becomes the command named in `args` (all that follows the word `child`). Returns only where that failed.
///
/// # Errors
/// Where the arguments are not `[--parent PID] [--nice N] -- CMD…`, the parent is gone, or CMD cannot be executed.
pub fn run(args: impl IntoIterator<Item = OsString>) -> anyhow::Error {
    match prepare(args) {
        Ok(mut command) => {
            let cause = command.exec();
            anyhow!(cause).context(format!("cannot execute {}", command.get_program().to_string_lossy()))
        }
        Err(error) => error,
    }
}

fn prepare(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<Command> {
    let options = parse(args)?;
    die_with_parent().context("cannot ask the kernel for a signal at the parent's death")?;
    if let Some(expected) = options.parent {
        let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
        if parent != Some(expected) {
            bail!("the gateway (pid {expected}) is gone: its child does not start");
        }
    }
    if let Some(nice) = options.nice {
        // A limit here costs politeness, not correctness.
        rustix::process::nice(nice).ok();
    }
    let mut words = options.command.into_iter();
    let program = words.next().context("no command given: kafkascope child -- CMD…")?;
    let mut command = Command::new(program);
    command.args(words);
    Ok(command)
}

#[cfg(target_os = "linux")]
fn die_with_parent() -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL)).map_err(io::Error::from)
}

/// No such signal here: the next start ends what a dead gateway left.
#[cfg(not(target_os = "linux"))]
fn die_with_parent() -> io::Result<()> {
    Ok(())
}

fn parse(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<Options> {
    let mut options = Options::default();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("--") => {
                options.command = args.collect();
                return Ok(options);
            }
            Some("--parent") => options.parent = Some(number("--parent", args.next().as_deref())?),
            Some("--nice") => options.nice = Some(number("--nice", args.next().as_deref())?),
            _ => bail!("unknown word {}: kafkascope child [--parent PID] [--nice N] -- CMD…", arg.to_string_lossy()),
        }
    }
    Ok(options)
}

fn number(name: &str, value: Option<&OsStr>) -> anyhow::Result<i32> {
    let text = value.and_then(OsStr::to_str).with_context(|| format!("{name} wants a number"))?;
    text.parse().with_context(|| format!("{name} wants a number, not {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> impl Iterator<Item = OsString> {
        line.split_whitespace().map(OsString::from)
    }

    #[test]
    fn everything_after_the_dashes_is_the_command() {
        let options = parse(words("--parent 7 --nice 5 -- java --nice 3 --")).unwrap();
        assert_eq!(options.parent, Some(7));
        assert_eq!(options.nice, Some(5));
        assert_eq!(options.command, words("java --nice 3 --").collect::<Vec<_>>());
    }

    #[test]
    fn a_child_of_somebody_else_does_not_start() {
        let error = run(words("--parent 1073741823 -- true"));
        assert!(error.to_string().contains("is gone"), "{error}");
    }

    #[test]
    fn bad_words_are_named() {
        assert!(run(words("--parent x -- true")).to_string().contains("--parent"));
        assert!(run(words("java")).to_string().contains("java"));
        assert!(run(words("")).to_string().contains("no command"));
    }
}
