//! The binary: parse, run, and say in one sentence what went wrong.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|word| word == "child") {
        #[expect(clippy::print_stderr, reason = "where a child could not become its command, its log is all there is")]
        {
            eprintln!("Error: {:#}", kafkascope::child::run(args));
        }
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
