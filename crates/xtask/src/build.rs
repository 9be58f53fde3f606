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

/// Under this name is a whole app at every moment, the old or the new, but for the moment between two renames in which
/// there is none. Neither copying nor deleting is done under it.
fn replace_dir(from: &Path, to: &Path) -> Result<()> {
    let (fresh, old) = (to.with_extension("new"), to.with_extension("old"));
    clear_dir(&fresh)?;
    copy_dir(from, &fresh)?;
    if to.exists() {
        clear_dir(&old)?;
        fs::rename(to, &old).with_context(|| format!("cannot put aside {}", to.display()))?;
    }
    fs::rename(&fresh, to).with_context(|| format!("cannot make {}", to.display()))?;
    clear_dir(&old)
}

fn clear_dir(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot clear {}", dir.display()))?;
    }
    Ok(())
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

    /// Looks at the app all the while it is replaced. A directory that is the same one before and after a look has been
    /// it all the time, and must have had its first file and its last.
    #[cfg(unix)]
    #[test]
    fn nobody_finds_half_an_app() {
        use std::os::unix::fs::MetadataExt;
        use std::sync::atomic::{AtomicBool, Ordering};

        let dir = std::env::temp_dir().join(format!("satchel-half-{}", std::process::id()));
        let (from, to) = (dir.join("dist"), dir.join("app"));
        for place in [&from, &to] {
            fs::create_dir_all(place).unwrap();
            for number in 0..500 {
                fs::write(place.join(format!("{number}.js")), "").unwrap();
            }
        }
        let files: Vec<_> = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path()).collect();
        let which = || fs::metadata(&to).map(|dir| dir.ino()).ok();
        let is_half = || {
            let before = which();
            let whole = files[0].exists() && files[files.len() - 1].exists();
            before.is_some() && before == which() && !whole
        };
        let done = AtomicBool::new(false);
        let halves = std::thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let mut halves = 0;
                while !done.load(Ordering::Relaxed) {
                    halves += usize::from(is_half());
                }
                halves
            });
            replace_dir(&from, &to).unwrap();
            done.store(true, Ordering::Relaxed);
            looking.join().unwrap()
        });
        let left = fs::read_dir(&dir).unwrap().count();
        fs::remove_dir_all(dir).unwrap();
        assert_eq!((halves, left), (0, 2), "and nothing is left beside it");
    }
}
