//! The binary: parse, run, and say in one sentence what went wrong.

use std::process::ExitCode;

fn main() -> ExitCode {
    kafkascope::cli::main()
}
