//! `cargo xtask`: what the project does to itself. This file only routes to one file per subcommand.

mod app;
mod bench;
mod build;
mod counts;
mod fuzz;
mod house;
mod kills;
mod mutants;
mod ordeal;
mod precache;
mod process;
mod run;
mod setup;
mod soak;
mod stamp;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

use house::House;

fn main() -> ExitCode {
    match route() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn route() -> Result<ExitCode> {
    let mut args = lexopt::Parser::from_env();
    let Some(argument) = args.next()? else {
        println!("{HELP}");
        return Ok(ExitCode::FAILURE);
    };
    let name = match argument {
        lexopt::Arg::Value(name) => name.to_string_lossy().into_owned(),
        lexopt::Arg::Short('h') | lexopt::Arg::Long("help") => "help".to_owned(),
        other => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "run" => run::main(&House::find()?, args),
        "test" => test::main(&House::find()?, args),
        "build" => build::main(&House::find()?, args),
        "bench" => bench::main(&House::find()?, args),
        "kills" => kills::main(&House::find()?, args),
        "fuzz" => fuzz::main(&House::find()?, args),
        "mutants" => mutants::main(&House::find()?, args),
        "ordeal" => ordeal::main(&House::find()?, args),
        "soak" => soak::main(&House::find()?, args),
        "precache" => precache::main(&House::find()?, args),
        "tidy" => tidy::main(&House::find()?, args),
        "help" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no subcommand '{other}'; cargo xtask --help lists them"),
    }
}

const HELP: &str = "\
cargo xtask: what the project does to itself

  run       set up what is missing, build the app and the server, and serve a practice organisation
  test      set up what is missing and run every check; ends with 'N passed, N failed'
  build     build the app and the server into one directory, to be carried to a server
  bench     measure Satchel beside hand-written IndexedDB in headless Chromium
  kills     kill the browser again and again: nothing that was called saved may be lost or doubled
  fuzz      odd bytes for every decoder
  mutants   change protocol, engine and ledger a little, each time, and see whether the tests notice
  ordeal    let real processes suffer: a failing network, kill -9 of server and clients, a restored backup
  soak      live a million simulated worlds, and go on where the last call ended
  tidy      check the import laws and the house rules
  precache  (Trunk calls this) stamp the service worker and compress the built app

Each takes --help. Tools and build output are kept outside the checkout, in $SATCHEL_CACHE,
else $XDG_CACHE_HOME/satchel, else ~/.cache/satchel.";
