//! `cargo xtask run`: build what changed, then serve a practice organisation from this machine.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, anyhow};
use lexopt::{Arg, ValueExt};

use crate::app;
use crate::house::House;

/// Reads the flags, builds and serves.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut port: u16 = 8080;
    let mut data: Option<PathBuf> = None;
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Long("port") => port = args.value()?.parse()?,
            Arg::Long("data") => data = Some(args.value()?.into()),
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let data = data.unwrap_or_else(|| house.cache.join("practice"));
    port_is_free(port)?;
    fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let dist = app::build_app(house)?;
    let server = app::build_server(house)?;
    port_is_free(port)?;
    announce(port, &data);

    let mut serve = Command::new(server);
    serve.arg("serve").arg("--practice").arg("--listen").arg(format!("127.0.0.1:{port}"));
    serve.arg("--db").arg(data.join("satchel.sqlite")).arg("--app").arg(dist);
    become_it(&mut serve)
}

/// Asked before the long build and again after it.
fn port_is_free(port: u16) -> Result<()> {
    let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) else { return Ok(()) };
    let other = port.checked_add(1).unwrap_or(8080);
    Err(match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use by another program; stop it, or choose another: cargo xtask run --port {other}"
        ),
        ErrorKind::PermissionDenied => anyhow!("port {port} needs root; choose one above 1023 with --port"),
        _ => anyhow!(error).context(format!("cannot listen on port {port}")),
    })
}

fn announce(port: u16, data: &Path) {
    println!("\nSatchel is starting on  http://localhost:{port}");
    println!("  sign in as  rep1@practice.example or rep2@practice.example (field reps)");
    println!("              manager@practice.example, admin@practice.example");
    println!("  password    practice");
    println!("  data in     {}", data.display());
    println!("  to stop     Ctrl-C\n");
}

/// Turns this process into the server, so that whoever stops the task stops the server.
#[cfg(unix)]
fn become_it(serve: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(anyhow!(serve.exec()).context("cannot start the server"))
}

#[cfg(not(unix))]
fn become_it(serve: &mut Command) -> Result<ExitCode> {
    let status = serve.status().context("cannot start the server")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

const HELP: &str = "\
cargo xtask run: build the app and the server where they changed, and serve a practice organisation

  --port PORT  listen on this port of the loopback address (8080)
  --data DIR   keep the practice database in this directory (the cache directory's 'practice')
  --help       this text

The practice organisation has two reps, a manager and an admin. It is served only to this machine.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_said_in_one_sentence_with_the_way_out() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let sentence = port_is_free(port).unwrap_err().to_string();
        assert!(sentence.starts_with(&format!("port {port} is in use")), "{sentence}");
        drop(held);
        assert!(port_is_free(port).is_ok());
    }
}
