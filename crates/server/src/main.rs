//! The `satchel-server` program: reads its arguments and hands over.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run(std::env::args_os().skip(1))
}
