//! Running other programs: their output streams to the terminal, their failure becomes a sentence.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Runs a program to its end and asks that it succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name_of(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name_of(command));
    }
    Ok(())
}

/// Runs a program, passing its standard output on as it comes and keeping a copy.
pub(crate) fn tee(command: &mut Command) -> Result<(bool, String)> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", name_of(command)))?;
    let mut pipe = child.stdout.take().expect("the standard output was asked to be piped");
    let mut kept = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let length = pipe.read(&mut chunk).context("cannot read a program's output")?;
        if length == 0 {
            break;
        }
        kept.extend_from_slice(&chunk[..length]);
        let mut terminal = std::io::stdout().lock();
        // A closed terminal is no reason to stop counting.
        let _ = terminal.write_all(&chunk[..length]).and_then(|()| terminal.flush());
    }
    let status = child.wait().context("cannot learn how a program ended")?;
    Ok((status.success(), String::from_utf8_lossy(&kept).into_owned()))
}

/// What a program printed, if it ran and succeeded.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn name_of(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let first = command.get_args().next().map(|word| format!(" {}", word.to_string_lossy()));
    format!("'{name}{}'", first.unwrap_or_default())
}
