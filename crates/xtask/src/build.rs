//! `cargo xtask build`: the app and the server, for release, in one directory that can be carried to a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::Arg;

use crate::app;
use crate::house::House;

/// Reads the flags, builds and puts both beside each other.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut to = PathBuf::from("satchel");
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Long("to") => to = args.value()?.into(),
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let dist = app::build_app(house)?;
    let server = app::build_server(house)?;
    let binary = to.join(server.file_name().unwrap_or(server.as_os_str()));
    replace_dir(&dist, &to.join("app"))?;
    replace_file(&server, &binary)?;
    println!("{}\n{}", binary.display(), to.join("app").display());
    Ok(ExitCode::SUCCESS)
}

/// Beside the old one first: a server that is being started finds a whole app, the old or the new.
fn replace_dir(from: &Path, to: &Path) -> Result<()> {
    let fresh = to.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("cannot clear {}", fresh.display()))?;
    }
    copy_dir(from, &fresh)?;
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| format!("cannot clear {}", to.display()))?;
    }
    fs::rename(&fresh, to).with_context(|| format!("cannot make {}", to.display()))
}

/// A program that runs cannot be written to, but its name can be given to another file.
fn replace_file(from: &Path, to: &Path) -> Result<()> {
    let fresh = to.with_extension("new");
    fs::copy(from, &fresh).with_context(|| format!("cannot write {}", fresh.display()))?;
    fs::rename(&fresh, to).with_context(|| format!("cannot make {}", to.display()))
}

fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), &place).with_context(|| format!("cannot write {}", place.display()))?;
        }
    }
    Ok(())
}

const HELP: &str = "\
cargo xtask build: build the app and the server for release, into one directory

  --to DIR  put DIR/satchel-server and DIR/app there (satchel)
  --help    this text";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_build_is_replaced_whole() {
        let dir = std::env::temp_dir().join(format!("satchel-build-{}", std::process::id()));
        let (from, to) = (dir.join("dist"), dir.join("app"));
        fs::create_dir_all(from.join("icons")).unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(from.join("icons/icon.svg"), "new").unwrap();
        fs::write(to.join("old.js"), "old").unwrap();
        replace_dir(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("icons/icon.svg")).unwrap(), "new");
        assert!(!to.join("old.js").exists());
        replace_file(&from.join("icons/icon.svg"), &dir.join("server")).unwrap();
        assert_eq!(fs::read_to_string(dir.join("server")).unwrap(), "new");
        fs::remove_dir_all(dir).unwrap();
    }
}
