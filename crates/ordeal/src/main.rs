//! `ordeal`: the guarantee under real processes. The judge spawns the real server and clients of the real engine, puts
//! a failing network between them, kills them, and compares what was promised with what is there.

mod client;
mod dice;
mod disk;
mod ground;
mod judge;
mod kill_server;
mod partitions;
mod phone;
mod proxy;
mod remote;
mod rep;
mod report;
mod server;
mod world;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};

use ground::Ground;
use judge::Verdict;

fn main() -> ExitCode {
    match route() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("ordeal: {sentence}");
            ExitCode::from(2)
        }
    }
}

/// Everything that can be said on the command line.
struct Given {
    server: PathBuf,
    runs: u64,
    cycles: usize,
    clients: usize,
    seed: u64,
    faults_ms: u64,
}

fn route() -> Result<bool, String> {
    let mut parser = Parser::from_env();
    let said = |error: lexopt::Error| format!("{error}.");
    let word = match parser.next().map_err(said)? {
        Some(Arg::Value(word)) => word.to_string_lossy().into_owned(),
        _ => "help".to_owned(),
    };
    if word == "client" {
        client::run(client::Options::read(&mut parser).map_err(said)?)?;
        return Ok(true);
    }
    let given = read(&mut parser).map_err(said)?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let ground = |clients| Ground::lay(dir.path(), &given.server, clients);
    let verdict: Verdict = match word.as_str() {
        "partitions" | "restore" => {
            let Given { runs, clients, seed, faults_ms, .. } = given;
            let restore = word == "restore";
            partitions::run(
                &ground(clients)?,
                &partitions::Options { runs, clients, seed, faults_ms, restore },
            )?
        }
        "kill-server" => {
            let Given { cycles, clients, seed, .. } = given;
            kill_server::run(&ground(clients)?, &kill_server::Options { cycles, clients, seed })?
        }
        _ => {
            println!("{HELP}");
            return Ok(word == "help");
        }
    };
    Ok(verdict.is_good())
}

fn read(parser: &mut Parser) -> Result<Given, lexopt::Error> {
    let server = std::env::var_os("SATCHEL_SERVER").unwrap_or_else(|| "satchel-server".into());
    let mut given =
        Given { server: server.into(), runs: 20, cycles: 100, clients: 10, seed: 1, faults_ms: 1_000 };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("server") => given.server = parser.value()?.into(),
            Arg::Long("runs") => given.runs = parser.value()?.parse()?,
            Arg::Long("cycles") => given.cycles = parser.value()?.parse()?,
            Arg::Long("clients") => given.clients = parser.value()?.parse::<usize>()?.max(1),
            Arg::Long("seed") => given.seed = parser.value()?.parse()?,
            Arg::Long("faults-ms") => given.faults_ms = parser.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(given)
}

impl client::Options {
    /// The words that start a client like this.
    fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec!["--dir".into(), self.dir.clone().into()];
        for (name, value) in [
            ("--url", self.url.clone()),
            ("--email", self.email.clone()),
            ("--seed", self.seed.to_string()),
            ("--rate", self.rate.to_string()),
            ("--since", self.since.to_string()),
            ("--acting", self.acting.to_string()),
            ("--pace-ms", self.pace_ms.to_string()),
            ("--saves-max", self.saves_max.to_string()),
        ] {
            words.extend([name.into(), value.into()]);
        }
        // It may be negative, which must not be taken for an option.
        words.push(format!("--skew={}", self.skew).into());
        words
    }

    fn read(parser: &mut Parser) -> Result<Self, lexopt::Error> {
        let mut options = Self {
            dir: PathBuf::new(),
            url: String::new(),
            email: String::new(),
            seed: 0,
            rate: 1,
            since: 0,
            skew: 0,
            acting: true,
            pace_ms: 1_000,
            saves_max: 0,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("dir") => options.dir = parser.value()?.into(),
                Arg::Long("url") => options.url = parser.value()?.string()?,
                Arg::Long("email") => options.email = parser.value()?.string()?,
                Arg::Long("seed") => options.seed = parser.value()?.parse()?,
                Arg::Long("rate") => options.rate = parser.value()?.parse::<u32>()?.max(1),
                Arg::Long("since") => options.since = parser.value()?.parse()?,
                Arg::Long("skew") => options.skew = parser.value()?.parse()?,
                Arg::Long("acting") => options.acting = parser.value()?.parse()?,
                Arg::Long("pace-ms") => options.pace_ms = parser.value()?.parse()?,
                Arg::Long("saves-max") => options.saves_max = parser.value()?.parse()?,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }
}

const HELP: &str = "\
ordeal: the guarantee under real processes

  ordeal partitions   clients behind a failing network, with server and clients killed and frozen
  ordeal restore      the same, and the server's ledger is put back to a backup in the middle of it
  ordeal kill-server  the server killed while it takes pushes, again and again

  --server FILE   the server's program (else $SATCHEL_SERVER, else satchel-server)
  --seed N        the first run's seed (1)
  --clients N     clients of each run; two belong to one user (10)
  --runs N        runs of partitions and restore (20)
  --faults-ms N   how long the faults of a run last (1000)
  --cycles N      kills of kill-server (100)

A run that finds something prints its seed and keeps its files.";
