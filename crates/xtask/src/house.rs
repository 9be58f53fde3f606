//! The places the tasks work in: the checkout, the cache outside it, and Cargo's target directory.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Where everything is.
#[derive(Debug, Clone)]
pub(crate) struct House {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// Tools, stamps and build output, kept from one clone to the next.
    pub(crate) cache: PathBuf,
    /// Cargo's target directory for everything the tasks build.
    pub(crate) target: PathBuf,
}

impl House {
    /// Finds the checkout above the current directory, and the cache.
    pub(crate) fn find() -> Result<Self> {
        let here = env::current_dir().context("the current directory is gone")?;
        let Some(root) = here.ancestors().find(|dir| dir.join("crates/xtask/Cargo.toml").is_file()) else {
            bail!("{} is not inside a Satchel checkout", here.display());
        };
        let cache = cache_dir()?;
        fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make the cache directory {}", cache.display()))?;
        let target = set_dir("CARGO_TARGET_DIR").unwrap_or_else(|| cache.join("target"));
        let target = if target.is_absolute() { target } else { here.join(target) };
        Ok(Self { root: root.to_owned(), cache, target })
    }

    /// The built app.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The release binary of the server.
    pub(crate) fn server(&self) -> PathBuf {
        self.target.join("release").join(format!("satchel-server{}", env::consts::EXE_SUFFIX))
    }

    /// Where `cargo install` puts the tools.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// Finds a program: our own tools first, then the PATH.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&self.path()).map(|dir| dir.join(&file)).find(|path| path.is_file())
    }

    /// A command in the checkout that sees our tools and our target directory.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let program = program.as_ref();
        let found = program.to_str().and_then(|name| self.program(name));
        let mut command = Command::new(found.unwrap_or_else(|| program.to_owned()));
        command.current_dir(&self.root).env("PATH", self.path()).env("CARGO_TARGET_DIR", &self.target);
        if let Ok(xtask) = env::current_exe() {
            command.env("XTASK_BIN", xtask);
        }
        command
    }

    /// Cargo itself.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from))
    }

    fn path(&self) -> OsString {
        let ours = [self.tools().join("bin"), self.cache.join("node/node_modules/.bin")];
        let theirs = env::var_os("PATH").unwrap_or_default();
        let all: Vec<PathBuf> = ours.into_iter().chain(env::split_paths(&theirs)).collect();
        env::join_paths(all).unwrap_or(theirs)
    }
}

fn cache_dir() -> Result<PathBuf> {
    if let Some(dir) = set_dir("SATCHEL_CACHE") {
        return Ok(dir);
    }
    if let Some(dir) = set_dir("XDG_CACHE_HOME") {
        return Ok(dir.join("satchel"));
    }
    match set_dir("HOME").or_else(|| set_dir("USERPROFILE")) {
        Some(home) => Ok(home.join(".cache/satchel")),
        None => bail!("no home directory is set; set SATCHEL_CACHE to a directory for tools and builds"),
    }
}

fn set_dir(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
