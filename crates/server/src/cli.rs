//! The command line: reads it into a command, runs the command, and says what went wrong in one sentence.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

mod admin;
mod arguments;
mod words;

use arguments::{Command, Task};

use crate::backup::{self, BackupError};
use crate::hold::Hold;
use crate::ledger::Ledger;
use crate::serve::Settings;
use crate::{clock, files, practice};

/// Runs the command these arguments ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = match arguments::parse(arguments) {
        Ok(command) => command,
        Err(sentence) => {
            eprintln!("{sentence}\nTry satchel-server --help.");
            return ExitCode::from(2);
        }
    };
    match perform(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<(), String> {
    match command {
        Command::Help => {
            print!("{}", words::HELP);
            Ok(())
        }
        Command::Version => {
            println!("satchel-server {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Command::Serve(settings) => serve(&settings),
        Command::Backup { db, file, replace } => {
            files::must_exist(&db)?;
            let whole = backup::backup(&db, &file, replace).map_err(|error| said(&db, error))?;
            println!("{}: whole, of life number {}", file.display(), whole.epoch);
            Ok(())
        }
        Command::Restore { db, file } => {
            tell(&backup::restore(&db, &file, clock::now()).map_err(|error| said(&file, error))?);
            Ok(())
        }
        Command::Admin { db, organisation, task } => {
            if !matches!(task, Task::OrganisationAdd(_)) {
                files::must_exist(&db)?;
                files::must_be_ours(&db)?;
            }
            admin::perform(&db, organisation.as_deref(), task)
        }
    }
}

/// `file` is the one that was to be copied.
fn said(file: &Path, error: BackupError) -> String {
    match error {
        BackupError::Ledger(error) => files::cannot_use(file, &error),
        other => other.to_string(),
    }
}

fn tell(restored: &backup::Restored) {
    if let Some(kept) = &restored.kept {
        println!("The ledger that was there is kept as {}.", kept.display());
    }
    if !restored.signed_in {
        println!("Everybody signs in again; what they saved waits on their devices.");
    }
    println!("Restored. This is life number {} of the server.", restored.epoch);
}

fn serve(settings: &Settings) -> Result<(), String> {
    log();
    if settings.practice {
        set_up_practice(settings)?;
    } else {
        files::must_exist(&settings.db)?;
        files::must_be_ours(&settings.db)?;
    }
    crate::serve::run(settings)
}

fn set_up_practice(settings: &Settings) -> Result<(), String> {
    practice::allow(settings.listen)?;
    let _hold = Hold::shared(&settings.db).map_err(|error| error.to_string())?;
    let mut ledger = Ledger::open(&settings.db).map_err(|error| files::cannot_use(&settings.db, &error))?;
    practice::set_up(&mut ledger, clock::now()).map_err(|error| error.to_string())
}

/// To stderr; RUST_LOG says how much.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
