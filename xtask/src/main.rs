//! The way in: which word runs which command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks through its terminal")]

use std::process::ExitCode;

use anyhow::{Result, bail};

mod bench;
mod build;
mod pack;
mod page;
mod run;
mod size;
mod slim;
mod soak;
mod step;
mod test;
mod tidy;
mod tools;
mod tour;
mod workspace;

use crate::{page::Profile, workspace::Workspace};

const USAGE: &str = "\
cargo xtask COMMAND

  run [ARGS]      build what is missing, then target/release/kafkascope serve ARGS
  build           the page and target/release/kafkascope with the page inside
  page [--dev]    the page alone, into target/page; --dev builds faster and bigger
  test [PART…]    everything CI runs, or only the parts named
  bench tap [--rounds N]
                  the fault proxy beside a plain copy, HAProxy and toxiproxy
  bench page [--rounds N]
                  frames with 2,000 and 10,000 marks in Chromium, beside pixi.js
  bench player [--minutes N]
                  the page beside asciinema-player and rrweb-player, an hour of 200 events a second
  soak scenes [--times N] [--seed S]
                  every scene N times (10) in random order on one gateway
  tour            the recordings in static/, played anew on a real cluster
  tidy            the rules of this repository alone";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[&str]) -> Result<()> {
    let workspace = Workspace::find()?;
    match args {
        ["run", rest @ ..] => run::run(&workspace, rest),
        ["build"] => build::build(&workspace).map(drop),
        ["page"] => page::build(&workspace, Profile::Release).map(drop),
        ["page", "--dev"] => page::build(&workspace, Profile::Dev).map(drop),
        ["test", parts @ ..] => test::test(&workspace, parts),
        ["bench", "tap", rest @ ..] => bench::tap(&workspace, rest),
        ["bench", "page", rest @ ..] => bench::page(&workspace, rest),
        ["bench", "player", rest @ ..] => bench::player(&workspace, rest),
        ["soak", "scenes", rest @ ..] => soak::scenes(&workspace, rest),
        ["tour"] => tour::tour(&workspace),
        ["tidy"] => tidy::tidy(&workspace),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [] => bail!("a command is missing\n\n{USAGE}"),
        [word, ..] => bail!("no such command: {word}, or not with these arguments\n\n{USAGE}", word = word),
    }
}
