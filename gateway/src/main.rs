//! The binary: nothing but the way in.

use clap::Parser;

#[derive(Debug, Parser)]
enum Command {
    /// One of the shop's apps.
    App(kafkascope::shop::app::Args),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::App(args) => kafkascope::shop::app::run(&args),
    }
}
